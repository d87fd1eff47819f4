"""The search page, line by line as docs/design promises it."""

import datetime
import re
from copy import deepcopy

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from providers import listing_index
from providers.models import EmptySearch, Listing, Term
from providers.views import search as view
from tests.conftest import Cast
from tests.factories import (
    make_claim,
    make_listing,
    make_organisation,
    make_synonym,
    make_term,
    make_user,
)
from tests.providers.reading import map_points, words
from tests.providers.search_html import get
from tslsv.search import paging

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_lazy_loading")]

ALL = [
    "Armley Bowls", "Big hall", "Buffet lunches", "Celebration cakes", "Office cleaning", "Posters"
]  # fmt: skip


@pytest.fixture
def cast(lasting_cast: Cast, db: None) -> Cast:
    return deepcopy(lasting_cast)


def many(number: int, **fields: object) -> list[Listing]:
    """Listings with names in order, in the index."""
    organisation = make_organisation("Many")
    made = [make_listing(organisation, title=f"Offer {n:03}", **fields) for n in range(number)]
    listing_index.refresh(listing.pk for listing in made)
    return made


# -- 1. The address is the whole state --------------------------------------------------------


def test_it_starts_unfiltered(client: Client, cast: Cast) -> None:
    page = get(client)
    assert page.titles == ALL
    assert page.heading == "6 offers from 5 providers"
    assert page.chosen == set()
    assert page.chips == {}


def test_nothing_is_remembered_from_one_visit_to_the_next(client: Client, cast: Cast) -> None:
    assert get(client, "category=catering&q=lunch").titles == [
        "Buffet lunches",
        "Celebration cakes",
    ]
    assert get(client).titles == ALL
    assert not client.cookies


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("q=cake&sector=third&price=ask", "price=ask&q=cake&sector=third"),
        ("category=catering&category=space-hire", "category=space-hire&category=catering"),
        ("sector=third&sector=private&near=LS8", "near=LS8&sector=private&sector=third"),
        ("sector=third", "sector=third&sector=third"),
        ("sector=third", "utm_source=mail&sector=third&q=&near="),
        ("sector=third", "sector=third&page=1"),
    ],
)
def test_the_same_parameters_in_any_order_give_the_same_page(
    client: Client, cast: Cast, one: str, other: str
) -> None:
    assert get(client, one).html == get(client, other).html


# -- 2. Apply without JavaScript --------------------------------------------------------------


def test_every_filter_belongs_to_the_one_form_and_none_keeps_the_page(
    client: Client, cast: Cast
) -> None:
    many(45)
    html = get(client, "page=2").html
    (form,) = re.findall(r'<form id="find"[^>]*>.*?</form>', html, re.DOTALL)
    assert 'action="/providers/"' in form
    assert "method=" not in form
    inside = set(re.findall(r' name="(\w+)"', form))
    # The other form asks what to do with results that were chosen, and knows no filter.
    (chosen,) = re.findall(r'<form id="chosen"[^>]*>.*?</form>', html, re.DOTALL)
    html = html.replace(chosen, "")
    assert set(re.findall(r'name="(\w+)"[^>]* form="chosen"', html)) == {"listing"}
    html = re.sub(r'<input[^>]* form="chosen">', "", html)
    outside = re.findall(r"<(?:input|select|button)\b[^>]*>", html.replace(form, ""))
    assert len(outside) > 100
    for tag in outside:
        assert ' form="find"' in tag
    names = inside | set(re.findall(r' name="(\w+)"', " ".join(outside)))
    assert names == {
        "q", "near", "sort", "within", "capacity", "notice", "checked", "category", "sector",
        "ward", "delivers_to", "price", "pay", "ethos", "edi_led", "edi_serves", "accreditation",
        "access", "legal_form", "origin",
    }  # fmt: skip
    assert "Apply filters" in html


# -- 3. OR inside a facet, AND across, live counts --------------------------------------------


def test_or_inside_a_facet_and_across_facets(client: Client, cast: Cast) -> None:
    assert get(client, "price=free&price=low").titles == ["Big hall", "Buffet lunches"]
    assert get(client, "price=free&price=low&pay=po").titles == ["Buffet lunches"]


def test_counts_say_what_choosing_an_option_as_well_would_give(client: Client, cast: Cast) -> None:
    page = get(client, "sector=third")
    assert page.counts["sector", "third"] == 3
    assert page.counts["sector", "private"] == 1  # the facet's own choice is left out
    assert page.counts["sector", "public"] == 0
    assert page.counts["price", "free"] == 1
    assert page.counts["price", "medium"] == 0  # Posters are not third sector
    assert page.counts["category", "catering"] == 2
    assert page.counts["delivers_to", "E05011385"] == 2  # cakes to Armley, buffets everywhere


