"""The page of an exchange, for its two sides and brokers."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from brokerage.matching.reading import explain
from brokerage.models import Exchange, ExchangeVersion, Gate, HostCapacity, Side
from brokerage.next_steps import Step, next_of
from brokerage.services.acting import Actor, Who
from brokerage.terms_words import differences, facts_of_terms
from brokerage.views.seeing import AS, exchange_page

State = Exchange.State

PRESSED = frozenset({"confirm_version", "confirm_result"})
"""Steps that are a button; the others open a page."""


@dataclass(frozen=True, slots=True)
class Link:
    """A step with its address; ``is_button`` says that it is pressed, not opened."""

    label: str
    url: str
    is_button: bool


@dataclass(frozen=True, slots=True)
class Stage:
    """One of the five stages: done, now or still to come, and since when."""

    label: str
    state: str
    note: str
    on: datetime.datetime | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """A check, and where to settle it."""

    gate: Gate
    is_met: bool
    url: str
    waive_url: str


@never_cache
@require_safe
@exchange_page
def exchange(request: HttpRequest, found: Exchange, actor: Actor) -> HttpResponse:
    """Where it stands, what each side gains, and what is to be done."""
    today = timezone.localdate()
    following = next_of(found, actor, today)
    agreed = found.versions.agreed().first()
    pending = found.versions.pending().first()
    shown = agreed or pending or found.versions.last()
    is_broker = actor.who == Who.BROKER
    sides = [side for side in Side if is_broker or side == actor.side or found.contacts_shown]
    contacts = {row.side: row for row in found.contacts.all()}
    feedback = found.feedback.all()
    context = {
        "exchange": found,
        "actor": actor,
        "is_broker": is_broker,
        "example_data": found.host.is_example or found.giver.is_example,
        "next": following,
        "steps": [_link(found, actor, step) for step in following.steps],
        "others": [_link(found, actor, step) for step in following.others],
        "stages": _stages(found),
        "agreed": agreed,
        "pending": pending,
        "terms": facts_of_terms(found, shown) if shown else [],
        "shown": shown,
        "changes": differences(found, agreed, pending) if agreed and pending else [],
        "checks": [_check(found, actor, gate, shown, today) for gate in found.gates.all()],
        "contacts": [(side, contacts[side]) for side in sides if side in contacts],
        "hidden_contact": actor.side is not None and not found.contacts_shown,
        "actuals": found.actuals.all(),
        "feedback": [row for row in feedback if is_broker or row.side == actor.side or row.shared],
        "events": found.events.order_by("-at", "-pk").select_related("version"),
        "capacity": HostCapacity.objects.filter(organisation=found.host).first(),
        "match": explain(found.need, found.offer, beside=found)
        if found.need is not None and found.offer is not None
        else None,
        "relationship_url": _relationship(found, actor),
    }
    return render(request, "brokerage/exchange.html", context)


def _link(exchange: Exchange, actor: Actor, step: Step) -> Link:
    args: list[Any] = [exchange.reference]
    if step.arg:
        args.append(int(step.arg) if step.arg.isdecimal() else step.arg)
    url = f"{reverse(f'brokerage:{step.name}', args=args)}?{AS}={actor.who.value}"
    return Link(step.label, url, step.name in PRESSED)


def _check(
    exchange: Exchange,
    actor: Actor,
    gate: Gate,
    version: ExchangeVersion | None,
    today: datetime.date,
) -> Check:
    last = (version.last_day if version else None) or today
    is_open = exchange.state in {State.INTRODUCED, State.AGREED, State.AMENDED}
    may = gate.check_of != "dbs" or actor.side == Side.HOST
    args = [exchange.reference, gate.check_of]
    query = f"?{AS}={actor.who.value}"
    return Check(
        gate,
        gate.is_met(last),
        reverse("brokerage:settle_gate", args=args) + query
        if is_open and may and actor.who != Who.BROKER
        else "",
        reverse("brokerage:waive_gate", args=args) + query
        if is_open and actor.who == Who.BROKER
        else "",
    )


def _stages(exchange: Exchange) -> list[Stage]:
    """Proposed, introduced, agreed, delivered, closed; what ended otherwise has fewer."""
    order = [State.PROPOSED, State.INTRODUCED, State.AGREED, State.DELIVERED, State.CLOSED]
    since: dict[str, datetime.datetime] = {}
    for event in exchange.events.all():
        if event.from_state != event.to_state:
            since.setdefault(event.to_state, event.at)
    state = exchange.state
    at = {State.AMENDED: State.AGREED, State.DISPUTED: State.DELIVERED}.get(state, state)  # type: ignore[call-overload]
    if at not in order:
        done = [stage for stage in order if stage in since]
        return [
            *[Stage(str(stage.label), "done", "", since[stage]) for stage in done],
            Stage(str(exchange.get_state_display()), "now", "", exchange.state_since),
        ]
    place = order.index(at)
    stages = []
    for number, stage in enumerate(order):
        label = str(stage.label)
        if number < place or (number == place and state == State.CLOSED):
            stages.append(Stage(label, "done", "", since.get(stage)))
        elif number == place:
            stages.append(Stage(label, "now", _NOTES.get(state, ""), since.get(stage)))
        else:
            stages.append(Stage(label, "todo", ""))
    return stages


_NOTES: dict[str, str] = {
    State.AMENDED: "A change is proposed",
    State.DISPUTED: "With a broker",
}


def _relationship(exchange: Exchange, actor: Actor) -> str:
    if actor.side is None:
        return ""
    us, them = (exchange.organisation_of(side) for side in (actor.side, actor.side.other))
    return reverse("my_brokerage:relationship", args=[us.slug, them.pk])
