"""What has to be settled before both sides agree: by whom, since when, until when."""

import datetime
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from accounts.refused import Refused
from brokerage.models import Exchange, Gate, Kind, Side
from brokerage.services.acting import (
    Actor,
    Who,
    check_reason,
    check_state,
    happened,
    lock_exchange,
)

State = Exchange.State

HOSTS = "Which DBS level is needed is for the host to say."
LEVEL = "Say which DBS level, and why."
WORDS = "Say it in a few words: who, and what."
BEFORE_TODAY = "This runs out before today."
AHEAD = "This cannot have been settled on a day to come."
NOT_ASKED = "This exchange does not ask for that."
FOR_BROKERS = "Only a broker may go on without a check."


@dataclass(frozen=True, slots=True)
class Settled:
    """How a check is settled: never a certificate, only words and dates."""

    words: str
    on: datetime.date
    valid_to: datetime.date | None = None
    level: str = ""


@transaction.atomic
def settle_gate(*, exchange: Exchange, check: Kind.Check, said: Settled, actor: Actor) -> Gate:
    """Note that a check is settled, or settled anew. Raises Refused for what is missing, and for a
    DBS level that anybody but the host states.
    """
    now = lock_exchange(exchange, actor)
    check_state(now, State.INTRODUCED, State.AGREED, State.AMENDED)
    gate = _gate(now, check)
    today = timezone.localdate()
    if check == Kind.Check.DBS:
        if not actor.acts_for(Side.HOST):
            raise Refused(HOSTS)
        if not said.level or not said.words.strip():
            raise Refused(LEVEL)
    elif not said.words.strip():
        raise Refused(WORDS)
    if said.on > today:
        raise Refused(AHEAD)
    if said.valid_to is not None and said.valid_to < today:
        raise Refused(BEFORE_TODAY)
    gate.level = said.level if check == Kind.Check.DBS else ""
    gate.words, gate.met_on, gate.valid_to = said.words.strip(), said.on, said.valid_to
    gate.met_by = actor.side or ""
    gate.waived_because, gate.warned_at = "", None
    gate.save()
    happened(now, actor, f"settled: {gate}", before=now.state)
    return gate


@transaction.atomic
def waive_gate(*, exchange: Exchange, check: Kind.Check, reason: str, actor: Actor) -> Gate:
    """A broker's word that it goes on without a check, which stands beside it for both sides."""
    said = check_reason(reason)
    if actor.who != Who.BROKER:
        raise Refused(FOR_BROKERS)
    now = lock_exchange(exchange, actor)
    check_state(now, State.INTRODUCED, State.AGREED, State.AMENDED)
    gate = _gate(now, check)
    gate.waived_because = said
    gate.save()
    happened(now, actor, f"went on without: {gate}", before=now.state, reason=said)
    return gate


def _gate(exchange: Exchange, check: Kind.Check) -> Gate:
    found = exchange.gates.select_for_update(no_key=True).filter(check_of=check).first()
    if found is None:
        raise Refused(NOT_ASKED)
    return found