def test_options_never_vanish_and_zero_is_shown(client: Client, cast: Cast) -> None:
    everything = get(client)
    narrow = get(client, "q=cake&price=free&notice=0")
    assert everything.counts.keys() == narrow.counts.keys()
    assert set(narrow.counts.values()) <= {0, 1}
    terms = Term.objects.filter(active=True).count()
    assert len(everything.counts) == terms + 2 * 33 + 3 + 14 + 5 + 3 + 3


def test_options_are_checkboxes_and_links_are_for_chips_only(client: Client, cast: Cast) -> None:
    """Robots find no endless space: the panel leads nowhere but to explanations."""
    page = get(client, "sector=third")
    panel = page.html[page.html.index('class="filters"') : page.html.index('id="results"')]
    links = set(re.findall(r'href="([^"]*)"', panel))
    assert links == {"/proof/", "/providers/", "/providers/words/"}


def test_retired_terms_are_not_offered(client: Client, cast: Cast) -> None:
    Term.objects.filter(facet="ethos", code="plastic-free").update(active=False)
    listing_index.touch()
    assert ("ethos", "plastic-free") not in get(client).counts


# -- 4. Chips ---------------------------------------------------------------------------------


def test_each_chip_removes_one_filter(client: Client, cast: Cast) -> None:
    query = (
        "q=cake&near=LS8&within=5&category=catering&category=halls&price=ask&notice=9&capacity=2"
        "&checked=1&sort=name&page=1"
    )
    page = get(client, query)
    assert set(page.chips) == {
        "‘cake’", "Within 5 miles of LS8", "Near LS8", "Catering", "Halls",
        "Price: Ask for a price", "9 days’ notice at most", "Room for 2", "Checked claims only",
    }  # fmt: skip
    assert page.chips["Halls"] == (
        "/providers/?q=cake&near=LS8&within=5&notice=9&capacity=2&checked=1&sort=name"
        "&category=catering&price=ask"
    )
    assert "within" not in page.chips["Near LS8"]
    for label, url in page.chips.items():
        left = get(client, url.partition("?")[2])
        assert label not in left.chips
        gone = {"Near LS8", "Within 5 miles of LS8"} if label == "Near LS8" else {label}
        assert set(page.chips) - gone == set(left.chips)


def test_clear_all_and_the_last_chip_lead_to_the_bare_address(client: Client, cast: Cast) -> None:
    page = get(client, "sector=third")
    assert page.chips == {"Third sector": "/providers/"}
    assert re.findall(r'href="([^"]*)">Clear all</a>', page.html) == ["/providers/"] * 2


def test_chosen_values_stay_in_the_panel(client: Client, cast: Cast) -> None:
    page = get(client, "q=cake&near=LS8&category=catering&sector=third&checked=1&capacity=12")
    assert page.chosen == {("category", "catering"), ("sector", "third"), ("checked", "1")}
    assert page.typed("q") == "cake"
    assert page.typed("near") == "LS8"
    assert page.typed("capacity") == "12"


def test_a_chosen_value_is_never_folded_away(client: Client, cast: Cast) -> None:
    html = get(client, "ethos=second-chances").html
    (facet,) = re.findall(
        r'<fieldset class="facet" data-facet="ethos".*?</fieldset>', html, re.DOTALL
    )
    assert re.search(r'<details class="more"[^>]* open>', facet)


# -- 5. Every attribute of a card; levels of claims -------------------------------------------


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("category=buffet-lunches", ["Buffet lunches"]),
        ("category=catering", ["Buffet lunches", "Celebration cakes"]),
        ("sector=private", ["Posters"]),
        ("legal_form=society", ["Armley Bowls"]),
        ("ward=E05012647", ["Buffet lunches", "Celebration cakes"]),
        ("delivers_to=E05011385", ["Buffet lunches", "Celebration cakes"]),
        ("delivers_to=E05011386", ALL),  # no such ward: an error, and the rest
        ("price=medium", ["Posters"]),
        ("pay=card", ["Office cleaning"]),
        ("notice=2", ["Buffet lunches", "Posters"]),
        ("notice=1", ["Posters"]),
        ("capacity=61", ["Big hall"]),
        ("capacity=60", ["Big hall", "Buffet lunches"]),
        ("ethos=living-wage", ["Big hall", "Buffet lunches", "Celebration cakes"]),
        ("edi_led=women", ["Buffet lunches", "Celebration cakes"]),
        ("access=step-free-entrance", ["Big hall"]),
        ("origin=register", ["Armley Bowls"]),
    ],
)
def test_every_attribute_can_be_filtered_by(
    client: Client, cast: Cast, query: str, titles: list[str]
) -> None:
    assert get(client, query).titles == titles


