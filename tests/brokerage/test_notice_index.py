"""The notice index says what the rows say, at once."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brokerage import notice_index
from brokerage.models import Kind, Notice, NoticeCard, NoticeIndexRow, NoticeSkill
from brokerage.services.proposing import decline
from tests.brokerage.acting import Two, in_days, today
from tests.brokerage.factories import make_kind, make_need, make_offer, make_skill
from tests.factories import make_ward
from tslsv.search.query import Search, find

pytestmark = pytest.mark.django_db

DAYS = st.none() | st.integers(-5, 200)


def found(**asked: object) -> set[int]:
    answer = find(notice_index.SCHEMA, Search(**asked), page=1, size=1000)  # type: ignore[arg-type]
    return {hit.object_id for hit in answer.hits}


def test_what_is_on_the_board_is_found_and_nothing_else() -> None:
    here = make_need()
    others = [make_need(state=state) for state in Notice.State if state != "published"]
    others += [make_need(expires_on=in_days(-1)), make_need(last_day=in_days(-1))]
    notice_index.refresh([here.pk, *(row.pk for row in others)])
    assert found() == {here.pk}
    assert notice_index.differences() == []
    Notice.objects.filter(pk=here.pk).update(state=Notice.State.PAUSED)
    notice_index.refresh([here.pk])
    assert found() == set()


def test_time_takes_off_what_has_run_out() -> None:
    need = make_need(expires_on=today())
    notice_index.refresh([need.pk])
    assert notice_index.refresh_due(today()) == 0
    row = NoticeIndexRow.objects.get()
    assert row.due_on == in_days(1)


def test_what_is_held_is_no_longer_found_for_a_party_of_that_size() -> None:
    two = Two()
    notice_index.refresh([two.need.pk])
    assert found(numbers={"party": 12, "fewest": 12}) == {two.need.pk}
    exchange = two.proposed(seats=5)
    assert found(numbers={"party": 8, "fewest": 8}) == set()
    assert found(numbers={"party": 7, "fewest": 7}) == {two.need.pk}
    assert found(numbers={"party": 1, "fewest": 1}) == set(), "it needs two at least"
    decline(exchange=exchange, reason="No.", actor=two.host)
    assert found(numbers={"party": 12, "fewest": 12}) == {two.need.pk}
    assert notice_index.differences() == []


def test_a_window_is_found_by_what_it_overlaps() -> None:
    summer = make_need(first_day=in_days(100), last_day=in_days(130))
    always = make_need()
    notice_index.refresh([summer.pk, always.pk])
    number = notice_index.day_number
    assert found(numbers={"since": number(in_days(131))}) == {always.pk}
    assert found(numbers={"until": number(in_days(99))}) == {always.pk}
    both = {"since": number(in_days(130)), "until": number(in_days(140))}
    assert found(numbers=both) == {summer.pk, always.pk}


def test_words_skills_and_places_are_found() -> None:
    skill = make_skill("gardening", label="Gardening and planting")
    ward = make_ward()
    need = make_need(causes=["green"], ward=ward, mode="either", requirements=["lifting"])
    NoticeSkill.objects.create(notice=need, skill=skill, must=True)
    offer = make_offer(access=["step-free"])
    notice_index.refresh([need.pk, offer.pk])
    for asked in ("planting", "hedge nature", need.organisation.name):
        assert need.pk in found(text=asked), asked
    for facet, value in (
        ("skill", "gardening"),
        ("cause", "green"),
        ("ward", ward.pk),
        ("mode", "remote"),
        ("requirement", "lifting"),
        ("side", "need"),
    ):
        assert found(choices={facet: [value]}) == {need.pk}, facet
    assert found(choices={"access": ["step-free"]}) == {offer.pk}


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    rows=st.lists(
        st.tuples(st.sampled_from(Notice.State), DAYS, st.integers(0, 12), st.booleans()),
        max_size=8,
    )
)
def test_refreshing_and_rebuilding_agree(
    rows: list[tuple[Notice.State, int | None, int, bool]],
) -> None:
    money = Kind.objects.filter(code="money").first() or make_kind("money", unit="pounds")
    made = []
    for state, day, held, is_money in rows:
        fields: dict[str, Any] = {"state": state, "last_day": None if day is None else in_days(day)}
        if is_money:
            fields |= {"kind": money, "places_min": None, "places_max": None}
            fields |= {"amount": Decimal("99.50")}
        made.append(make_need(seats_held=held, **fields))
    notice_index.refresh([row.pk for row in made])
    assert notice_index.differences() == []
    assert NoticeCard.objects.count() == Notice.objects.findable(today()).count()
    notice_index.rebuild()
    assert notice_index.differences() == []


def test_a_refresh_costs_the_same_for_one_and_for_many() -> None:
    needs = [make_need() for _ in range(20)]
    with CaptureQueriesContext(connection) as one:
        notice_index.refresh([needs[0].pk])
    with CaptureQueriesContext(connection) as many:
        notice_index.refresh([row.pk for row in needs[1:]])
    assert len(many) <= len(one) + 2
