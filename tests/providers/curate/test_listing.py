"""A new listing: published, or returned with a reason."""

from functools import partial

import pytest
from django.test import Client

from accounts.models import AuditEvent, Identifier, User
from accounts.refused import Overtaken
from providers.forms.curate.reasons import ReturnForm
from providers.models import Listing
from providers.services.listing_states import publish, send_back
from providers.services.locking import version_of
from tests.accounts.racing import race
from tests.factories import (
    make_identifier,
    make_listing,
    make_membership,
    make_organisation,
    make_photo,
    make_registration,
)
from tests.providers.curate.conftest import Waits, seen
from tests.providers.reading import words
from tslsv.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db


@pytest.fixture
def soups(waits: Waits) -> Listing:
    return waits.listing


def url_of(listing: Listing) -> str:
    return f"/curate/listings/{listing.pk}/"


def test_page_shows_what_the_public_would_see(browser: Client, soups: Listing) -> None:
    Listing.objects.filter(pk=soups.pk).update(summary="Thick.", description="Three kinds.")
    make_photo(soups, alt="A bowl of soup")
    text = words(browser.get(url_of(soups)).text)
    for shown in ("Thick.", "Three kinds.", "A bowl of soup", "Olu (owner, olu@example.org)"):
        assert shown in text
    assert "New listing, 3 of 9" in text


def test_publishing_opens_the_next(browser: Client, soups: Listing, waits: Waits) -> None:
    page = browser.get(url_of(soups)).text
    assert "Publish it and go to the next" in words(page)
    response = browser.post(url_of(soups), {"decision": "publish", "seen": seen(page)}, follow=True)
    assert response.redirect_chain == [(waits.urls[3], 302)]
    assert "Published Soups." in words(response.text)
    soups.refresh_from_db()
    assert soups.state == "published"
    # Found by search in the same second.
    assert "Soups" in browser.get("/providers/?q=soups").text
    assert OutgoingMail.objects.get().template == "listing_published"


def test_returning_mails_the_reason(browser: Client, soups: Listing) -> None:
    page = browser.get(url_of(soups)).text
    given = {"decision": "return", "seen": seen(page), "reason": "Which soups?"}
    assert browser.post(url_of(soups), given).status_code == 302
    soups.refresh_from_db()
    assert (soups.state, soups.return_reason) == ("returned", "Which soups?")
    assert "> Which soups?" in OutgoingMail.objects.get().text


def test_prepared_words_go_without_being_typed(browser: Client, soups: Listing) -> None:
    page = browser.get(url_of(soups)).text
    given = {"decision": "return", "seen": seen(page), "ready": "2"}
    assert browser.post(url_of(soups), given).status_code == 302
    soups.refresh_from_db()
    assert soups.return_reason == ReturnForm.READY[2]


def test_prepared_words_fill_the_field_without_javascript(browser: Client, soups: Listing) -> None:
    page = browser.get(url_of(soups)).text
    response = browser.post(url_of(soups), {"decision": "fill", "seen": seen(page), "ready": "3"})
    assert f"\n{ReturnForm.READY[3]}</textarea>" in response.text
    assert "<title>Error" not in response.text
    soups.refresh_from_db()
    assert soups.state == "submitted"


def test_own_words_go_before_prepared_ones(browser: Client, soups: Listing) -> None:
    page = browser.get(url_of(soups)).text
    given = {"decision": "return", "seen": seen(page), "ready": "1", "reason": "My own"}
    browser.post(url_of(soups), given)
    soups.refresh_from_db()
    assert soups.return_reason == "My own"


@pytest.mark.parametrize(
    "fields",
    [{}, {"reason": "   "}, {"reason": "x" * 2001}, {"reason": "nul \0"}, {"ready": "99"},
     {"ready": "1\0"}, {"decision": "return\0"}],
)  # fmt: skip
def test_bad_values_are_errors_beside_their_fields(
    browser: Client, soups: Listing, fields: dict[str, str]
) -> None:
    page = browser.get(url_of(soups)).text
    given = {"decision": "return", "seen": seen(page), **fields}
    response = browser.post(url_of(soups), given)
    assert response.status_code == 200
    assert "has-error" in response.text
    assert "<title>Error: " in response.text
    soups.refresh_from_db()
    assert soups.state == "submitted"


