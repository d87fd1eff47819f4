"""A listing that nobody has confirmed: right, asked about again, or off the list."""

import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEvent, User
from providers import listing_index
from providers.models import Listing
from tests.factories import make_listing
from tests.providers.curate.conftest import Waits, ago, seen
from tests.providers.reading import words
from tslsv.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db


@pytest.fixture
def stale(waits: Waits) -> Listing:
    return waits.stale


def url_of(listing: Listing) -> str:
    return f"/curate/unconfirmed/{listing.pk}/"


def decide(browser: Client, listing: Listing, **fields: str) -> Any:
    page = browser.get(url_of(listing)).text
    return browser.post(url_of(listing), {"seen": seen(page), **fields})


def test_they_say_it_is_right(browser: Client, stale: Listing, waits: Waits, curator: User) -> None:
    Listing.objects.filter(pk=stale.pk).update(confirmed_at=ago(days=500))
    listing_index.refresh([stale.pk])
    assert "Old buns" not in browser.get("/providers/?q=buns").text
    assert "Hidden from search" in words(browser.get(url_of(stale)).text)
    response = decide(browser, stale, decision="confirm")
    assert response["Location"] == waits.urls[1]
    stale.refresh_from_db()
    assert not stale.is_stale()
    event = AuditEvent.objects.get(verb="confirmed")
    assert event.actor_key == curator.audit_key
    # Back in search in the same second.
    assert "Old buns" in browser.get("/providers/?q=buns").text


def test_asking_again_lets_it_rest(browser: Client, stale: Listing) -> None:
    decide(browser, stale, decision="ask")
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.template) == ("olu@example.org", "unconfirmed_ask")
    link = re.search(r"/providers/still-right/\S+", mail.text)
    assert link
    assert "Old buns" in Client().get(link[0]).text
    assert url_of(stale) not in browser.get("/curate/").text
    stale.refresh_from_db()
    assert stale.asked_at is not None
    assert stale.is_stale()


@pytest.mark.parametrize(("days", "said"), [(290, "After twelve"), (400, "Search does not")])
def test_the_mail_says_whether_search_shows_it(
    browser: Client, stale: Listing, days: int, said: str
) -> None:
    Listing.objects.filter(pk=stale.pk).update(confirmed_at=ago(days=days))
    decide(browser, stale, decision="ask")
    assert said in words(OutgoingMail.objects.get().text)


def test_what_is_paused_is_not_asked_about(browser: Client, stale: Listing) -> None:
    Listing.objects.filter(pk=stale.pk).update(state="paused")
    assert "Ask them again" not in browser.get(url_of(stale)).text
    assert decide(browser, stale, decision="ask").status_code == 409
    assert not OutgoingMail.objects.exists()


def test_off_the_list_with_a_reason(browser: Client, stale: Listing) -> None:
    response = decide(browser, stale, decision="unpublish")
    assert "Say why, or pick prepared words." in response.text
    decide(browser, stale, decision="unpublish", ready="3")
    stale.refresh_from_db()
    assert stale.state == "returned"
    assert "Nobody has confirmed this for long." in OutgoingMail.objects.get().text


def test_nobody_to_ask(browser: Client) -> None:
    listing = make_listing(confirmed_at=ago(days=300))
    response = decide(browser, listing, decision="ask")
    assert response.status_code == 409
    listing.refresh_from_db()
    assert listing.asked_at is None


def test_second_curator_is_told_and_loses_no_word(
    browser: Client, other_browser: Client, stale: Listing
) -> None:
    page = seen(browser.get(url_of(stale)).text)
    decide(other_browser, stale, decision="confirm")
    given = {"seen": page, "decision": "unpublish", "reason": "They have closed."}
    response = browser.post(url_of(stale), given)
    assert response.status_code == 409
    assert "Dan confirmed this while you looked at it" in words(response.text)
    assert "They have closed.</textarea>" in response.text
    stale.refresh_from_db()
    assert stale.state == "published"
