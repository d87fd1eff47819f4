"""The page of one listing: what it says, what it never says, and what it costs."""

import datetime
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Organisation
from providers.models import Claim, Listing, Term
from providers.views.parts import notice_text, telephone_link, website_text
from tests.factories import (
    make_claim,
    make_former_slug,
    make_identifier,
    make_listing,
    make_organisation,
    make_register_entry,
    make_term,
    make_ward,
)
from tests.providers.reading import facts, map_points, structured, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_lazy_loading")]

EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\u2028&amp;\"'"
DAY = datetime.timedelta(days=1)


def page(client: Client, listing: Listing) -> str:
    response = client.get(listing.get_absolute_url())
    assert response.status_code == 200
    return response.text


def service(html: str) -> dict[str, Any]:
    """The listing itself among what the JSON-LD describes."""
    found: dict[str, Any] = structured(html)["@graph"][0]
    return found


# -- What it says -------------------------------------------------------------------------------


def test_page_says_everything_that_is_known(client: Client) -> None:
    ward = make_ward("Roundhay")
    organisation = make_organisation(
        "Thrupwell Kitchen CIC", sector="third", legal_form="cic", ward=ward, postcode="LS8 4AA",
        summary="A training kitchen since 2017.",
    )  # fmt: skip
    make_identifier(
        organisation, scheme="GB-COH", value="01234567", checked_on=datetime.date(2026, 11, 3)
    )
    parent = make_term(label="Catering", code="catering")
    listing = make_listing(
        organisation,
        title="Buffet lunches",
        summary="Hot and cold buffets.",
        description="Two mains.\n\nThree sides.",
        categories=[make_term(label="Hot meals", parent=parent)],
        access_features=[make_term("access", label="Step-free entrance")],
        pricing="priced", price_from="6.50", price_to="9", price_unit="head",
        notice_days=5, capacity=80, payment=["invoice", "po"],
        delivery="wards", delivery_wards=[make_ward("Moortown"), make_ward("Armley")],
        confirmed_at=datetime.datetime(2026, 11, 2, 12, tzinfo=datetime.UTC),
    )  # fmt: skip
    html = page(client, listing)
    assert facts(html) == {
        "Category": "Hot meals",
        "Price": "£6.50 to £9 a head",
        "Group size": "Up to 80 people",
        "Notice needed": "5 days",
        "Where": "Armley and Moortown",
        "How to pay": "Invoice or purchase order",
        "Access": "Step-free entrance",
        "Sector": "Third sector",
        "Legal form": "Community interest company (CIC)",
        "Company number": "01234567 checked on 3 November 2026",
        "Area": "LS8 4 (Roundhay ward)",
    }
    text = words(html)
    assert "Providers Catering Buffet lunches Hot and cold buffets." in text
    assert "Confirmed 2 November 2026" in text
    assert "<p>Two mains.</p>" in html
    assert "A training kitchen since 2017." in text
    assert f'href="{organisation.get_absolute_url()}"' in html
    assert f'href="{listing.get_absolute_url()}report/"' in html
    assert "<title>Buffet lunches, Thrupwell Kitchen CIC – Leeds Social Value</title>" in html
    assert html.count("<h1") == 1


def test_what_is_unknown_is_said_to_be_not_stated(client: Client) -> None:
    found = facts(page(client, make_listing()))
    assert {name for name, value in found.items() if value == "Not stated"} == {
        "Group size", "Notice needed", "How to pay", "Access", "Sector", "Legal form", "Area",
    }  # fmt: skip
    assert found["Price"] == "Ask for a price"
    assert found["Where"] == "At their address"


def test_nobody_stated_the_defaults_of_a_register_entry(client: Client) -> None:
    listing = make_listing(origin=Listing.Origin.REGISTER)
    make_register_entry(listing, source_name="The big register")
    html = page(client, listing)
    assert facts(html)["Price"] == facts(html)["Where"] == "Not stated"
    text = words(html)
    assert "From a public register, not yet confirmed by the provider." in text
    assert "The big register , 30 June 2023, Open Government Licence v3.0." in text
    assert 'href="https://register.example.org/"' in html
    assert f'href="{listing.organisation.get_absolute_url()}claim/"' in html
    assert "Confirmed " not in text


