"""The page of one organisation, and the data that maps draw."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Organisation
from providers.models import Listing
from tests.factories import (
    make_claim,
    make_former_slug,
    make_identifier,
    make_listing,
    make_organisation,
    make_register_entry,
    make_sector,
    make_term,
    make_ward,
)
from tests.providers.reading import structured, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_lazy_loading")]

OUTLINE = {
    "type": "Polygon",
    "coordinates": [[[-1.5, 53.8], [-1.6, 53.8], [-1.6, 53.9], [-1.5, 53.8]]],
}


def page(client: Client, organisation: Organisation) -> str:
    response = client.get(organisation.get_absolute_url())
    assert response.status_code == 200
    return response.text


# -- What it says -------------------------------------------------------------------------------


def test_page_says_everything_that_is_known(client: Client) -> None:
    organisation = make_organisation(
        "Thrupwell Kitchen CIC", sector="third", legal_form="cic", size_band="micro",
        summary="A training kitchen.", ward=make_ward("Roundhay"), postcode="LS8 4AA",
        website="https://example.org/", email="hello@example.org", phone="0113 496 0123",
    )  # fmt: skip
    make_identifier(organisation, scheme="VAT", value="980780684")
    make_claim(organisation, make_term("ethos", label="Living wage"), level="checked")
    lunch = make_listing(
        organisation, title="Lunches", summary="Hot and cold.", pricing="free", notice_days=1
    )
    make_listing(organisation, title="Cakes", delivery="leeds")
    html = page(client, organisation)
    text = words(html)
    for part in (
        "Third sector", "1 to 9 staff", "Community interest company (CIC)", "A training kitchen.",
        "VAT number 980780684 not checked yet", "LS8 4 (Roundhay ward)", "0113 496 0123",
        "2 offers", "Living wage checked", "Lunches", "Hot and cold.", "1 day’s notice",
        "All over Leeds",
    ):  # fmt: skip
        assert part in text
    assert f'href="{lunch.get_absolute_url()}"' in html
    assert f'href="{organisation.get_absolute_url()}report/"' in html
    assert text.index("Cakes") < text.index("Lunches")
    assert html.count("<h1") == 1
    data = structured(html)
    assert data["name"] == "Thrupwell Kitchen CIC"
    assert data["vatID"] == "980780684"
    assert data["url"] == f"http://testserver{organisation.get_absolute_url()}"


def test_only_published_listings_are_named(client: Client) -> None:
    organisation = make_organisation()
    make_listing(organisation, title="On offer")
    for state in ("draft", "submitted", "returned", "paused", "archived"):
        make_listing(organisation, title=f"Now {state}", state=state)
    text = words(page(client, organisation))
    assert "On offer" in text
    assert "Now " not in text
    assert "1 offer" in text


def test_organisation_known_from_a_register_alone_says_so(client: Client) -> None:
    listing = make_listing(origin=Listing.Origin.REGISTER)
    make_register_entry(listing, source_name="The big register")
    text = words(page(client, listing.organisation))
    assert "From a public register, not yet confirmed by the provider." in text
    assert "The big register" in text
    make_listing(listing.organisation)
    assert "The big register" not in words(page(client, listing.organisation))


def test_without_a_contact_of_its_own_its_offers_say_whom_to_ask(client: Client) -> None:
    organisation = make_organisation()
    make_listing(organisation, title="Cakes")
    make_listing(organisation, title="Lunches", email="lunch@example.org")
    text = words(page(client, organisation))
    assert "lunch@example.org" in text
    assert "We know no" not in text
    organisation.phone = "0113 496 0123"
    organisation.save()
    assert "lunch@example.org" not in words(page(client, organisation))


def test_address_that_is_not_public_appears_nowhere(client: Client) -> None:
    organisation = make_organisation(
        address="12 Secret Street", postcode="LS8 4AA", latitude=53.83011, longitude=-1.50066,
        public_latitude=53.82, public_longitude=-1.51,
    )  # fmt: skip
    make_listing(organisation)
    html = page(client, organisation)
    for secret in ("Secret Street", "LS8 4AA", "53.83011", "1.50066"):
        assert secret not in html
    assert '"approximate": true' in html


def test_hostile_name_stays_text(client: Client) -> None:
    evil = "</script><script>alert(1)</script>"
    organisation = make_organisation(
        evil, summary=evil, public_latitude=53.8, public_longitude=-1.5, website="javascript:x"
    )
    make_listing(organisation, title=evil, summary=evil)
    html = page(client, organisation)
    assert "<script>alert" not in html
    assert 'href="javascript:' not in html
    assert structured(html)["name"] == evil
    assert "sameAs" not in structured(html)


# -- Who may open it ------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["draft", "submitted", "returned", "paused", "archived"])
def test_organisation_with_nothing_on_offer_has_no_page(client: Client, state: str) -> None:
    listing = make_listing(state=state)
    assert client.get(listing.organisation.get_absolute_url()).status_code == 404


def test_organisation_whose_entry_was_removed_has_no_page(client: Client) -> None:
    listing = make_listing(origin=Listing.Origin.REGISTER)
    make_register_entry(listing, removed_at=timezone.now())
    assert client.get(listing.organisation.get_absolute_url()).status_code == 404


def test_former_address_redirects_for_ever(client: Client) -> None:
    listing = make_listing()
    make_former_slug(listing.organisation, "old-name")
    hidden = make_listing(state="draft").organisation
    make_former_slug(hidden, "old-hidden-name")
    response = client.get("/providers/old-name/")
    assert response.status_code == 301
    assert response["Location"] == listing.organisation.get_absolute_url()
    # A redirect to a page that is not there would tell that the organisation is.
    assert client.get("/providers/old-hidden-name/").status_code == 404
    assert client.get("/providers/no-name/").status_code == 404


def test_only_reading_is_allowed(client: Client) -> None:
    assert client.post(make_listing().organisation.get_absolute_url()).status_code == 405


# -- What it costs --------------------------------------------------------------------------------


def test_as_many_queries_for_twenty_listings_as_for_one(client: Client) -> None:
    counts = []
    for number in (1, 20):
        organisation = make_organisation(
            ward=make_ward(), public_latitude=53.8, public_longitude=-1.5
        )
        for _ in range(number):
            listing = make_listing(
                organisation, origin=Listing.Origin.REGISTER, delivery="wards",
                delivery_wards=[make_ward()], categories=[make_term()],
            )  # fmt: skip
            make_register_entry(listing)
            make_claim(organisation)
            make_identifier(organisation)
        with CaptureQueriesContext(connection) as queries:
            page(client, organisation)
        assert not [query["sql"] for query in queries if '"outline"' in query["sql"]]
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 8


# -- What maps draw -------------------------------------------------------------------------------


def test_outlines_that_are_loaded_are_given(client: Client) -> None:
    ward = make_ward("Roundhay", outline=OUTLINE)
    make_ward("Without")
    response = client.get("/providers/wards.geojson")
    assert response["Content-Type"] == "application/geo+json"
    assert response.json() == {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"code": ward.code, "name": "Roundhay", "lat": 53.8, "lon": -1.55},
                "geometry": OUTLINE,
            }
        ],
    }


def test_sectors_in_leeds_are_given(client: Client) -> None:
    make_sector("LS8 4", latitude=53.83, longitude=-1.5)
    make_sector("BD99 9", postcodes_in_leeds=0)
    assert client.get("/providers/sectors.json").json() == {
        "sectors": [{"code": "LS8 4", "lat": 53.83, "lon": -1.5}]
    }


@pytest.mark.parametrize("url", ["/providers/wards.geojson", "/providers/sectors.json"])
def test_map_data_is_kept_by_browsers(client: Client, url: str) -> None:
    for number in range(40):
        make_ward(outline=OUTLINE)
        make_sector(f"LS{number} 1")
    first = client.get(url, headers={"Accept-Encoding": "gzip"})
    assert first["Content-Encoding"] == "gzip"
    assert "public" in first["Cache-Control"]
    assert "max-age=86400" in first["Cache-Control"]
    assert "Cookie" not in first["Vary"]
    again = client.get(url, headers={"If-None-Match": first["ETag"], "Accept-Encoding": "gzip"})
    assert again.status_code == 304
    make_ward(outline=OUTLINE)
    make_sector("LS99 1")
    assert client.get(url, headers={"If-None-Match": first["ETag"]}).status_code == 200
    assert client.post(url).status_code == 405
