"""What a match is judged by: plain values, read once, so that judging needs no database.

Days are bits of one number: bit 0 is today, bit 1 tomorrow. What two sides have in common is then
one AND, whatever the length of their windows.
"""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from brokerage.models import HostCapacity, Mode
from places.distance import Point

HORIZON = 1096
"""How many days ahead a match looks: three years."""


class Days:
    """The days from ``today`` on, as bits."""

    def __init__(self, today: datetime.date) -> None:
        self.today = today
        self.all = (1 << HORIZON) - 1
        self._weekdays = [0] * 8
        for ahead in range(HORIZON):
            self._weekdays[(today.isoweekday() + ahead - 1) % 7 + 1] |= 1 << ahead

    def between(self, first: datetime.date | None, last: datetime.date | None) -> int:
        """The days of a window, both ends included; an empty end is open."""
        begin = max((first - self.today).days, 0) if first else 0
        end = min((last - self.today).days + 1, HORIZON) if last else HORIZON
        return ((1 << end) - (1 << begin)) if begin < end else 0

    def on(self, weekdays: Iterable[int]) -> int:
        """Every day that is one of these ISO weekdays; every day where none is named."""
        found = 0
        for weekday in weekdays:
            found |= self._weekdays[weekday]
        return found or self.all

    def first_of(self, days: int) -> datetime.date:
        """The earliest of some days; there is at least one."""
        return self.today + datetime.timedelta(days=(days & -days).bit_length() - 1)


@dataclass(frozen=True, slots=True)
class Host:
    """What a host can take. ``off`` are days on which it takes nobody, ``full`` days in months in
    which no group's turn is left.
    """

    paused: bool = False
    most_at_once: int | None = None
    off: int = 0
    full: int = 0
    pending: int = 0
    most_pending: int = HostCapacity.MOST_PENDING


@dataclass(frozen=True, slots=True)
class Released:
    """Person-hours that a giver has left on some days."""

    days: int
    left: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A need with its host, or an offer with its giver. None and empty mean "not said"."""

    reference: str
    organisation: int
    kind: int
    days: int
    is_open: bool = True
    is_example: bool = False
    takes_people: bool = True
    # It goes on for long, so single days off do not stop it.
    is_long: bool = False
    days_said: bool = False
    # Labels by key.
    skills: Mapping[int, str] = field(default_factory=dict)
    must: frozenset[int] = frozenset()
    causes: frozenset[str] = frozenset()
    access: frozenset[str] | None = None
    requirements: frozenset[str] | None = None
    fewest: int | None = None
    places_left: int | None = None
    hours_each: Decimal | None = None
    amount_left: Decimal | None = None
    mode: str = Mode.IN_PERSON
    point: Point | None = None
    connected_at: datetime.datetime | None = None
    # Of a need.
    host: Host = Host()
    # Of an offer; empty where the giver has set no limit.
    released: tuple[Released, ...] = ()


def days_in_common(need: Facts, offer: Facts) -> int:
    """Days that suit both sides and on which the host takes somebody."""
    return need.days & offer.days & ~(0 if need.is_long else need.host.off)


def days_free(need: Facts, offer: Facts) -> int:
    """Days in common, in months in which the host has a group's turn left."""
    common = days_in_common(need, offer)
    return common & ~need.host.full if need.takes_people else common


def room(need: Facts) -> int | None:
    """How many people the host can take: places left, or its largest party; None if neither is
    said.
    """
    said = [most for most in (need.places_left, need.host.most_at_once) if most is not None]
    return min(said) if said else None


def smallest_party(need: Facts, offer: Facts) -> int:
    """The fewest people that would be enough for both."""
    return max(need.fewest or 1, offer.fewest or 1)


def is_remote(need: Facts, offer: Facts) -> bool:
    """Whether it can be done remotely."""
    return Mode.IN_PERSON not in (need.mode, offer.mode)
