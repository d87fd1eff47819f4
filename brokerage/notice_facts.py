"""What is known of a need or an offer, in words and in one order; what was not said says so."""

from collections.abc import Iterable

from django.db.models import Choices
from django.utils.formats import date_format

from brokerage.cards import quantity
from brokerage.models import Access, Cause, Notice, Requirement
from brokerage.numbers import plain

UNSAID = "Not said"

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def facts_of(notice: Notice) -> list[tuple[str, str]]:
    """Pairs of what and what is known of it. Reads the notice's kind and ward."""
    is_need = notice.is_need
    facts = [("Kind", notice.kind.label)]
    if notice.kind.takes_people:
        facts += [
            ("People", _people(notice)),
            ("Hours each", plain(notice.hours_each) if notice.hours_each else UNSAID),
        ]
    else:
        facts.append(("How much", _amount(notice)))
    facts += [
        ("When", _when(notice)),
        ("Where", _where(notice)),
        ("Causes", _labels(Cause, notice.causes)),
        (
            "Access there" if is_need else "Access needed",
            _labels(Access, notice.access),
        ),
        (
            "Asked of people" if is_need else "People have",
            _labels(Requirement, notice.requirements),
        ),
        (
            "Towards the host’s costs",
            UNSAID
            if notice.cost_contribution is None
            else quantity(float(notice.cost_contribution), "pounds")
            if notice.cost_contribution
            else "Nothing is asked"
            if is_need
            else "Nothing",
        ),
    ]
    return facts


def _people(notice: Notice) -> str:
    least, most, left = notice.places_min, notice.places_max, notice.seats_left
    if most is None:
        return f"{least:,} or more" if least else UNSAID
    words = f"{least:,} to {most:,}" if least and least < most else f"{most:,}"
    if left == most:
        return words
    return f"{words}; {left:,} place{'' if left == 1 else 's'} left" if left else f"{words}; full"


def _amount(notice: Notice) -> str:
    if notice.amount is None:
        return UNSAID
    unit = notice.kind.unit
    words = quantity(float(notice.amount), unit)
    left = max(notice.amount - notice.amount_held, notice.amount * 0)
    return words if not notice.amount_held else f"{words}; {quantity(float(left), unit)} left"


def _when(notice: Notice) -> str:
    first, last = notice.first_day, notice.last_day
    if first and last:
        words = _day(first) if first == last else f"{_day(first)} to {_day(last)}"
    elif first or last:
        words = f"From {_day(first)}" if first else f"Until {_day(last)}"
    else:
        words = "At any time"
    if notice.weekdays:
        words += ", on " + _and(f"{WEEKDAYS[day - 1]}s" for day in sorted(notice.weekdays))
    return f"{words}, {notice.when_words}" if notice.when_words else words


def _where(notice: Notice) -> str:
    mode = str(notice.get_mode_display())
    place = notice.ward.name if notice.ward else notice.postcode[:-2].strip()
    return f"{mode}, {place}" if place and notice.mode != "remote" else mode


def _labels(choices: type[Choices], values: Iterable[str] | None) -> str:
    if values is None:
        return UNSAID
    labels = dict(choices.choices)
    return ", ".join(str(labels[value]) for value in values) or "None named"


def _and(words: Iterable[str]) -> str:
    items = list(words)
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)


def _day(day: object) -> str:
    return date_format(day, "j F Y")  # type: ignore[arg-type]
