"""What it came to: sums that anybody would get, and never one from which few can be found out."""

import csv
import datetime
import io
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Organisation
from brokerage.figures.what_it_came_to import (
    FEWEST,
    Asked,
    CameTo,
    Period,
    ended_periods,
    first_of_quarter,
    is_enough,
    shown_beside_total,
    what_it_came_to,
)
from brokerage.models import Exchange, Kind
from places.models import Ward
from tests.brokerage.acting import make_broker, today
from tests.brokerage.factories import (
    make_exchange,
    make_kind,
    make_need,
    make_rate,
    make_result,
)
from tests.factories import make_organisation, make_user, make_ward
from tests.signing_in import signed_in

PAGE = "/brokerage/what-it-came-to/"
FILE = f"{PAGE}figures.csv"
YEAR = 2025
FIGURES = ("number", "people", "giver_hours", "host_cost", "contribution", "pounds")
db = pytest.mark.django_db

# Of each result: giver, host, kind, quarter, is it confirmed, hours, contribution.
ROW = st.tuples(
    st.integers(0, 5),
    st.integers(0, 5),
    st.sampled_from(["day", "gift"]),
    st.sampled_from([1, 2, 3, 4]),
    st.sampled_from([True, True, True, False]),
    st.sampled_from([None, 0, 3, 5]),
    st.sampled_from([None, 0, 40]),
)
WHO = st.frozensets(st.integers(1, 9), min_size=1)


def result(
    giver: Organisation, host: Organisation, kind: Kind, quarter: int = 3, **said: Any
) -> Exchange:
    need = make_need(organisation=host, kind=kind)
    exchange = make_exchange(need=need, giver=giver)
    make_result(exchange, **{"happened_on": datetime.date(YEAR, 3 * quarter - 1, 9), **said})
    return exchange


def many(number: int, kind: Kind, *, ward: Ward | None = None, **said: Any) -> None:
    """So many exchanges, each of two organisations of its own."""
    for _ in range(number):
        result(make_organisation(), make_organisation(ward=ward), kind, **said)


def of(quarter: int = 0, **part: Any) -> CameTo:
    return what_it_came_to(Asked(Period(YEAR, quarter), **part))


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=st.lists(ROW, max_size=14))
@db
def test_it_adds_what_anybody_would_and_nothing_shown_tells_of_few(
    rows: list[tuple[Any, ...]],
) -> None:
    with transaction.atomic():
        check_pages([row for row in rows if row[0] != row[1]])
        transaction.set_rollback(True)


def check_pages(rows: list[tuple[Any, ...]]) -> None:
    kinds = {"day": make_kind("day"), "gift": make_kind("gift", unit="pounds")}
    wards = [make_ward(f"Ward {number}") for number in range(2)]
    # Those with an odd number host in the second ward, and the last in none.
    cast = [make_organisation(ward=None if n == 5 else wards[n % 2]) for n in range(6)]
    for giver, host, kind, quarter, confirmed, hours, paid in rows:
        result(
            *(cast[giver], cast[host], kinds[kind], quarter),
            confirmed=confirmed,
            giver_hours=hours,
            contribution=paid,
            amount=paid if kind == "gift" else None,
        )
    pages: dict[tuple[str, Any], CameTo] = {("year", 0): of()}
    pages |= {("quarter", number): of(number) for number in (1, 2, 3, 4)}
    pages |= {("kind", code): of(kind=kind) for code, kind in kinds.items()}
    pages |= {("ward", number): of(ward=ward) for number, ward in enumerate(wards)}
    for confirmed in (True, False):
        results = [row for row in rows if row[4] == confirmed]
        for name in FIGURES:
            check_figure(name, results, pages, confirmed=confirmed)


def value_of(name: str, row: tuple[Any, ...]) -> int:
    hours, paid = row[5] or 0, row[6] or 0
    pounds = paid if row[2] == "gift" else 0
    return {"number": 1, "giver_hours": hours, "contribution": paid, "pounds": pounds}.get(name, 0)


def is_in(of_page: tuple[str, Any], row: tuple[Any, ...]) -> bool:
    dimension, key = of_page
    ward = None if row[1] == 5 else row[1] % 2
    return bool({"year": 0, "quarter": row[3], "kind": row[2], "ward": ward}[dimension] == key)


def check_figure(
    name: str,
    results: list[tuple[Any, ...]],
    pages: dict[tuple[str, Any], CameTo],
    *,
    confirmed: bool,
) -> None:
    told: dict[str, list[list[tuple[Any, ...]]]] = {}
    for page, found in pages.items():
        shown = found.confirmed if confirmed else found.unconfirmed
        value = shown.figure(name)
        rows = [row for row in results if is_in(page, row)]
        wanted = [row for row in rows if value_of(name, row)]
        if value is None:
            continue
        assert value == sum(value_of(name, row) for row in rows), (page, name)
        assert len(behind(rows)) >= FEWEST, (page, name)
        assert not wanted or len(behind(wanted)) >= FEWEST, (page, name)
        told.setdefault(page[0], []).append(wanted)
    # Whoever takes any of the parts that are shown from their total learns of none or of many.
    for whole in told.get("year", []):
        for dimension in ("quarter", "kind", "ward"):
            for parts in any_of(told.get(dimension, [])):
                left = list(whole)
                for row in (row for part in parts for row in part):
                    left.remove(row)
                assert not left or len(behind(left)) >= FEWEST, (dimension, name)
    if "year" not in told:
        assert not any(told.get("kind", []))
        assert not any(told.get("ward", []))


