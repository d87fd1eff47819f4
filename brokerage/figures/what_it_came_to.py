"""What the city's exchanges came to, for everybody: no figure tells what one organisation did.

The sums are those of ``brokerage.figures.case``. Each figure is looked at by itself, as one giver
may have paid the only contribution among twenty exchanges.

What is shown is a whole year and three ways to divide it: by quarter, by kind, by ward. Kinds and
wards have no quarters, so that what one way hides cannot be taken from another.
"""

import datetime
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from brokerage.figures.case import Scope, Sums, confirmed_in, unconfirmed_in
from brokerage.models import Actual, Exchange, Kind
from places.models import Ward

FEWEST = 5
YEARS = 3
"""So many whole years have a page, and the quarters since they began."""

NUMBER = "number"
COST_OF_GIVING = ("giver_hours", "contribution", Kind.Unit.POUNDS.value)
COST_OF_HOSTING = ("host_hours", "host_cost")
"""Which figures a total is made of."""


class Period(NamedTuple):
    """A whole calendar year, or one of its quarters: 1 to 4, and 0 for the year."""

    year: int
    quarter: int = 0

    @property
    def code(self) -> str:
        """As it stands in addresses: "2026", "2026-q3"."""
        return f"{self.year}-q{self.quarter}" if self.quarter else str(self.year)

    @property
    def label(self) -> str:
        """In words: "2026", "July to September 2026"."""
        if not self.quarter:
            return str(self.year)
        return f"{self.first:%B} to {self.last:%B} {self.year}"

    @property
    def first(self) -> datetime.date:
        return datetime.date(self.year, 3 * self.quarter - 2 if self.quarter else 1, 1)

    @property
    def last(self) -> datetime.date:
        if self.quarter in {0, 4}:
            return datetime.date(self.year, 12, 31)
        return datetime.date(self.year, 3 * self.quarter + 1, 1) - datetime.timedelta(days=1)


def ended_periods(today: datetime.date) -> list[Period]:
    """Those that are over and have a page, the newest quarter first, each year before its own."""
    years = range(today.year, today.year - YEARS - 1, -1)
    every = [Period(year, quarter) for year in years for quarter in (0, 4, 3, 2, 1)]
    return [period for period in every if period.last < today]


def first_of_quarter(day: datetime.date) -> datetime.date:
    """The first day of the quarter that it is in."""
    return Period(day.year, _quarter(day)).first


@dataclass(frozen=True, slots=True)
class Asked:
    """Which page: the city, or of a whole year a kind or a ward."""

    period: Period
    kind: Kind | None = None
    ward: Ward | None = None


@dataclass(slots=True)
class Cell:
    """Sums, and the ids of the givers and hosts behind each figure."""

    sums: Sums = field(default_factory=Sums)
    behind: dict[str, set[int]] = field(default_factory=dict)

    def add(self, exchange: Exchange, actual: Actual) -> None:
        unit = exchange.kind.unit
        one = Sums()
        one.add(actual, unit)
        self.sums.add(actual, unit)
        for name, value in figures_of(one).items():
            if value:
                self.behind.setdefault(name, set()).update((exchange.host_id, exchange.giver_id))


@dataclass(frozen=True, slots=True)
class Shown:
    """Sums, of which only the figures in ``names`` may be read."""

    sums: Sums
    names: frozenset[str]

    def figure(self, name: str) -> Decimal | int | None:
        """None where fewer than five organisations stand behind it."""
        return figures_of(self.sums).get(name, 0) if name in self.names else None

    def has(self, names: Iterable[str]) -> bool:
        """Whether a total of these may be shown: else it would tell the one that is hidden."""
        return self.names.issuperset(names)


@dataclass(frozen=True, slots=True)
class CameTo:
    """The page. ``unconfirmed`` is never added; ``examples`` says that all of it is made up."""

    confirmed: Shown
    unconfirmed: Shown
    examples: bool


def is_enough(organisations: Collection[int]) -> bool:
    """Whether a figure may be shown: at least five different organisations, givers and hosts
    together, stand behind it.

    An exchange has two sides, so two exchanges can be of three organisations, and each of these
    could take what it knows itself from the sum and read off the others. With five, what is left
    is still of several.
    """
    return len(organisations) >= FEWEST


