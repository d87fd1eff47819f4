"""From an address's parameters to a question for the index, and to words for people."""

from copy import deepcopy
from dataclasses import replace

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from places import lookup
from places.models import PostcodeSector, Ward
from providers import listing_index
from providers.filters import ListingFilter, typed_unit
from providers.models import ListingIndexRow, ListingText
from providers.search import ListingSearch, etag, open_page
from providers.views.search import clean_query
from tests.conftest import Cast
from tests.factories import make_listing
from tslsv.search.versions import raise_version
from tslsv.ui.filtering import in_words, without

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_lazy_loading")]


@pytest.fixture
def cast(lasting_cast: Cast, db: None) -> Cast:
    return deepcopy(lasting_cast)


def asked(query: str) -> ListingSearch:
    data = QueryDict(query)
    return ListingSearch(data, open_page(data.get("near", "")))


def titles(query: str) -> list[str]:
    return [hit.card["title"] for hit in asked(query).find(page=1).hits]


# -- Reading parameters -----------------------------------------------------------------------


def test_every_facet_of_the_filter_is_in_the_index() -> None:
    assert set(ListingFilter.FACETS) <= set(listing_index.FACETS)
    assert set(ListingFilter.FACETS) < set(ListingFilter.base_filters)


def test_nothing_asked_is_everything(cast: Cast) -> None:
    search = asked("")
    assert not search.errors
    assert dict(search.search.choices) == {}
    assert search.search.circle is None
    assert search.find(page=1).total == 6


def test_checked_only_asks_the_checked_facets(cast: Cast) -> None:
    search = asked("ethos=living-wage&sector=third&checked=1").search
    assert dict(search.choices) == {"ethos@checked": ["living-wage"], "sector": ["third"]}
    assert "ethos@checked" in search.counted
    assert "ethos" not in search.counted


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("  lunch   box ", "lunch box"),
        ("lunch\u200bbox", "lunch box"),
        ("\u202elunch\u202c", "lunch"),
        ("\ufefflunch", "lunch"),
        ("lu\x00nch", "lu nch"),
        ("caf\u00e9", "café"),
    ],
)
def test_invisible_characters_are_taken_out_of_words(cast: Cast, typed: str, read: str) -> None:
    data = QueryDict(mutable=True)
    data["q"] = typed
    assert ListingSearch(data, open_page("")).text == read


@pytest.mark.parametrize("near", ["ls8 4aa", "LS84AA", " ls8-4aa ", "LS8  4AA"])
def test_a_loaded_postcode_is_found_however_it_is_written(
    cast: Cast, loaded_postcode: str, near: str
) -> None:
    search = asked(f"near={near}")
    assert search.place is not None
    assert (search.place.text, search.place.precision) == (loaded_postcode, "postcode")
    assert typed_unit(near) == loaded_postcode


@pytest.mark.parametrize("near", ["LS8", "LS8 4", "", "nowhere", "x" * 5000])
def test_only_a_whole_postcode_is_looked_up(near: str) -> None:
    assert typed_unit(near) is None


def test_a_postcode_that_is_not_loaded_is_measured_from_its_sector(cast: Cast) -> None:
    place = asked("near=LS8+4AB").place
    assert place is not None
    assert place.precision == "sector"


# -- "Within", or delivering there -------------------------------------------------------------


def test_the_ward_of_a_loaded_postcode_is_delivered_to(cast: Cast, loaded_postcode: str) -> None:
    circle = asked("near=LS8+4AA&within=1").search.circle
    assert circle is not None
    assert list(circle.or_values) == [("delivers_to", "E05011411")]


def test_without_outlines_the_likeliest_ward_is_delivered_to(cast: Cast) -> None:
    circle = asked("near=LS8+4&within=1").search.circle
    assert circle is not None
    sector = PostcodeSector.objects.get(code="LS8 4")
    assert list(circle.or_values) == [("delivers_to", sector.main_ward_id)]


def test_with_outlines_the_ward_around_the_point_is_delivered_to(cast: Cast) -> None:
    square = [[-1.6, 53.7], [-1.4, 53.7], [-1.4, 53.9], [-1.6, 53.9], [-1.6, 53.7]]
    Ward.objects.filter(name="Armley").update(outline={"type": "Polygon", "coordinates": [square]})
    lookup.forget()
    circle = asked("near=LS8+4&within=1").search.circle
    assert circle is not None
    assert list(circle.or_values) == [("delivers_to", "E05011385")]


