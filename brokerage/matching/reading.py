"""Reading what a match is judged by: the same few queries, however many needs and offers."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db.models import Count
from django.utils import timezone

from brokerage.matching.facts import Days, Facts, Host, Released
from brokerage.matching.score import Match, in_order, match
from brokerage.models import (
    Blackout,
    Exchange,
    HostCapacity,
    HostMonth,
    Kind,
    Notice,
    NoticeSkill,
    ReleasedHours,
)
from brokerage.models.exchange import ExchangeQuerySet


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something from the other side of the board, and how it goes with ours."""

    notice: Notice
    match: Match


def best_for(notice: Notice) -> list[Candidate]:
    """Every need, or offer, on the board of the other side and the same kind: first those that fit,
    the best first; then those that a gate keeps out, in the same order.
    """
    today = timezone.localdate()
    found = {
        row.reference: row
        for row in Notice.objects.findable(today)
        .filter(kind=notice.kind_id, organisation__is_example=notice.organisation.is_example)
        .exclude(side=notice.side)
        .exclude(organisation=notice.organisation_id)
        .select_related("organisation", "kind")
        .defer("description", "benefit_to_host", "benefit_to_giver")
    }
    days = Days(today)
    facts = facts_of([notice, *found.values()], days)
    ours = facts[notice.reference]
    before = _together(notice)
    matches = []
    for reference, row in found.items():
        theirs = facts[reference]
        need, offer = (ours, theirs) if notice.is_need else (theirs, ours)
        together = before[row.organisation_id]
        pair = match(need, offer, about=theirs, days=days, today=today, together=together)
        matches.append((pair, theirs))
    ordered = in_order(matches)
    other = "offer" if notice.is_need else "need"
    rows = [Candidate(found[getattr(pair, other).reference], pair) for pair in ordered]
    return sorted(rows, key=lambda row: not row.match.fits)


def explain(need: Notice, offer: Notice, beside: Exchange | None = None) -> Match:
    """Why these two go together, at present, with the need as the one that is ranked.

    For the page of an exchange of the two, ``beside`` is that exchange: what it holds itself counts
    as free, and that it connected the two takes nothing off.
    """
    today = timezone.localdate()
    days = Days(today)
    facts = facts_of([need, offer], days)
    one, other = facts[need.reference], facts[offer.reference]
    if beside is not None:
        one, other = (_without(side, beside) for side in (one, other))
    together = _done().filter(giver=offer.organisation_id, host=need.organisation_id)
    if beside is not None:
        together = together.exclude(pk=beside.pk)
    return match(one, other, about=one, days=days, today=today, together=together.count())


def facts_of(notices: Iterable[Notice], days: Days) -> dict[str, Facts]:
    """What each is judged by, by reference: six queries. Reads kind and organisation of each."""
    rows = list(notices)
    ids = [row.pk for row in rows]
    hosts = {row.organisation_id for row in rows if row.is_need}
    givers = {row.organisation_id for row in rows if not row.is_need}
    skills: defaultdict[int, dict[int, str]] = defaultdict(dict)
    must: defaultdict[int, set[int]] = defaultdict(set)
    for link in NoticeSkill.objects.filter(notice__in=ids).select_related("skill"):
        skills[link.notice_id][link.skill_id] = link.skill.label
        if link.must:
            must[link.notice_id].add(link.skill_id)
    able, released = _hosts(hosts, days), _released(givers, days)
    return {
        row.reference: _facts(
            row,
            days,
            skills=skills[row.pk],
            must=frozenset(must[row.pk]),
            host=able[row.organisation_id] if row.is_need else Host(),
            released=() if row.is_need else tuple(released[row.organisation_id]),
        )
        for row in rows
    }