def test_levels_of_claims_stand_beside_the_tags(client: Client, cast: Cast) -> None:
    page = get(client)
    assert "Living wage checked" in page.result("Buffet lunches")
    assert "Led by women declared" in page.result("Buffet lunches")
    assert "Living wage evidenced" in page.result("Big hall")


def test_checked_only_narrows_claims_and_their_counts(client: Client, cast: Cast) -> None:
    page = get(client, "ethos=living-wage&checked=1")
    assert page.titles == ["Buffet lunches", "Celebration cakes"]
    assert page.counts["ethos", "living-wage"] == 2
    assert page.counts["edi_led", "women"] == 0
    # On its own it filters nothing: it says which claims count.
    alone = get(client, "checked=1")
    assert alone.titles == ALL
    assert alone.counts["ethos", "living-wage"] == 2
    assert get(client).counts["ethos", "living-wage"] == 3


def test_a_tag_whose_claim_ran_out_is_not_shown(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = timezone.localdate()
    make_claim(cast.hall, make_term("accreditation", "soon", "Gone soon"), valid_to=today)
    listing_index.refresh([cast.big_hall.pk])
    listing_index.touch()
    assert "Gone soon" in get(client).result("Big hall")
    tomorrow = today + datetime.timedelta(days=1)
    monkeypatch.setattr(
        timezone, "localdate", lambda at=None: tomorrow if at is None else at.date()
    )
    assert "Gone soon" not in get(client).result("Big hall")


def test_a_listing_that_time_hid_is_not_shown_before_the_daily_work(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = timezone.localdate() + datetime.timedelta(days=80)
    monkeypatch.setattr(timezone, "localdate", lambda at=None: later if at is None else at.date())
    assert "Posters" not in get(client).titles


# -- 6. Heading and title ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "heading"),
    [
        ("q=lunch", "2 offers from 1 provider for ‘lunch’"),
        ("q=posters", "1 offer from 1 provider for ‘posters’"),
        ("q=posters&pay=card", "0 offers for ‘posters’"),
        ("near=LS8", "6 offers from 5 providers near LS8"),
        (
            "q=lunch&near=LS8&within=2",
            "2 offers from 1 provider for ‘lunch’ within 2 miles of LS8, or delivering there",
        ),
        ("category=halls", "1 offer from 1 provider in Halls"),
    ],
)
def test_the_heading_states_counts_and_query(
    client: Client, cast: Cast, query: str, heading: str
) -> None:
    found = get(client, query).heading
    if "within 2 miles" in heading:
        # The cakes go to Armley alone.
        heading = heading.replace("2 offers", "1 offer")
    assert found == heading


def test_the_title_changes_with_query_and_page(client: Client, cast: Cast) -> None:
    many(30)
    titles = [
        get(client, query).title
        for query in ("", "page=2", "q=offer", "q=offer&page=2", "near=LS8", "q=offer&capacity=x")
    ]
    assert len(set(titles)) == 6
    assert titles[1] == "36 offers, page 2 of 2 – Leeds Social Value"
    assert titles[3] == "30 offers for ‘offer’, page 2 of 2 – Leeds Social Value"
    assert titles[5].startswith("Error: ")


# -- 7. No results ----------------------------------------------------------------------------


def test_no_results_offers_to_remove_each_filter_with_its_count(
    client: Client, cast: Cast, settings: Settings
) -> None:
    settings.SUPPORT_EMAIL = "help@example.org"
    page = get(client, "q=posters&price=free&sector=private")
    assert page.titles == []
    text = words(page.html)
    assert "Nothing on the list matches ‘posters’ with these filters." in text
    offers = re.findall(r'<li><a href="([^"]*)">Leave out (.*?)</a>.*?gives (\d+) offer', page.html)
    assert {(name, int(count)) for _, name, count in offers} == {
        ("‘posters’", 0), ("Price: Free", 1), ("Private", 0)
    }  # fmt: skip
    for url, _, count in offers:
        assert len(get(client, url.replace("&amp;", "&").partition("?")[2]).titles) == int(count)
    assert 'href="mailto:help@example.org"' in page.html


def test_a_slip_is_corrected_and_said(client: Client, cast: Cast) -> None:
    page = get(client, "q=celebrashun+cakes")
    assert page.titles == ["Celebration cakes"]
    assert "Nothing here has ‘celebrashun’ , so these results are for ‘celebration’ ." in words(
        page.html
    )
    assert page.heading == "1 offer from 1 provider for ‘celebration cakes’"


def test_words_that_find_nothing_are_counted(client: Client, cast: Cast) -> None:
    for query in ("q=Xylophone++Quintet", "q=xylophone+quintet&sector=third", "q=posters"):
        get(client, query)
    assert list(EmptySearch.objects.values_list("words", "times")) == [("xylophone quintet", 2)]


@pytest.mark.parametrize(
    "typed",
    [
        "jo@example.org xylophone", "jo＠example.org", "0113 496 0123 xyl", "+44 113 4960123 xyl",
        "xyl 12345678", "0113-496-0123 xyl", "0113.496.0123 xyl", "(0113) 4960123 xyl",
        "xyl 0113/496/0123", "x" * 101,
    ],
)  # fmt: skip
def test_words_that_may_be_personal_are_never_kept(client: Client, cast: Cast, typed: str) -> None:
    page = get(client, {"q": typed})
    assert page.titles == []
    assert not EmptySearch.objects.exists()


def test_nothing_but_words_and_days_is_kept_of_an_empty_search() -> None:
    names = {field.name for field in EmptySearch._meta.get_fields()}
    assert names == {"id", "words", "times", "first_on", "last_on"}


# -- 8. Sort ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "order", "offered"),
    [
        ("", "Name", ["Name", "Recently confirmed"]),
        ("q=lunch", "Relevance", ["Relevance", "Name", "Recently confirmed"]),
        ("near=LS8", "Nearest", ["Nearest", "Name", "Recently confirmed"]),
        (
            "q=lunch&near=LS8",
            "Relevance",
            ["Relevance", "Nearest", "Name", "Recently confirmed"],
        ),
        ("q=lunch&near=LS8&sort=distance", "Nearest", None),
        ("q=lunch&sort=name", "Name", None),
        ("sort=confirmed", "Recently confirmed", None),
        ("sort=distance", "Name", None),
        ("sort=relevance", "Name", None),
    ],
)
def test_the_order_in_force(
    client: Client, cast: Cast, query: str, order: str, offered: list[str] | None
) -> None:
    page = get(client, query)
    assert page.order == order
    assert offered is None or page.orders == offered


