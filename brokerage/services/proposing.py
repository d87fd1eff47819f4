"""Proposing an exchange, and the other side's answer to it."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import Organisation
from accounts.models.invitation import hash_of
from accounts.refused import Refused
from brokerage.mails import tell
from brokerage.models import Contact, Exchange, Gate, Notice, Side
from brokerage.references import free_exchange_reference
from brokerage.services.acting import (
    Actor,
    Who,
    check_actor,
    check_reason,
    check_state,
    happened,
    lock_exchange,
)
from brokerage.services.holding import lock_capacity, lock_notices, settle
from brokerage.services.terms import check_clash, checked, new_version

State = Exchange.State

NOT_OPEN = "“{title}” is not on the board any more, so nothing was proposed."
PAUSED = "{host} takes nobody new at present."
SAME = "An organisation cannot give to itself."
OTHER_KIND = "These two are of different kinds."
OPEN_ALREADY = "You have this open already: {reference}."
ENOUGH_PENDING = (
    "{host} has {most} proposals that wait for an answer, which is as many as it takes at a time. "
    "Try again in a few days."
)
EXAMPLE = (
    "This is an example that we made up: nobody is behind it, so nothing can be proposed to it."
)
OTHERS_TURN = "It is for the other side to answer this proposal."


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom the other side reaches once it is introduced."""

    name: str
    email: str = ""
    phone: str = ""


@transaction.atomic
def propose(
    *,
    need: Notice | None,
    offer: Notice | None,
    other: Organisation | None = None,
    side: Side,
    terms: Mapping[str, Any],
    contact: Reach,
    actor: Actor,
    key: str = "",
    clash_seen: bool = False,
) -> Exchange:
    """Propose an exchange in the name of ``side``, and hold what it asks for.

    At least one of ``need`` and ``offer`` is given; ``other`` is the organisation without a notice.
    ``terms`` are those of ``services.terms.checked``; ``key`` is the form's own: sent twice, it
    proposes once. Raises Refused when it cannot be (no longer open, no room, too many that wait),
    Clash when either side is taken at that time and ``clash_seen`` is off.
    """
    if key and (known := _known(key)) is not None:
        return known
    notices = lock_notices([need.pk if need else None, offer.pk if offer else None])
    need = notices.get(need.pk) if need else None
    offer = notices.get(offer.pk) if offer else None
    host = need.organisation if need else other
    giver = offer.organisation if offer else other
    notice = need or offer
    if notice is None or host is None or giver is None:
        raise Refused(NOT_OPEN.format(title="This"))
    exchange = Exchange(
        need=need,
        offer=offer,
        host=host,
        giver=giver,
        kind=notice.kind,
        title=notice.title,
        benefit_to_host=notice.benefit_to_host,
        benefit_to_giver=notice.benefit_to_giver,
        proposed_by=side,
    )
    check_actor(exchange, actor)
    _check_notices(exchange)
    said = checked(notice.kind, terms, today=timezone.localdate())
    # Whoever waited for the locks above sees here what was done meanwhile.
    if key and (known := _known(key)) is not None:
        return known
    capacity = lock_capacity(host)
    if capacity.paused:
        raise Refused(PAUSED.format(host=host))
    _check_open(exchange)
    if Exchange.objects.pending().filter(host=host).count() >= capacity.most_pending:
        raise Refused(ENOUGH_PENDING.format(host=host, most=capacity.most_pending))
    if not clash_seen:
        check_clash(exchange, said)
    exchange.start_hash = hash_of(key) if key else None
    exchange.reference = free_exchange_reference()
    exchange.holds_until = timezone.now() + datetime.timedelta(days=settings.PROPOSAL_DAYS)
    exchange.save()
    version = new_version(exchange, side, said, made_by=actor.user)
    Gate.objects.bulk_create(
        Gate(exchange=exchange, check_of=check) for check in notice.kind.checks
    )
    _keep_contact(exchange, side, contact, actor)
    settle(exchange)
    happened(exchange, actor, "proposed", version=version)
    tell(exchange, side.other, "exchange_proposed", {"version": version})
    if actor.who == Who.BROKER:
        tell(exchange, side, "exchange_proposed_for_you", {"version": version})
    return exchange