def behind(rows: list[tuple[Any, ...]]) -> set[int]:
    return {who for row in rows for who in row[:2]}


def any_of(parts: list[Any]) -> Iterator[tuple[Any, ...]]:
    for number in range(1, len(parts) + 1):
        yield from combinations(parts, number)


@given(parts=st.dictionaries(st.sampled_from("abcdef"), WHO))
def test_what_is_left_of_a_total_is_of_many_or_of_nobody(parts: dict[str, frozenset[int]]) -> None:
    shown = shown_beside_total(parts)
    assert all(is_enough(parts[key]) for key in shown)
    left = frozenset().union(*(parts[key] for key in parts if key not in shown))
    if shown:
        assert not left or is_enough(left)
    small = {key for key in parts if not is_enough(parts[key])}
    # Nothing is kept back without need: one part at most, and only to go with what is small.
    assert len(parts) - len(shown) - len(small) <= (1 if small else 0)


@db
@pytest.mark.parametrize("number", [4, 5])
def test_five_are_enough_and_four_are_not(client: Client, number: int) -> None:
    host = make_organisation()
    for _ in range(number - 1):
        result(make_organisation(), host, make_kind(), giver_hours=7)
    found = of(3).confirmed.figure("giver_hours")
    assert found == (28 if number == FEWEST else None)
    text = client.get(f"{PAGE}?period={YEAR}-q3").text
    assert ("Fewer than 5 organisations stand behind each" in text) == (number < FEWEST)
    assert (">28<" in text) == (number == FEWEST)


@db
def test_one_who_paid_among_many_is_not_told_by_the_totals(client: Client) -> None:
    make_rate(is_default=True, holds_from=datetime.date(2020, 1, 1))
    kind = make_kind()
    many(3, kind, giver_hours=10, host_hours=2)
    text = client.get(f"{PAGE}?period={YEAR}-q3").text
    for words in ("£600.00", "£0.00", "£120.00", "£480.00", "−£600.00", "Published in 2025"):
        assert words in text
    many(1, kind, giver_hours=10, contribution=160)
    text = client.get(f"{PAGE}?period={YEAR}-q3").text
    assert "£800.00" in text
    for words in ("£160", "£960", "Net for hosts</dt><dd>£", "Net for givers</dt><dd>−"):
        assert words not in text
    rows = {row["Figure"]: row for row in lines(client, f"?period={YEAR}-q3")}
    assert rows["Hours given"]["Confirmed"] == "40"
    assert rows["Hours given are worth"]["Confirmed"] == "800.00"
    for name in ("Contributions", "Givers gave, in all", "Net for hosts", "Net for givers"):
        assert rows[name]["Confirmed"] == "Fewer than 5 organisations"


def lines(client: Client, query: str) -> list[dict[str, str]]:
    response = client.get(f"{FILE}{query}")
    return list(csv.DictReader(io.StringIO(response.text.lstrip("\ufeff"))))


@db
def test_a_year_is_not_shown_where_it_would_tell_a_quarter() -> None:
    kind = make_kind()
    many(3, kind, quarter=2)
    assert of().confirmed.figure("number") == 3
    many(2, kind, quarter=3)
    assert of(2).confirmed.figure("number") == 3
    assert of(3).confirmed.figure("number") is None
    assert of().confirmed.figure("number") is None
    assert of(kind=kind).confirmed.figure("number") is None
    many(1, kind, quarter=4)
    assert of().confirmed.figure("number") == 6, "two quarters are hidden, of six together"


@db
def test_the_one_kind_that_is_too_small_takes_the_next_smallest_with_it() -> None:
    small, middle, large = (make_kind() for _ in range(3))
    gipton, armley = make_ward("Gipton"), make_ward("Armley")
    many(2, small, ward=gipton)
    many(3, middle, ward=gipton)
    many(4, large, ward=armley)
    shown = [of(kind=kind).confirmed.figure("number") for kind in (small, middle, large)]
    assert shown == [None, None, 4]
    assert [of(ward=ward).confirmed.figure("number") for ward in (gipton, armley)] == [5, 4]


@db
def test_what_nobody_confirmed_is_shown_beside_and_never_added(client: Client) -> None:
    kind = make_kind()
    many(3, kind, giver_hours=10)
    many(3, kind, giver_hours=1, confirmed=False)
    found = of(3)
    assert found.confirmed.figure("giver_hours") == 30
    assert found.unconfirmed.figure("giver_hours") == 3
    many(1, kind, giver_hours=100, confirmed=False, quarter=2)
    assert of(2).unconfirmed.figure("giver_hours") is None
    # Of few, not even that there are none.
    assert of(1).confirmed.figure("number") is None