def test_nearest_first_has_no_cut_off_and_unknown_places_come_last(
    client: Client, cast: Cast
) -> None:
    page = get(client, "near=LS11+9")
    assert page.titles == [
        "Buffet lunches", "Celebration cakes", "Posters", "Big hall", "Office cleaning",
        "Armley Bowls",
    ]  # fmt: skip
    assert "less than 0.1 miles" in page.result("Buffet lunches")
    assert " miles" not in page.result("Armley Bowls")


def test_within_means_at_most_so_far_or_delivering_there(client: Client, cast: Cast) -> None:
    # Roundhay: the cleaners are there, and the buffets go everywhere.
    page = get(client, "near=LS8+4&within=1")
    assert page.titles == ["Office cleaning", "Buffet lunches"]
    # Armley: only the cakes and buffets go there.
    assert get(client, "near=LS12+2&within=0.5").titles == ["Buffet lunches", "Celebration cakes"]


def test_recently_confirmed_first_and_register_entries_last(client: Client, cast: Cast) -> None:
    titles = get(client, "sort=confirmed").titles
    assert titles[-2:] == ["Posters", "Armley Bowls"]


# -- 9. Bad values ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "field", "part"),
    [
        ("capacity=lots", "capacity", "from 1 to"),
        ("capacity=0", "capacity", "from 1 to"),
        ("capacity=-3", "capacity", "from 1 to"),
        ("capacity=1e99", "capacity", "from 1 to"),
        ("notice=-1", "notice", "from 0 to"),
        ("notice=366", "notice", "from 0 to"),
        ("near=LS8&within=x", "within", "number of miles"),
        ("near=LS8&within=-2", "within", "number of miles"),
        ("near=LS8&within=NaN", "within", "number of miles"),
        ("within=2", "within", "near which postcode"),
        ("near=Atlantis", "near", "Enter a postcode"),
        ("near=ZE1+0AA", "near", "do not know where"),
        ("near=LS8%00", "near", ""),
        ("sort=size", "sort", "one of the orders"),
        ("checked=yes", "checked", "“Checked only” is 1 or nothing"),
        ("category=nope", "category", "“nope” is not one of the choices"),
        ("category=nope&category=catering", "category", "“nope” is not one of the choices"),
        ("ethos=a&ethos=b&ethos=living-wage", "ethos", "“a” is not one of the choices"),
        ("q=" + "a" * 201, "q", "at most 200 characters"),
    ],
)
def test_a_bad_value_has_an_error_beside_its_field_and_keeps_the_rest(
    client: Client, cast: Cast, query: str, field: str, part: str
) -> None:
    page = get(client, f"{query}&price=low")
    assert page.status == 200
    assert list(page.errors) == [field]
    assert part in page.errors[field]
    assert "Price: Low" in page.chips
    assert page.titles in (["Buffet lunches"], [])
    assert page.title.startswith("Error: ")
    # The message is tied to the field, and the summary leads to it.
    ident = field if field in ("q", "near", "sort") else f"find-{field}"
    assert f'id="{ident}-error"' in page.html


