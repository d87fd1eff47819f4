"""The made-up board: enough of everything, marked, and as consistent as a real one."""

import pytest
from django.db.models import Sum

from brokerage import examples, notice_index, vocabulary
from brokerage.figures.what_it_came_to import Asked, ended_periods, what_it_came_to
from brokerage.models import Exchange, HostMonth, Notice
from places.services import load_builtin
from providers import examples as organisations
from providers import vocabulary as terms
from tests.brokerage.acting import today
from tslsv.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db


@pytest.fixture
def board() -> int:
    load_builtin()
    terms.load()
    vocabulary.load()
    organisations.load(today=today(), count=80)
    return examples.load(today=today())


def test_there_is_enough_of_everything_and_all_of_it_is_marked(board: int) -> None:
    assert board == Exchange.objects.count() == 60
    assert Notice.objects.count() == 120
    assert set(Exchange.objects.values_list("state", flat=True)) == set(Exchange.State)
    assert not Notice.objects.exclude(organisation__is_example=True).exists()
    assert not Exchange.objects.exclude(host__is_example=True, giver__is_example=True).exists()
    for side in Notice.Side:
        found = Notice.objects.filter(side=side).values_list("kind__code", flat=True)
        assert set(found) == set(examples.WORK)
    assert notice_index.differences() == []


def test_what_is_held_is_what_its_exchanges_hold(board: int) -> None:
    for need in Notice.objects.all():
        held = need.exchanges_of_need.aggregate(n=Sum("held_seats"))["n"] or 0
        assert need.seats_held == held
        assert need.places_max is None or held <= need.places_max
    for month in HostMonth.objects.all():
        assert month.groups_held >= 0
    for exchange in Exchange.objects.confirmed():
        assert exchange.state == Exchange.State.CLOSED


def test_everybody_sees_what_they_came_to(board: int) -> None:
    newest = ended_periods(today())
    quarter = next(period for period in newest if period.quarter)
    found = what_it_came_to(Asked(quarter))
    assert found.examples
    assert found.confirmed.figure("number") == 5


def test_they_are_made_once(board: int) -> None:
    assert examples.load(today=today()) == 0
    assert Exchange.objects.count() == board


def test_without_example_organisations_there_are_none() -> None:
    vocabulary.load()
    assert examples.load(today=today()) == 0


def test_nobody_made_up_is_written_to(board: int) -> None:
    assert not OutgoingMail.objects.exists()
