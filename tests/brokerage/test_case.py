"""The business case: what counts, what is only shown, and sums that anybody would get."""

import csv
import io
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brokerage import vocabulary
from brokerage.figures.case import Scope, case_of
from brokerage.models import Exchange, HourlyRate
from tests.brokerage.acting import Two, in_days, make_broker, today
from tests.brokerage.factories import make_exchange, make_kind, make_need, make_result
from tests.brokerage.test_states import REACHED
from tests.factories import make_membership, make_organisation
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db

HOURS = st.none() | st.decimals(0, 500, places=2)
RESULTS = st.lists(
    st.tuples(st.sampled_from(["confirmed", "stated", "disputed"]), HOURS, HOURS, HOURS,
              st.integers(-400, 0)),
    max_size=8,
)  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(results=RESULTS)
def test_sums_equal_what_anybody_would_add(
    results: list[tuple[str, Decimal | None, Decimal | None, Decimal | None, int]],
) -> None:
    host = make_organisation()
    mine = [make_exchange(need=make_need(organisation=host)) for _ in results]
    for exchange, (how, given_hours, hosted, cost, day) in zip(mine, results, strict=True):
        make_result(
            exchange,
            confirmed=how == "confirmed",
            state="disputed" if how == "disputed" else "delivered",
            giver_hours=given_hours,
            host_hours=hosted,
            host_cost=cost,
            happened_on=in_days(day),
        )
    found = case_of(Scope(first=in_days(-365), last=today(), organisation=host))
    for sums, wanted in (
        (found.confirmed, [row for row in results if row[0] == "confirmed" and row[4] >= -365]),
        (found.unconfirmed, [row for row in results if row[0] != "confirmed" and row[4] >= -365]),
    ):
        assert sums.number == len(wanted)
        assert sums.giver_hours == sum(row[1] or 0 for row in wanted)
        assert sums.host_hours == sum(row[2] or 0 for row in wanted)
        assert sums.host_cost == sum(row[3] or 0 for row in wanted)
        assert sums.host_hours_unsaid == sum(row[2] is None for row in wanted)


def test_it_costs_the_same_whatever_the_number() -> None:
    host = make_organisation()
    scope = Scope(first=in_days(-9), last=today(), organisation=host)
    for _ in range(2):
        for _ in range(4):
            make_result(make_exchange(need=make_need(organisation=host)), giver_hours=6)
        with CaptureQueriesContext(connection) as queries:
            case_of(scope)
        assert len(queries) == 2


def test_either_side_a_kind_and_the_city() -> None:
    money = make_kind("money", unit="pounds")
    need = make_need()
    exchange = make_exchange(need=need)
    make_result(exchange, giver_hours=48, host_hours=14, host_cost=40, contribution=160)
    gift = make_exchange(need=make_need(organisation=need.organisation, kind=money))
    make_result(gift, amount=500)
    made_up = make_exchange(need=make_need(organisation=make_organisation(is_example=True)))
    make_result(made_up, giver_hours=1000)
    days: dict[str, Any] = {"first": in_days(-9), "last": today()}
    city = case_of(Scope(**days)).confirmed
    assert (city.number, city.giver_hours) == (2, Decimal(48))
    assert city.amounts == {"pounds": Decimal(500)}
    rate = Decimal(10)
    assert city.cost_of_giving(rate) == 480 + 160 + 500
    assert city.cost_of_hosting(rate) == 140 + 40
    assert city.net_of_host(rate) == 1140 - 180
    of_host = Scope(**days, organisation=need.organisation, kind=money)
    assert case_of(of_host).confirmed.giver_hours == 0
    giver = Scope(**days, organisation=exchange.giver)
    assert case_of(giver).confirmed.giver_hours == 48


def test_its_page_says_where_each_number_comes_from() -> None:
    two = Two()
    vocabulary.load()
    exchange = REACHED[Exchange.State.CLOSED](two)
    slug = two.need.organisation.slug
    client = signed_in(two.host.user)  # type: ignore[arg-type]
    text = client.get(f"/my/{slug}/brokerage/case/").text
    assert HourlyRate.objects.get(is_default=True).source in text
    assert exchange.reference in text
    assert "£431.04" in text, "24 hours at £17.96"
    other = HourlyRate.objects.get(code="real-living-wage")
    assert "£322.80" in client.get(f"/my/{slug}/brokerage/case/?rate={other.pk}").text
    body = client.get(f"/my/{slug}/brokerage/case/exchanges.csv").content
    rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))
    assert [(row["Exchange"], row["Hours given"]) for row in rows] == [
        (exchange.reference, "24.00")
    ]
    assert "0" in client.get(f"/my/{slug}/brokerage/case/?first=2020-01-01&last=2020-02-01").text


def test_what_is_delivered_and_unconfirmed_is_shown_and_not_added() -> None:
    two = Two()
    vocabulary.load()
    REACHED[Exchange.State.DELIVERED](two)
    slug = two.need.organisation.slug
    text = signed_in(two.host.user).get(f"/my/{slug}/brokerage/case/").text  # type: ignore[arg-type]
    assert '<td class="r">0</td><td class="r">24</td>' in text
    assert "Hours given are worth</dt><dd>£0.00" in text


@pytest.mark.parametrize(
    "query",
    ["first=x", "first=2027-01-01&last=2026-01-01", "kind=zzz", "ward=1", "rate=-1", "side=q"],
)
def test_what_is_wrong_is_said_and_no_file_answers_it(query: str) -> None:
    member = make_membership()
    client = signed_in(member.user)
    at = f"/my/{member.organisation.slug}/brokerage/case/"
    assert "Error: " in client.get(f"{at}?{query}").text
    assert client.get(f"{at}exchanges.csv?{query}").status_code == 400
    assert signed_in(make_broker()).get(f"/broker/case/?{query}").status_code == 200
