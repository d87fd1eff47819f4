"""A change beside what is live: accepted, or returned with a reason."""

from functools import partial

import pytest
from django.test import Client

from accounts.models import AuditEvent, User
from accounts.refused import Overtaken
from providers.models import Listing, ListingChange
from providers.services.listing_edits import accept_change, return_change
from providers.services.locking import version_of
from tests.accounts.racing import race
from tests.factories import make_listing, make_listing_change, make_photo, make_user
from tests.providers.curate.conftest import Waits, seen
from tests.providers.reading import words
from tslsv.mail.models import OutgoingMail
from tslsv.ui.marked import marked

pytestmark = pytest.mark.django_db


@pytest.fixture
def change(waits: Waits) -> ListingChange:
    return waits.edit


def url_of(change: ListingChange) -> str:
    return f"/curate/edits/{change.pk}/"


def test_difference_is_marked_in_words(browser: Client, change: ListingChange) -> None:
    change.values = {"summary": "Fresh brown bread", "notice_days": 2, "title": "Bread"}
    change.before = {"summary": "Fresh white bread", "notice_days": None}
    change.made_by = make_user("olga@example.org", name="Olga")
    change.save()
    Listing.objects.filter(pk=change.listing_id).update(summary="Fresh white bread")
    html = browser.get(url_of(change)).text
    assert "Fresh <del><span" in html
    text = words(html)
    assert "Summary Fresh [removed: white ] bread Fresh [new: brown ] bread" in text
    assert "Notice needed Nothing [new: 2 days ]" in text
    # What stays the same is not among what changes.
    assert '<th scope="row">Title' not in html
    assert "Written by Olga" in text
    assert "has changed since this was written" not in text


def test_photos_show_as_their_descriptions(browser: Client, change: ListingChange) -> None:
    photo = make_photo(change.listing, alt="A loaf")
    make_photo(change.listing, alt="Rolls", position=None)
    change.values, change.before = {"photos": []}, {"photos": [{"id": photo.pk, "alt": "A loaf"}]}
    change.save()
    assert "Photos [removed: A loaf ] Nothing" in words(browser.get(url_of(change)).text)


def test_warns_where_live_has_moved_on(browser: Client, change: ListingChange) -> None:
    Listing.objects.filter(pk=change.listing_id).update(title="Sourdough")
    text = words(browser.get(url_of(change)).text)
    assert "What is live has changed since this was written: Title." in text
    assert "Title Changed meanwhile" in text


def test_accepting_makes_it_live_and_opens_the_next(
    browser: Client, change: ListingChange, waits: Waits
) -> None:
    given = {"decision": "accept", "seen": seen(browser.get(url_of(change)).text)}
    response = browser.post(url_of(change), given)
    assert response["Location"] == waits.urls[4]
    change.listing.refresh_from_db()
    assert change.listing.title == "A new title"
    assert OutgoingMail.objects.get().template == "change_accepted"
    assert "not waiting: accepted" in words(browser.get(url_of(change)).text)


def test_returning_mails_the_reason(browser: Client, change: ListingChange) -> None:
    page = browser.get(url_of(change)).text
    filled = browser.post(url_of(change), {"decision": "fill", "seen": seen(page), "ready": "0"})
    assert "The new words do not tell them.</textarea>" in filled.text
    empty = browser.post(url_of(change), {"decision": "return", "seen": seen(page)})
    assert "<title>Error: " in empty.text
    given = {"decision": "return", "seen": seen(page), "reason": "Which title?"}
    assert browser.post(url_of(change), given).status_code == 302
    change.refresh_from_db()
    assert (change.state, change.return_reason) == ("returned", "Which title?")
    change.listing.refresh_from_db()
    assert change.listing.title == "Bread"
    assert "> Which title?" in OutgoingMail.objects.get().text


def test_second_curator_is_told_and_loses_no_word(
    browser: Client, other_browser: Client, change: ListingChange
) -> None:
    page = seen(browser.get(url_of(change)).text)
    other_browser.post(url_of(change), {"decision": "accept", "seen": page})
    given = {"decision": "return", "seen": page, "reason": "Which title?"}
    response = browser.post(url_of(change), given)
    assert response.status_code == 409
    text = words(response.text)
    assert "Dan accepted this while you looked at it (" in text
    assert "What you wrote: Which title?" in text


def test_written_further_meanwhile_it_is_shown_again(
    browser: Client, change: ListingChange
) -> None:
    page = seen(browser.get(url_of(change)).text)
    change.values = {"title": "Another title"}
    change.save()
    given = {"decision": "accept", "seen": page, "reason": "Half a question"}
    response = browser.post(url_of(change), given)
    assert response.status_code == 409
    assert "Half a question</textarea>" in response.text
    assert "There is a problem" not in response.text
    assert "Another title" in words(response.text)
    change.listing.refresh_from_db()
    assert change.listing.title == "Bread"


def test_odd_values_of_former_times_do_no_harm(browser: Client, change: ListingChange) -> None:
    change.values = {"title": "<i>New</i>", "colour": "red"}
    change.before = {"title": "Bread", "colour": "blue"}
    change.save()
    response = browser.get(url_of(change))
    assert response.status_code == 200
    assert "<i>New</i>" not in response.text


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("", "", ("", "")),
        ("a b", "a b", ("a b", "a b")),
        ("", "<b>", ("", "<ins>…&lt;b&gt;…</ins>")),
        ("a b c", "a c", ("a <del>…b …</del>c", "a c")),
    ],
)
def test_marks(before: str, after: str, shown: tuple[str, str]) -> None:
    def plain(html: str) -> str:
        for word in ("[removed: ", "[new: ", "]"):
            html = html.replace(f'<span class="vh">{word}</span>', "…")
        return html

    assert tuple(plain(html) for html in marked(before, after)) == shown


def test_long_texts_are_marked_as_a_whole() -> None:
    left, right = marked("a " * 2500, "b " * 2500)
    assert left.count("<del>") == right.count("<ins>") == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_curators_at_once_one_decides(curator: User, other_curator: User) -> None:
    bread = make_listing()
    change = make_listing_change(bread)
    version = version_of(bread, change)
    outcomes = race(
        bread,
        partial(accept_change, change=change, by=curator, seen=version),
        partial(return_change, change=change, reason="No", by=other_curator, seen=version),
    )
    assert sum(isinstance(outcome, Overtaken) for outcome in outcomes) == 1
    assert AuditEvent.objects.filter(verb__in=["accepted", "returned"]).count() == 1
