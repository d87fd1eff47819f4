"""What a host can take and a giver can spare: said by them, and kept to."""

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.formats import date_format

from accounts.models import AuditEvent, Organisation, User
from accounts.permissions import is_member
from accounts.refused import Refused
from brokerage.models import Blackout, HostCapacity, ReleasedHours
from brokerage.numbers import plain
from brokerage.services.holding import lock_capacity

LIMITS = (
    "groups_a_month",
    "largest_party",
    "supervisors",
    "people_per_supervisor",
    "paused",
    "most_pending",
)
"""What its form answers, by the names of its columns."""

NOT_YOURS = "You no longer act for this organisation, so nothing was changed."
OVERLAPS = "You have released hours from {first} to {last} already. Change those instead."
MOST_BLACKOUTS = 100
TOO_MANY = f"You have {MOST_BLACKOUTS} of these already. Remove some that have passed."


@transaction.atomic
def save_capacity(
    *, organisation: Organisation, values: Mapping[str, Any], by: User
) -> HostCapacity:
    """Keep a host's limits. What is agreed already stays, however low they are set."""
    _check(organisation, by)
    now = lock_capacity(organisation)
    changed = [name for name in LIMITS if getattr(now, name) != values[name]]
    for name in changed:
        setattr(now, name, values[name])
    now.save()
    _record("set limits", now, organisation, by, changed)
    return now


@transaction.atomic
def add_days_off(
    *, organisation: Organisation, first: datetime.date, last: datetime.date, reason: str, by: User
) -> Blackout:
    """Days on which the host takes nobody new; the same days said twice stand once."""
    _check(organisation, by)
    lock_capacity(organisation)
    if organisation.blackouts.count() >= MOST_BLACKOUTS:
        raise Refused(TOO_MANY)
    found, _ = Blackout.objects.get_or_create(
        organisation=organisation, first_day=first, last_day=last, defaults={"reason": reason}
    )
    _record("added days off", found, organisation, by, ["first_day", "last_day"])
    return found


@transaction.atomic
def remove_days_off(*, blackout: Blackout, by: User) -> None:
    """The host takes groups on these days again; done twice, they are gone once."""
    _check(blackout.organisation, by)
    lock_capacity(blackout.organisation)
    found = Blackout.objects.filter(pk=blackout.pk).first()
    if found is not None:
        _record("removed days off", found, found.organisation, by, [])
        found.delete()


@transaction.atomic
def release(
    *,
    organisation: Organisation,
    first: datetime.date,
    last: datetime.date,
    hours: Decimal,
    by: User,
) -> ReleasedHours:
    """Say how many person-hours a giver releases from one day to another. The same days said again
    change their hours; hours that are held already stay held.

    Raises Refused for days that overlap with others.
    """
    _check(organisation, by)
    lock_capacity(organisation)
    known = ReleasedHours.objects.select_for_update(no_key=True).filter(organisation=organisation)
    overlapping = known.filter(first_day__lte=last, last_day__gte=first).order_by("first_day")
    found = overlapping.first()
    if found is None:
        found = ReleasedHours(organisation=organisation, first_day=first, last_day=last)
    elif (found.first_day, found.last_day) != (first, last):
        raise Refused(
            OVERLAPS.format(
                first=date_format(found.first_day, "j F Y"),
                last=date_format(found.last_day, "j F Y"),
            )
        )
    found.hours = hours
    found.save()
    _record("released hours", found, organisation, by, ["hours"])
    return found


def kept_words(before: HostCapacity, organisation: Organisation) -> list[str]:
    """Where the new limits lie under what is held: what stays all the same, in words."""
    words = []
    most = before.groups_a_month
    if most is not None:
        months = organisation.host_months.filter(groups_held__gt=most).order_by("month")
        words += [
            f"{row.groups_held} groups are held in {date_format(row.month, 'F Y')} already. They "
            "stay, and nothing new is taken there."
            for row in months
        ]
    return words


def kept_hours(row: ReleasedHours) -> str:
    """The same of released hours; empty where nothing is held beyond them."""
    if row.hours_held <= row.hours:
        return ""
    return (
        f"{plain(row.hours_held)} hours are held already. They stay, and nothing new is taken "
        "in these days."
    )


def _check(organisation: Organisation, by: User) -> None:
    if not is_member(by, organisation):
        raise Refused(NOT_YOURS)


def _record(
    verb: str,
    target: HostCapacity | Blackout | ReleasedHours,
    organisation: Organisation,
    by: User,
    fields: list[str],
) -> None:
    AuditEvent.record(
        verb=verb,
        target=target,
        organisation=organisation,
        actor_key=by.audit_key,
        fields=fields,
    )
