"""What each side and a broker are told to do first, in every state."""

import pytest

from brokerage.models import Exchange
from brokerage.next_steps import next_of
from brokerage.services.agreeing import confirm_version
from brokerage.services.delivering import claim, confirm_actual
from brokerage.services.ending import ask_broker
from tests.brokerage.acting import Two, figures, in_days, today
from tests.brokerage.test_states import REACHED

pytestmark = pytest.mark.django_db

State = Exchange.State

ENDED = (State.DECLINED, State.WITHDRAWN, State.EXPIRED, State.CANCELLED)
"""Nothing leads on from these but a broker."""

MAIN: dict[str, dict[str, tuple[str, ...]]] = {
    State.PROPOSED: {"host": ("introduce", "decline"), "giver": ()},
    State.INTRODUCED: {"host": ("confirm_version",), "giver": ()},
    State.AGREED: {"host": ("claim", "not-delivered"), "giver": ("claim", "not-delivered")},
    State.AMENDED: {"host": (), "giver": ("confirm_version",)},
    State.DELIVERED: {"host": ("confirm_result", "dispute"), "giver": ("feedback",)},
    State.CLOSED: {"host": (), "giver": ()},
    State.DISPUTED: {"host": (), "giver": (), "broker": ("decide",)},
    State.NOT_DELIVERED: {"host": (), "giver": ()},
    **{state: {"host": (), "giver": ()} for state in ENDED},
}
"""The steps that lead on, by state and by who looks; the giver proposed, and said what happened."""


def steps_of(exchange: Exchange, two: Two, who: str) -> tuple[str, ...]:
    exchange.refresh_from_db()
    found = next_of(exchange, getattr(two, who), today())
    return tuple(step.arg if step.name == "reason" else step.name for step in found.steps)


@pytest.mark.parametrize("who", ["host", "giver", "broker"])
@pytest.mark.parametrize("state", list(State))
def test_the_first_steps_of_every_state(state: str, who: str) -> None:
    two = Two()
    assert steps_of(REACHED[state](two), two, who) == MAIN[state].get(who, ())


@pytest.mark.parametrize("state", [*ENDED, State.CLOSED, State.NOT_DELIVERED])
def test_who_waits_for_nobody_is_not_warned(state: str) -> None:
    two = Two()
    exchange = REACHED[state](two)
    exchange.refresh_from_db()
    for actor in (two.host, two.giver, two.broker):
        assert not next_of(exchange, actor, today()).is_warning


def test_before_the_day_nobody_says_what_happened() -> None:
    two = Two()
    exchange = two.introduced(first_day=in_days(3))
    confirm_version(exchange=exchange, number=1, actor=two.host)
    for who in ("host", "giver"):
        assert steps_of(exchange, two, who) == ()
    labels = [step.label for step in next_of(exchange, two.giver, today()).others]
    assert "Take fewer places" in labels
    assert next_of(exchange, two.giver, in_days(4)).is_warning


def test_a_confirmed_result_asks_for_feedback_alone() -> None:
    two = Two()
    exchange = REACHED[State.AGREED](two)
    claim(exchange=exchange, figures=figures(), actor=two.giver)
    confirm_actual(exchange=exchange, actual=exchange.actuals.get().pk, actor=two.host)
    for who in ("host", "giver"):
        assert steps_of(exchange, two, who) == ("feedback",)


def test_a_broker_who_is_asked_for_sees_that_first() -> None:
    two = Two()
    exchange = two.introduced()
    ask_broker(exchange=exchange, reason="Nobody answers.", actor=two.giver)
    assert steps_of(exchange, two, "broker") == ("settled",)
    assert next_of(exchange, two.broker, today()).is_warning
