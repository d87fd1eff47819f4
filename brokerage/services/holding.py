"""What an exchange holds of both sides' limits: places, amounts, a group's turn, and hours.

``settle`` is the only writer of every held number. It works out what an exchange should hold in its
state, and moves the counters by the difference, under locks and within the limits.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import F
from django.utils.formats import date_format

from accounts.models import Organisation
from accounts.refused import Refused
from brokerage import notice_index
from brokerage.models import (
    Blackout,
    Exchange,
    ExchangeVersion,
    HeldHours,
    HostCapacity,
    HostMonth,
    Notice,
    ReleasedHours,
)
from brokerage.numbers import plain

NO_PLACES = "{left} of the {most} places of “{title}” are left, so {wanted} cannot be held."
ALL_TAKEN = "All {most} places of “{title}” are taken."
NOT_SO_MUCH = "{left} of {most} {unit} of “{title}” are left, so {wanted} cannot be held."
MONTH_FULL = "{host} takes {most} in {month}, and has {held}. Choose another month."
NO_GROUPS = "{host} takes no groups at present."
TOO_LARGE = "{host} takes at most {most} people at once."
NOT_THEN = "{host} takes nobody from {first} to {last}. Choose another day."
NO_HOURS_LEFT = (
    "{giver} released {hours} hours from {first} to {last}, and {left} of them are left: "
    "{wanted} cannot be held."
)
NOT_RELEASED = "{giver} has released no hours for {day}."


@dataclass(slots=True)
class _Wanted:
    """What an exchange should hold."""

    seats: int = 0
    amount: Decimal = Decimal(0)
    months: set[datetime.date] = field(default_factory=set)
    # By released period.
    hours: dict[int, Decimal] = field(default_factory=dict)


def lock_notices(ids: Iterable[int | None]) -> dict[int, Notice]:
    """These needs and offers as they are now, locked, needs first."""
    rows = (
        Notice.objects.select_for_update(of=("self",), no_key=True)
        .select_related("organisation", "kind")
        .filter(pk__in={pk for pk in ids if pk})
        .order_by("side", "pk")
    )
    return {row.pk: row for row in rows}


def lock_capacity(host: Organisation) -> HostCapacity:
    """What a host can take, locked; made with no limit where it has said nothing."""
    HostCapacity.objects.get_or_create(organisation=host)
    found = HostCapacity.objects.select_for_update(no_key=True).get(organisation=host)
    found.organisation = host
    return found


def settle(exchange: Exchange) -> None:
    """Bring what the exchange holds in line with its state and its versions. It is locked.

    Counters may always fall. Raises Refused, in words for people, where one would rise above its
    limit; the caller's transaction then leaves everything as it was.
    """
    versions = _counting(exchange)
    notices = lock_notices([exchange.need_id, exchange.offer_id])
    capacity = lock_capacity(exchange.host)
    if exchange.state in Exchange.HOLDING:
        _check_host(exchange, capacity, versions)
    released = list(
        ReleasedHours.objects.select_for_update(no_key=True)
        .filter(organisation=exchange.giver)
        .order_by("pk")
    )
    wanted = _wanted(exchange, versions, released)
    if exchange.state not in Exchange.HOLDING:
        # What happened is never refused for a limit, so from here on nothing rises.
        wanted.seats = min(wanted.seats, exchange.held_seats)
        wanted.amount = min(wanted.amount, exchange.held_amount)
        wanted.months &= set(exchange.held_months)
    for notice in notices.values():
        _hold_places(notice, exchange, wanted)
    _hold_months(exchange, capacity, wanted.months)
    _hold_hours(exchange, released, wanted.hours)
    exchange.held_seats, exchange.held_amount = wanted.seats, wanted.amount
    exchange.held_months = sorted(wanted.months)
    exchange.save(update_fields=["held_seats", "held_amount", "held_months", "modified"])
    notice_index.refresh(notices)


def _counting(exchange: Exchange) -> list[ExchangeVersion]:
    """The versions that count in its state: what stands and what is proposed beside it; of what has
    happened, what stood.
    """
    versions = exchange.versions.all()
    if exchange.state in Exchange.HOLDING:
        wanted = {ExchangeVersion.Status.AGREED, ExchangeVersion.Status.PENDING}
    elif exchange.state in Exchange.HAPPENED:
        wanted = {ExchangeVersion.Status.AGREED}
    else:
        return []
    return [version for version in versions if version.status in wanted]


def _wanted(
    exchange: Exchange, versions: list[ExchangeVersion], released: list[ReleasedHours]
) -> _Wanted:
    """The most that any of the versions asks: until a change is confirmed, both are possible."""
    wanted = _Wanted()
    for version in versions:
        wanted.seats = max(wanted.seats, version.seats or 0)
        wanted.amount = max(wanted.amount, version.amount or Decimal(0))
        if not exchange.kind.takes_people:
            continue
        wanted.months.update(version.months)
        hours = _hours_of(exchange, version)
        if version.first_day is None or not hours or not released:
            continue
        period = _period(released, version.first_day)
        if period is None:
            if exchange.state in Exchange.HOLDING:
                day = date_format(version.first_day, "j F Y")
                raise Refused(NOT_RELEASED.format(giver=exchange.giver, day=day))
            continue
        wanted.hours[period.pk] = max(wanted.hours.get(period.pk, Decimal(0)), hours)
    return wanted


def _hours_of(exchange: Exchange, version: ExchangeVersion) -> Decimal | None:
    """What was confirmed where something was, else what is agreed or proposed."""
    if exchange.confirmed is not None:
        return exchange.confirmed.giver_hours
    return version.person_hours


def _period(released: list[ReleasedHours], day: datetime.date) -> ReleasedHours | None:
    return next((row for row in released if row.first_day <= day <= row.last_day), None)


def _check_host(
    exchange: Exchange, capacity: HostCapacity, versions: list[ExchangeVersion]
) -> None:
    """The host's largest party, and the days on which it takes nobody, of what is not agreed yet:
    a limit that came later keeps what was agreed.
    """
    host = exchange.host
    for version in versions:
        if version.status == ExchangeVersion.Status.AGREED:
            continue
        most = capacity.most_at_once
        if most is not None and version.seats is not None and version.seats > most:
            raise Refused(TOO_LARGE.format(host=host, most=most))
        if version.first_day is None:
            continue
        days = Blackout.objects.filter(organisation=host).touching(
            version.first_day, version.last_day or version.first_day
        )
        if (blackout := days.first()) is not None and not version.is_long:
            raise Refused(
                NOT_THEN.format(
                    host=host,
                    first=date_format(blackout.first_day, "j F"),
                    last=date_format(blackout.last_day, "j F Y"),
                )
            )


def _hold_places(notice: Notice, exchange: Exchange, wanted: _Wanted) -> None:
    seats = wanted.seats - exchange.held_seats
    amount = wanted.amount - exchange.held_amount
    most = notice.places_max
    if seats > 0 and most is not None and notice.seats_held + seats > most:
        left = max(most - notice.seats_held, 0)
        words = NO_PLACES if left else ALL_TAKEN
        raise Refused(words.format(left=left, most=most, title=notice.title, wanted=seats))
    if amount > 0 and notice.amount is not None and notice.amount_held + amount > notice.amount:
        raise Refused(
            NOT_SO_MUCH.format(
                left=plain(max(notice.amount - notice.amount_held, Decimal(0))),
                most=plain(notice.amount),
                unit=exchange.kind.get_unit_display(),
                title=notice.title,
                wanted=plain(amount),
            )
        )
    if seats or amount:
        Notice.objects.filter(pk=notice.pk).update(
            seats_held=F("seats_held") + seats, amount_held=F("amount_held") + amount
        )


def _hold_months(exchange: Exchange, capacity: HostCapacity, wanted: set[datetime.date]) -> None:
    held, host = set(exchange.held_months), exchange.host
    for month in sorted(wanted | held):
        if (month in wanted) == (month in held):
            continue
        row, _ = HostMonth.objects.select_for_update(no_key=True).get_or_create(
            organisation=host, month=month
        )
        if month in held:
            HostMonth.objects.filter(pk=row.pk).update(groups_held=F("groups_held") - 1)
            continue
        most = capacity.groups_a_month
        if most is not None and row.groups_held >= most:
            if not most:
                raise Refused(NO_GROUPS.format(host=host))
            raise Refused(
                MONTH_FULL.format(
                    host=host,
                    most=f"{most} group{'' if most == 1 else 's'}",
                    month=date_format(month, "F Y"),
                    held=row.groups_held,
                )
            )
        HostMonth.objects.filter(pk=row.pk).update(groups_held=F("groups_held") + 1)


def _hold_hours(
    exchange: Exchange, released: list[ReleasedHours], wanted: dict[int, Decimal]
) -> None:
    held = {row.released_id: row for row in exchange.held_hours.all()}
    for period in released:
        row = held.get(period.pk)
        now = row.hours if row else Decimal(0)
        then = wanted.get(period.pk, Decimal(0))
        if exchange.state not in Exchange.HOLDING:
            then = min(then, now)
        if then == now:
            continue
        if then > now and period.hours_held + then - now > period.hours:
            raise Refused(
                NO_HOURS_LEFT.format(
                    giver=exchange.giver,
                    hours=plain(period.hours),
                    first=date_format(period.first_day, "j F Y"),
                    last=date_format(period.last_day, "j F Y"),
                    left=plain(max(period.hours - period.hours_held, Decimal(0))),
                    wanted=plain(then),
                )
            )
        ReleasedHours.objects.filter(pk=period.pk).update(hours_held=F("hours_held") + then - now)
        if not then:
            exchange.held_hours.filter(released=period).delete()
        else:
            HeldHours.objects.update_or_create(
                exchange=exchange, released=period, defaults={"hours": then}
            )