def test_claimed_listing_no_longer_speaks_of_the_register(client: Client) -> None:
    listing = make_listing()
    make_register_entry(listing, claimed_at=timezone.now())
    assert "public register" not in words(page(client, listing))


@pytest.mark.parametrize(
    ("days_ago", "badge", "notice"), [(0, False, False), (300, True, False), (400, True, True)]
)
def test_age_of_the_confirmation_is_said(
    client: Client, days_ago: int, badge: bool, notice: bool
) -> None:
    listing = make_listing(confirmed_at=timezone.now() - days_ago * DAY)
    text = words(page(client, listing))
    assert ("Not confirmed lately" in text) is badge
    assert ("no longer shows in search" in text) is notice


def test_old_register_entry_is_neither_stale_nor_hidden(client: Client) -> None:
    listing = make_listing(origin=Listing.Origin.REGISTER, confirmed_at=timezone.now() - 900 * DAY)
    text = words(page(client, listing))
    assert "Not confirmed lately" not in text
    assert "no longer shows" not in text


# -- Getting in touch ---------------------------------------------------------------------------


def test_listing_contact_goes_before_the_organisation(client: Client) -> None:
    organisation = make_organisation(
        email="all@example.org", phone="0113 496 0000", website="https://www.example.org/",
        contact_name="Ann Other",
    )  # fmt: skip
    html = page(client, make_listing(organisation, email="lunch@example.org"))
    assert 'href="mailto:lunch@example.org"' in html
    assert "all@example.org" not in html
    assert 'href="tel:+441134960000"' in html
    assert '<a href="https://www.example.org/" rel="noopener nofollow ugc">example.org</a>' in html
    # Ann answers the organisation's mail, not this one.
    assert "Ann Other" not in html
    assert "Ann Other" in page(client, make_listing(organisation))


def test_nothing_known_is_said_honestly(client: Client) -> None:
    assert "We know no telephone number, email address or website for" in words(
        page(client, make_listing())
    )


def test_only_web_addresses_become_links(client: Client) -> None:
    organisation = make_organisation(
        website="javascript:alert(1)", email='a"b@example.org?bcc=x@example.org', phone="ring me"
    )
    html = page(client, make_listing(organisation))
    assert 'href="javascript:' not in html
    assert 'href="mailto:a%22b@example.org%3Fbcc%3Dx@example.org"' in html
    assert "tel:" not in html


@pytest.mark.parametrize(
    ("phone", "link"),
    [
        ("0113 496 0123", "tel:+441134960123"),
        ("+44 (0)113 496-0123", "tel:+441134960123"),
        ("0044 113 496 0123", "tel:+441134960123"),
        ("0113 496 0123 ext 12", "tel:+441134960123"),
        ("+1 212 555 0100", "tel:+12125550100"),
        ("111", "tel:111"),
        ("ask at the desk", ""),
        ("", ""),
        ("٠١١٣ ٤٩٦", ""),
    ],
)
def test_telephone_link(phone: str, link: str) -> None:
    assert telephone_link(phone) == link


@pytest.mark.parametrize(
    ("website", "text"),
    [
        ("https://www.example.org/", "example.org"),
        ("http://example.org/a/b/?c=d", "example.org/a/b"),
        ("http://[", "http://["),
    ],
)
def test_website_text(website: str, text: str) -> None:
    assert website_text(website) == text


@pytest.mark.parametrize(
    ("days", "text"),
    [(None, "Not stated"), (0, "None, the same day"), (1, "1 day"), (14, "14 days")],
)
def test_notice_text(days: int | None, text: str) -> None:
    assert notice_text(days) == text


# -- Who may open it ------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["draft", "submitted", "returned", "archived"])
def test_what_is_not_public_is_not_there(client: Client, state: str) -> None:
    organisation = make_organisation()
    make_listing(organisation)
    listing = make_listing(organisation, state=state)
    assert client.get(listing.get_absolute_url()).status_code == 404