def _facts(
    notice: Notice,
    days: Days,
    *,
    skills: dict[int, str],
    must: frozenset[int],
    host: Host,
    released: tuple[Released, ...],
) -> Facts:
    said = bool(notice.first_day or notice.last_day or notice.weekdays)
    amount = notice.amount
    return Facts(
        reference=notice.reference,
        organisation=notice.organisation_id,
        kind=notice.kind_id,
        days=days.between(notice.first_day, notice.last_day) & days.on(notice.weekdays),
        is_open=notice.is_findable(days.today),
        is_example=notice.organisation.is_example,
        takes_people=notice.kind.takes_people,
        is_long=notice.kind.schedule == Kind.Schedule.OPEN,
        days_said=said,
        skills=skills,
        must=must,
        causes=frozenset(notice.causes),
        access=None if notice.access is None else frozenset(notice.access),
        requirements=None if notice.requirements is None else frozenset(notice.requirements),
        fewest=notice.places_min,
        places_left=notice.seats_left,
        hours_each=notice.hours_each,
        amount_left=None if amount is None else max(amount - notice.amount_held, amount * 0),
        mode=notice.mode,
        point=notice.point,
        connected_at=notice.connected_at,
        host=host,
        released=released,
    )


def _hosts(ids: set[int], days: Days) -> defaultdict[int, Host]:
    """What these hosts can take; one that has said nothing has no limits but the usual one."""
    off: Counter[int] = Counter()
    for row in Blackout.objects.filter(organisation__in=ids, last_day__gte=days.today):
        off[row.organisation_id] |= days.between(row.first_day, row.last_day)
    held: defaultdict[int, dict[datetime.date, int]] = defaultdict(dict)
    for month in HostMonth.objects.filter(organisation__in=ids, groups_held__gt=0):
        held[month.organisation_id][month.month] = month.groups_held
    pending = dict(
        Exchange.objects.pending()
        .filter(host__in=ids)
        .order_by()
        .values("host")
        .annotate(number=Count("pk"))
        .values_list("host", "number")
    )
    hosts: defaultdict[int, Host] = defaultdict(Host)
    for pk in ids:
        hosts[pk] = Host(off=off[pk], pending=pending.get(pk, 0))
    for able in HostCapacity.objects.filter(organisation__in=ids):
        pk = able.organisation_id
        hosts[pk] = replace(
            hosts[pk],
            paused=able.paused,
            most_at_once=able.most_at_once,
            most_pending=able.most_pending,
            full=_full(able.groups_a_month, held[pk], days),
        )
    return hosts


def _full(most: int | None, held: dict[datetime.date, int], days: Days) -> int:
    """The days of the months in which a host has all the groups that it takes."""
    if most is None:
        return 0
    if not most:
        return days.all
    full = 0
    for month, number in held.items():
        if number >= most:
            after = (month + datetime.timedelta(days=32)).replace(day=1)
            last = after - datetime.timedelta(days=1)
            full |= days.between(month, last)
    return full


def _released(ids: set[int], days: Days) -> defaultdict[int, list[Released]]:
    """What these givers have left; also of periods that are over, which show that there is a
    limit.
    """
    found: defaultdict[int, list[Released]] = defaultdict(list)
    for row in ReleasedHours.objects.filter(organisation__in=ids):
        left = row.hours - row.hours_held
        found[row.organisation_id].append(Released(days.between(row.first_day, row.last_day), left))
    return found


def _done() -> ExchangeQuerySet:
    """What has happened, confirmed or not."""
    return Exchange.objects.filter(state__in=Exchange.HAPPENED)


def _together(notice: Notice) -> Counter[int]:
    """How often each other organisation did something with this one, on the sides they have now."""
    ours, theirs = ("host", "giver") if notice.is_need else ("giver", "host")
    done = _done().filter(**{ours: notice.organisation_id})
    return Counter(done.values_list(f"{theirs}_id", flat=True))


def _without(facts: Facts, exchange: Exchange) -> Facts:
    """The same as if the exchange held nothing and had connected nobody."""
    places, amount = facts.places_left, facts.amount_left
    return replace(
        facts,
        places_left=None if places is None else places + exchange.held_seats,
        amount_left=None if amount is None else amount + exchange.held_amount,
        connected_at=None,
    )