def shown_beside_total(parts: Mapping[str, Collection[int]]) -> set[str]:
    """Of the parts of a total that is shown, those that may be shown, by the organisations behind
    each.

    Whoever takes the shown parts from the total learns what is left. Where too few stand behind
    that, the next smallest part is not shown either.
    """
    shown = {key for key, behind in parts.items() if is_enough(behind)}
    left = _together(behind for key, behind in parts.items() if key not in shown)
    if left and not is_enough(left) and shown:
        shown.remove(min(shown, key=lambda key: (len(parts[key]), key)))
    return shown


def what_it_came_to(asked: Asked) -> CameTo:
    """Three queries, whatever the number. Made-up exchanges count only while no real one has a
    result, and never beside one.
    """
    real = Exchange.objects.filter(host__is_example=False, giver__is_example=False)
    examples = not real.filter(actuals__isnull=False).exists()
    year = Period(asked.period.year)
    scope = Scope(first=year.first, last=year.last, examples=examples)
    confirmed = [(row, row.confirmed) for row in confirmed_in(scope) if row.confirmed]
    unconfirmed = [(actual.exchange, actual) for actual in unconfirmed_in(scope)]
    return CameTo(_shown(confirmed, asked), _shown(unconfirmed, asked), examples)


def figures_of(sums: Sums) -> dict[str, Decimal | int]:
    """Every figure that can be shown, by its name; amounts by their unit."""
    return {
        NUMBER: sums.number,
        "people": sums.people,
        "giver_hours": sums.giver_hours,
        "host_hours": sums.host_hours,
        "host_cost": sums.host_cost,
        "contribution": sums.contribution,
        **{unit: sums.amounts.get(unit, Decimal(0)) for unit in Kind.Unit.values},
    }


def _shown(results: Iterable[tuple[Exchange, Actual]], asked: Asked) -> Shown:
    year = Cell()
    quarters: dict[str, Cell] = {}
    kinds: dict[str, Cell] = {}
    wards: dict[str, Cell] = {}
    for exchange, actual in results:
        quarter = str(_quarter(actual.happened_on))
        for cell in (
            year,
            quarters.setdefault(quarter, Cell()),
            kinds.setdefault(str(exchange.kind_id), Cell()),
            wards.setdefault(str(exchange.host.ward_id or ""), Cell()),
        ):
            cell.add(exchange, actual)
    parts, key = quarters, str(asked.period.quarter or "")
    if asked.kind:
        parts, key = kinds, str(asked.kind.pk)
    elif asked.ward:
        parts, key = wards, str(asked.ward.pk)
    cell = parts.get(key, Cell()) if key else year
    names = {
        name for name in figures_of(year.sums) if _may_be_shown(name, year, quarters, parts, key)
    }
    if NUMBER in names:
        # Of many, nobody had any: nothing in it is one's own.
        names |= {name for name, value in figures_of(cell.sums).items() if not value}
    return Shown(cell.sums, frozenset(names))


def _may_be_shown(
    name: str, year: Cell, quarters: Mapping[str, Cell], parts: Mapping[str, Cell], key: str
) -> bool:
    """Of one figure, for the whole year where ``key`` is empty, else for that part of it.

    A quarter is shown when it is over, so it does not ask what comes after. A year is shown last:
    not where it would tell a quarter that is hidden.
    """
    by_quarter = _behind(name, quarters)
    if parts is quarters and key:
        return is_enough(by_quarter.get(key, ()))
    hidden = _together(behind for behind in by_quarter.values() if not is_enough(behind))
    whole = is_enough(year.behind.get(name, ())) and (not hidden or is_enough(hidden))
    return whole and (not key or key in shown_beside_total(_behind(name, parts)))


def _behind(name: str, cells: Mapping[str, Cell]) -> dict[str, set[int]]:
    return {key: cell.behind[name] for key, cell in cells.items() if name in cell.behind}


def _together(of_parts: Iterable[Collection[int]]) -> set[int]:
    return set().union(*of_parts)


def _quarter(day: datetime.date) -> int:
    return (day.month + 2) // 3