def test_paused_listing_says_so_and_asks_nobody_to_write(client: Client) -> None:
    organisation = make_organisation(email="hello@example.org", phone="0113 496 0123")
    paused = make_listing(organisation, state="paused")
    html = page(client, paused)
    assert "This offer is paused." in words(html)
    assert '<meta name="robots" content="noindex">' in html
    assert "hello@example.org" not in html
    assert "0113 496 0123" not in html
    assert "ld+json" not in html
    # Its organisation has nothing else on offer, so there is no page to link to.
    assert f'href="{organisation.get_absolute_url()}"' not in html
    make_listing(organisation)
    assert f'href="{organisation.get_absolute_url()}"' in page(client, paused)


def test_entry_removed_on_request_is_gone(client: Client) -> None:
    listing = make_listing(origin=Listing.Origin.REGISTER)
    make_register_entry(listing, removed_at=timezone.now())
    assert client.get(listing.get_absolute_url()).status_code == 404


def test_own_listing_stands_though_a_register_entry_was_removed(client: Client) -> None:
    listing = make_listing()
    make_register_entry(listing, removed_at=timezone.now())
    assert client.get(listing.get_absolute_url()).status_code == 200


def test_address_of_before_a_rename_redirects_for_ever(client: Client) -> None:
    listing = make_listing()
    draft = make_listing(listing.organisation, state="draft")
    make_former_slug(listing.organisation, "old-name")
    response = client.get(f"/providers/old-name/{listing.slug}/")
    assert response.status_code == 301
    assert response["Location"] == listing.get_absolute_url()
    assert client.get(f"/providers/old-name/{draft.slug}/").status_code == 404
    assert client.get("/providers/no-name/no-listing/").status_code == 404


def test_only_reading_is_allowed(client: Client) -> None:
    assert client.post(make_listing().get_absolute_url()).status_code == 405


def test_page_needs_no_session(client: Client) -> None:
    response = client.get(make_listing().get_absolute_url())
    assert not response.cookies
    # For people who are signed in the header differs, so a shared cache has to tell them apart.
    assert "Cookie" in response["Vary"]


def test_example_data_is_marked_and_kept_out_of_search_engines(client: Client) -> None:
    html = page(client, make_listing(make_organisation(is_example=True)))
    assert "Example data" in words(html)
    assert '<meta name="robots" content="noindex">' in html
    assert "noindex" not in page(client, make_listing())


# -- Claims ---------------------------------------------------------------------------------------


def test_claims_show_their_level_and_what_they_rest_on(client: Client) -> None:
    listing = make_listing()
    organisation = listing.organisation
    make_claim(organisation, make_term("edi_led", label="Women"))
    make_claim(
        organisation, make_term("accreditation", label="Food hygiene 5"), level="checked",
        checked_on=datetime.date(2026, 11, 3), evidence="In the public register",
        valid_to=datetime.date(2099, 11, 1), reference="FH-5",
    )  # fmt: skip
    make_claim(organisation, make_term("ethos", label="Living wage"), level="evidenced")
    html = page(client, listing)
    rows = [
        [words(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, flags=re.DOTALL)]
        for row in re.findall(r"<tr>(.*?)</tr>", html.split("<tbody>")[1], flags=re.DOTALL)
    ]
    assert rows == [
        ["Living wage", "Evidenced", "They showed a document", "No end given"],
        [
            "Food hygiene 5", "Checked",
            "In the public register. Looked up on 3 November 2026. No. FH-5", "1 Nov 2099",
        ],
        ["Led by women", "Declared", "Stated by an owner of the organisation", "No end given"],
    ]  # fmt: skip
    assert "Food hygiene 5 checked" in words(html)
    assert "Checked: a curator looked it up." in words(html)


def test_claim_that_ran_out_or_was_withdrawn_is_not_shown(client: Client) -> None:
    listing = make_listing()
    today = timezone.localdate()
    claims: dict[str, dict[str, Any]] = {
        "Until today": {"valid_to": today},
        "Until yesterday": {"valid_to": today - DAY},
        "Taken back": {"withdrawn_at": timezone.now()},
    }
    for label, fields in claims.items():
        make_claim(listing.organisation, make_term("ethos", label=label), **fields)
    text = words(page(client, listing))
    assert "Until today" in text
    assert "Until yesterday" not in text
    assert "Taken back" not in text


