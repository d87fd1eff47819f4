"""What an hour is reckoned at: newer rates, and what was mistyped."""

import datetime
import hashlib
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q

from accounts.codes import free_code
from accounts.models import AuditEvent, User
from accounts.permissions import is_broker
from accounts.refused import Overtaken, Refused
from brokerage.models import HourlyRate

COLUMNS = ("label", "pounds", "source", "source_url", "holds_from")
"""What the form answers."""

FOR_BROKERS = "Only a broker says what an hour is reckoned at."
OVERTAKEN = "Somebody else has changed this rate since you opened it. It says now: {now}."
LONGEST_CODE = 30


class SameDay(Refused):
    """The series has a rate from this day already."""

    def __init__(self, rate: HourlyRate) -> None:
        super().__init__(f"There is one from this day already: {rate}. Correct that one instead.")


def version_of_rate(rate: HourlyRate) -> str:
    """What a form was about."""
    said = repr([str(getattr(rate, name)) for name in COLUMNS])
    return hashlib.sha256(said.encode()).hexdigest()[:16]


@transaction.atomic
def add_rate(*, series: str, values: Mapping[str, Any], by: User) -> HourlyRate:
    """A newer rate of a series, or with "" the first of another. Those before it stand.

    ``values`` are of ``COLUMNS``. Raises SameDay, or Refused for who is not a broker.
    """
    _check(by)
    taken = set(HourlyRate.objects.values_list("code", flat=True))
    code = series or free_code(values["label"], taken, otherwise="rate", longest=LONGEST_CODE)
    _check_day(code, values["holds_from"])
    usual = HourlyRate.objects.filter(code=code, is_default=True).exists()
    rate = HourlyRate(code=code, is_default=usual, **{name: values[name] for name in COLUMNS})
    rate.save()
    _record("added", rate, list(COLUMNS), by)
    return rate


@transaction.atomic
def correct_rate(*, rate: HourlyRate, values: Mapping[str, Any], seen: str, by: User) -> HourlyRate:
    """Put right what was mistyped; business cases that use it are reckoned anew.

    Raises SameDay, Overtaken when it is not what ``seen`` says, or Refused for who is not a broker.
    """
    _check(by)
    now = HourlyRate.objects.select_for_update().get(pk=rate.pk)
    if version_of_rate(now) != seen:
        raise Overtaken(OVERTAKEN.format(now=now))
    _check_day(now.code, values["holds_from"], but=now.pk)
    changed = [name for name in COLUMNS if getattr(now, name) != values[name]]
    for name in changed:
        setattr(now, name, values[name])
    if changed:
        now.save()
        _record("corrected", now, changed, by)
    return now


@transaction.atomic
def make_usual(*, rate: HourlyRate, by: User) -> None:
    """Business cases open with the series of this rate; done twice, once. Raises Refused."""
    _check(by)
    if HourlyRate.objects.get(pk=rate.pk).is_default:
        return
    HourlyRate.objects.update(is_default=Q(code=rate.code))
    _record("made usual", rate, ["is_default"], by)


def _check(by: User) -> None:
    if not is_broker(by):
        raise Refused(FOR_BROKERS)
    # One broker at a time: one series is the usual one, and a day has one rate.
    list(HourlyRate.objects.select_for_update().order_by("pk"))


def _check_day(code: str, day: datetime.date, but: int | None = None) -> None:
    same = HourlyRate.objects.filter(code=code, holds_from=day).first()
    if same is not None and same.pk != but:
        raise SameDay(same)


def _record(verb: str, rate: HourlyRate, fields: list[str], by: User) -> None:
    AuditEvent.record(verb=verb, target=rate, actor_key=by.audit_key, fields=fields)
