"""What a version of the terms says, in words, and how two versions differ."""

import datetime
from decimal import Decimal

from django.utils.formats import date_format, time_format

from brokerage.cards import quantity
from brokerage.models import Exchange, ExchangeVersion
from brokerage.numbers import plain

OPEN = "Still open"


def facts_of_terms(exchange: Exchange, version: ExchangeVersion) -> list[tuple[str, str]]:
    """Pairs of what and what this version says of it, in one order."""
    facts = [("When", _when(version))]
    if version.review_on:
        facts.append(("Review", _day(version.review_on)))
    if exchange.kind.takes_people:
        facts.append(("Places", f"{version.seats:,}" if version.seats else OPEN))
        facts.append(("Hours each", plain(version.hours_each) if version.hours_each else OPEN))
        if (hours := version.person_hours) is not None:
            facts.append(("Hours in all", plain(hours)))
    else:
        amount = version.amount or Decimal(0)
        facts.append(("How much", quantity(float(amount), exchange.kind.unit)))
    where = ", ".join(part for part in (version.place, version.postcode) if part)
    facts.append(("Where", where or str(version.get_mode_display())))
    if version.cost_contribution is not None:
        paid = quantity(float(version.cost_contribution), "pounds")
        facts.append(("Towards the host’s costs", paid))
    if version.note:
        facts.append(("Note", version.note))
    return facts


def differences(
    exchange: Exchange, before: ExchangeVersion, after: ExchangeVersion
) -> list[tuple[str, str, str]]:
    """What changes from one version to another: the name, what stands and what would."""
    old, new = dict(facts_of_terms(exchange, before)), dict(facts_of_terms(exchange, after))
    names = list(dict.fromkeys([*old, *new]))
    return [
        (name, old.get(name, "Nothing"), new.get(name, "Nothing"))
        for name in names
        if old.get(name) != new.get(name)
    ]


def _when(version: ExchangeVersion) -> str:
    first, last = version.first_day, version.last_day
    if first is None:
        return OPEN
    words = _day(first) if last is None or first == last else f"{_day(first)} to {_day(last)}"
    if version.start_time:
        words += f", {_time(version.start_time)}"
        if version.end_time:
            words += f" to {_time(version.end_time)}"
    return words


def _day(day: datetime.date) -> str:
    return date_format(day, "l j F Y")


def _time(time: datetime.time) -> str:
    return time_format(time, "g.i a").replace(".00", "")