def test_page_without_claims_has_no_empty_table(client: Client) -> None:
    html = page(client, make_listing())
    assert "<table" not in html
    assert 'class="tags"' not in html


# -- Where they are -------------------------------------------------------------------------------


def placed(**fields: Any) -> Organisation:
    values = {
        "address": "12 Secret Street",
        "postcode": "LS8 4AA",
        "latitude": 53.83011,
        "longitude": -1.50066,
        "public_latitude": 53.82,
        "public_longitude": -1.51,
        **fields,
    }
    return make_organisation(**values)


def test_address_that_is_not_public_appears_nowhere(client: Client) -> None:
    html = page(client, make_listing(placed()))
    for secret in ("Secret Street", "LS8 4AA", "53.83011", "1.50066"):
        assert secret not in html
    [point] = map_points(html)
    assert (point["lat"], point["lon"], point["approximate"]) == (53.82, -1.51, True)
    assert "The map shows the area only, as the address is not public." in words(html)
    who = structured(html)["@graph"][1]
    assert "address" not in who
    assert "geo" not in who


def test_public_address_is_shown_exactly(client: Client) -> None:
    organisation = placed(address_public=True, public_latitude=53.83011, public_longitude=-1.50066)
    html = page(client, make_listing(organisation))
    assert facts(html)["Address"] == "12 Secret Street, LS8 4AA"
    [point] = map_points(html)
    assert point["approximate"] is False
    who = structured(html)["@graph"][1]
    assert who["address"]["postalCode"] == "LS8 4AA"
    assert who["geo"]["latitude"] == 53.83011


def test_public_address_without_a_known_point_is_still_an_area(client: Client) -> None:
    organisation = placed(address_public=True, latitude=None, longitude=None)
    html = page(client, make_listing(organisation))
    assert map_points(html)[0]["approximate"] is True
    assert "geo" not in structured(html)["@graph"][1]


def test_page_without_a_place_loads_no_map(client: Client) -> None:
    html = page(client, make_listing())
    assert "data-map" not in html
    assert "leaflet" not in html


def test_map_stands_as_a_sentence_without_javascript(client: Client) -> None:
    html = page(client, make_listing(placed(ward=make_ward("Roundhay"))))
    assert "The map needs JavaScript." in html
    assert 'role="region" aria-label="Map: ' in html
    assert 'data-wards="/providers/wards.geojson"' in html
    assert "data-tiles" not in html


@pytest.fixture
def tiles(settings: Any) -> None:
    settings.MAP_TILES_URL = "https://tiles.example.org/{z}/{x}/{y}.png"
    settings.MAP_TILES_ATTRIBUTION = "© <b>Somebody</b>"


@pytest.mark.usefixtures("tiles")
def test_tiles_come_from_the_settings(client: Client) -> None:
    html = page(client, make_listing(placed()))
    assert 'data-tiles="https://tiles.example.org/{z}/{x}/{y}.png"' in html
    assert 'data-attribution="© &lt;b&gt;Somebody&lt;/b&gt;"' in html


# -- For machines ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, None),
        ({"pricing": "free"}, {"price": "0"}),
        (
            {"pricing": "priced", "price_from": "6.50", "price_to": "9", "price_unit": "head"},
            {"minPrice": "6.50", "maxPrice": "9.00", "unitText": "a head"},
        ),
        (
            {"pricing": "priced", "price_from": "9", "price_to": "9", "price_unit": "hour"},
            {"price": "9.00", "unitText": "an hour"},
        ),
        (
            {"pricing": "priced", "price_from": "9", "price_unit": "hour"},
            {"minPrice": "9.00", "unitText": "an hour"},
        ),
    ],
)
def test_structured_price(
    client: Client, fields: dict[str, Any], expected: dict[str, str] | None
) -> None:
    offer = service(page(client, make_listing(**fields))).get("offers")
    if expected is None:
        assert offer is None
    else:
        assert offer is not None
        assert offer["priceCurrency"] == "GBP"
        assert expected.items() <= {**offer, **offer.get("priceSpecification", {})}.items()


