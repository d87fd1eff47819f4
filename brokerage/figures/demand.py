"""The demand board: what is asked, offered and agreed, by kind, ward and month, and the gaps.

A need or an offer counts in the month in which it went on the board, an exchange in the month in
which both sides first agreed. Of exchanges only numbers are given: a sum of one ward or one kind
could be what a single organisation got.
"""

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, DateField, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Greatest, TruncMonth

from brokerage.models import Exchange, ExchangeVersion, Kind, Notice

ZERO = Decimal(0)
NO_WARD = "none"

State = Exchange.State
AGREED = (State.AGREED, State.AMENDED, State.DELIVERED, State.CLOSED, State.DISPUTED)
"""What both sides agreed, and did not call off."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which part of the board. ``months`` are first days, the earliest first; codes may be ""."""

    months: Sequence[datetime.date]
    kind: str = ""
    ward: str = ""


@dataclass(slots=True)
class Line:
    """One line of a table. How much is asked and offered has a unit in the lines of kinds alone:
    places and pounds are not added.
    """

    key: str
    label: str
    unit: str = ""
    needs: int = 0
    asked: Decimal = ZERO
    offers: int = 0
    offered: Decimal = ZERO
    agreed: int = 0
    unmet: int = 0
    untaken: int = 0

    @property
    def is_empty(self) -> bool:
        return not (self.needs or self.offers or self.agreed)

    def add_notices(self, row: Mapping[str, Any]) -> None:
        much = (row["places"] if self.unit == "places" else row["amount"]) or ZERO
        left = row["number"] - row["met"]
        if row["side"] == Notice.Side.NEED:
            self.needs += row["number"]
            self.unmet += left
            self.asked += much if self.unit else ZERO
        else:
            self.offers += row["number"]
            self.untaken += left
            self.offered += much if self.unit else ZERO


@dataclass(frozen=True, slots=True)
class Table:
    """Lines with what they divide by; each need, offer and exchange is in one of them."""

    name: str
    heading: str
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Demand:
    """``examples`` says that everything in it is made up."""

    total: Line
    tables: Sequence[Table]
    examples: bool


def demand_of(asked: Asked, kinds: Iterable[Kind], wards: Mapping[str, str]) -> Demand:
    """The board. Three queries, however many notices and exchanges there are.

    Made-up needs and offers count only while there is no real one.
    """
    notices = Notice.objects.known()
    examples = not notices.filter(organisation__is_example=False).exists()
    total = Line("all", "All")
    by_kind = {
        kind.pk: Line(kind.code, kind.label, "places" if kind.takes_people else kind.unit)
        for kind in kinds
    }
    by_ward = {code: Line(code, name) for code, name in wards.items()}
    by_ward[NO_WARD] = Line(NO_WARD, "No ward said, or remote")
    by_month = {month: Line(f"{month:%Y-%m}", f"{month:%B %Y}") for month in asked.months}

    def lines_of(row: Mapping[str, Any]) -> tuple[Line, ...]:
        ward = by_ward[row["code"] or NO_WARD]
        return total, by_kind[row["kind"]], ward, by_month[row["month"]]

    for row in _notices(notices.filter(organisation__is_example=examples), asked):
        for line in lines_of(row):
            line.add_notices(row)
    real = Q(host__is_example=False, giver__is_example=False)
    for row in _agreed(Exchange.objects.filter(~real if examples else real), asked):
        for line in lines_of(row):
            line.agreed += row["number"]
    tables = [
        Table("kind", "By kind", _filled(by_kind.values())),
        Table("ward", "By ward", _filled(by_ward.values())),
        Table("month", "By month", list(by_month.values())),
    ]
    return Demand(total, tables, examples and not total.is_empty)


def _filled(lines: Iterable[Line]) -> list[Line]:
    return [line for line in lines if not line.is_empty]


def _notices(notices: QuerySet[Notice], asked: Asked) -> QuerySet[Any, Any]:
    agreed = Exchange.objects.filter(state__in=AGREED)
    met = Exists(agreed.filter(Q(need=OuterRef("pk")) | Q(offer=OuterRef("pk"))))
    found = notices.order_by().annotate(
        month=_month("published_at"), code=F("ward__code"), is_met=met
    )
    return (
        _within(found, asked)
        .values("side", "kind", "code", "month")
        .annotate(
            number=Count("pk"),
            met=Count("pk", filter=Q(is_met=True)),
            places=Sum("places_max"),
            much=Sum("amount"),
        )
        .values("side", "kind", "code", "month", "number", "met", "places", amount=F("much"))
    )


def _agreed(exchanges: QuerySet[Exchange], asked: Asked) -> QuerySet[Any, Any]:
    first = (
        ExchangeVersion.objects.filter(
            exchange=OuterRef("pk"),
            host_confirmed_at__isnull=False,
            giver_confirmed_at__isnull=False,
        )
        .order_by("number")
        .values(at=Greatest("host_confirmed_at", "giver_confirmed_at"))[:1]
    )
    found = (
        exchanges.filter(state__in=AGREED)
        .order_by()
        .annotate(agreed_at=Subquery(first))
        .annotate(month=_month("agreed_at"), code=Coalesce("need__ward__code", "host__ward__code"))
    )
    rows = _within(found, asked).values("kind", "code", "month")
    counted: QuerySet[Any, Any] = rows.annotate(number=Count("pk"))
    return counted


def _month(name: str) -> TruncMonth:
    return TruncMonth(name, output_field=DateField())


def _within[Rows: QuerySet[Any, Any]](rows: Rows, asked: Asked) -> Rows:
    found = rows.filter(month__range=(asked.months[0], asked.months[-1]))
    if asked.kind:
        found = found.filter(kind__code=asked.kind)
    if asked.ward:
        found = found.filter(code=None if asked.ward == NO_WARD else asked.ward)
    return found


def months_up_to(day: datetime.date, number: int) -> list[datetime.date]:
    """First days of so many months, the one of this day last."""
    newest = day.year * 12 + day.month - 1
    return [
        datetime.date(month // 12, month % 12 + 1, 1)
        for month in range(newest - number + 1, newest + 1)
    ]


def largest(lines: Iterable[Line], of: Callable[[Line], int], most: int) -> list[Line]:
    """Those with most of something, none without any; in the order of the table."""
    filled = [line for line in lines if of(line)]
    kept = sorted(filled, key=of, reverse=True)[:most]
    return [line for line in filled if line in kept]