def test_places_that_another_process_loaded_are_used_by_the_next_page(cast: Cast) -> None:
    near = "near=LS8+4&within=1"
    before = asked(near).place
    assert before is not None
    PostcodeSector.objects.filter(pk="LS8 4").update(latitude=53.9)
    raise_version(lookup.PLACES)
    now = asked(near).place
    assert now is not None
    assert before.point.latitude != 53.9
    assert now.point.latitude == 53.9


def test_a_place_far_from_every_ward_has_no_delivery(cast: Cast) -> None:
    PostcodeSector.objects.create(
        code="AB1 1", latitude=57.1, longitude=-2.1, postcodes_in_leeds=0, postcodes_all=5,
        postcodes_in_mean=5,
    )  # fmt: skip
    lookup.forget()
    search = asked("near=AB1+1&within=5")
    assert search.search.circle is not None
    assert list(search.search.circle.or_values) == []
    assert search.find(page=1).total == 0


def test_a_listing_delivered_there_counts_wherever_it_is(cast: Cast) -> None:
    far = make_listing(cast.bowls, title="From afar", delivery="leeds")
    listing_index.refresh([far.pk])
    assert "From afar" in titles("near=LS8+4&within=0.5")
    # It has no place, so it comes last.
    assert titles("near=LS8+4&within=0.5")[-1] == "From afar"


# -- Synonyms and words -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=lunches", {"Buffet lunches", "Celebration cakes"}),
        ("q=venue", {"Big hall"}),
        ("q=step-free", {"Big hall"}),
        ("q=living+wage", {"Big hall", "Buffet lunches", "Celebration cakes"}),
        ("q=holbeck+cakes", {"Celebration cakes"}),
        ('q="stage+kitchen"', {"Big hall"}),
        ("q=kitchen+-stage", {"Buffet lunches", "Celebration cakes"}),
        ("q=posters+or+bowls", {"Posters", "Armley Bowls"}),
        ("q=BOWLS", {"Armley Bowls"}),
    ],
)
def test_words_find_what_people_mean(cast: Cast, query: str, expected: set[str]) -> None:
    assert set(titles(query)) == expected


def test_words_of_claims_and_categories_are_found(cast: Cast) -> None:
    assert ListingText.objects.count() == ListingIndexRow.objects.count() == 6
    assert set(titles("q=women")) == {"Buffet lunches", "Celebration cakes"}


# -- In words ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("items", "text"),
    [([], ""), (["a"], "a"), (["a", "b"], "a or b"), (["a", "b", "c"], "a, b or c")],
)
def test_lists_read_as_people_say_them(items: list[str], text: str) -> None:
    assert in_words(items) == text


names = st.sampled_from([*ListingFilter.base_filters, "page", "unknown"])
pairs = st.lists(st.tuples(names, st.text(max_size=5)), max_size=8)


def data_of(parameters: list[tuple[str, str]]) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, value in parameters:
        data.appendlist(name, value)
    return data


@given(pairs)
def test_a_clean_query_says_the_same_again(parameters: list[tuple[str, str]]) -> None:
    once = clean_query(data_of(parameters))
    assert clean_query(QueryDict(once)) == once
    assert "unknown" not in QueryDict(once)


@given(pairs)
def test_the_order_of_facets_does_not_matter(parameters: list[tuple[str, str]]) -> None:
    facets = [pair for pair in parameters if pair[0] in ListingFilter.FACETS]
    assert clean_query(data_of(facets)) == clean_query(data_of(facets[::-1]))


@given(pairs, names)
def test_removing_a_parameter_removes_it_alone(
    parameters: list[tuple[str, str]], name: str
) -> None:
    data = data_of(parameters)
    left = without(data, name)
    assert name not in left
    assert "page" not in left
    assert {key for key in data if key not in (name, "page")} == set(left)


def test_a_tag_changes_with_each_of_its_parts(cast: Cast) -> None:
    from datetime import date

    opening = open_page("")
    one = etag(opening, date(2026, 1, 1), "/a", "x")
    assert one == etag(opening, date(2026, 1, 1), "/a", "x")
    others = {
        etag(opening, date(2026, 1, 2), "/a", "x"),
        etag(opening, date(2026, 1, 1), "/b", "x"),
        etag(opening, date(2026, 1, 1), "/a", "y"),
        etag(opening, date(2026, 1, 1), "/\udcff", "x"),
        etag(replace(opening, places=opening.places + 1), date(2026, 1, 1), "/a", "x"),
    }
    assert len(others | {one}) == 6
    assert all(tag.startswith('W/"') for tag in others)
