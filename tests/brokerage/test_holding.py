"""Limits of both sides: held, enforced, given back, and kept when they are lowered."""

from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.refused import Refused
from brokerage.models import Blackout, Exchange, HostCapacity, HostMonth, Notice, ReleasedHours
from brokerage.services.agreeing import confirm_version, propose_change, reduce_places
from brokerage.services.delivering import claim, confirm_actual
from brokerage.services.ending import cancel, expire
from brokerage.services.proposing import Reach, decline, introduce
from tests.brokerage.acting import Two, figures, in_days, terms, today
from tests.brokerage.factories import make_capacity, make_need, make_released

pytestmark = pytest.mark.django_db


@pytest.fixture
def two() -> Two:
    return Two()


def another(two: Two) -> Two:
    """Another giver, for another need of the same host."""
    return Two(need=make_need(organisation=two.need.organisation, kind=two.kind))


def test_a_month_takes_so_many_groups(two: Two) -> None:
    make_capacity(organisation=two.need.organisation, groups_a_month=1)
    exchange = two.proposed(first_day=in_days(40))
    with pytest.raises(Refused, match=r"takes 1 group in .* and has 1"):
        another(two).proposed(first_day=in_days(40))
    decline(exchange=exchange, reason="No.", actor=two.host)
    assert another(two).proposed(first_day=in_days(40)).held_months
    assert HostMonth.objects.get().groups_held == 1


def test_the_largest_party_supervisors_and_days_off(two: Two) -> None:
    host = two.need.organisation
    make_capacity(organisation=host, largest_party=10, supervisors=1, people_per_supervisor=6)
    with pytest.raises(Refused, match="at most 6 people"):
        two.proposed(seats=7)
    Blackout.objects.create(organisation=host, first_day=in_days(29), last_day=in_days(33))
    with pytest.raises(Refused, match="takes nobody from"):
        two.proposed(seats=6)
    assert two.proposed(seats=6, last_day=in_days(90)).state == Exchange.State.PROPOSED


def test_paused_and_with_enough_that_wait(two: Two) -> None:
    host = two.need.organisation
    for _ in range(HostCapacity.MOST_PENDING):
        another(two).proposed()
    with pytest.raises(Refused, match="3 proposals that wait"):
        two.proposed()
    HostCapacity.objects.update(most_pending=10, paused=True)
    with pytest.raises(Refused, match="takes nobody new"):
        two.proposed()
    assert Exchange.objects.filter(host=host).count() == 3


def test_hours_released_are_a_limit(two: Two) -> None:
    released = make_released(
        organisation=two.giver_organisation,
        first_day=today(),
        last_day=in_days(60),
        hours=Decimal(30),
    )
    with pytest.raises(Refused, match="released no hours for"):
        two.proposed(first_day=in_days(61))
    with pytest.raises(Refused, match=r"30 of them are left: 36"):
        two.proposed(seats=6)
    exchange = two.proposed(seats=5, first_day=today())
    released.refresh_from_db()
    assert released.hours_held == 30
    exchange = two_agree(two, exchange)
    said = claim(exchange=exchange, figures=figures(giver_hours=Decimal(22)), actor=two.giver)
    confirm_actual(exchange=exchange, actual=said.pk, actor=two.host)
    released.refresh_from_db()
    assert released.hours_held == 22


def two_agree(two: Two, exchange: Exchange) -> Exchange:
    introduce(exchange=exchange, contact=Reach("Hana", "hana@example.org"), actor=two.host)
    return confirm_version(exchange=exchange, number=1, actor=two.host)


def test_a_lowered_limit_keeps_what_is_agreed(two: Two) -> None:
    exchange = two_agree(two, two.proposed(seats=10))
    Notice.objects.update(places_max=5)
    make_capacity_low(two)
    with pytest.raises(Refused, match="at most 3 people"):
        propose_change(exchange=exchange, terms=terms(seats=11), actor=two.giver)
    reduce_places(exchange=exchange, seats=8, actor=two.giver, seen=1)
    assert Notice.objects.get().seats_held == 8
    with pytest.raises(Refused, match="All 5 places"):
        Two(need=two.need).proposed(seats=2, clash_seen=True)


def make_capacity_low(two: Two) -> None:
    HostCapacity.objects.filter(organisation=two.need.organisation).update(
        largest_party=3, groups_a_month=0
    )


def test_a_change_to_another_month_holds_both_turns(two: Two) -> None:
    exchange = two_agree(two, two.proposed(first_day=in_days(20)))
    change = propose_change(exchange=exchange, terms=terms(first_day=in_days(80)), actor=two.giver)
    assert HostMonth.objects.filter(groups_held=1).count() == 2
    confirm_version(exchange=exchange, number=change.number, actor=two.host)
    assert HostMonth.objects.get(groups_held=1).month == in_days(80).replace(day=1)
    cancel(exchange=exchange, reason="No.", actor=two.host)
    assert not HostMonth.objects.filter(groups_held__gt=0).exists()


def test_what_nobody_answers_runs_out_once(two: Two) -> None:
    make_released(organisation=two.giver_organisation, first_day=today(), last_day=in_days(60))
    exchange = two.proposed()
    assert not expire(exchange=exchange)
    Exchange.objects.update(holds_until=timezone.now())
    assert expire(exchange=exchange)
    assert not expire(exchange=exchange)
    assert Notice.objects.get().seats_held == 0
    assert ReleasedHours.objects.get().hours_held == 0
