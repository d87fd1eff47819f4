"""Every state is reached, and none is a trap: from each, somebody or time leads to an end."""

import datetime
from collections.abc import Callable

import pytest
from django.utils import timezone

from brokerage.models import Exchange, Feedback
from brokerage.services.agreeing import confirm_version, propose_change
from brokerage.services.delivering import (
    claim,
    confirm_actual,
    decide,
    dispute,
    give_feedback,
    not_delivered,
)
from brokerage.services.ending import cancel, close, expire, reopen
from brokerage.services.proposing import decline, withdraw
from tests.brokerage.acting import Two, figures, terms, today

pytestmark = pytest.mark.django_db

State = Exchange.State


def _agreed(two: Two) -> Exchange:
    exchange = two.introduced(first_day=today())
    return confirm_version(exchange=exchange, number=1, actor=two.host)


def _amended(two: Two) -> Exchange:
    exchange = _agreed(two)
    propose_change(exchange=exchange, terms=terms(first_day=today(), seats=5), actor=two.host)
    return exchange


def _delivered(two: Two) -> Exchange:
    exchange = _agreed(two)
    claim(exchange=exchange, figures=figures(), actor=two.giver)
    return exchange


def _closed(two: Two) -> Exchange:
    exchange = _delivered(two)
    confirm_actual(exchange=exchange, actual=exchange.actuals.get().pk, actor=two.host)
    for actor in (two.host, two.giver):
        give_feedback(
            exchange=exchange,
            went=Feedback.Went.WELL,
            again=None,
            words="",
            shared=False,
            actor=actor,
        )
    return exchange


def _expired(two: Two) -> Exchange:
    exchange = two.proposed()
    Exchange.objects.update(holds_until=timezone.now())
    expire(exchange=exchange)
    return exchange


def _disputed(two: Two) -> Exchange:
    return dispute(exchange=_delivered(two), reason="No.", actor=two.host)


REACHED: dict[str, Callable[[Two], Exchange]] = {
    State.PROPOSED: lambda two: two.proposed(),
    State.INTRODUCED: lambda two: two.introduced(),
    State.AGREED: _agreed,
    State.AMENDED: _amended,
    State.DELIVERED: _delivered,
    State.CLOSED: _closed,
    State.DECLINED: lambda two: decline(exchange=two.proposed(), reason="No.", actor=two.host),
    State.WITHDRAWN: lambda two: withdraw(exchange=two.proposed(), reason="No.", actor=two.giver),
    State.EXPIRED: _expired,
    State.CANCELLED: lambda two: cancel(exchange=_agreed(two), reason="No.", actor=two.giver),
    State.NOT_DELIVERED: lambda two: not_delivered(
        exchange=_agreed(two), reason="No.", actor=two.host
    ),
    State.DISPUTED: _disputed,
}


def test_every_state_has_its_way() -> None:
    assert set(REACHED) == set(State)


@pytest.mark.parametrize("state", list(State))
def test_every_state_is_reached(state: str) -> None:
    exchange = REACHED[state](Two())
    exchange.refresh_from_db()
    assert exchange.state == state


@pytest.mark.parametrize("state", [State.PROPOSED, State.INTRODUCED, State.DELIVERED])
def test_time_leads_out_of_what_nobody_touches(state: str) -> None:
    exchange = REACHED[state](Two())
    past = timezone.now() - datetime.timedelta(days=100)
    Exchange.objects.update(state_since=past)
    Exchange.objects.filter(holds_until__isnull=False).update(holds_until=past)
    assert expire(exchange=exchange) or close(exchange=exchange)
    exchange.refresh_from_db()
    assert exchange.state in Exchange.ENDED


@pytest.mark.parametrize("state", [State.AGREED, State.AMENDED])
@pytest.mark.parametrize("side", ["host", "giver"])
def test_either_side_leads_out_of_what_is_agreed(state: str, side: str) -> None:
    two = Two()
    exchange = REACHED[state](two)
    actor = getattr(two, side)
    assert cancel(exchange=exchange, reason="No.", actor=actor).state in Exchange.ENDED


def test_a_broker_leads_out_of_a_dispute() -> None:
    two = Two()
    done = decide(exchange=_disputed(two), figures=None, reason="So.", actor=two.broker)
    assert done.state in Exchange.ENDED


@pytest.mark.parametrize("state", [State.DECLINED, State.WITHDRAWN, State.EXPIRED, State.CANCELLED])
def test_a_broker_takes_up_what_ended_too_soon(state: str) -> None:
    two = Two()
    again = reopen(exchange=REACHED[state](two), reason="So.", actor=two.broker)
    assert again.state == State.INTRODUCED


def test_a_broker_corrects_what_is_closed() -> None:
    two = Two()
    fewer = figures(giver_hours=figures().giver_hours / 2)  # type: ignore[operator]
    done = decide(exchange=_closed(two), figures=fewer, reason="A slip.", actor=two.broker)
    assert done.state == State.CLOSED
    assert done.confirmed is not None
    assert done.confirmed.giver_hours == 12
