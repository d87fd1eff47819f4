"""A view on somebody else's website: what it shows, and who may frame it."""

import re
from copy import deepcopy
from html import unescape
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from providers import listing_index
from providers.models import EmbedHost
from tests.conftest import Cast
from tests.factories import (
    make_embed_host,
    make_former_slug,
    make_listing,
    make_membership,
    make_organisation,
)
from tests.providers.reading import words
from tests.providers.search_html import get
from tests.providers.test_alert_news import VIEWS
from tests.providers.test_hostile import VALUES
from tests.signing_in import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_lazy_loading")]
PAGE = "/providers/embed/burley-hall/"


@pytest.fixture
def cast(lasting_cast: Cast, db: None) -> Cast:
    return deepcopy(lasting_cast)


@pytest.fixture(autouse=True)
def host(cast: Cast) -> EmbedHost:
    """Somebody acts for Burley Hall, which has a website."""
    make_membership(cast.hall)
    return make_embed_host(cast.hall, "www.burley.example")


def ancestors(client: Client, path: str = PAGE) -> str:
    """Who may frame the answer, by its header."""
    policy = client.get(path)["Content-Security-Policy"]
    (found,) = re.findall(r"frame-ancestors ([^;]*)", policy)
    return str(found)


# -- Who may frame it -----------------------------------------------------------------------------


def test_only_the_organisations_own_websites_may_frame_it(
    client: Client, cast: Cast, settings: Settings
) -> None:
    make_embed_host(cast.hall, "shop.burley.example:8443")
    make_embed_host(cast.hall, "off.burley.example", switched_off_at=timezone.now())
    make_membership(cast.kitchen)
    make_embed_host(cast.kitchen, "kitchen.example")
    settings.LOOPBACK = False
    found = ancestors(client)
    assert found == "https://shop.burley.example:8443 https://www.burley.example"
    response = client.get(PAGE)
    assert "X-Frame-Options" not in response
    policy = response["Content-Security-Policy"]
    for kept in ("default-src 'none'", "script-src 'self'", "base-uri 'none'", "form-action"):
        assert kept in policy


