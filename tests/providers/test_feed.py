"""The Atom feed: exactly the page's view, for feed readers; and what both files refuse."""

import datetime
from copy import deepcopy
from xml.etree import ElementTree

import pytest
from django.test import Client

from providers import listing_index
from providers.models import Listing
from tests.conftest import Cast
from tests.providers.search_html import get
from tests.providers.test_export import HOSTILE, VIEWS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_lazy_loading")]
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def cast(lasting_cast: Cast, db: None) -> Cast:
    return deepcopy(lasting_cast)


def feed_of(client: Client, query: str = "") -> ElementTree.Element:
    response = client.get(f"/providers/results.atom?{query}")
    assert response.status_code == 200
    return ElementTree.fromstring(response.content)  # noqa: S314 (our own answer)


# -- Bad values -------------------------------------------------------------------------------


@pytest.mark.parametrize("file", ["results.csv", "results.atom"])
@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("capacity=lots", ["capacity"]),
        ("near=Atlantis&notice=x", ["near", "notice"]),
        ("category=nope&category=catering", ["category"]),
        ("within=3", ["within"]),
        ("sort=size", ["sort"]),
        ("checked=maybe", ["checked"]),
        ("q=" + "x" * 201, ["q"]),
        ("sector=<script>alert(1)</script>", ["sector"]),
    ],
)
def test_a_bad_value_is_refused_and_named(
    client: Client, cast: Cast, file: str, query: str, names: list[str]
) -> None:
    response = client.get(f"/providers/{file}?{query}")
    assert response.status_code == 400
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    lines = response.text.splitlines()
    assert sorted(line.split(":")[0] for line in lines) == sorted(names)


# -- Atom -------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", VIEWS)
def test_the_feed_has_the_rows_of_the_page_in_its_order(
    client: Client, cast: Cast, query: str
) -> None:
    page = get(client, query)
    feed = feed_of(client, query)
    links = [entry.find(f"{ATOM}link") for entry in feed.findall(f"{ATOM}entry")]
    assert [link.get("href") for link in links if link is not None] == [
        f"http://testserver{url}" for url in page.urls
    ]


def test_the_feed_has_what_atom_requires(client: Client, cast: Cast) -> None:
    """RFC 4287, 4.1.1 and 4.1.2."""
    feed = feed_of(client, "q=cake&near=LS8")
    assert feed.tag == f"{ATOM}feed"
    for name in ("id", "title", "updated"):
        assert len(feed.findall(f"{ATOM}{name}")) == 1
        assert feed.findtext(f"{ATOM}{name}")
    assert feed.find(f"{ATOM}author/{ATOM}name") is not None
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links["self"] == "http://testserver/providers/results.atom?q=cake&near=LS8"
    assert links["alternate"] == "http://testserver/providers/?q=cake&near=LS8"
    (entry,) = feed.findall(f"{ATOM}entry")
    for name in ("id", "title", "updated"):
        assert len(entry.findall(f"{ATOM}{name}")) == 1
    assert entry.findtext(f"{ATOM}id") == f"tag:testserver,2026:listing/{cast.cakes.pk}"
    updated = entry.findtext(f"{ATOM}updated") or ""
    assert datetime.datetime.fromisoformat(updated).tzinfo is not None
    assert feed.findtext(f"{ATOM}title") == "Leeds Social Value: offers for ‘cake’ near LS8"


def test_an_entry_keeps_its_id_when_it_is_renamed(client: Client, cast: Cast) -> None:
    ids = []
    for title in ("Cakes", "More cakes"):
        Listing.objects.filter(pk=cast.cakes.pk).update(title=title, slug=title.lower()[:4])
        listing_index.refresh([cast.cakes.pk])
        ids.append(feed_of(client, "q=cakes").findtext(f"{ATOM}entry/{ATOM}id"))
    assert ids[0] == ids[1]


@pytest.mark.parametrize(
    "text", [HOSTILE, "a\x0bb", "a\x01b", "\x7f", "\ufffe", "\uffff", "😀", "\u202e"]
)
def test_a_feed_with_odd_texts_is_still_xml(client: Client, cast: Cast, text: str) -> None:
    """One listing's odd letter, as an import may bring, must not close the feed for everybody."""
    Listing.objects.filter(pk=cast.posters.pk).update(title=f"Odd {text}", summary=text)
    listing_index.refresh([cast.posters.pk])
    feed = feed_of(client)
    assert len(feed.findall(f"{ATOM}entry")) == 6


@pytest.mark.parametrize("text", [HOSTILE, "\ufffe", "\uffff", "😀", "a\x0bb", "\x00"])
def test_a_feed_about_odd_words_is_still_xml(client: Client, cast: Cast, text: str) -> None:
    response = client.get("/providers/results.atom", {"q": text})
    assert response.status_code == 200
    ElementTree.fromstring(response.content)  # noqa: S314 (our own answer)


def test_examples_are_marked_in_the_feed(client: Client, cast: Cast) -> None:
    titles = [entry.findtext(f"{ATOM}title") for entry in feed_of(client).findall(f"{ATOM}entry")]
    assert "Example: Office cleaning, Pretend Cleaners" in titles
    assert "Posters, Woodhouse Printers" in titles


def test_an_empty_feed_is_a_feed(client: Client) -> None:
    feed = feed_of(client, "q=xyzzy")
    assert feed.findall(f"{ATOM}entry") == []
    assert feed.findtext(f"{ATOM}updated")