def test_good_values_of_a_facet_are_kept_beside_bad_ones(client: Client, cast: Cast) -> None:
    page = get(client, "category=nope&category=catering")
    assert page.titles == ["Buffet lunches", "Celebration cakes"]
    assert ("category", "catering") in page.chosen


@pytest.mark.parametrize("miles", ["0.1", "0.5", "2.25", "500"])
def test_distances_within_the_limits_are_accepted(client: Client, cast: Cast, miles: str) -> None:
    page = get(client, f"near=LS8&within={miles}")
    assert page.errors == {}
    assert f"Within {float(miles):g} miles of LS8" in page.chips


def test_what_was_typed_stands_in_the_field_again(client: Client, cast: Cast) -> None:
    page = get(client, "capacity=lots&near=Atlantis&q=cake")
    assert (page.typed("capacity"), page.typed("near"), page.typed("q")) == (
        "lots", "Atlantis", "cake"
    )  # fmt: skip


@pytest.mark.parametrize("number", ["2", "7", "999999999"])
def test_a_page_past_the_end_is_not_found(client: Client, cast: Cast, number: str) -> None:
    assert get(client, f"page={number}").status == 404


def test_the_first_page_of_no_results_is_found(client: Client, cast: Cast) -> None:
    assert get(client, "q=xylophone&page=1").status == 200


HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


@pytest.mark.parametrize("name", ["q", "near", "within", "category", "sort", "capacity", "checked"])
def test_a_script_in_a_parameter_is_inert(client: Client, cast: Cast, name: str) -> None:
    for path in ("/providers/", "/providers/map/"):
        page = get(client, {name: HOSTILE}, path)
        assert "<script>alert" not in page.html
        assert "<img" not in page.html


def test_a_script_in_a_listing_is_inert(client: Client, cast: Cast) -> None:
    Listing.objects.filter(pk=cast.posters.pk).update(
        title=HOSTILE, summary=HOSTILE, description=HOSTILE
    )
    cast.printers.name = HOSTILE
    cast.printers.save()
    term = make_term("accreditation", "evil", HOSTILE, description=HOSTILE)
    make_claim(cast.printers, term)
    listing_index.refresh([cast.posters.pk])
    listing_index.touch()
    for path in ("/providers/", "/providers/map/"):
        page = get(client, {"accreditation": "evil"}, path)
        assert page.titles == [HOSTILE]
        assert "<script>alert" not in page.html
        assert "<img" not in page.html
        for point in map_points(page.html):
            assert point["label"] == f"{HOSTILE}, {HOSTILE}"
    assert len(map_points(get(client, {"accreditation": "evil"}, "/providers/map/").html)) == 1


# -- 10. Landmarks and robots -----------------------------------------------------------------


def test_results_are_a_landmark_with_a_skip_link(client: Client, cast: Cast) -> None:
    html = get(client).html
    assert '<a class="skip" href="#results">Skip to results</a>' in html
    assert re.search(r'<section id="results"[^>]* aria-label="Results" tabindex="-1"', html)
    assert html.index('href="#results"') < html.index("<header")


@pytest.mark.parametrize(
    ("query", "path", "indexable"),
    [
        ("", "/providers/", True),
        ("utm_source=x", "/providers/", True),
        ("q=", "/providers/", True),
        ("q=cake", "/providers/", False),
        ("category=catering", "/providers/", False),
        ("page=2", "/providers/", False),
        ("sort=name", "/providers/", False),
        ("", "/providers/map/", False),
    ],
)
def test_filtered_and_paged_addresses_are_not_for_robots(
    client: Client, cast: Cast, query: str, path: str, indexable: bool
) -> None:
    many(20)
    html = get(client, query, path).html
    assert ('<meta name="robots" content="noindex">' in html) is not indexable
    assert '<link rel="canonical" href="http://testserver/providers/">' in html


