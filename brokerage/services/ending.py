"""Ends that nobody wished for: cancelling, a broker's hand, and time."""

import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.refused import Refused
from brokerage.mails import tell
from brokerage.models import Exchange, ExchangeVersion, Side
from brokerage.services.acting import (
    BY_ITSELF,
    Actor,
    Who,
    check_reason,
    check_state,
    happened,
    lock_exchange,
)
from brokerage.services.holding import settle
from brokerage.services.proposing import end

State = Exchange.State
Status = ExchangeVersion.Status

FOR_BROKERS = "Only a broker may do this."
OVER = "Its day has passed. Say what happened, or that it did not."


@transaction.atomic
def cancel(*, exchange: Exchange, reason: str, actor: Actor) -> Exchange:
    """What was agreed will not be; what it held is free at once. Raises Refused without a reason,
    and once its last day has passed.
    """
    said = check_reason(reason)
    now = lock_exchange(exchange, actor)
    check_state(now, State.AGREED, State.AMENDED)
    agreed = now.versions.agreed().get()
    if agreed.last_day is not None and agreed.last_day < timezone.localdate():
        raise Refused(OVER)
    now.versions.pending().update(status=Status.REFUSED)
    return end(now, State.CANCELLED, "cancelled", actor, reason=said)


@transaction.atomic
def ask_broker(*, exchange: Exchange, reason: str, actor: Actor) -> Exchange:
    """Ask a broker to step in; asked twice, it waits once. Nothing else changes."""
    said = check_reason(reason)
    now = lock_exchange(exchange, actor)
    if now.broker_asked_at is None:
        now.broker_asked_at = timezone.now()
        now.save(update_fields=["broker_asked_at", "modified"])
    happened(now, actor, "asked a broker", before=now.state, reason=said)
    return now


@transaction.atomic
def stop(*, exchange: Exchange, reason: str, actor: Actor) -> Exchange:
    """A broker ends what is open, from whichever state before it happened."""
    said = check_reason(reason)
    if actor.who != Who.BROKER:
        raise Refused(FOR_BROKERS)
    now = lock_exchange(exchange, actor)
    check_state(now, *Exchange.HOLDING)
    agreed = now.state in {State.AGREED, State.AMENDED}
    now.versions.pending().update(status=Status.REFUSED)
    return end(
        now, State.CANCELLED if agreed else State.WITHDRAWN, "stopped it", actor, reason=said
    )


@transaction.atomic
def reopen(*, exchange: Exchange, reason: str, actor: Actor) -> Exchange:
    """A broker takes up again what ended before it happened: both sides are introduced, and find
    the terms anew. Raises Refused where the room for it has gone.
    """
    said = check_reason(reason)
    if actor.who != Who.BROKER:
        raise Refused(FOR_BROKERS)
    now = lock_exchange(exchange, actor)
    check_state(now, State.DECLINED, State.WITHDRAWN, State.EXPIRED, State.CANCELLED)
    before, now.state = now.state, State.INTRODUCED
    now.state_since, now.broker_asked_at = timezone.now(), None
    now.holds_until = now.state_since + datetime.timedelta(days=settings.INTRODUCTION_DAYS)
    now.sequence += 1
    now.save()
    last = now.versions.last()
    now.versions.update(status=Status.REPLACED)
    if last is not None:
        last.status = Status.PENDING
        last.host_confirmed_at = last.giver_confirmed_at = None
        last.save(update_fields=["status", "host_confirmed_at", "giver_confirmed_at"])
    settle(now)
    happened(now, actor, "took it up again", before=before, reason=said)
    for side in Side:
        tell(now, side, "exchange_introduced")
    return now


@transaction.atomic
def settled(*, exchange: Exchange, reason: str, actor: Actor) -> Exchange:
    """A broker has looked at what they were asked, and nothing needs deciding."""
    said = check_reason(reason)
    if actor.who != Who.BROKER:
        raise Refused(FOR_BROKERS)
    now = lock_exchange(exchange, actor)
    check_state(now, *[state for state in State if state != State.DISPUTED])
    now.broker_asked_at = None
    now.save(update_fields=["broker_asked_at", "modified"])
    happened(now, actor, "looked at it", before=now.state, reason=said)
    return now


@transaction.atomic
def expire(*, exchange: Exchange) -> bool:
    """A proposal that nobody answered, or an introduction that came to nothing, has run out; what
    it held is free. Returns whether it had: done twice, it runs out once.
    """
    now = lock_exchange(exchange, BY_ITSELF)
    if now.state not in {State.PROPOSED, State.INTRODUCED}:
        return False
    if now.holds_until is None or now.holds_until > timezone.now():
        return False
    end(now, State.EXPIRED, "ran out", BY_ITSELF, reason="")
    return True


@transaction.atomic
def close(*, exchange: Exchange) -> bool:
    """The time for words about a result is over. What nobody confirmed stays unconfirmed. Returns
    whether it was closed.
    """
    now = lock_exchange(exchange, BY_ITSELF)
    since = timezone.now() - datetime.timedelta(days=settings.FEEDBACK_DAYS)
    if now.state != State.DELIVERED or now.state_since > since or now.broker_asked_at:
        return False
    before, now.state = now.state, State.CLOSED
    now.state_since = timezone.now()
    now.save()
    happened(now, BY_ITSELF, "closed", before=before)
    return True
