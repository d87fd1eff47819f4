"""Which figures of many organisations may be shown, so that none shows what one of them spent.

A figure is shown where at least five organisations contribute to it. That is not enough: whoever
takes the shown lines of a table from its total learns the rest. So what is too small goes together
into one line of others, and where that is too small itself, the smallest line that could be shown
joins it, until five contribute to it or nothing of the table is shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

FEWEST = 5
OTHERS = "others"


@dataclass(frozen=True, slots=True)
class Cell:
    """Pounds and purchases, and the ids of the organisations that they come from."""

    key: str
    label: str
    spend: Decimal
    number: int
    contributors: frozenset[int]

    @property
    def is_safe(self) -> bool:
        return len(self.contributors) >= FEWEST


def safe_table(cells: Sequence[Cell]) -> list[Cell]:
    """The lines of a table that may be shown beside its total, which is safe itself.

    Lines without a purchase are left out. Empty when nothing may be shown besides the total.
    """
    filled = [cell for cell in cells if cell.number]
    shown = [cell for cell in filled if cell.is_safe]
    small = [cell for cell in filled if not cell.is_safe]
    while small and not together(small).is_safe and shown:
        least = min(shown, key=lambda cell: (len(cell.contributors), cell.spend, cell.key))
        shown.remove(least)
        small.append(least)
    if not shown:
        return []
    return [*shown, together(small)] if small else shown


def together(cells: Sequence[Cell]) -> Cell:
    """Several lines as one."""
    names = len(cells)
    return Cell(
        OTHERS,
        f"All others ({names} line{'s' * (names != 1)})",
        sum((cell.spend for cell in cells), Decimal("0.00")),
        sum(cell.number for cell in cells),
        frozenset().union(*(cell.contributors for cell in cells)),
    )


def is_safe_part(part: Cell, rest: Cell) -> bool:
    """Whether a part of a total may be shown: neither it nor what is left of the total may come
    from few.
    """
    return part.is_safe and (rest.is_safe or not rest.number)
