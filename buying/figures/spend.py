"""What one buyer spent in a period, and how: every number with what it means."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    DecimalField,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat, Lower

from accounts.models import Organisation
from buying.figures import claimed
from buying.figures.breakdowns import NONE, Breakdown, all_breakdowns
from buying.figures.period import Period
from buying.figures.terms import Terms, label
from buying.models import ChoiceVersion
from providers.models import Claim, Term

ZERO = Decimal("0.00")
FACETS = (Term.Facet.CATEGORY, Term.Facet.ETHOS, Term.Facet.ACCREDITATION)
CLAIM = "claim"
ALL = "all"

TOTAL = (
    "Everything that was filed as decided on these days, in pounds excluding VAT. Of a purchase "
    "that was corrected only the newest version counts; one that never happened does not count."
)
NUMBER = "How many purchases that is. Each counts once, however often it was corrected."
PROVIDERS = (
    "How many providers were chosen. One that is not on the list counts by its name as it was "
    "typed."
)
CLAIMS = (
    "What the provider’s entry claimed on the day of filing, and how well that was known then. A "
    "provider can claim several things, so one purchase may stand in several lines: they need not "
    "add up to the total."
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table: pounds and purchases of the period, and pounds of the one before.

    ``whole`` is what its share is counted of.
    """

    key: str
    label: str
    spend: Decimal
    number: int
    before: Decimal
    whole: Decimal
    level: str = ""

    @property
    def share(self) -> Decimal | None:
        """Per cent of everything; None where nothing was spent."""
        return 100 * self.spend / self.whole if self.whole else None

    @property
    def change(self) -> Decimal:
        return self.spend - self.before

    @property
    def change_share(self) -> Decimal | None:
        """The change in per cent of what it was before; None where that was nothing."""
        return 100 * self.change / self.before if self.before else None


@dataclass(frozen=True, slots=True)
class Section:
    """A table with what it means. ``adds_up`` says whether its lines add up to the total."""

    name: str
    heading: str
    definition: str
    lines: Sequence[Line]
    adds_up: bool = True


@dataclass(frozen=True, slots=True)
class Report:
    """Everything of the page."""

    period: Period
    total: Line
    number_before: int
    providers: int
    providers_before: int
    sections: Sequence[Section]
    drafts: int
    corrections: int


def purchases_of(organisation: Organisation) -> QuerySet[ChoiceVersion]:
    """What counts of a buyer: the version that stands of each purchase that happened."""
    return ChoiceVersion.objects.standing().filter(choice__organisation=organisation)


def report_of(organisation: Organisation, period: Period) -> Report:
    """The report. As many queries however many purchases there are: the database adds up."""
    before = period.before
    purchases = purchases_of(organisation).filter(decided_on__range=(before.start, period.end))
    totals = purchases.aggregate(
        **_sums(period),
        number_before=Count("pk", filter=_in(before)),
        providers=Count(_provider(), filter=_in(period), distinct=True),
        providers_before=Count(_provider(), filter=_in(before), distinct=True),
    )
    whole = totals["spend"]
    terms = Terms.of(*FACETS)
    drafts = ChoiceVersion.objects.drafts().filter(choice__organisation=organisation)
    begun = drafts.aggregate(
        first=Count("pk", filter=Q(number=1)), more=Count("pk", filter=Q(number__gt=1))
    )
    return Report(
        period=period,
        total=_line(ALL, "All purchases", totals, whole),
        number_before=totals["number_before"],
        providers=totals["providers"],
        providers_before=totals["providers_before"],
        sections=[
            *(_section(purchases, each, period, whole) for each in all_breakdowns(terms)),
            _claims(purchases, terms, period, whole),
        ],
        drafts=begun["first"],
        corrections=begun["more"],
    )


def _section(
    purchases: QuerySet[ChoiceVersion], breakdown: Breakdown, period: Period, whole: Decimal
) -> Section:
    added: dict[str, dict[str, Any]] = {}
    for key, row in breakdown.summed(purchases, **_sums(period)):
        line = added.setdefault(key, {"spend": ZERO, "number": 0, "before": ZERO})
        for name in line:
            line[name] += row[name]
    nothing = {"spend": ZERO, "number": 0, "before": ZERO}
    lines = [
        _line(key, name, added.get(key, nothing), whole)
        for key, name in breakdown.labels.items()
        if breakdown.always or key in added
    ]
    return Section(breakdown.name, breakdown.heading, breakdown.definition, lines)


def _claims(
    purchases: QuerySet[ChoiceVersion], terms: Terms, period: Period, whole: Decimal
) -> Section:
    """Two queries."""
    places, levels = terms.places(), list(reversed(Claim.Level.values))
    found = claimed.summed(purchases, terms, "level", **_sums(period, "version__"))
    rows = sorted(found, key=lambda row: (places[row["means"]], levels.index(row["level"])))
    lines = [
        _line(claim_key(term, row["level"]), label(term), row, whole, level=row["level"])
        for row in rows
        for term in [terms.by_id[row["means"]]]
    ]
    none = claimed.without_any(purchases).aggregate(**_sums(period))
    lines.append(_line(NONE, "No claim was known", none, whole))
    return Section(CLAIM, "By what providers claim", CLAIMS, lines, adds_up=False)


def claim_key(term: Term, level: str) -> str:
    return f"{term.facet}.{term.code}.{level}"


def _line(key: str, name: str, row: dict[str, Any], whole: Decimal, level: str = "") -> Line:
    return Line(key, name, row["spend"], row["number"], row["before"], whole, level)


def _in(period: Period, prefix: str = "") -> Q:
    return Q(**{f"{prefix}decided_on__range": tuple(period)})


def _sums(period: Period, prefix: str = "") -> dict[str, Any]:
    """Pounds and purchases of the period, and pounds of the one before."""
    now, then = _in(period, prefix), _in(period.before, prefix)
    return {
        "spend": _pounds(f"{prefix}amount", now),
        "number": Count("pk", filter=now),
        "before": _pounds(f"{prefix}amount", then),
    }


def _pounds(name: str, condition: Q) -> Coalesce:
    field: DecimalField[Any, Any] = DecimalField(max_digits=20, decimal_places=2)
    return Coalesce(Sum(name, filter=condition), Value(ZERO), output_field=field)


def _provider() -> Coalesce:
    """What providers are told apart by."""
    on_list = Concat(Value("#"), Cast("supplier", CharField()), output_field=CharField())
    return Coalesce(
        Case(When(supplier__isnull=False, then=on_list), output_field=CharField()),
        Lower("supplier_name"),
        output_field=CharField(),
    )


def lines_with_spend(lines: Iterable[Line]) -> list[Line]:
    return [line for line in lines if line.spend]
