"""The score of a need and an offer, and the order in which they are shown.

    total   = skills (35) + availability (20) + capacity (20) + distance (10) + cause (10)
              + relationship (5)
    rank by = total - penalty of what was connected recently

A part is rounded to a tenth, halves up, before anything is added, so that what is read adds up.
Where a side has not said enough, a part counts half and says so.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.utils import timezone

from brokerage.matching.facts import Days, Facts, days_free, is_remote, room
from brokerage.matching.gates import Gate, gates_of, listed
from brokerage.numbers import plain
from places.distance import miles_between

MUST_COUNTS = 3
"""A skill that is a must counts as much as this many that would be nice."""
ENOUGH_DAYS = 5
"""With this many days to choose from, more are no better."""
FAR_MILES = 10
"""From here on distance scores nothing."""
MOST_PENALTY = 30
PENALTY_DAYS = 60
"""How long after it was connected a need or an offer is ranked lower."""

TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the score, in points, with why it is so and what would raise it ("" if nothing
    would). ``is_neutral`` says that half was given for want of knowing.
    """

    name: str
    points: Decimal
    most: int
    why: str
    raised_by: str = ""
    is_neutral: bool = False

    @property
    def shown(self) -> str:
        return f"{plain(self.points)} of {self.most}"

    @property
    def width(self) -> str:
        """Of its bar, in per cent."""
        return f"{100 * self.points / self.most:.1f}"


@dataclass(frozen=True, slots=True)
class Match:
    """Why a need and an offer go together, or do not."""

    need: Facts
    offer: Facts
    gates: tuple[Gate, ...]
    parts: tuple[Part, ...]
    penalty: Decimal
    penalty_why: str

    @property
    def fits(self) -> bool:
        """Whether no gate is shut."""
        return not self.reasons

    @property
    def reasons(self) -> tuple[Gate, ...]:
        """The gates that are shut."""
        return tuple(gate for gate in self.gates if gate.is_shut)

    @property
    def unsaid(self) -> tuple[Gate, ...]:
        """The gates that nobody can judge, so that both ask before they agree."""
        return tuple(gate for gate in self.gates if gate.holds is None)

    @property
    def total(self) -> Decimal:
        """0 to 100, before anything is taken off."""
        return sum((part.points for part in self.parts), Decimal(0))

    @property
    def rank(self) -> Decimal:
        """What it is ranked by."""
        return self.total - self.penalty

    @property
    def total_shown(self) -> str:
        return f"{plain(self.total)} of 100"

    @property
    def rank_shown(self) -> str:
        return plain(self.rank)

    @property
    def penalty_shown(self) -> str:
        return f"−{plain(self.penalty)}"

    @property
    def width(self) -> str:
        """Of the bar of the total, in per cent."""
        return f"{self.total:.1f}"


def match(
    need: Facts, offer: Facts, *, about: Facts, days: Days, today: datetime.date, together: int = 0
) -> Match:
    """One pair. ``about`` is the one of the two that is ranked, so that a penalty is its own;
    ``together`` is how often both did something before.
    """
    penalty, why = penalty_of(about, today)
    return Match(
        need,
        offer,
        gates_of(need, offer, days),
        (
            skills(need, offer),
            availability(need, offer),
            capacity(need, offer),
            distance(need, offer),
            cause(need, offer),
            relationship(together),
        ),
        penalty,
        why,
    )


def in_order(matches: Iterable[tuple[Match, Facts]]) -> list[Match]:
    """The best first; of equals, what has waited longest for a connection, then by reference.

    Each comes with the one of its two that is ranked.
    """

    def key(pair: tuple[Match, Facts]) -> tuple[Decimal, float, str]:
        found, about = pair
        connected = about.connected_at.timestamp() if about.connected_at else float("-inf")
        return -found.rank, connected, about.reference

    return [found for found, _ in sorted(matches, key=key)]


def skills(need: Facts, offer: Facts) -> Part:
    """35 × (3 × musts met + nice ones met) / (3 × musts + nice ones)."""
    if not need.skills:
        return _neutral("Skills", 35, "The host has not said which skills it needs", "host")
    if not offer.skills:
        return _neutral("Skills", 35, "The giver has not said which skills it brings", "giver")
    met = need.skills.keys() & offer.skills.keys()
    points = _share(35, _weight(need, met), _weight(need, need.skills.keys()))
    missing = [label for key, label in need.skills.items() if key not in met]
    if not missing:
        return Part("Skills", points, 35, "Every skill that is asked for is there")
    why = f"{len(met)} of {len(need.skills)} skills match"
    return Part("Skills", points, 35, why, f"Somebody who brings {listed(missing)}")


