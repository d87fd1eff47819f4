"""What has to hold before a need and an offer are scored at all."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Choices
from django.utils.formats import date_format

from brokerage.matching.facts import (
    Days,
    Facts,
    days_free,
    days_in_common,
    room,
    smallest_party,
)
from brokerage.models import Access, Mode, Requirement


@dataclass(frozen=True, slots=True)
class Gate:
    """One condition: its name, whether it holds, and why in words.

    ``holds`` is None where a side has not said enough to tell: that keeps nothing out.
    """

    name: str
    holds: bool | None
    why: str

    @property
    def is_shut(self) -> bool:
        return self.holds is False


def gates_of(need: Facts, offer: Facts, days: Days) -> tuple[Gate, ...]:
    """Every gate, those that explain most first."""
    return (
        _on_board(need, offer),
        _two(need, offer),
        _kind(need, offer),
        _taking(need),
        _dates(need, offer, days),
        _turn(need, offer),
        _pending(need),
        _places(need, offer) if need.takes_people else _amount(need, offer),
        _where(need, offer),
        _skills(need, offer),
        _requirements(need, offer),
        _access(need, offer),
        _hours(need, offer),
    )


def _on_board(need: Facts, offer: Facts) -> Gate:
    if not need.is_open:
        return Gate("On the board", False, "The need is not on the board at present.")
    if not offer.is_open:
        return Gate("On the board", False, "The offer is not on the board at present.")
    return Gate("On the board", True, "Both are on the board.")


def _two(need: Facts, offer: Facts) -> Gate:
    name = "Two organisations"
    if need.organisation == offer.organisation:
        return Gate(name, False, "An organisation cannot give to itself.")
    if need.is_example != offer.is_example:
        return Gate(name, False, "One of them is an example that we made up.")
    return Gate(name, True, "They are two organisations.")


def _kind(need: Facts, offer: Facts) -> Gate:
    if need.kind != offer.kind:
        return Gate("Kind", False, "These two are of different kinds.")
    return Gate("Kind", True, "Both are of the same kind.")


def _taking(need: Facts) -> Gate:
    if need.host.paused:
        return Gate("Host", False, "The host takes nobody new at present.")
    return Gate("Host", True, "The host takes somebody new.")


def _dates(need: Facts, offer: Facts, days: Days) -> Gate:
    if not need.days & offer.days:
        return Gate("Dates", False, "No day suits both sides.")
    common = days_in_common(need, offer)
    if not common:
        return Gate("Dates", False, "The host takes nobody on the days that suit both sides.")
    if not need.days_said and not offer.days_said:
        return Gate("Dates", None, "Neither side has said when.")
    first = date_format(days.first_of(common), "j F Y")
    return Gate("Dates", True, f"{first} is the first day that suits both sides.")


def _turn(need: Facts, offer: Facts) -> Gate:
    name = "A group’s turn"
    if not need.takes_people:
        return Gate(name, True, "It takes none of the host’s turns.")
    if days_in_common(need, offer) and not days_free(need, offer):
        return Gate(name, False, "The host has as many groups as it takes in those months.")
    return Gate(name, True, "The host has a turn left.")


def _pending(need: Facts) -> Gate:
    name = "Room for a proposal"
    if need.host.pending >= need.host.most_pending:
        words = "As many proposals wait for the host as it takes at a time."
        return Gate(name, False, words)
    return Gate(name, True, "The host can look at another proposal.")


def _places(need: Facts, offer: Facts) -> Gate:
    most, least = room(need), smallest_party(need, offer)
    if most == 0 or offer.places_left == 0:
        whose = "need" if most == 0 else "offer"
        return Gate("Places", False, f"All places of the {whose} are taken.")
    if offer.places_left is not None and offer.places_left < (need.fewest or 1):
        words = f"{_people(offer.places_left)} could come; the host needs {need.fewest:,}."
        return Gate("Places", False, words)
    if most is not None and most < least:
        words = f"The host has room for {most:,}; it would have to be {least:,} or more."
        return Gate("Places", False, words)
    if most is None or offer.places_left is None:
        whose = "host" if most is None else "giver"
        return Gate("Places", None, f"The {whose} has not said how many.")
    return Gate("Places", True, f"{_people(min(most, offer.places_left))} can take part.")


def _amount(need: Facts, offer: Facts) -> Gate:
    for whose, left in (("need", need.amount_left), ("offer", offer.amount_left)):
        if left is not None and left <= 0:
            return Gate("Amount", False, f"Nothing is left of the {whose}.")
    if need.amount_left is None or offer.amount_left is None:
        whose = "host" if need.amount_left is None else "giver"
        return Gate("Amount", None, f"The {whose} has not said how much.")
    return Gate("Amount", True, "There is some left on both sides.")


def _where(need: Facts, offer: Facts) -> Gate:
    if {need.mode, offer.mode} == {Mode.IN_PERSON, Mode.REMOTE}:
        whose = "host" if need.mode == Mode.IN_PERSON else "giver"
        other = "giver" if whose == "host" else "host"
        words = f"The {whose} wants it in person, the {other} remotely."
        return Gate("Where", False, words)
    return Gate("Where", True, "Both can do it in the same way.")


def _skills(need: Facts, offer: Facts) -> Gate:
    name = "Skills it must have"
    if not need.must:
        return Gate(name, True, "No skill is a must.")
    if not offer.skills:
        return Gate(name, None, "The giver has not said which skills it brings.")
    missing = [need.skills[key] for key in need.skills if key in need.must - offer.skills.keys()]
    if missing:
        return Gate(name, False, f"The giver does not bring {listed(missing)}.")
    return Gate(name, True, "The giver brings every skill that is a must.")


def _requirements(need: Facts, offer: Facts) -> Gate:
    name = "What is asked of people"
    if not need.requirements:
        return Gate(name, True, "Nothing is asked of people.")
    if offer.requirements is None:
        return Gate(name, None, "The giver has not said what its people have.")
    missing = _labels(Requirement, need.requirements - offer.requirements)
    if missing:
        return Gate(name, False, f"The giver’s people do not have: {listed(missing)}.")
    return Gate(name, True, "The giver’s people have what is asked.")


def _access(need: Facts, offer: Facts) -> Gate:
    if not offer.access:
        return Gate("Access", True, "The giver’s people need nothing special.")
    if need.access is None:
        return Gate("Access", None, "The host has not said what access there is.")
    missing = _labels(Access, offer.access - need.access)
    if missing:
        return Gate("Access", False, f"The host does not have: {listed(missing)}.")
    return Gate("Access", True, "The host has the access that people need.")


def _hours(need: Facts, offer: Facts) -> Gate:
    hours = need.hours_each or offer.hours_each
    if not need.takes_people or not offer.released:
        return Gate("Hours", True, "The giver has set no limit of hours.")
    if not hours:
        return Gate("Hours", None, "Neither side has said how long it takes.")
    wanted = hours * smallest_party(need, offer)
    free = days_free(need, offer)
    periods = [period for period in offer.released if period.days & free]
    if free and not periods:
        return Gate("Hours", False, "The giver has released no hours for those days.")
    if periods and all(period.left < wanted for period in periods):
        return Gate("Hours", False, "The giver has too few hours left.")
    return Gate("Hours", True, "The giver has hours left.")


def listed(words: Iterable[str]) -> str:
    """ "hedge laying, planting and driving"."""
    items = list(words)
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)


def _labels(choices: type[Choices], values: frozenset[str]) -> list[str]:
    return [str(label) for value, label in choices.choices if value in values]


def _people(number: int) -> str:
    return f"{number:,} {'person' if number == 1 else 'people'}"
