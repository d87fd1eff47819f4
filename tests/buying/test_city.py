"""The city's figures: no number, and no difference of two, comes from fewer than five."""

import csv
import datetime
import io
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Organisation
from buying.figures.city import City, Table, city_of
from buying.figures.disclosure import FEWEST, Cell, safe_table
from buying.figures.period import financial_year
from buying.models import BuyingRules, ChoiceVersion, ClaimThen
from providers.models import Term
from tests.buying.factories import make_choice, make_version
from tests.factories import make_organisation, make_term, make_ward

YEAR = financial_year(2026)
MAY = datetime.date(2026, 5, 1)
db = pytest.mark.django_db


def buyers(number: int, **fields: Any) -> list[Organisation]:
    """Organisations that let their purchases count."""
    found = [make_organisation(**fields) for _ in range(number)]
    for organisation in found:
        BuyingRules.objects.create(organisation=organisation, counts_in_city=True)
    return found


def bought(buyer: Organisation, pounds: int, *claims: Term, **fields: Any) -> None:
    version = make_version(
        make_choice(buyer), **{"amount": Decimal(pounds), "decided_on": MAY, **fields}
    )
    for term in claims:
        ClaimThen.objects.create(version=version, term=term, level="declared")
    ChoiceVersion.objects.filter(pk=version.pk).update(stands=True, filed_at=version.created)


def table(city: City, name: str) -> Table:
    return next(each for each in city.tables if each.name == name)


def shown(city: City, name: str) -> dict[str, Decimal]:
    return {cell.key: cell.spend for cell in table(city, name).cells}


@db
def test_nothing_is_shown_of_four_and_the_page_says_how_many_there_are(client: Client) -> None:
    for buyer in buyers(4):
        bought(buyer, 100)
    city = city_of(YEAR)
    assert (city.total, city.tables, city.contributors) == (None, [], 4)
    page = client.get("/buying/leeds/?year=2026")
    assert "4 of 5 organisations so far" in page.text
    assert "100" not in page.text.split("<main")[1].split("How nobody")[0]
    assert client.get("/buying/leeds.csv?year=2026").text.count("\n") == 1


@db
def test_of_five_the_total_is_shown_and_of_others_nothing_counts(client: Client) -> None:
    for buyer in buyers(5):
        bought(buyer, 1100, supplier_in_leeds=True, supplier_ward=None)
        bought(buyer, 9999, decided_on=datetime.date(2025, 5, 1))
    bought(make_organisation(), 9999)  # did not agree
    city = city_of(YEAR)
    assert city.total is not None
    assert city.total.spend == 5500
    assert "£5,500" in client.get("/buying/leeds/?year=2026").text
    (row, *_) = csv.DictReader(
        io.StringIO(client.get("/buying/leeds.csv?year=2026").text.lstrip("\ufeff"))
    )
    assert (row["Pounds excluding VAT"], row["Organisations"]) == ("5500", "5")


@db
def test_a_line_of_few_and_the_line_that_would_tell_it_are_not_shown() -> None:
    for number, buyer in enumerate(buyers(7)):
        bought(buyer, 100, supplier_in_leeds=True)
        if number < 6:
            bought(buyer, 10, supplier_in_leeds=False)
        if number < 2:
            bought(buyer, 1)
    # Two have an unknown place: alone it would be the total without the two others, so the
    # smaller of these joins it.
    assert shown(city_of(YEAR), "leeds") == {"yes": 700, "others": 62}


@db
def test_two_lines_that_are_both_too_small_are_not_told_by_the_total() -> None:
    for number, buyer in enumerate(buyers(5)):
        bought(buyer, 100, supplier_in_leeds=number < 3)
    city = city_of(YEAR)
    assert city.total is not None
    assert shown(city, "leeds") == {}


@db
def test_wards_are_parts_of_what_was_spent_inside_leeds_and_of_nothing_else() -> None:
    armley, burley = make_ward("Armley"), make_ward("Burley")
    for number, buyer in enumerate(buyers(6)):
        bought(buyer, 100, supplier_in_leeds=True, supplier_ward=armley)
        bought(buyer, 10, supplier_in_leeds=False)
        if number == 0:
            bought(buyer, 1, supplier_in_leeds=True, supplier_ward=burley)
    # Burley alone would be "inside Leeds" without Armley.
    assert shown(city_of(YEAR), "leeds") == {"yes": 601, "no": 60}
    assert shown(city_of(YEAR), "ward") == {}


@db
def test_a_claim_is_shown_where_what_is_left_without_it_comes_from_enough() -> None:
    wage, green, rare = (make_term(Term.Facet.ETHOS) for _ in range(3))
    for number, buyer in enumerate(buyers(6)):
        bought(buyer, 100, wage, green)
        if number:
            bought(buyer, 10, wage)
        bought(buyer, 1, *([rare] if number < 2 else [wage]))
    found = shown(city_of(YEAR), "claim")
    # Without "wage" only two bought; without "green" all did.
    assert found == {str(green.pk): 600}


@db
def test_examples_are_never_beside_real_ones(client: Client) -> None:
    for buyer in buyers(5, is_example=True):
        bought(buyer, 1100)
    city = city_of(YEAR)
    assert city.examples
    assert city.total is not None
    page = client.get("/buying/leeds/?year=2026")
    assert "badge--example" in page.text
    for buyer in buyers(1):
        bought(buyer, 3)
    city = city_of(YEAR)
    assert (city.examples, city.total, city.contributors) == (False, None, 1)
    assert "badge--example" not in client.get("/buying/leeds/?year=2026").text


@db
@pytest.mark.parametrize("year", ["x", "1999", "3000", "٢٠٢٦", "%00", "2026.0"])
def test_a_year_without_a_page_is_not_found(client: Client, year: str) -> None:
    assert client.get(f"/buying/leeds/?year={year}").status_code == 404
    assert client.get(f"/buying/leeds.csv?year={year}").status_code == 404


@db
def test_as_many_queries_for_many_as_for_few() -> None:
    counts = []
    for _ in range(2):
        for buyer in buyers(6):
            for _ in range(3):
                bought(buyer, 5, make_term(Term.Facet.ETHOS), category=make_term())
        with CaptureQueriesContext(connection) as queries:
            assert city_of(YEAR).total is not None
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 14


CONTRIBUTORS = st.frozensets(st.integers(1, 9), min_size=1)


@given(st.lists(st.tuples(CONTRIBUTORS, st.integers(0, 999)), max_size=9))
def test_no_line_and_no_rest_of_the_total_comes_from_few(
    drawn: list[tuple[frozenset[int], int]],
) -> None:
    keys = count()
    cells = [Cell(str(next(keys)), "", Decimal(pounds), len(who), who) for who, pounds in drawn]
    found = safe_table(cells)
    for cell in found:
        assert len(cell.contributors) >= FEWEST
    # All of it, or nothing: no sum of shown lines leaves a rest to be found out.
    if found:
        assert sum(cell.spend for cell in found) == sum(cell.spend for cell in cells)
    # What is hidden is one line, so nothing in it can be told from anything else in it.
    hidden = [cell for cell in cells if cell not in found]
    others = [cell for cell in found if cell.key == "others"]
    assert len(others) <= 1
    if found and hidden:
        assert others[0].contributors == frozenset().union(*(c.contributors for c in hidden))