@pytest.mark.parametrize(
    "path",
    ["/", "/providers/", "/providers/embed/", "/providers/burley-hall/", "/nowhere/", "/my/"],
)
def test_nobody_may_frame_anything_else(client: Client, path: str) -> None:
    response = client.get(path)
    assert ancestors(client, path) == "'none'"
    assert response["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("why", ["unknown", "no website", "switched off", "nobody acts"])
def test_without_a_website_there_is_no_such_page(
    client: Client, cast: Cast, host: EmbedHost, why: str
) -> None:
    path = PAGE
    if why == "unknown":
        path = "/providers/embed/nowhere/"
    elif why == "no website":
        host.delete()
    elif why == "switched off":
        EmbedHost.objects.update(switched_off_at=timezone.now())
    else:
        cast.hall.memberships.all().delete()
    response = client.get(path)
    assert response.status_code == 404
    assert ancestors(client, path) == "'none'"
    assert response["X-Frame-Options"] == "DENY"


def test_a_former_address_leads_on_with_its_filters(client: Client, cast: Cast) -> None:
    make_former_slug(cast.hall, "old-hall")
    response = client.get("/providers/embed/old-hall/?q=lunch&near=LS8")
    assert response.status_code == 301
    assert response["Location"] == f"{PAGE}?q=lunch&near=LS8"


# -- What it shows --------------------------------------------------------------------------------


@pytest.mark.parametrize("view", VIEWS)
def test_it_shows_exactly_what_the_list_shows(client: Client, view: str) -> None:
    there, here = get(client, view), get(client, view, path=PAGE)
    found = re.findall(r'<h2 class="result__t"><a href="([^"]*)" target="_blank"', here.html)
    assert found == there.urls
    assert here.heading == there.heading
    assert 'rel="noopener"' in here.html


def test_it_is_slim_and_says_where_it_comes_from(client: Client, cast: Cast) -> None:
    response = client.get(f"{PAGE}?q=buffet&near=LS8")
    text = words(response.text)
    assert "Live from Leeds Social Value (opens in a new tab)" in text
    assert "1 offer from 1 provider for ‘buffet’ near LS8" in text
    assert "Buffet lunches Holbeck Kitchen Third sector Confirmed" in text
    assert "£6.50 a head" in text
    for absent in ("<header", "<footer", "<form", "<script", "<nav", "style="):
        assert absent not in response.text
    assert '<meta name="robots" content="noindex">' in response.text
    for link in re.findall(r"<a [^>]*>", response.text):
        assert 'target="_blank" rel="noopener"' in link


def test_it_sets_no_cookie_and_is_the_same_for_everybody(client: Client, cast: Cast) -> None:
    member = signed_in(make_membership(cast.hall).user)
    response = client.get(PAGE)
    assert not response.cookies
    assert not client.cookies
    assert "Cookie" not in response.get("Vary", "")
    assert member.get(PAGE).content == response.content


def test_an_unchanged_page_is_not_sent_again_and_a_new_website_changes_it(
    client: Client, cast: Cast
) -> None:
    tag = client.get(PAGE)["ETag"]
    again = client.get(PAGE, headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert "X-Frame-Options" not in again
    make_embed_host(cast.hall, "another.example")
    assert client.get(PAGE, headers={"If-None-Match": tag}).status_code == 200


def test_pages_stay_in_the_frame(client: Client) -> None:
    rows = [make_listing(make_organisation(), title=f"Xylophone {n:02}") for n in range(45)]
    listing_index.refresh([row.pk for row in rows])
    first = client.get(f"{PAGE}?q=xylophone&sort=name").text
    assert "Showing 1 to 20 of 45." in first
    assert f'href="{PAGE}?q=xylophone&amp;sort=name&amp;page=3"' in first
    last = client.get(f"{PAGE}?q=xylophone&sort=name&page=3").text
    assert len(re.findall('class="result"', last)) == 5
    past = client.get(f"{PAGE}?q=xylophone&page=4")
    assert past.status_code == 404
    assert "There are 3 pages of offers now." in words(past.text)
    assert "X-Frame-Options" not in past
    assert client.get(f"{PAGE}?page=x").status_code == 404


def test_invented_offers_are_marked(client: Client) -> None:
    assert "Example data" in words(client.get(f"{PAGE}?q=cleaning").text)
    assert "Example data" not in words(client.get(f"{PAGE}?q=buffet").text)


def test_a_bad_value_is_said_and_nothing_wider_is_shown(client: Client) -> None:
    response = client.get(f"{PAGE}?category=zzz&capacity=x")
    assert response.status_code == 400
    text = words(response.text)
    assert "Category: “zzz” is not one of the choices." in text
    assert "Buffet" not in text
    assert ancestors(client, f"{PAGE}?category=zzz") == "www.burley.example"


def test_nothing_found_is_said(client: Client) -> None:
    response = client.get(f"{PAGE}?q=xylophone")
    assert response.status_code == 200
    assert "Nothing on the list matches at the moment." in words(response.text)


@pytest.mark.parametrize("name", ["q", "near", "within", "capacity", "category", "sort", "page"])
@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES.keys())
def test_whatever_the_address_holds(client: Client, name: str, value: str) -> None:
    for page in (PAGE, "/providers/embed/"):
        response = client.get(f"{page}?{name}={value}")
        assert response.status_code in {200, 400, 404}
        assert "<script>alert" not in response.text


def test_only_reading_is_allowed(client: Client) -> None:
    assert client.post(PAGE).status_code == 405


# -- The lines to paste ---------------------------------------------------------------------------


def code(client: Client, view: str = "") -> str:
    return client.get(f"/providers/embed/{view}").text


def test_results_lead_there_with_their_filters(client: Client) -> None:
    page = client.get("/providers/?q=lunch&near=LS8").text
    assert 'href="/providers/embed/?q=lunch&amp;near=LS8"' in page


def test_a_member_finds_the_lines_to_paste(cast: Cast) -> None:
    client = signed_in(make_membership(cast.hall).user)
    view = quote('a "quoted" & <b>bold</b> phrase')
    page = code(client, f"?q={view}&near=LS8")
    (area,) = re.findall(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    # As a browser shows it, then as another one reads what was pasted.
    pasted = unescape(area)
    src, title = re.findall(r'src="([^"]*)" title="([^"]*)"', pasted)[0]
    assert src.partition("/providers/")[2].startswith("embed/burley-hall/?q=a+%22quoted%22")
    assert "&amp;near=LS8" in src
    assert "&quot;quoted&quot;" in title
    assert "<b>" not in title
    assert "<iframe" not in page
    assert "It shows on www.burley.example, and nowhere else." in words(page)


def test_others_read_how_to_get_them(client: Client, cast: Cast) -> None:
    text = words(code(client, "?q=lunch"))
    assert "Whoever acts for one signs in" in text
    assert 'href="/accounts/login/?next=%2Fproviders%2Fembed%2F%3Fq%3Dlunch"' in code(
        client, "?q=lunch"
    )
    nobody = make_membership(make_organisation())
    nobody.user.memberships.all().delete()
    assert "You do not act for an organisation" in words(code(signed_in(nobody.user)))
    owner = make_membership(cast.kitchen)
    assert "/my/holbeck-kitchen/embedding/" in code(signed_in(owner.user))
    editor = make_membership(cast.kitchen, role="editor")
    page = code(signed_in(editor.user))
    assert "An owner of Holbeck Kitchen has to say first" in words(page)
    assert "/embedding/" not in page
    assert "<textarea" not in page


def test_a_bad_value_gives_no_lines(cast: Cast) -> None:
    client = signed_in(make_membership(cast.hall).user)
    response = client.get("/providers/embed/?category=zzz")
    assert response.status_code == 400
    assert "<textarea" not in response.text
