"""Reminders, and what time ends: run several times a day, each thing is done once."""

import datetime
from collections.abc import Iterator

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from brokerage.mails import tell
from brokerage.models import Exchange, ExchangeVersion, Gate, Side
from brokerage.services.acting import BY_ITSELF, lock_exchange
from brokerage.services.agreeing import last_day_of
from brokerage.services.delivering import newest_claim
from brokerage.services.ending import close, expire

State = Exchange.State


def remind_unanswered(now: datetime.datetime) -> int:
    """Proposals that nobody answered are reminded of on days 2 and 5; returns how many."""
    return sum(
        _remind(exchange, reminder, now)
        for reminder, days in enumerate(settings.PROPOSAL_REMINDER_DAYS, start=1)
        for exchange in _each(
            State.PROPOSED,
            state_since__lte=now - datetime.timedelta(days=days),
            reminders_sent=reminder - 1,
            holds_until__gt=now,
        )
    )


def remind_of_results(now: datetime.datetime) -> int:
    """Both sides are asked what happened on the day after; who has not confirmed, a week after it
    was said. Returns how many exchanges.
    """
    yesterday = timezone.localdate(now) - datetime.timedelta(days=1)
    week_ago = now - datetime.timedelta(days=7)
    past = ExchangeVersion.objects.agreed().filter(last_day__lte=yesterday).values("exchange")
    asked = sum(
        _ask_what_happened(exchange)
        for state in (State.AGREED, State.AMENDED)
        for exchange in _each(state, pk__in=past, reminders_sent=0)
    )
    return asked + sum(
        _ask_to_confirm(exchange)
        for exchange in _each(
            State.DELIVERED, confirmed=None, reminders_sent=0, state_since__lte=week_ago
        )
    )


def warn_of_checks(today: datetime.date) -> int:
    """Checks that run out before what was agreed is over: both are told once; returns how many."""
    soon = today + datetime.timedelta(days=28)
    gates = Gate.objects.filter(
        exchange__state__in=[State.AGREED, State.AMENDED],
        valid_to__lte=soon,
        warned_at=None,
        waived_because="",
    )
    return sum(_warn(gate) for gate in gates.order_by("pk"))


def end_by_time(now: datetime.datetime) -> int:
    """What nobody took up runs out, and what was delivered is closed; returns how many."""
    ran_out = sum(
        expire(exchange=exchange)
        for state in (State.PROPOSED, State.INTRODUCED)
        for exchange in _each(state, holds_until__lte=now)
    )
    since = now - datetime.timedelta(days=settings.FEEDBACK_DAYS)
    return ran_out + sum(
        close(exchange=exchange)
        for exchange in _each(State.DELIVERED, state_since__lte=since, broker_asked_at=None)
    )


def _each(state: Exchange.State, **filters: object) -> Iterator[Exchange]:
    """The ids are read first, so that each is judged again under its own lock."""
    ids = Exchange.objects.filter(state=state, **filters).order_by("pk")
    return (Exchange(pk=pk) for pk in list(ids.values_list("pk", flat=True)))


@transaction.atomic
def _remind(exchange: Exchange, reminder: int, at: datetime.datetime) -> int:
    now = lock_exchange(exchange, BY_ITSELF)
    if now.state != State.PROPOSED or now.reminders_sent >= reminder:
        return 0
    now.reminders_sent = reminder
    now.save(update_fields=["reminders_sent"])
    left = max((now.holds_until - at).days, 0) if now.holds_until else 0
    tell(now, now.answering_side, "exchange_reminder", {"days_left": left})
    return 1


@transaction.atomic
def _ask_what_happened(exchange: Exchange) -> int:
    now = lock_exchange(exchange, BY_ITSELF)
    if now.state not in {State.AGREED, State.AMENDED} or now.reminders_sent:
        return 0
    now.reminders_sent = 1
    now.save(update_fields=["reminders_sent"])
    for side in Side:
        tell(now, side, "exchange_how_was_it")
    return 1


@transaction.atomic
def _ask_to_confirm(exchange: Exchange) -> int:
    now = lock_exchange(exchange, BY_ITSELF)
    actual = newest_claim(now)
    if now.state != State.DELIVERED or now.confirmed_id or now.reminders_sent or actual is None:
        return 0
    now.reminders_sent = 1
    now.save(update_fields=["reminders_sent"])
    link = actual.verifier_links.filter(used_at=None).first()
    tell(now, Side(actual.by).other, "exchange_claimed", {"actual": actual, "link": link})
    return 1


@transaction.atomic
def _warn(gate: Gate) -> int:
    now = lock_exchange(Exchange(pk=gate.exchange_id), BY_ITSELF)
    agreed = now.versions.agreed().first()
    row = now.gates.get(pk=gate.pk)
    if agreed is None or row.warned_at or row.is_met(last_day_of(agreed)):
        return 0
    row.warned_at = timezone.now()
    row.save(update_fields=["warned_at"])
    for side in Side:
        tell(now, side, "exchange_check_runs_out", {"gate": row, "version": agreed})
    return 1