@pytest.mark.parametrize(
    "query", ["", "q=cake&near=LS8&within=1&capacity=x&category=nope", "q=xyzzy"]
)
@pytest.mark.parametrize("path", ["/providers/", "/providers/map/"])
def test_ids_are_unique_and_named_ones_exist(
    client: Client, cast: Cast, query: str, path: str
) -> None:
    page = get(client, query, path)
    doubles = {ident for ident in page.ids if page.ids.count(ident) > 1}
    assert doubles == set()
    named = re.findall(r' (?:for|aria-labelledby|form)="([^"]*)"', page.html)
    named += re.findall(r' href="#([^"]+)"', page.html)
    named += " ".join(re.findall(r' aria-describedby="([^"]*)"', page.html)).split()
    assert len(named) > 100
    assert set(named) <= set(page.ids)


# -- 11. Partial answers ----------------------------------------------------------------------

HTMX = {"HX-Request": "true", "HX-Target": "found"}


def test_a_script_gets_the_results_alone(client: Client, cast: Cast) -> None:
    whole, part = get(client, "q=cake"), get(client, "q=cake", headers=HTMX)
    assert "<html" not in part.html
    assert "<head" not in part.html
    assert re.match(r'\s*<div class="[^"]*" id="found"', part.html)
    assert part.html.strip() in whole.html
    assert part.titles == whole.titles


def test_going_back_gets_the_whole_page(client: Client, cast: Cast) -> None:
    back = get(client, "q=cake", headers={**HTMX, "HX-History-Restore-Request": "true"})
    assert "<html" in back.html


@pytest.mark.parametrize("headers", [{}, HTMX, {"HX-Request": "true"}])
def test_caches_keep_whole_and_partial_answers_apart(
    client: Client, cast: Cast, headers: dict[str, str]
) -> None:
    page = get(client, "q=cake", headers=headers)
    vary = {name.strip() for name in page.headers["Vary"].split(",")}
    assert {"HX-Request", "Cookie"} <= vary
    assert "no-cache" in page.headers["Cache-Control"]


def test_whole_and_partial_answers_never_share_a_tag(client: Client, cast: Cast) -> None:
    tags = [
        get(client, "q=cake", headers=headers).headers["ETag"]
        for headers in ({}, HTMX, {"HX-Request": "true"})
    ]
    assert tags[0] != tags[1]
    assert tags[0] != tags[2]


def test_links_to_csv_feed_and_map_keep_the_view(client: Client, cast: Cast) -> None:
    html = get(client, "sector=third&q=cake&page=1&junk=1").html
    for path in ("/providers/map/", "/providers/results.csv", "/providers/results.atom"):
        assert f'href="{path}?q=cake&amp;sector=third"' in html


@pytest.mark.parametrize(
    "query",
    ["q=cake&q=", "q=&q=cake", "near=LS8&near=", "sort=name&sort=confirmed", "sort=name&sort="],
)
def test_of_a_parameter_given_twice_the_page_and_its_links_use_the_same(
    client: Client, cast: Cast, query: str
) -> None:
    page = get(client, query)
    found = re.search(r'href="/providers/results\.csv\??([^"]*)"', page.html)
    assert found
    again = get(client, found[1].replace("&amp;", "&"))
    assert (again.titles, again.heading, again.order) == (page.titles, page.heading, page.order)


# -- 12. On a phone, and the map --------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "summary"),
    [
        ("", "Filters"),
        ("q=cake&near=LS8", "Filters"),
        ("sector=third&price=ask", "Filters (2)"),
        ("near=LS8&within=2&capacity=3&notice=0&checked=1", "Filters (4)"),
        ("sector=nope&capacity=x", "Filters"),
    ],
)
def test_filters_fold_and_say_how_many_are_in_use(
    client: Client, cast: Cast, query: str, summary: str
) -> None:
    html = get(client, query).html
    (found,) = re.findall(r'<details class="filters".*?<summary>(.*?)</summary>', html, re.DOTALL)
    assert found == summary


