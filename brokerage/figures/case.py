"""The business case: hours given and confirmed, hosting, costs, and what an hour is reckoned at.

A confirmed exchange counts once, on the day that its result names. What nobody has confirmed is
summed apart and never added. Figures that were not said count as nothing, and how many were not
said stands beside the sum.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import OuterRef, Q, QuerySet, Subquery

from accounts.models import Organisation
from brokerage.models import Actual, Exchange, Kind, Side
from places.models import Ward

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose exchanges, on which days (both included). ``side`` None: either side of the
    organisation; ``organisation`` None: the whole city. ``examples``: of the city what is made up,
    and nothing else.
    """

    first: datetime.date
    last: datetime.date
    organisation: Organisation | None = None
    side: Side | None = None
    kind: Kind | None = None
    ward: Ward | None = None
    examples: bool = False


@dataclass(slots=True)
class Sums:
    """What a number of results add up to. Hours are person-hours, money is pounds."""

    number: int = 0
    people: int = 0
    giver_hours: Decimal = ZERO
    host_hours: Decimal = ZERO
    host_cost: Decimal = ZERO
    contribution: Decimal = ZERO
    # By unit: pounds, items, room-hours.
    amounts: dict[str, Decimal] = field(default_factory=dict)
    # How many results did not say their hours of hosting, and what hosting cost.
    host_hours_unsaid: int = 0
    host_cost_unsaid: int = 0

    def add(self, actual: Actual, unit: str) -> None:
        self.number += 1
        self.people += actual.people or 0
        self.giver_hours += actual.giver_hours or ZERO
        self.host_hours += actual.host_hours or ZERO
        self.host_cost += actual.host_cost or ZERO
        self.contribution += actual.contribution or ZERO
        self.host_hours_unsaid += actual.host_hours is None
        self.host_cost_unsaid += actual.host_cost is None
        if actual.amount is not None:
            self.amounts[unit] = self.amounts.get(unit, ZERO) + actual.amount

    def value_given(self, rate: Decimal) -> Decimal:
        """The hours given at this rate."""
        return self.giver_hours * rate

    def cost_of_giving(self, rate: Decimal) -> Decimal:
        """What it was worth that the giver gave: hours, contributions, and money."""
        return self.value_given(rate) + self.contribution + self.amounts.get("pounds", ZERO)

    def cost_of_hosting(self, rate: Decimal) -> Decimal:
        """Hours of hosting at the rate, and what hosting cost."""
        return self.host_hours * rate + self.host_cost

    def net_of_host(self, rate: Decimal) -> Decimal:
        """What the host received less what hosting took."""
        return self.cost_of_giving(rate) - self.cost_of_hosting(rate)


@dataclass(frozen=True, slots=True)
class Case:
    """``confirmed`` counts; ``unconfirmed`` is shown beside and never added."""

    confirmed: Sums
    unconfirmed: Sums

    def by_unit(self) -> list[tuple[str, Decimal, Decimal]]:
        """What was given in each unit but hours: the unit, confirmed, unconfirmed."""
        units = sorted(self.confirmed.amounts.keys() | self.unconfirmed.amounts.keys())
        of_confirmed, of_unconfirmed = self.confirmed.amounts, self.unconfirmed.amounts
        return [
            (unit, of_confirmed.get(unit, ZERO), of_unconfirmed.get(unit, ZERO)) for unit in units
        ]


def case_of(scope: Scope) -> Case:
    """Two queries, whatever the number."""
    confirmed, unconfirmed = Sums(), Sums()
    for exchange in confirmed_in(scope):
        if exchange.confirmed is not None:
            confirmed.add(exchange.confirmed, exchange.kind.unit)
    for actual in unconfirmed_in(scope):
        unconfirmed.add(actual, actual.exchange.kind.unit)
    return Case(confirmed, unconfirmed)


def confirmed_in(scope: Scope) -> QuerySet[Exchange]:
    """The exchanges that make up the confirmed sums, the newest first."""
    return (
        _within(Exchange.objects.confirmed(), scope)
        .filter(confirmed__happened_on__range=(scope.first, scope.last))
        .select_related("confirmed", "host", "giver", "kind")
        .order_by("-confirmed__happened_on", "-pk")
    )


def unconfirmed_in(scope: Scope) -> Iterable[Actual]:
    """Of each exchange that nobody has confirmed, what was said last."""
    newest = Actual.objects.filter(exchange=OuterRef("pk")).order_by("-created", "-pk")
    latest = _within(Exchange.objects.unconfirmed(), scope).values(
        newest=Subquery(newest.values("pk")[:1])
    )
    return Actual.objects.filter(
        pk__in=latest, happened_on__range=(scope.first, scope.last)
    ).select_related("exchange__kind", "exchange__host")


def _within(exchanges: QuerySet[Exchange], scope: Scope) -> QuerySet[Exchange]:
    if scope.organisation is None:
        # Made-up exchanges stand apart from the city's.
        real = Q(host__is_example=False, giver__is_example=False)
        exchanges = exchanges.filter(~real if scope.examples else real)
    else:
        host, giver = Q(host=scope.organisation), Q(giver=scope.organisation)
        sides = {Side.HOST: host, Side.GIVER: giver}
        exchanges = exchanges.filter(sides[scope.side] if scope.side else host | giver)
    if scope.kind is not None:
        exchanges = exchanges.filter(kind=scope.kind)
    if scope.ward is not None:
        exchanges = exchanges.filter(host__ward=scope.ward)
    return exchanges
