"""The demand board: sums that anybody would get, whatever is asked for, and nothing made up."""

import csv
import datetime
import io
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brokerage.figures.demand import NO_WARD, Asked, demand_of, months_up_to
from brokerage.models import Kind
from places.models import Ward
from tests.brokerage.acting import today
from tests.brokerage.factories import make_exchange, make_kind, make_need, make_offer
from tests.factories import make_organisation, make_ward

pytestmark = pytest.mark.django_db

PAGE = "/brokerage/demand/"
FILE = "/brokerage/demand/figures.csv"

# Of each: is it a need; its kind; its ward; how many months ago; places or pounds; its exchange.
BOARD = st.lists(
    st.tuples(
        st.booleans(),
        st.sampled_from(["day", "gift"]),
        st.sampled_from(["one", "two", ""]),
        st.integers(0, 14),
        st.none() | st.integers(1, 40),
        st.sampled_from(["", "proposed", "agreed", "closed", "cancelled"]),
    ),
    max_size=8,
)
ASKED = st.tuples(
    st.sampled_from(["", "day", "gift"]),
    st.sampled_from(["", "one", "two", NO_WARD]),
    st.sampled_from([3, 12, 24]),
)


def months_ago(number: int) -> datetime.datetime:
    day = months_up_to(today(), number + 1)[0]
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(12)))


def on_the_board(row: tuple[Any, ...], kinds: dict[str, Kind], wards: dict[str, Ward]) -> None:
    is_need, kind, ward, ago, much, state = row
    amounts = {"places_min": None, "places_max": much if kind == "day" else None}
    if kind == "gift":
        amounts["amount"] = much
    make = make_need if is_need else make_offer
    notice = make(kind=kinds[kind], ward=wards.get(ward), published_at=months_ago(ago), **amounts)
    if not state:
        return
    agreed = months_ago(ago) if state in {"agreed", "closed"} else None
    both = {"host_confirmed_at": agreed, "giver_confirmed_at": agreed}
    said: dict[str, Any] = {"state": state, "version": both if agreed else {}}
    if is_need:
        make_exchange(need=notice, **said)
    else:
        need = make_need(kind=kinds[kind], ward=wards.get(ward), published_at=None, state="draft")
        make_exchange(need=need, offer=notice, giver=notice.organisation, **said)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=BOARD, asked=ASKED)
def test_it_counts_what_anybody_would_count(
    rows: list[tuple[Any, ...]], asked: tuple[str, str, int]
) -> None:
    with transaction.atomic():
        check_counts(rows, *asked)
        transaction.set_rollback(True)


def check_counts(rows: list[tuple[Any, ...]], kind: str, ward: str, months: int) -> None:
    kinds = {
        code: make_kind(code, unit=unit)
        for code, unit in (("day", "person-hours"), ("gift", "pounds"))
    }
    wards = {name: make_ward(name) for name in ("one", "two")}
    for row in rows:
        on_the_board(row, kinds, wards)
    code = wards[ward].code if ward in wards else ward
    names = dict(Ward.objects.values_list("code", "name"))
    found = demand_of(Asked(months_up_to(today(), months), kind, code), list(kinds.values()), names)
    wanted = [
        row
        for row in rows
        if row[3] < months and kind in {"", row[1]} and ward in {"", row[2] or NO_WARD}
    ]
    is_met = [row[5] in {"agreed", "closed"} for row in wanted]
    total = found.total
    assert total.needs == sum(row[0] for row in wanted)
    assert total.offers == sum(not row[0] for row in wanted)
    assert total.unmet == sum(row[0] and not met for row, met in zip(wanted, is_met, strict=True))
    for table in found.tables:
        for name in ("needs", "offers", "agreed", "unmet", "untaken"):
            summed = sum(getattr(line, name) for line in table.lines)
            assert summed == getattr(total, name), (table.name, name)
    by_kind = {line.key: line for line in found.tables[0].lines}
    for key, line in by_kind.items():
        assert line.asked == sum(row[4] or 0 for row in wanted if row[0] and row[1] == key)
        assert line.offered == sum(row[4] or 0 for row in wanted if not row[0] and row[1] == key)
    assert [line.key for line in found.tables[2].lines] == [
        f"{month:%Y-%m}" for month in months_up_to(today(), months)
    ]
    if ward == "":
        assert total.agreed == sum(is_met)


def test_it_costs_the_same_whatever_is_on_the_board() -> None:
    kinds = [make_kind()]
    counts = []
    for number in (1, 6):
        for _ in range(number):
            make_exchange(need=make_need(kind=kinds[0]))
        with CaptureQueriesContext(connection) as queries:
            demand_of(Asked(months_up_to(today(), 12)), Kind.objects.all(), {})
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 4


def test_what_is_made_up_is_never_added_to_what_is_real(client: Client) -> None:
    make_need(organisation=make_organisation(is_example=True), title="An example")
    page = client.get(PAGE).text
    assert "1 of 1" in page
    assert "Example data" in page or "made up" in page
    for _ in range(2):
        make_need()
    page = client.get(PAGE).text
    assert "2 of 2" in page
    assert "made up" not in page


def test_the_page_shows_each_line_with_its_chart_and_its_link(client: Client) -> None:
    ward = make_ward("Gipton")
    make_need(kind=make_kind("paint", label="Painting"), ward=ward, places_max=30)
    make_offer(kind=make_kind("lend", label="Lending", unit="pounds"), places_max=None, amount=250)
    page = client.get(PAGE).text
    for words in ("Painting", "Lending", "30 places", "£250", ward.name, "<svg", "1 of 1"):
        assert words in page
    assert "?kind=paint&amp;months=12" in page
    narrowed = client.get(f"{PAGE}?kind=lend&months=3").text
    assert "30 places" not in narrowed
    assert "£250" in narrowed


def test_nothing_says_what_to_do(client: Client) -> None:
    page = client.get(PAGE).text
    assert "Nothing went on the board" in page
    assert "<svg" not in page.partition("<main")[2].partition("</main>")[0]


@pytest.mark.parametrize(
    "query",
    ["kind=nothing", "ward=E0", "months=13", "months=-1", "months=1e9", "ward=" + "x" * 5000,
     "months=%E2%80%AE12", "kind=day&kind=<script>"],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_it(client: Client, query: str) -> None:
    page = client.get(f"{PAGE}?{query}").text
    assert "Choose one from the list." in page
    assert "<script>" not in page
    assert client.get(f"{FILE}?{query}").status_code == 400


def test_the_file_has_every_number_of_the_page(client: Client) -> None:
    make_need(kind=make_kind("paint", label="=Painting"), places_max=30)
    response = client.get(f"{FILE}?months=3")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    lines = list(csv.reader(io.StringIO(response.text.removeprefix("\ufeff"))))
    assert lines[0][0] == "Table"
    assert [line[0] for line in lines[1:]].count("By month") == 3
    (line,) = [line for line in lines if line[0] == "By kind"]
    assert line[1] == "'=Painting"
    assert line[2:9] == ["places", "1", "30", "0", "0", "0", "1"]


def test_a_draft_is_not_asked_yet(client: Client) -> None:
    make_need(state="draft", published_at=None)
    make_need(state="closed")
    page = client.get(PAGE).text
    assert "1 of 1" in page, "and what has ended was asked"
