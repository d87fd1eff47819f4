"""What organisations that agree to it bought in a financial year, all together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, QuerySet, Sum

from buying.figures import claimed
from buying.figures.breakdowns import OUTSIDE, UNKNOWN, YES, Breakdown, all_breakdowns
from buying.figures.disclosure import FEWEST, Cell, is_safe_part, safe_table
from buying.figures.period import Period
from buying.figures.spend import CLAIM, FACETS
from buying.figures.terms import Terms, label
from buying.models import BuyingRules, ChoiceVersion

CLAIMS = (
    "What providers claimed on the day of filing, however well it was known. A provider can claim "
    "several things, so these lines add up to more than the total."
)
IN_LEEDS = "The wards of providers inside Leeds; the lines add up to what was spent inside Leeds."
ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Table:
    """Lines that may be shown, with what they mean, and the whole that shares are counted of."""

    name: str
    heading: str
    definition: str
    cells: Sequence[Cell]
    whole: Decimal

    @property
    def rows(self) -> list[tuple[Cell, Decimal]]:
        """Each line with its share in per cent."""
        return [
            (cell, 100 * cell.spend / self.whole if self.whole else ZERO) for cell in self.cells
        ]


@dataclass(frozen=True, slots=True)
class City:
    """The page. Without a total nothing may be shown yet.

    ``agreed`` organisations let their purchases count; ``contributors`` of them have any in these
    days. ``examples`` says that all of them are made up.
    """

    period: Period
    agreed: int
    contributors: int
    total: Cell | None
    tables: Sequence[Table]
    examples: bool


def city_of(period: Period) -> City:
    """As many queries however many organisations and purchases there are.

    Examples never count beside real organisations: they are shown while no real one has agreed.
    """
    examples, agreed = _who_agreed()
    purchases = ChoiceVersion.objects.standing().filter(
        choice__organisation__in=agreed, decided_on__range=tuple(period)
    )
    total = _cell("all", "All purchases", [purchases.aggregate(**_sums())])
    number = len(total.contributors)
    if not total.is_safe:
        return City(period, len(agreed), number, None, [], examples)
    tables = _tables(purchases, total)
    return City(period, len(agreed), number, total, tables, examples)


def _who_agreed() -> tuple[bool, list[int]]:
    rules = BuyingRules.objects.filter(counts_in_city=True).values_list(
        "organisation", "organisation__is_example"
    )
    real = [pk for pk, is_example in rules if not is_example]
    return (False, real) if real else (bool(rules), [pk for pk, _ in rules])


def _tables(purchases: QuerySet[ChoiceVersion], total: Cell) -> list[Table]:
    terms = Terms.of(*FACETS)
    tables, inside = [], None
    for breakdown in all_breakdowns(terms):
        cells = _cells(purchases, breakdown)
        whole, definition = total.spend, breakdown.definition
        if breakdown.name == "ward":
            # Only beside the line that they add up to: from two tables that divide the same whole
            # in different ways, what is hidden in one could be taken from the other.
            cells = [cell for cell in cells if cell.key not in {OUTSIDE, UNKNOWN}]
            whole, definition = (inside.spend if inside else ZERO), IN_LEEDS
        shown = safe_table(cells) if breakdown.name != "ward" or inside else []
        if breakdown.name == "leeds":
            inside = next((cell for cell in shown if cell.key == YES), None)
        tables.append(Table(breakdown.name, breakdown.heading, definition, shown, whole))
    tables.append(_claims(purchases, terms, total))
    return tables


def _cells(purchases: QuerySet[ChoiceVersion], breakdown: Breakdown) -> list[Cell]:
    rows: dict[str, list[dict[str, Any]]] = {}
    for key, row in breakdown.summed(purchases, **_sums()):
        rows.setdefault(key, []).append(row)
    return [_cell(key, name, rows[key]) for key, name in breakdown.labels.items() if key in rows]


def _claims(purchases: QuerySet[ChoiceVersion], terms: Terms, total: Cell) -> Table:
    """What is left of the total without a claim must not come from few, either: it is found by
    taking the claim from it. Three queries.
    """
    places = terms.places()
    parts = {
        row["means"]: _cell(str(row["means"]), label(terms.by_id[row["means"]]), [row])
        for row in claimed.summed(purchases, terms, **_sums("version__"))
    }
    rests = _who_bought_without(purchases, terms, parts)
    shown = []
    for pk in sorted(parts, key=lambda pk: places[pk]):
        part = parts[pk]
        rest = Cell("", "", total.spend - part.spend, total.number - part.number, rests[pk])
        if is_safe_part(part, rest):
            shown.append(part)
    return Table(CLAIM, "By what providers claim", CLAIMS, shown, total.spend)


def _who_bought_without(
    purchases: QuerySet[ChoiceVersion], terms: Terms, parts: Iterable[int]
) -> dict[int, frozenset[int]]:
    """Which organisations have a purchase without each claim: fewer with it than in all."""
    buyer = "choice__organisation"
    every = dict(purchases.order_by().values_list(buyer).annotate(Count("pk")))
    with_it: dict[tuple[int, int], int] = {
        (row["means"], row["version__choice__organisation"]): row["number"]
        for row in claimed.summed(
            purchases, terms, "version__choice__organisation", number=Count("pk")
        )
    }
    return {
        part: frozenset(pk for pk, number in every.items() if number > with_it.get((part, pk), 0))
        for part in parts
    }


def _sums(prefix: str = "") -> dict[str, Any]:
    return {
        "spend": Sum(f"{prefix}amount"),
        "number": Count("pk"),
        "contributors": ArrayAgg(f"{prefix}choice__organisation", distinct=True),
    }


def _cell(key: str, name: str, rows: Sequence[dict[str, Any]]) -> Cell:
    return Cell(
        key,
        name,
        sum((row["spend"] or ZERO for row in rows), ZERO),
        sum(row["number"] for row in rows),
        frozenset().union(*(row["contributors"] or [] for row in rows)),
    )


def contributors_missing(city: City) -> int:
    """How many more organisations it takes until anything can be shown."""
    return max(0, FEWEST - city.contributors)
