"""What both sides agree on: checking it, comparing it, and where it clashes."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format

from accounts.refused import Refused
from brokerage.models import Exchange, ExchangeVersion, Kind, Side

SAY_PLACES = "Say how many people."
SAY_AMOUNT = "Say how much, in {unit}."
NO_PEOPLE = "This is not counted in people."
NO_AMOUNT = "This is counted in people and hours."
DAYS_IN_ORDER = "The last day cannot be before the first."
TIMES_IN_ORDER = "It has to end after it starts."
PASSED = "The first day has passed."
REVIEW_WITHIN = "The review has to lie between the first day and the last."
CLASHES = "{who} already has “{title}” on {day}. Confirm once more if both can happen."


class Clash(Refused):
    """Somebody is taken at that time already; it may be done all the same."""


def checked(kind: Kind, terms: Mapping[str, Any], *, today: datetime.date) -> dict[str, Any]:
    """The terms, each by the name of its column in ``ExchangeVersion.TERMS``; what is left out is
    open. Raises Refused, in words for people, for terms that cannot be meant.
    """
    known = {name: terms.get(name) for name in ExchangeVersion.TERMS}
    known["mode"] = known["mode"] or ExchangeVersion._meta.get_field("mode").default
    for name in ("place", "postcode", "note"):
        known[name] = known[name] or ""
    first, last = known["first_day"], known["last_day"]
    _check_quantity(kind, known)
    if first is None:
        known["last_day"] = known["review_on"] = None
        return known
    known["last_day"] = last or first
    _check_days(known, today)
    return known


def _check_quantity(kind: Kind, terms: Mapping[str, Any]) -> None:
    if kind.takes_people:
        if terms["seats"] is None:
            raise Refused(SAY_PLACES)
        if terms["amount"] is not None:
            raise Refused(NO_AMOUNT)
        return
    if not terms["amount"]:
        raise Refused(SAY_AMOUNT.format(unit=kind.get_unit_display()))
    if terms["seats"] is not None or terms["hours_each"] is not None:
        raise Refused(NO_PEOPLE)


def _check_days(terms: Mapping[str, Any], today: datetime.date) -> None:
    first, last = terms["first_day"], terms["last_day"]
    if last < first:
        raise Refused(DAYS_IN_ORDER)
    if first < today:
        raise Refused(PASSED)
    start, end, review = terms["start_time"], terms["end_time"], terms["review_on"]
    if first == last and start is not None and end is not None and end <= start:
        raise Refused(TIMES_IN_ORDER)
    if review is not None and not first <= review <= last:
        raise Refused(REVIEW_WITHIN)


def check_clash(exchange: Exchange, terms: Mapping[str, Any]) -> None:
    """Raises Clash where either side has something agreed at that time already. One query.

    Long exchanges clash with nothing: a mentor has other days.
    """
    first, last = terms["first_day"], terms["last_day"]
    if first is None or last is None or (last - first).days >= 7:
        return
    others = (
        ExchangeVersion.objects.agreed()
        .filter(first_day__lte=last, last_day__gte=first)
        .filter(exchange__state__in=[Exchange.State.AGREED, Exchange.State.AMENDED])
        .filter(
            Q(exchange__host=exchange.host)
            | Q(exchange__giver=exchange.host)
            | Q(exchange__host=exchange.giver)
            | Q(exchange__giver=exchange.giver)
        )
        .exclude(exchange=exchange.pk)
        .select_related("exchange__host", "exchange__giver")
        .order_by("first_day", "pk")
    )
    for version in others:
        if version.is_long or not _meet(version, terms) or version.first_day is None:
            continue
        taken = version.exchange
        is_hosts = exchange.host_id in {taken.host_id, taken.giver_id}
        raise Clash(
            CLASHES.format(
                who=exchange.host if is_hosts else exchange.giver,
                title=taken.title,
                day=date_format(version.first_day, "j F Y"),
            )
        )


def _meet(version: ExchangeVersion, terms: Mapping[str, Any]) -> bool:
    """Whether the times of one shared day overlap; open times do."""
    if version.first_day != version.last_day or terms["first_day"] != terms["last_day"]:
        return True
    begins, ends = version.start_time, version.end_time
    start, end = terms["start_time"], terms["end_time"]
    if begins is None or ends is None or start is None or end is None:
        return True
    return bool(begins < end and start < ends)


def new_version(
    exchange: Exchange, side: Side, terms: Mapping[str, Any], *, made_by: Any = None
) -> ExchangeVersion:
    """Write the next version, pending, which its own side has confirmed by writing it."""
    number = exchange.versions.count() + 1
    return ExchangeVersion.objects.create(
        exchange=exchange,
        number=number,
        by=side,
        made_by=made_by,
        **{f"{side.value}_confirmed_at": timezone.now()},
        **terms,
    )
