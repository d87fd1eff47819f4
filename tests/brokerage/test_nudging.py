"""What time does: reminders, running out, warnings and closing, each once."""

import datetime

import pytest
from django.utils import timezone

from brokerage.models import Exchange, Gate
from brokerage.services import nudging
from brokerage.services.agreeing import confirm_version
from brokerage.services.delivering import claim
from tests.brokerage.acting import Two, figures, in_days, today
from tests.brokerage.factories import make_kind, make_need
from tslsv.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db

State = Exchange.State


def mails(template: str) -> int:
    return OutgoingMail.objects.filter(template=template).count()


def at(days: float) -> datetime.datetime:
    return timezone.now() + datetime.timedelta(days=days, minutes=1)


def test_an_unanswered_proposal_is_reminded_on_days_2_and_5_and_runs_out_on_day_10() -> None:
    two = Two()
    exchange = two.proposed()
    found = []
    for day in range(12):
        nudging.remind_unanswered(at(day))
        nudging.remind_unanswered(at(day))
        Exchange.objects.filter(pk=exchange.pk).update(
            holds_until=exchange.holds_until - datetime.timedelta(days=day)  # type: ignore[operator]
        )
        nudging.end_by_time(timezone.now())
        Exchange.objects.filter(state=State.PROPOSED).update(holds_until=exchange.holds_until)
        exchange_now = Exchange.objects.get()
        found.append((day, mails("exchange_reminder"), exchange_now.state))
    assert [day for day, sent, _ in found if sent == 1] == [2, 3, 4]
    assert next(day for day, sent, _ in found if sent == 2) == 5
    assert next(day for day, _, state in found if state == State.EXPIRED) == 10
    two.need.refresh_from_db()
    assert two.need.seats_held == 0


def test_both_are_asked_once_what_happened_and_then_to_confirm_it() -> None:
    two = Two()
    exchange = two.introduced(first_day=today())
    confirm_version(exchange=exchange, number=1, actor=two.host)
    assert nudging.remind_of_results(at(0)) == 0
    assert nudging.remind_of_results(at(1)) == 1
    assert nudging.remind_of_results(at(1)) == 0
    assert mails("exchange_how_was_it") == 2
    claim(exchange=exchange, figures=figures(), actor=two.giver)
    assert nudging.remind_of_results(at(8)) == 1
    assert nudging.remind_of_results(at(8)) == 0
    assert mails("exchange_claimed") == 2


def test_a_check_that_runs_out_is_said_once() -> None:
    two = Two(need=make_need(kind=make_kind(checks=["insurance"])))
    exchange = two.introduced(first_day=in_days(10), last_day=in_days(40))
    Gate.objects.update(met_on=today(), valid_to=in_days(41), words="Ours.")
    confirm_version(exchange=exchange, number=1, actor=two.host)
    assert nudging.warn_of_checks(today()) == 0
    Gate.objects.update(valid_to=in_days(20))
    assert nudging.warn_of_checks(today()) == 1
    assert nudging.warn_of_checks(today()) == 0
    assert mails("exchange_check_runs_out") == 2


def test_what_was_delivered_is_closed_in_time_and_stays_unconfirmed() -> None:
    two = Two()
    exchange = two.introduced(first_day=today())
    confirm_version(exchange=exchange, number=1, actor=two.host)
    claim(exchange=exchange, figures=figures(), actor=two.giver)
    assert nudging.end_by_time(at(27)) == 0
    Exchange.objects.update(state_since=at(-29))
    assert nudging.end_by_time(timezone.now()) == 1
    exchange.refresh_from_db()
    assert (exchange.state, exchange.confirmed) == (State.CLOSED, None)
    assert Exchange.objects.unconfirmed().get() == exchange