@transaction.atomic
def introduce(*, exchange: Exchange, contact: Reach, actor: Actor) -> Exchange:
    """The other side takes the proposal up: from here on each side sees the other's contact.

    Raises Overtaken when it was answered, withdrawn or ran out meanwhile.
    """
    now = lock_exchange(exchange, actor)
    check_state(now, State.PROPOSED)
    side = now.answering_side
    _check_turn(now, actor)
    before, now.state = now.state, State.INTRODUCED
    now.state_since = timezone.now()
    now.holds_until = now.state_since + datetime.timedelta(days=settings.INTRODUCTION_DAYS)
    now.reminders_sent = 0
    now.sequence += 1
    now.save()
    _keep_contact(now, side, contact, actor)
    lock_notices([now.need_id, now.offer_id])
    Notice.objects.filter(pk__in=[pk for pk in (now.need_id, now.offer_id) if pk]).update(
        connected_at=now.state_since
    )
    happened(now, actor, "introduced", before=before)
    for each in Side:
        tell(now, each, "exchange_introduced")
    return now


@transaction.atomic
def decline(*, exchange: Exchange, reason: str, actor: Actor) -> Exchange:
    """The other side does not take the proposal up; what it held is free at once. Raises Overtaken
    when it was answered, withdrawn or ran out meanwhile, and Refused without a reason.
    """
    said = check_reason(reason)
    now = lock_exchange(exchange, actor)
    check_state(now, State.PROPOSED)
    _check_turn(now, actor)
    return end(now, State.DECLINED, "declined", actor, reason=said)


@transaction.atomic
def withdraw(*, exchange: Exchange, reason: str, actor: Actor) -> Exchange:
    """Whoever proposed takes it back; once introduced, either side. Raises Overtaken when it has
    moved on, and Refused without a reason.
    """
    said = check_reason(reason)
    now = lock_exchange(exchange, actor)
    check_state(now, State.PROPOSED, State.INTRODUCED)
    if now.state == State.PROPOSED and not actor.acts_for(Side(now.proposed_by)):
        raise Refused("Only whoever proposed it can take it back. You can decline it.")
    return end(now, State.WITHDRAWN, "withdrew", actor, reason=said)


def end(
    exchange: Exchange, state: Exchange.State, verb: str, actor: Actor, *, reason: str
) -> Exchange:
    """Move a locked exchange to a state that holds nothing, and tell whoever did not do it."""
    before, exchange.state = exchange.state, state
    exchange.state_since, exchange.holds_until = timezone.now(), None
    exchange.broker_asked_at = None
    exchange.reminders_sent = 0
    exchange.sequence += 1
    exchange.save()
    settle(exchange)
    happened(exchange, actor, verb, before=before, reason=reason)
    for side in Side:
        if side != actor.side:
            tell(exchange, side, "exchange_ended", {"reason": reason, "actor": actor})
    return exchange


def _known(key: str) -> Exchange | None:
    return Exchange.objects.filter(start_hash=hash_of(key)).first()


def _check_notices(exchange: Exchange) -> None:
    today = timezone.localdate()
    for notice in (exchange.need, exchange.offer):
        if notice is None:
            continue
        runs_out = notice.expires_on
        if notice.state != Notice.State.PUBLISHED or runs_out is None or runs_out < today:
            raise Refused(NOT_OPEN.format(title=notice.title))
        if notice.kind_id != exchange.kind_id:
            raise Refused(OTHER_KIND)
    if exchange.host_id == exchange.giver_id:
        raise Refused(SAME)
    if exchange.host.is_example != exchange.giver.is_example:
        raise Refused(EXAMPLE)


def _check_open(exchange: Exchange) -> None:
    """One open exchange of one need with one giver, and of one offer with one host."""
    open_ones = Exchange.objects.filter(state__in=[State.PROPOSED, State.INTRODUCED])
    same = open_ones.none()
    if exchange.need is not None:
        same = open_ones.filter(need=exchange.need, giver=exchange.giver)
    if exchange.offer is not None and not same.exists():
        same = open_ones.filter(offer=exchange.offer, host=exchange.host)
    if (found := same.first()) is not None:
        raise Refused(OPEN_ALREADY.format(reference=found.reference))


def _check_turn(exchange: Exchange, actor: Actor) -> None:
    if not actor.acts_for(exchange.answering_side):
        raise Refused(OTHERS_TURN)


def _keep_contact(exchange: Exchange, side: Side, contact: Reach, actor: Actor) -> None:
    Contact.objects.update_or_create(
        exchange=exchange,
        side=side,
        defaults={
            "name": contact.name,
            "email": contact.email,
            "phone": contact.phone,
            "user": actor.user if actor.side == side else None,
        },
    )