def test_the_list_under_the_map_is_complete(client: Client, cast: Cast) -> None:
    page = get(client, "near=LS8", "/providers/map/")
    assert page.titles == get(client, "near=LS8").titles
    assert page.html.count('class="result__n"') == 6
    points = map_points(page.html)
    assert [point["n"] for point in points] == [1, 2, 3, 4, 5]  # one has no place
    assert all(point["url"] in page.urls for point in points)


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_every_page_of_the_map_has_its_results(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """Beyond the points that fit on the map, too."""
    monkeypatch.setattr(view, "MAP_POINTS", 40)
    many(60)
    page = get(client, f"page={number}", "/providers/map/")
    assert page.status == 200
    assert page.titles == get(client, f"page={number}").titles
    assert len(page.titles) == (20 if number < 4 else 6)
    first = (number - 1) * 20 + 1
    assert f"Showing {first} to {first + len(page.titles) - 1} of 66." in page.html
    numbers = [int(n) for n in re.findall(r'class="result__n">(\d+)<', page.html)]
    assert numbers == list(range(first, first + len(page.titles)))


def test_the_map_numbers_points_as_the_list_does(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    many_at = make_organisation("Many", public_latitude=53.8, public_longitude=-1.5)
    made = [make_listing(many_at, title=f"Offer {n:03}") for n in range(60)]
    listing_index.refresh(listing.pk for listing in made)
    for points, number in ((300, 1), (300, 3), (40, 1), (40, 2), (40, 3)):
        monkeypatch.setattr(view, "MAP_POINTS", points)
        page = get(client, f"q=offer&sort=name&page={number}", "/providers/map/")
        numbered = {p["n"]: p["label"] for p in map_points(page.html) if p["n"]}
        first = (number - 1) * 20 + 1
        assert numbered == {
            first + place: f"{title}, Many" for place, title in enumerate(page.titles)
        }
        assert len(page.titles) == 20


# -- What else a result says ------------------------------------------------------------------


def test_the_example_strip_is_shown_exactly_where_an_example_is(client: Client, cast: Cast) -> None:
    strip = "Example data"
    assert strip in get(client).html
    assert strip in get(client, "q=cleaning").html
    assert strip not in get(client, "q=posters").html
    assert strip not in get(client, "q=xyzzy").html
    assert "Example" in get(client).result("Office cleaning")
    assert "Example" not in get(client).result("Posters")


def test_a_register_entry_says_so_and_nothing_of_its_age(client: Client, cast: Cast) -> None:
    page = get(client)
    entry = page.result("Armley Bowls")
    assert "From a public register, not yet confirmed" in entry
    assert "Confirmed" not in entry
    assert "Not confirmed lately" not in entry
    assert "From a public register" not in page.result("Posters")


def test_a_listing_nobody_confirmed_for_nine_months_says_so(client: Client, cast: Cast) -> None:
    page = get(client)
    assert "Not confirmed lately" in page.result("Posters")
    assert "Not confirmed lately" not in page.result("Big hall")


def test_nothing_private_is_on_the_page(client: Client, cast: Cast) -> None:
    for path in ("/providers/", "/providers/map/"):
        html = get(client, "near=LS11+9", path).html
        assert "Secret Yard" not in html
        assert "LS11 9AA" not in html
        assert "53.78812" not in html


# -- What it costs ----------------------------------------------------------------------------

COSTS = {
    "nothing": "",
    "a value": "category=catering",
    "words": "q=offer",
    "a phrase": 'q="our+offer"',
    "a loaded postcode": "near=LS8+4AA",
    "a district": "near=LS8",
    "a circle": "near=LS8+4AA&within=2",
    "room": "capacity=13",
    "everything": "near=LS8+4AA&within=5&q=offer&capacity=13&notice=8&sector=third&checked=1"
    "&ethos=living-wage&price=ask&delivers_to=E05011411&sort=distance",
    "by relevance, near": "near=LS8+4AA&q=offer&sort=relevance&capacity=13",
    "recently confirmed": "sort=confirmed&q=offer&notice=8",
    "a bad value": "capacity=x&near=nowhere&category=nope",
}


def statements(client: Client, query: str, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert get(client, query, path).status == 200
    return len(queries)


@pytest.fixture
def costly(cast: Cast, loaded_postcode: str) -> Cast:
    kitchen = cast.kitchen
    made = [
        make_listing(
            kitchen, title=f"Offer {n:03}", summary="It is our offer.", delivery="leeds",
            capacity=50, notice_days=4,
        )
        for n in range(25)
    ]  # fmt: skip
    listing_index.refresh(listing.pk for listing in made)
    listing_index.rebuild()
    return cast


@pytest.mark.parametrize("name", COSTS)
@pytest.mark.parametrize("path", ["/providers/", "/providers/map/"])
def test_four_statements_at_most(client: Client, costly: Cast, name: str, path: str) -> None:
    get(client, "near=LS8")  # what each process reads once
    assert 0 < statements(client, COSTS[name], path) <= 4


@pytest.mark.parametrize("walking", [False, True])
def test_four_statements_on_the_last_page_of_nearest_first(
    client: Client, costly: Cast, monkeypatch: pytest.MonkeyPatch, walking: bool
) -> None:
    """Where some results have no place, and so come after the nearest."""
    if walking:
        monkeypatch.setattr(paging, "walking_pays", lambda tally, wanted: True)
    nowhere = make_listing(title="Offer from nowhere")
    listing_index.refresh([nowhere.pk])
    get(client, "near=LS8")
    query = "near=LS8+4AA&q=offer&sort=distance&page=2"
    assert get(client, query).titles[-1] == "Offer from nowhere"
    assert statements(client, query, "/providers/") <= 4


def test_as_many_statements_for_twenty_results_as_for_one(client: Client, costly: Cast) -> None:
    get(client, "near=LS8")
    one, twenty = "q=posters&near=LS8+4AA", "q=offer&near=LS8+4AA"
    assert len(get(client, one).titles) == 1
    assert len(get(client, twenty).titles) == 20
    assert statements(client, one, "/providers/") == statements(client, twenty, "/providers/")


def test_an_empty_result_costs_a_count_for_each_filter(client: Client, costly: Cast) -> None:
    get(client, "near=LS8")
    assert statements(client, "q=posters&price=free&pay=card&near=LS8", "/providers/") <= 4 + 3 + 3


# -- Answers that have not changed ------------------------------------------------------------


def test_an_unchanged_view_is_answered_without_looking(client: Client, cast: Cast) -> None:
    page = get(client, "q=cake")
    tag = page.headers["ETag"]
    with CaptureQueriesContext(connection) as queries:
        response = client.get("/providers/?q=cake", headers={"If-None-Match": tag})
    assert response.status_code == 304
    assert response.content == b""
    assert response["ETag"] == tag
    assert "HX-Request" in response["Vary"]
    assert len(queries) == 1


def test_a_saved_listing_changes_every_tag(client: Client, cast: Cast) -> None:
    tag = get(client, "q=cake").headers["ETag"]
    cast.cakes.title = "Wedding cakes"
    cast.cakes.save()
    listing_index.refresh([cast.cakes.pk])
    response = client.get("/providers/?q=cake", headers={"If-None-Match": tag})
    assert response.status_code == 200
    assert response["ETag"] != tag
    assert "Wedding cakes" in response.text


def test_a_changed_word_of_the_vocabulary_changes_every_tag(client: Client, cast: Cast) -> None:
    tag = get(client).headers["ETag"]
    Term.objects.filter(facet="ethos", code="living-wage").update(label="A living wage")
    listing_index.touch()
    page = get(client, headers={"If-None-Match": tag})
    assert page.status == 200
    assert "A living wage" in page.html


def test_a_new_day_and_a_new_program_change_every_tag(
    client: Client, cast: Cast, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    tag = get(client).headers["ETag"]
    settings.BUILD = "another"
    built = get(client, headers={"If-None-Match": tag})
    assert built.status == 200
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    monkeypatch.setattr(
        timezone, "localdate", lambda at=None: tomorrow if at is None else at.date()
    )
    later = get(client, headers={"If-None-Match": built.headers["ETag"]})
    assert later.status == 200


def test_somebody_signed_in_gets_no_tag(client: Client, cast: Cast) -> None:
    client.force_login(make_user())
    page = get(client)
    assert "ETag" not in page.headers
    assert "private" in page.headers["Cache-Control"]


def test_a_loaded_synonym_works_at_once(client: Client, cast: Cast) -> None:
    assert get(client, "q=nosh").titles == []
    make_synonym("nosh", Term.objects.get(facet="category", code="catering"))
    assert get(client, "q=nosh").titles == ["Buffet lunches", "Celebration cakes"]


def test_only_reading_is_allowed(client: Client) -> None:
    for path in ("", "map/", "results.csv", "results.atom"):
        assert client.post(f"/providers/{path}").status_code == 405
        assert client.head(f"/providers/{path}").status_code == 200


def test_pages_are_linked(client: Client, cast: Cast) -> None:
    many(50)
    page = get(client, "sort=name&page=2")
    assert page.titles == [f"Offer {n:03}" for n in range(16, 36)]
    assert 'rel="prev"' in page.html
    assert '<a href="/providers/?sort=name&amp;page=3" rel="next">' in page.html
    assert '<a href="/providers/?sort=name" rel="prev">' in page.html
