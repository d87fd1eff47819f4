"""Bar charts as SVG, for a template to draw beside the table with the same numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

# Heights in em, so that a chart grows with the reader's text.
ROW = 2.6
LABEL_AT = 1.05
BAR_AT = 1.45


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what it is, its number in words, its width in per cent, and where it stands."""

    label: str
    shown: str
    width: str
    label_y: str
    bar_y: str


@dataclass(frozen=True, slots=True)
class BarChart:
    """What ``components/bar_chart.html`` draws; false when there is nothing to draw."""

    name: str
    title: str
    description: str
    bars: tuple[Bar, ...]
    height: str

    def __bool__(self) -> bool:
        return bool(self.bars)


def bar_chart(
    name: str, title: str, description: str, rows: Sequence[tuple[str, float, str]]
) -> BarChart:
    """A chart of (label, number, the number in words); the longest bar is the largest number.

    ``name`` makes ids of the page; numbers are not below zero.
    """
    largest = max((number for _, number, _ in rows), default=0) or 1
    bars = tuple(
        Bar(
            label=label,
            shown=shown,
            width=f"{100 * number / largest:.1f}",
            label_y=f"{place * ROW + LABEL_AT:.2f}",
            bar_y=f"{place * ROW + BAR_AT:.2f}",
        )
        for place, (label, number, shown) in enumerate(rows)
    )
    return BarChart(name, title, description, bars, f"{len(bars) * ROW:.1f}")
