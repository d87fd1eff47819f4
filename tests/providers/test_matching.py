"""Who on the list somebody may be: found in spite of slips, and never what is not public."""

import csv
import random

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Organisation
from providers.matching import MOST, Who, alike, compared, similarity, with_number
from providers.models import Listing
from tests.factories import make_identifier, make_listing, make_organisation
from tests.providers.real_register import real_register

db = pytest.mark.django_db

ELSEWHERE = "XX1 1XX"


def on_the_list(name: str, postcode: str = "", **fields: object) -> Organisation:
    return make_listing(make_organisation(name, postcode=postcode, **fields)).organisation


def found(name: str, postcode: str = ELSEWHERE) -> list[str]:
    return [row.name for row in alike(Who(name, postcode))]


@db
@pytest.mark.parametrize(
    "typed",
    [
        "Holbeck Kitchen",
        "holbeck  kitchen",
        "The Holbeck Kitchen Ltd",
        "Holbeck Kitchen C.I.C.",
        "Hólbeck Kitchen",
        "Holbeck Kitchin",
        "Holbeck Ktichen",
        "Holbeck Kitchen and Café",
    ],
)
def test_a_name_is_found_in_spite_of_slips(typed: str) -> None:
    on_the_list("Holbeck Kitchen Community Interest Company")
    on_the_list("Armley Bowls Club")
    assert found(typed) == ["Holbeck Kitchen Community Interest Company"]


@db
@pytest.mark.parametrize("typed", ["Armley Choir", "Kitchen", "Leeds", "Xylophones", "!!", "清潔"])
def test_a_stranger_is_not_taken_for_somebody_else(typed: str) -> None:
    on_the_list("Holbeck Kitchen")
    on_the_list("Leeds Play Network")
    assert found(typed) == []


@db
def test_the_same_postcode_makes_a_likeness_count_for_more() -> None:
    on_the_list("Beck Youth Project", "LS8 4AA")
    on_the_list("Beck Youth Club", "LS12 1AA")
    assert found("Beck Youth Clubb", "LS12 1AA")[0] == "Beck Youth Club"
    assert found("Beck Youth Group", "LS8 4AA")[0] == "Beck Youth Project"
    assert found("Beck Arts Project", "LS8 4AA") == ["Beck Youth Project"]
    assert found("Beck Arts Project", "LS12 1AA") == []
    assert found("Beck Yuoth Clbu", "LS12 1AA") == ["Beck Youth Club"]


@db
def test_five_at_most_the_likeliest_first() -> None:
    for number in range(8):
        on_the_list(f"Hyde Park Book Club {number}")
    on_the_list("Hyde Park Book Club")
    names = found("Hyde Park Book Club")
    assert len(names) == MOST
    assert names[0] == "Hyde Park Book Club"


@db
@pytest.mark.parametrize("state", ["draft", "submitted", "returned", "paused", "archived"])
def test_what_has_no_page_is_never_found(state: str) -> None:
    hidden = make_organisation("Holbeck Kitchen", postcode="LS8 4AA")
    make_identifier(hidden, scheme="GB-CHC", value="1090095")
    make_listing(hidden, state=state, submitted_at=timezone.now(), reference="L-22222")
    who = Who("Holbeck Kitchen", "LS8 4AA", "GB-CHC", "1090095")
    assert alike(who) == []
    assert with_number(who) is None


@db
def test_examples_are_nobody() -> None:
    example = on_the_list("Holbeck Kitchen", is_example=True)
    make_identifier(example, scheme="GB-CHC", value="1090095")
    assert found("Holbeck Kitchen") == []
    assert with_number(Who("x", "y", "GB-CHC", "1090095")) is None


@db
def test_a_number_is_found_in_its_own_register_alone() -> None:
    kitchen = on_the_list("Holbeck Kitchen")
    make_identifier(kitchen, scheme="GB-CHC", value="1090095")
    assert with_number(Who("Other", "", "GB-CHC", "1090095")) == kitchen
    assert with_number(Who("Other", "", "GB-COH", "1090095")) is None
    assert with_number(Who("Other", "")) is None


@db
def test_one_query_however_many_are_alike(
    no_lazy_loading: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(20):
        on_the_list(f"Beck Choir {number}")
    with django_assert_num_queries(1):
        rows = alike(Who("Beck Choir", "LS8 4AA"))
        assert [row.ward for row in rows] == [None] * MOST


def test_letters_are_compared_as_the_database_does() -> None:
    assert similarity("beck", "beck") == 1
    assert similarity("", "") == similarity("beck", "") == 0
    # SELECT similarity('holbeck kitchen', 'holbeck kitchin')
    assert round(similarity("holbeck kitchen", "holbeck kitchin"), 3) == 0.684
    assert compared("The Café & Co. Ltd") == "cafe and co"


@pytest.mark.data
@db
def test_names_of_a_real_register_are_found_with_slips_in_them() -> None:
    """Words left out, letters swapped or missing: of sixty, nearly all; and few strangers."""
    with real_register().open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["Name"].strip()]
    drawn = random.Random(7).sample(rows, 800)
    now = timezone.now()
    organisations = Organisation.objects.bulk_create(
        Organisation(name=" ".join(row["Name"].split())[:200], slug=f"row-{number}")
        for number, row in enumerate(drawn)
    )
    Listing.objects.bulk_create(
        Listing(
            organisation=row, title="x", slug="x", state="published", published_at=now,
            confirmed_at=now,
        )
        for row in organisations
    )  # fmt: skip
    asked = organisations[:60]
    slips = random.Random(11)
    hits = sum(row.name in found(_slip(compared(row.name), slips)) for row in asked)
    assert hits >= 57
    strangers = sum(any(other != row.name for other in found(compared(row.name))) for row in asked)
    assert strangers <= 20


def _slip(name: str, slips: random.Random) -> str:
    words = name.split()
    if len(words) > 3:
        words.pop(slips.randrange(len(words)))
        return " ".join(words)
    at = slips.randrange(1, max(2, len(name) - 1))
    return name[:at] + name[at + 1 :]