def availability(need: Facts, offer: Facts) -> Part:
    """20 × days free on both sides / days that would be enough: 5, or as many as the need has."""
    name = "Availability"
    if not need.days_said or not offer.days_said:
        both = not need.days_said and not offer.days_said
        side = "host" if not need.days_said else "giver"
        who = "Neither side has" if both else f"The {side} has not"
        return _neutral(name, 20, f"{who} said when", side)
    free = days_free(need, offer).bit_count()
    enough = min(ENOUGH_DAYS, need.days.bit_count()) or 1
    points = _share(20, min(free, enough), enough)
    if not free:
        return Part(name, points, 20, "No day is free on both sides", "Days that suit both")
    why = f"{free:,} day{' is' if free == 1 else 's are'} free on both sides"
    return Part(name, points, 20, why, "" if free >= enough else "More days to choose from")


def capacity(need: Facts, offer: Facts) -> Part:
    """Of people, 20 × those of the group that have room / the group; of an amount, 20 × what can
    be given / what is asked for.
    """
    name = "Capacity fit"
    if not need.takes_people:
        return _amounts(need, offer)
    most, group = room(need), offer.places_left
    if most is None or group is None:
        side = "host" if most is None else "giver"
        return _neutral(name, 20, f"The {side} has not said how many people", side)
    points = _share(20, min(most, group), group)
    why = f"{group:,} offered; the host has room for {most:,}"
    if need.fewest and need.fewest < most:
        why = f"{group:,} offered; the host takes {need.fewest:,} to {most:,}"
    if most >= group > 0:
        return Part(name, points, 20, why)
    return Part(name, points, 20, why, "Room for the whole group, or a smaller group")


def distance(need: Facts, offer: Facts) -> Part:
    """10 × (1 - miles / 10), nothing from 10 miles on; in full where it is done remotely."""
    name = "Distance"
    if is_remote(need, offer):
        return Part(name, Decimal(10), 10, "It can be done remotely")
    if need.point is None or offer.point is None:
        side = "host" if need.point is None else "giver"
        return _neutral(name, 10, f"The {side} has not said where", side)
    miles = miles_between(need.point, offer.point)
    points = _share(10, max(FAR_MILES - miles, 0.0), FAR_MILES)
    shown = f"{miles:.1f} mile{'' if f'{miles:.1f}' == '1.0' else 's'}"
    return Part(name, points, 10, shown, "" if points == 10 else "A place nearer to both")


def cause(need: Facts, offer: Facts) -> Part:
    """10 where at least one cause is shared, else 0."""
    name = "Shared cause"
    if not need.causes or not offer.causes:
        side = "host" if not need.causes else "giver"
        return _neutral(name, 10, f"The {side} has named no cause", side)
    if need.causes & offer.causes:
        return Part(name, Decimal(10), 10, "Both care for the same cause")
    return Part(name, Decimal(0), 10, "They name different causes", "A cause that both care for")


def relationship(together: int) -> Part:
    """5 where they have done something together before, else 0."""
    name = "Relationship"
    if not together:
        return Part(name, Decimal(0), 5, "First time together", "Doing something together once")
    times = {1: "once", 2: "twice"}.get(together, f"{together:,} times")
    return Part(name, Decimal(5), 5, f"They worked together {times} before")


def penalty_of(about: Facts, today: datetime.date) -> tuple[Decimal, str]:
    """30 × (1 - days since it was connected / 60), nothing from 60 days on; and why in words."""
    if about.connected_at is None:
        return Decimal(0), "It has not been connected yet, so nothing is taken off."
    ago = max((today - timezone.localdate(about.connected_at)).days, 0)
    since = "today" if not ago else f"{ago:,} day{'' if ago == 1 else 's'} ago"
    if ago >= PENALTY_DAYS:
        return Decimal(0), f"It was last connected {since}, so nothing is taken off."
    penalty = _share(MOST_PENALTY, PENALTY_DAYS - ago, PENALTY_DAYS)
    return penalty, f"It was connected {since}, and others wait for their turn."


def _amounts(need: Facts, offer: Facts) -> Part:
    name, asked, given = "Capacity fit", need.amount_left, offer.amount_left
    if asked is None or given is None:
        side = "host" if asked is None else "giver"
        return _neutral(name, 20, f"The {side} has not said how much", side)
    if asked <= 0:
        return Part(name, Decimal(0), 20, "Nothing more is asked for")
    points = _share(20, float(min(asked, given)), float(asked))
    why = f"{plain(given)} offered; {plain(asked)} asked for"
    return Part(name, points, 20, why, "" if given >= asked else "Somebody who can give more")


def _neutral(name: str, most: int, why: str, side: str) -> Part:
    said = f"{why}, so counted as neutral"
    return Part(name, Decimal(most) / 2, most, said, f"The {side} saying so", is_neutral=True)


def _weight(need: Facts, keys: Iterable[int]) -> int:
    return sum(MUST_COUNTS if key in need.must else 1 for key in keys)


def _share(most: int, some: float, whole: float) -> Decimal:
    if not whole:
        return Decimal(0)
    share = Decimal(str(most * some / whole))
    return share.quantize(TENTH, rounding=ROUND_HALF_UP)