@db
def test_examples_are_marked_and_never_beside_real_ones(client: Client) -> None:
    kind = make_kind()
    for _ in range(3):
        giver, host = (make_organisation(is_example=True) for _ in range(2))
        result(giver, host, kind, giver_hours=10)
    found = of(3)
    assert (found.examples, found.confirmed.figure("giver_hours")) == (True, 30)
    text = client.get(f"{PAGE}?period={YEAR}-q3").text
    assert "badge--example" in text
    assert lines(client, f"?period={YEAR}-q3")[0]["Example data"] == "yes"
    many(1, kind, giver_hours=3, confirmed=False)
    found = of(3)
    assert (found.examples, found.confirmed.figure("giver_hours")) == (False, None)
    assert "badge--example" not in client.get(f"{PAGE}?period={YEAR}-q3").text


@db
def test_everybody_sees_the_same_and_no_names(client: Client) -> None:
    kind, ward = make_kind(label="Painting"), make_ward("Gipton")
    exchanges = [
        result(make_organisation("Ouseburn Print"), make_organisation(ward=ward), kind)
        for _ in range(3)
    ]
    for query in (f"?period={YEAR}-q3", f"?kind={kind.code}", f"?ward={ward.pk}&period={YEAR}"):
        texts = [
            visitor.get(f"{PAGE}{query}").text.partition("<main")[2].partition("</main")[0]
            for visitor in (client, signed_in(make_user()), signed_in(make_broker()))
        ]
        assert texts[0] == texts[1] == texts[2]
        for text in (texts[0], client.get(f"{FILE}{query}").text):
            assert "Ouseburn Print" not in text
            assert not [row for row in exchanges if row.reference in text or row.title in text]
    assert "Painting, 2025" in client.get(f"{PAGE}?kind={kind.code}").text
    assert "Hosts in Gipton, 2025" in client.get(f"{PAGE}?ward={ward.pk}").text
    assert f'href="{PAGE}"' in client.get("/brokerage/").text


@db
@pytest.mark.parametrize(
    ("query", "words"),
    [
        *((f"period={period}", "Choose one.") for period in
          ("x", "2025-q5", "1999", "3000", "2025-q3%00", "٢٠٢٥", "2025-07-01", "9" * 9000)),
        ("kind=zzz", "Choose one."),
        ("kind=%00", "Null characters"),
        ("ward=%F0%9F%90%8C", "Choose one."),
        ("ward=%00", "Null characters"),
        ("rate=-1", "Choose one."),
        ("rate=99999999999999999999", "Choose one."),
        ("kind=team-day&ward=E05000001", "not both"),
        ("kind=team-day&period=2025-q3", "for whole years"),
        ("ward=E05000001&period=2025-q3", "for whole years"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_no_file_answers_it(
    client: Client, query: str, words: str
) -> None:
    make_kind("team-day")
    make_ward("Gipton", code="E05000001")
    text = client.get(f"{PAGE}?{query}").text
    assert "Error: " in text
    assert words in text
    assert client.get(f"{FILE}?{query}").status_code == 400


@db
def test_days_of_ones_own_are_not_asked_for(client: Client) -> None:
    many(1, make_kind(), giver_hours=5)
    many(2, make_kind(), giver_hours=5, happened_on=datetime.date(YEAR, 9, 30))
    whole = client.get(f"{PAGE}?period={YEAR}-q3").text
    narrowed = client.get(f"{PAGE}?period={YEAR}-q3&first=2025-07-01&last=2025-09-29").text
    assert ">15<" in whole
    assert ">15<" in narrowed


def test_a_period_is_shown_once_it_is_over() -> None:
    codes = [period.code for period in ended_periods(datetime.date(2026, 9, 30))]
    assert codes[:3] == ["2026-q2", "2026-q1", "2025"]
    assert codes[-1] == "2023-q1"
    assert ended_periods(datetime.date(2026, 10, 1))[0].code == "2026-q3"
    newest = ended_periods(datetime.date(2027, 1, 1))
    assert [period.code for period in newest[:2]] == ["2026", "2026-q4"]
    assert first_of_quarter(datetime.date(2026, 12, 31)) == datetime.date(2026, 10, 1)
    assert Period(2024, 1).last == datetime.date(2024, 3, 31)
    for period in newest:
        if period.quarter:
            assert first_of_quarter(period.last) == period.first


@db
def test_it_costs_the_same_whatever_the_number() -> None:
    counts = []
    for _ in range(2):
        many(3, make_kind(), giver_hours=1)
        many(3, make_kind(), confirmed=False)
        with CaptureQueriesContext(connection) as queries:
            assert of().confirmed.figure("number")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 3


@db
def test_the_page_opens_before_anything_has_happened(client: Client) -> None:
    text = client.get(PAGE).text
    assert "so none is shown" in text
    assert str(today().year - 1) in text