@pytest.mark.parametrize("number", ["0", "999999999", "9" * 40])
def test_what_is_not_there(browser: Client, number: str) -> None:
    for page in (
        "listings/{}/", "listings/{}/unpublish/", "edits/{}/", "requests/{}/", "proofs/{}/",
        "problems/{}/", "expiring/{}/", "unconfirmed/{}/", "organisations/{}/",
        "doubles/1/{}/", "organisations/{}/owner/", "organisations/{}/numbers/",
    ):  # fmt: skip
        assert browser.get(f"/curate/{page.format(number)}").status_code == 404, page
        assert browser.post(f"/curate/{page.format(number)}").status_code in {404, 405}, page


def test_unproved_address_is_not_publishable(browser: Client, waits: Waits) -> None:
    page = browser.get(url_of(waits.late)).text
    assert "Nobody has confirmed the email address yet" in words(page)
    assert 'value="publish"' not in page
    given = {"decision": "publish", "seen": seen(page)}
    response = browser.post(url_of(waits.late), given)
    assert response.status_code == 409
    assert "Nobody has confirmed the email address yet" in words(response.text)
    waits.late.refresh_from_db()
    assert waits.late.state == "submitted"


def test_number_that_another_has_is_said(browser: Client, soups: Listing) -> None:
    other = make_organisation("Other Kitchen")
    number = make_identifier(other)
    make_registration(soups, scheme=number.scheme, number=number.value)
    typed = make_listing(make_organisation("Third Kitchen"), state="draft", published_at=None)
    make_registration(typed, scheme=number.scheme, number=number.value)
    text = words(browser.get(url_of(soups)).text)
    assert f"Charity number {number.value} is also used by: Other Kitchen Third Kitchen" in text
    assert "(one gave the other’s number)" in text
    page = browser.get(url_of(soups)).text
    browser.post(url_of(soups), {"decision": "publish", "seen": seen(page)})
    assert Identifier.objects.get().organisation == other


def test_second_curator_is_told_and_loses_no_word(
    browser: Client, other_browser: Client, soups: Listing
) -> None:
    page = seen(browser.get(url_of(soups)).text)
    other_browser.post(url_of(soups), {"decision": "publish", "seen": page})
    given = {"decision": "return", "seen": page, "reason": "Which <b>soups</b>?"}
    response = browser.post(url_of(soups), given)
    assert response.status_code == 409
    text = words(response.text)
    assert "Nothing was changed. Dan published this while you looked at it (" in text
    assert "What you wrote: Which <b>soups</b>?" in text
    assert "Back to the queue" in text
    soups.refresh_from_db()
    assert soups.state == "published"


def test_changed_meanwhile_it_is_shown_again_with_the_words_typed(
    browser: Client, soups: Listing
) -> None:
    page = seen(browser.get(url_of(soups)).text)
    soups.title = "Stews"
    soups.save()
    given = {"decision": "return", "seen": page, "reason": "Which soups?"}
    response = browser.post(url_of(soups), given)
    assert response.status_code == 409
    assert "Which soups?</textarea>" in response.text
    assert "Stews" in words(response.text)
    again = {"decision": "return", "seen": seen(response.text), "reason": "Which stews?"}
    assert browser.post(url_of(soups), again).status_code == 302


def test_decided_twice_it_is_decided_once(browser: Client, soups: Listing) -> None:
    given = {"decision": "publish", "seen": seen(browser.get(url_of(soups)).text)}
    assert browser.post(url_of(soups), given).status_code == 302
    again = browser.post(url_of(soups), given)
    assert again.status_code == 409
    assert "Nothing was changed. You published this already (" in words(again.text)
    assert "There is a problem" not in again.text
    assert "<title>Error" not in again.text
    assert AuditEvent.objects.filter(verb="published").count() == 1
    assert "This listing is published" in words(browser.get(url_of(soups)).text)


@pytest.mark.django_db(transaction=True)
def test_of_two_curators_at_once_one_decides(curator: User, other_curator: User) -> None:
    kitchen = make_membership().organisation
    soups = make_listing(kitchen, state="submitted", published_at=None)
    version = version_of(soups)
    outcomes = race(
        soups,
        partial(publish, listing=soups, by=curator, seen=version),
        partial(send_back, listing=soups, reason="No", by=other_curator, seen=version),
    )
    assert sum(isinstance(outcome, Overtaken) for outcome in outcomes) == 1
    assert AuditEvent.objects.filter(verb__in=["published", "returned"]).count() == 1
    assert OutgoingMail.objects.count() == 1
