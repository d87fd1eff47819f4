"""Finding the terms: proposing a change, confirming one version, and the checks before that."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.refused import Overtaken, Refused
from brokerage.mails import tell
from brokerage.models import Contact, Exchange, ExchangeVersion, Side
from brokerage.services.acting import (
    Actor,
    check_reason,
    check_state,
    happened,
    lock_exchange,
)
from brokerage.services.holding import settle
from brokerage.services.proposing import Reach
from brokerage.services.terms import check_clash, checked, new_version

State = Exchange.State
Status = ExchangeVersion.Status

TALKING = (State.INTRODUCED, State.AGREED, State.AMENDED)

CHANGED = (
    "The terms were changed while you looked: this is not the version that you read. Nothing was "
    "confirmed. Read the new one below."
)
GATES_OPEN = "Before you can agree, settle: {what}."
NO_SIDE = "Say for which side."
SAME_TERMS = "Nothing in this differs from what stands."
ONLY_LESS = "You can take fewer than {seats} places here. For more, propose a change."
TOO_FEW = "“{title}” needs at least {least} people. Propose a change, so that the host can say."
NOT_PEOPLE = "This exchange is not counted in people."
YOURS_ALREADY = "You have confirmed this version. It waits for the other side."


@transaction.atomic
def propose_change(
    *,
    exchange: Exchange,
    terms: Mapping[str, Any],
    actor: Actor,
    side: Side | None = None,
    seen: int | None = None,
    clash_seen: bool = False,
) -> ExchangeVersion:
    """Write a version with these terms, which the other side then confirms. What is agreed stands
    until both have confirmed; places are held for both meanwhile.

    ``seen`` is the number of the newest version that was looked at; ``side`` is for a broker, who
    speaks for one. Raises Overtaken when another version came meanwhile, Clash as ``propose`` does,
    and Refused for terms that cannot be or that nobody has room for.
    """
    now = lock_exchange(exchange, actor)
    check_state(now, *TALKING)
    by = actor.side or side
    if by is None:
        raise Refused(NO_SIDE)
    newest = now.versions.order_by("-number").first()
    if seen is not None and newest is not None and newest.number != seen:
        raise Overtaken(CHANGED)
    said = checked(now.kind, terms, today=_earliest(now))
    standing = now.versions.filter(status__in=[Status.AGREED, Status.PENDING]).last()
    if standing is not None and all(
        getattr(standing, name) == said[name] for name in ExchangeVersion.TERMS
    ):
        raise Refused(SAME_TERMS)
    if not clash_seen:
        check_clash(now, said)
    now.versions.pending().update(status=Status.REPLACED)
    version = new_version(now, by, said, made_by=actor.user)
    before = now.state
    if before == State.AGREED:
        now.state, now.state_since = State.AMENDED, timezone.now()
    now.sequence += 1
    now.save()
    settle(now)
    happened(now, actor, "proposed a change", before=before, version=version)
    tell(now, by.other, "exchange_change", {"version": version, "standing": standing})
    return version


@transaction.atomic
def confirm_version(
    *, exchange: Exchange, number: int, actor: Actor, side: Side | None = None
) -> Exchange:
    """One side confirms the version of this number; when both have, it is what is agreed.

    Done twice, it is confirmed once. Raises Overtaken when another version took its place, and
    Refused while a check is open, naming each.
    """
    now = lock_exchange(exchange, actor)
    by = actor.side or side
    if by is None:
        raise Refused(NO_SIDE)
    version = now.versions.filter(number=number).first()
    if version is not None and version.status == Status.AGREED and now.is_open:
        return now
    check_state(now, *TALKING)
    if version is None or version.status != Status.PENDING:
        raise Overtaken(CHANGED)
    if version.confirmed_at(by) is not None:
        raise Refused(YOURS_ALREADY)
    if version.confirmed_at(by.other) is not None:
        _check_gates(now, version)
    setattr(version, f"{by.value}_confirmed_at", timezone.now())
    if version.confirmed_at(by.other) is None:
        version.save(update_fields=["host_confirmed_at", "giver_confirmed_at"])
        happened(now, actor, "confirmed", version=version)
        tell(now, by.other, "exchange_change", {"version": version, "standing": None})
        return now
    now.versions.agreed().update(status=Status.REPLACED)
    version.status = Status.AGREED
    version.save(update_fields=["status", "host_confirmed_at", "giver_confirmed_at"])
    before, now.state = now.state, State.AGREED
    now.state_since, now.holds_until = timezone.now(), None
    now.reminders_sent = 0
    now.sequence += 1
    now.save()
    settle(now)
    happened(now, actor, "agreed", before=before, version=version)
    for each in Side:
        tell(now, each, "exchange_agreed", {"version": version})
    return now


@transaction.atomic
def refuse_version(*, exchange: Exchange, number: int, reason: str, actor: Actor) -> Exchange:
    """A proposed version is not taken, or taken back by whoever proposed it; what is agreed stands.

    Raises Overtaken when another version took its place, and Refused without a reason.
    """
    said = check_reason(reason)
    now = lock_exchange(exchange, actor)
    check_state(now, *TALKING)
    version = now.versions.pending().filter(number=number).first()
    if version is None:
        raise Overtaken(CHANGED)
    version.status = Status.REFUSED
    version.save(update_fields=["status"])
    before = now.state
    if before == State.AMENDED:
        now.state, now.state_since = State.AGREED, timezone.now()
    now.sequence += 1
    now.save()
    settle(now)
    took_back = actor.side is not None and actor.side.value == version.by
    verb = "took back a change" if took_back else "did not take a change"
    happened(now, actor, verb, before=before, reason=said, version=version)
    for each in Side:
        if each != actor.side:
            tell(now, each, "exchange_change_refused", {"version": version, "reason": said})
    return now


@transaction.atomic
def reduce_places(*, exchange: Exchange, seats: int, actor: Actor, seen: int) -> ExchangeVersion:
    """The giver takes fewer places than were agreed, without asking: the rest is free at once.

    Not below what the need has to have: that is a change, which the host confirms. Raises Overtaken
    when ``seen`` is not the version that stands, and Refused for more places or too few.
    """
    now = lock_exchange(exchange, actor)
    check_state(now, State.AGREED, State.AMENDED)
    if not actor.acts_for(Side.GIVER):
        raise Refused("Only the giver can do this. Propose a change instead.")
    standing = now.versions.agreed().get()
    if standing.number != seen:
        raise Overtaken(CHANGED)
    if standing.seats is None:
        raise Refused(NOT_PEOPLE)
    least = least_of(now)
    if not 0 < seats < standing.seats:
        raise Refused(ONLY_LESS.format(seats=standing.seats))
    if seats < least:
        raise Refused(TOO_FEW.format(title=now.title, least=least))
    version = take_fewer(now, standing, seats, made_by=actor.user)
    happened(now, actor, "reduced the places", before=now.state, version=version)
    return version


def least_of(exchange: Exchange) -> int:
    """How many people the need has to have."""
    return (exchange.need.places_min if exchange.need else None) or 1


def take_fewer(
    exchange: Exchange, standing: ExchangeVersion, seats: int, *, made_by: User | None
) -> ExchangeVersion:
    """Let a locked exchange stand with fewer places than ``standing``, and tell the host."""
    standing.status = Status.REPLACED
    standing.save(update_fields=["status"])
    terms = {name: getattr(standing, name) for name in ExchangeVersion.TERMS} | {"seats": seats}
    version = ExchangeVersion.objects.create(
        exchange=exchange,
        number=exchange.versions.count() + 1,
        by=Side.GIVER,
        status=Status.AGREED,
        made_by=made_by,
        # The host agreed to more, so it need not be asked again.
        host_confirmed_at=standing.host_confirmed_at,
        giver_confirmed_at=timezone.now(),
        **terms,
    )
    exchange.sequence += 1
    exchange.save()
    settle(exchange)
    tell(exchange, Side.HOST, "exchange_reduced", {"version": version, "before": standing})
    return version


@transaction.atomic
def hand_over(
    *, exchange: Exchange, contact: Reach, actor: Actor, side: Side | None = None
) -> Contact:
    """From now on the other side reaches somebody else. Raises Refused once it has ended."""
    now = lock_exchange(exchange, actor)
    by = actor.side or side
    if by is None:
        raise Refused(NO_SIDE)
    check_state(now, State.PROPOSED, *TALKING, State.DELIVERED, State.DISPUTED)
    found, _ = Contact.objects.update_or_create(
        exchange=now,
        side=by,
        defaults={
            "name": contact.name,
            "email": contact.email,
            "phone": contact.phone,
            "user": actor.user if actor.side == by else None,
        },
    )
    now.sequence += 1
    now.save()
    happened(now, actor, "handed over", before=now.state)
    if now.state != State.PROPOSED:
        tell(now, by.other, "exchange_handed_over", {"contact": found})
    return found


def last_day_of(version: ExchangeVersion) -> datetime.date:
    """The day until which its checks have to hold: its last, or today while it has none."""
    return version.last_day or timezone.localdate()


def _check_gates(exchange: Exchange, version: ExchangeVersion) -> None:
    unmet = exchange.gates.unmet(last_day_of(version))
    if names := [str(gate).lower().replace("dbs", "DBS") for gate in unmet]:
        raise Refused(GATES_OPEN.format(what=", ".join(names)))


def _earliest(exchange: Exchange) -> datetime.date:
    """A change of something that has begun may keep its first day."""
    agreed = exchange.versions.agreed().first()
    today = timezone.localdate()
    if agreed is not None and agreed.first_day is not None:
        return min(agreed.first_day, today)
    return today
