"""The pages of what goes with a need or an offer, and the few queries that they take."""

import datetime

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Organisation
from brokerage.matching.facts import Days
from brokerage.matching.reading import best_for, explain, facts_of
from brokerage.models import Exchange, Notice, NoticeSkill
from tests.brokerage.acting import Two, in_days, make_broker
from tests.brokerage.factories import (
    make_capacity,
    make_exchange,
    make_need,
    make_offer,
    make_released,
    make_skill,
)
from tests.factories import make_membership, make_user
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db


def address(notice: Notice) -> str:
    return f"/my/{notice.organisation.slug}/brokerage/notices/{notice.reference}/matches/"


def of_member(organisation: Organisation) -> Client:
    return signed_in(make_membership(organisation=organisation).user)


def test_members_see_the_best_first_with_its_parts_and_where_to_propose() -> None:
    need, skill = make_need(), make_skill(label="Hedge laying")
    far, fit = make_offer(title="A team of any sort"), make_offer(title="A team of growers")
    for notice in (need, fit):
        NoticeSkill.objects.create(notice=notice, skill=skill)
    page = of_member(need.organisation).get(address(need)).text
    assert page.index(fit.title) < page.index(far.title)
    assert "35 of 35" in page
    assert "The giver has not said which skills it brings, so counted as neutral" in page
    assert f"/brokerage/offers/{fit.reference}/propose/?own={need.pk}" in page


def test_what_a_gate_keeps_out_says_why() -> None:
    offer = make_offer()
    paused = make_need(title="A garden that rests")
    make_capacity(organisation=paused.organisation, paused=True)
    page = of_member(offer.organisation).get(address(offer)).text
    assert "Nothing fits yet" in page
    assert "The host takes nobody new at present." in page


def test_nothing_on_the_board_and_a_draft_say_what_would_help() -> None:
    need = make_need()
    client = of_member(need.organisation)
    assert "No offer of this kind is on the board" in client.get(address(need)).text
    Notice.objects.filter(pk=need.pk).update(state=Notice.State.DRAFT)
    assert "It is not on the board at present" in client.get(address(need)).text


def test_others_find_nothing_and_brokers_see_it_without_proposing() -> None:
    need, offer = make_need(), make_offer()
    assert signed_in(make_user()).get(address(need)).status_code == 404
    assert of_member(offer.organisation).get(address(need)).status_code == 404
    theirs = f"/my/{offer.organisation.slug}/brokerage/notices/{need.reference}/matches/"
    assert of_member(offer.organisation).get(theirs).status_code == 404
    page = signed_in(make_broker()).get(f"/broker/notices/{need.reference}/matches/").text
    assert offer.title in page
    assert "/propose/" not in page


def test_examples_meet_only_examples() -> None:
    need, offer = make_need(), make_offer()
    Organisation.objects.filter(pk=offer.organisation_id).update(is_example=True)
    assert best_for(need) == []


def test_limits_of_both_sides_are_gates() -> None:
    need = make_need(first_day=in_days(3), last_day=in_days(3))
    offer = make_offer()
    able = make_capacity(organisation=need.organisation, groups_a_month=0)
    make_released(organisation=offer.organisation, hours=1)
    assert {gate.name for gate in explain(need, offer).reasons} == {"A group’s turn"}
    able.groups_a_month = None
    able.save()
    assert {gate.name for gate in explain(need, offer).reasons} == {"Hours"}
    need.organisation.blackouts.create(first_day=in_days(1), last_day=in_days(5))
    assert "Dates" in {gate.name for gate in explain(need, offer).reasons}


def test_a_full_month_has_no_free_day() -> None:
    need, today = make_need(), timezone.localdate()
    make_capacity(organisation=need.organisation, groups_a_month=1)
    month = (today.replace(day=1) + datetime.timedelta(days=32)).replace(day=1)
    need.organisation.host_months.create(month=month, groups_held=1)
    days = Days(today)
    full = facts_of([need], days)[need.reference].host.full
    assert full == days.between(
        month, (month + datetime.timedelta(days=32)).replace(day=1) - datetime.timedelta(days=1)
    )


def test_as_many_proposals_as_the_host_takes_are_a_gate() -> None:
    need, offer = make_need(), make_offer()
    for _ in range(3):
        make_exchange(need=need)
    assert [gate.name for gate in explain(need, offer).reasons] == ["Room for a proposal"]


def test_an_exchange_is_explained_as_if_it_held_nothing() -> None:
    two = Two(make_need(places_max=4))
    offer = make_offer(organisation=two.giver_organisation, places_max=4)
    exchange = two.introduced()
    need = Notice.objects.get(pk=two.need.pk)
    assert explain(need, offer).penalty == 30
    assert [gate.name for gate in explain(need, offer).reasons] == ["Places"]
    beside = explain(need, offer, beside=Exchange.objects.get(pk=exchange.pk))
    assert beside.fits
    assert beside.penalty == 0


def test_what_was_done_together_counts() -> None:
    need, offer = make_need(), make_offer()
    assert explain(need, offer).parts[5].points == 0
    state = Exchange.State.DELIVERED
    make_exchange(need=need, giver=offer.organisation, state=state)
    assert explain(need, offer).parts[5].points == 5
    assert best_for(need)[0].match.parts[5].points == 5


@pytest.mark.parametrize("number", [1, 12])
def test_however_many_there_are_it_takes_the_same_queries(
    number: int, django_assert_num_queries: object
) -> None:
    need = make_need()
    for _ in range(number):
        make_offer()
    with django_assert_num_queries(8):  # type: ignore[operator]
        assert len(best_for(need)) == number
