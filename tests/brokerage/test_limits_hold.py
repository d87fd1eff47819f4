"""The database keeps the limits, whatever a service does."""

import datetime
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import Error

from brokerage.models import ExchangeEvent, HostMonth, Notice, ReleasedHours
from tests.brokerage.factories import (
    make_capacity,
    make_exchange,
    make_need,
    make_released,
)
from tests.factories import make_organisation

pytestmark = pytest.mark.django_db


def test_places_are_never_held_beyond_the_limit_but_a_limit_may_be_lowered() -> None:
    need = make_need(places_max=12)
    rows = Notice.objects.filter(pk=need.pk)
    rows.update(seats_held=12)
    with pytest.raises(IntegrityError, match="More places"), transaction.atomic():
        rows.update(seats_held=13)
    rows.update(places_max=5)
    rows.update(seats_held=11)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(seats_held=12)


def test_amounts_groups_and_hours_likewise() -> None:
    money = make_need(amount=Decimal(500))
    with pytest.raises(IntegrityError, match="than there is"), transaction.atomic():
        Notice.objects.filter(pk=money.pk).update(amount_held=501)
    host = make_organisation()
    make_capacity(organisation=host, groups_a_month=1)
    month = HostMonth.objects.create(
        organisation=host, month=datetime.date(2027, 2, 1), groups_held=1
    )
    with pytest.raises(IntegrityError, match="More groups"), transaction.atomic():
        HostMonth.objects.filter(pk=month.pk).update(groups_held=2)
    hours = make_released(hours=Decimal(10))
    with pytest.raises(IntegrityError, match="More hours"), transaction.atomic():
        ReleasedHours.objects.filter(pk=hours.pk).update(hours_held=Decimal("10.5"))


def test_what_was_said_stands() -> None:
    exchange = make_exchange()
    version = exchange.versions.get()
    event = ExchangeEvent.objects.create(
        exchange=exchange, who=ExchangeEvent.Who.GIVER, verb="proposed", to_state="proposed"
    )
    version.status = "replaced"
    version.save(update_fields=["status"])
    changes: tuple[Callable[[], object], ...] = (
        lambda: exchange.versions.update(seats=3),
        lambda: ExchangeEvent.objects.filter(pk=event.pk).update(verb="agreed"),
        event.delete,
        exchange.delete,
        make_need().delete,
    )
    for change in changes:
        with pytest.raises(Error), transaction.atomic():
            change()


def test_examples_can_be_made_anew() -> None:
    need = make_need(organisation=make_organisation(is_example=True))
    exchange = make_exchange(need=need, giver=make_organisation(is_example=True))
    exchange.host.delete()
    assert not Notice.objects.filter(pk=need.pk).exists()