def test_structured_area(client: Client) -> None:
    everywhere = service(page(client, make_listing(delivery="leeds")))
    assert everywhere["areaServed"] == [{"@type": "City", "name": "Leeds"}]
    one = service(
        page(client, make_listing(delivery="wards", delivery_wards=[make_ward("Armley")]))
    )
    assert one["areaServed"] == [{"@type": "AdministrativeArea", "name": "Armley, Leeds"}]
    assert "areaServed" not in service(page(client, make_listing()))


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({}, "Organization"),
        ({"sector": "third", "legal_form": "cio"}, "NGO"),
        ({"sector": "third", "legal_form": "cic"}, "Organization"),
        ({"sector": "private", "address": "1 High Street"}, "Organization"),
        (
            {"sector": "private", "address": "1 High Street", "address_public": True},
            "LocalBusiness",
        ),
        ({"sector": "public", "legal_form": "public-body"}, "Organization"),
    ],
)
def test_structured_kind_is_claimed_only_where_true(
    client: Client, fields: dict[str, Any], kind: str
) -> None:
    html = page(client, make_listing(make_organisation(**fields)))
    assert structured(html)["@graph"][1]["@type"] == kind


def test_hostile_text_stays_text(client: Client) -> None:
    ward = make_ward(f"Ward {EVIL}"[:60])
    organisation = placed(
        name=EVIL, summary=EVIL, ward=ward, address=EVIL, address_public=True, contact_name=EVIL,
        phone="0113'\"><script>", email='"><script>@example.org', website="https://x/\"><script>",
    )  # fmt: skip
    make_claim(organisation, make_term("ethos", label=EVIL), evidence=EVIL, reference=EVIL[:80])
    listing = make_listing(
        organisation, title=EVIL, summary=EVIL, description=EVIL, contact_name=EVIL,
        categories=[make_term(label=EVIL)], access_features=[make_term("access", label=EVIL)],
        origin=Listing.Origin.REGISTER,
    )  # fmt: skip
    make_register_entry(listing, source_name=EVIL, licence=EVIL)
    html = page(client, listing)
    kinds = re.findall(r"<script\b([^>]*)>", html)
    # Two blocks of data, which no browser runs, and our own files.
    assert sorted(kind.split('"')[1] for kind in kinds if "src=" not in kind) == [
        "application/ld+json",
        "map-points",
    ]
    assert all('src="/static/' in kind for kind in kinds if "src=" in kind)
    assert "onerror=alert(1)>" not in html
    assert service(html)["name"] == EVIL
    assert map_points(html)[0]["label"] == EVIL


# -- What it costs --------------------------------------------------------------------------------


def queries_of(client: Client, listing: Listing) -> int:
    with CaptureQueriesContext(connection) as queries:
        page(client, listing)
    return len(queries)


def test_as_many_queries_for_twenty_claims_as_for_one(client: Client) -> None:
    small, large = (
        make_listing(placed(ward=make_ward()), origin=Listing.Origin.REGISTER) for _ in range(2)
    )
    for listing, number in ((small, 1), (large, 20)):
        for _ in range(number):
            make_claim(listing.organisation, level=Claim.Level.CHECKED)
            make_identifier(listing.organisation)
            make_register_entry(listing)
        parent = make_term()
        listing.categories.set([make_term(parent=parent) for _ in range(number)])
        listing.access_features.set([make_term(Term.Facet.ACCESS) for _ in range(number)])
        listing.delivery_wards.set([make_ward() for _ in range(number)])
    # One of them asks what higher apps know (``facts_from_above``).
    assert queries_of(client, small) == queries_of(client, large) <= 9


def test_outlines_of_wards_are_not_read(client: Client) -> None:
    listing = make_listing(placed(ward=make_ward()), delivery_wards=[make_ward()])
    with CaptureQueriesContext(connection) as queries:
        page(client, listing)
    assert not [query["sql"] for query in queries if '"outline"' in query["sql"]]
