"""The page that the mailed question leads to: reading changes nothing, one button says yes."""

import datetime
import re
import time

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEvent, Membership
from accounts.refused import Overtaken
from accounts.services.merge import merge_organisations
from accounts.slugs import RESERVED
from providers import listing_index, still_right_links
from providers.models import Listing
from providers.services import freshness
from providers.services.listing_states import confirm
from providers.still_right_links import DeadLink, Link
from tests.accounts.rows import snapshot
from tests.factories import make_listing, make_membership, make_organisation, make_user
from tests.providers.reading import facts, words
from tests.search.worker import Worker
from tests.signing_in import signed_in
from tslsv.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db
HALF_A_YEAR = datetime.timedelta(days=200)


@pytest.fixture
def owner() -> Membership:
    return make_membership(make_organisation("Holbeck Kitchen", slug="holbeck-kitchen"))


@pytest.fixture
def listing(owner: Membership) -> Listing:
    return unconfirmed(owner, title="Buffet lunches", slug="buffet", summary="Cold platters.")


def unconfirmed(owner: Membership, **fields: object) -> Listing:
    made = make_listing(owner.organisation, confirmed_at=timezone.now() - HALF_A_YEAR, **fields)
    listing_index.refresh([made.pk])
    return made


def url_of(*listings: Listing) -> str:
    return f"/providers/still-right/{still_right_links.make(listings)}/"


def state(listing: Listing) -> tuple[str, bool]:
    """Its state, and whether it was confirmed just now."""
    listing.refresh_from_db()
    assert listing.confirmed_at is not None
    fresh = timezone.now() - listing.confirmed_at < datetime.timedelta(minutes=5)
    return listing.state, fresh


# -- Looking --------------------------------------------------------------------------------------


def test_the_mails_link_shows_what_the_list_says(client: Client, listing: Listing) -> None:
    freshness.ask_who_is_due(timezone.localdate())
    link = re.search(r"https?://[^/]+(/providers/still-right/\S+)", OutgoingMail.objects.get().text)
    assert link
    response = client.get(link[1])
    assert response.status_code == 200
    text = words(response.text)
    assert "Is “Buffet lunches” still right?" in text
    assert "Cold platters." in text
    assert facts(response.text)["Price"] == "Ask for a price"
    assert "Yes, this is still right" in text
    assert "We no longer offer this" in text
    assert f"/my/holbeck-kitchen/offers/{listing.pk}/" in response.text
    assert '<meta name="robots" content="noindex">' in response.text
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_changes_nothing(client: Client, listing: Listing, method: str) -> None:
    before = snapshot()
    assert getattr(client, method)(url_of(listing)).status_code == 200
    assert snapshot() == before
    assert "sessionid" not in client.cookies


def test_only_what_a_page_can_do_is_answered(client: Client, listing: Listing) -> None:
    assert client.put(url_of(listing)).status_code == 405
    assert Client(enforce_csrf_checks=True).post(url_of(listing)).status_code == 403


def test_where_nobody_acts_a_change_goes_to_a_curator(client: Client) -> None:
    listing = make_listing(confirmed_at=timezone.now() - HALF_A_YEAR)
    assert f'href="{listing.get_absolute_url()}report/"' in client.get(url_of(listing)).text


def test_many_listings_take_as_many_queries_as_two(
    client: Client, owner: Membership, django_assert_max_num_queries: object
) -> None:
    url = url_of(*(unconfirmed(owner) for _ in range(12)))
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        assert client.get(url).text.count("Yes, this is still right") == 12


# -- Saying yes -----------------------------------------------------------------------------------


def test_one_button_confirms(client: Client, listing: Listing) -> None:
    url = url_of(listing)
    response = client.post(url, {"still": str(listing.pk)})
    assert response.status_code == 302
    assert response["Location"] == url
    assert state(listing) == ("published", True)
    event = AuditEvent.objects.get()
    assert (event.verb, event.actor_key) == ("confirmed", None)
    page = words(client.get(url).text)
    assert "Thank you. “Buffet lunches” is confirmed." in page
    assert "Nothing left to confirm" in page


def test_whoever_is_signed_in_is_named(listing: Listing, owner: Membership) -> None:
    signed_in(owner.user).post(url_of(listing), {"still": str(listing.pk)})
    assert AuditEvent.objects.get().actor_key == owner.user.audit_key


def test_pressed_twice_it_is_confirmed_once(client: Client, listing: Listing) -> None:
    url = url_of(listing)
    for _ in range(2):
        assert client.post(url, {"still": str(listing.pk)}).status_code == 302
    assert AuditEvent.objects.count() == 1
    assert "Confirmed on" in words(client.get(url).text)


def test_all_at_once(client: Client, owner: Membership) -> None:
    first, second, third = (unconfirmed(owner) for _ in range(3))
    url = url_of(first, second, third)
    assert "Yes, all 3 are still right" in client.get(url).text
    confirm(listing=second, actor_key=None)
    assert client.post(url, {"still": "all"}).status_code == 302
    assert {state(row) for row in (first, second, third)} == {("published", True)}
    assert AuditEvent.objects.filter(verb="confirmed").count() == 3
    assert "Confirmed: 2." in client.get(url).text
    client.post(url, {"still": "all"})
    assert "nothing was changed" in client.get(url).text


def test_a_hidden_one_is_back_in_search_at_once(client: Client, owner: Membership) -> None:
    long_ago = timezone.now() - 2 * HALF_A_YEAR
    hidden = make_listing(owner.organisation, title="Xylophones", confirmed_at=long_ago)
    listing_index.refresh([hidden.pk])
    assert "0 offers" in client.get("/providers/?q=xylophones").text
    assert "Search no longer shows it" in client.get(url_of(hidden)).text
    client.post(url_of(hidden), {"still": str(hidden.pk)})
    assert "1 offer from" in client.get("/providers/?q=xylophones").text


def test_a_register_entry_becomes_its_providers_own(client: Client, owner: Membership) -> None:
    entry = unconfirmed(owner, origin=Listing.Origin.REGISTER)
    assert "Never: this comes from a public register" in client.get(url_of(entry)).text
    client.post(url_of(entry), {"still": str(entry.pk)})
    entry.refresh_from_db()
    assert entry.origin == Listing.Origin.PROVIDER


# -- Saying no ------------------------------------------------------------------------------------


def test_no_longer_offered_is_paused_and_gone_from_search(client: Client, listing: Listing) -> None:
    url = url_of(listing)
    assert "1 offer" in client.get("/providers/?q=platters").text
    assert client.post(url, {"stop": str(listing.pk)}).status_code == 302
    assert state(listing) == ("paused", False)
    assert [event.verb for event in AuditEvent.objects.all()] == ["paused"]
    page = words(client.get(url).text)
    assert "“Buffet lunches” is paused" in page
    assert "0 offers" in client.get("/providers/?q=platters").text
    assert "Not on offer at the moment" in page
    client.post(url, {"still": str(listing.pk)})
    assert state(listing) == ("paused", False), "a link does not bring back what was stopped"


def test_yes_first_then_no_says_what_happened(client: Client, listing: Listing) -> None:
    url = url_of(listing)
    client.post(url, {"still": str(listing.pk)})
    client.post(url, {"stop": str(listing.pk)})
    assert state(listing) == ("published", True)


# -- Links that are of no use ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "token",
    [
        "x",
        "a:b:c",
        "é",
        "x" * 3000,
        "W1sxLDFdXQ:1xWLWp:UIc7PvCIN9uLqnnPNZYsPRnnwg7wfeFkg8f6-cdYoYw",
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_what_is_no_link_of_ours_is_answered_in_words(
    client: Client, token: str, method: str
) -> None:
    response = getattr(client, method)(f"/providers/still-right/{token}/", {"still": "all"})
    assert response.status_code == 410
    assert "This link has run out" in response.text


def test_it_dies_after_ninety_days(
    client: Client, listing: Listing, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = url_of(listing)
    now = time.time()
    for days, status in ((89, 200), (91, 410)):
        monkeypatch.setattr(time, "time", lambda days=days: now + days * 24 * 3600)
        assert client.get(url).status_code == status
    assert client.post(url, {"still": str(listing.pk)}).status_code == 410
    assert state(listing) == ("published", False)


def test_an_older_link_dies_with_a_yes_by_a_newer_one(client: Client, listing: Listing) -> None:
    old = url_of(listing)
    Listing.objects.update(confirmed_at=timezone.now() - HALF_A_YEAR / 2)
    client.post(old, {"still": str(listing.pk)})
    assert state(listing) == ("published", False)


@pytest.mark.parametrize("now", ["archived", "returned", "draft"])
def test_what_is_not_public_is_not_led_to(client: Client, listing: Listing, now: str) -> None:
    url = url_of(listing)
    Listing.objects.update(state=now)
    page = client.get(url)
    assert page.status_code == 200
    assert "Not on offer at the moment" in words(page.text)
    assert listing.get_absolute_url() not in page.text
    client.post(url, {"still": "all"})
    assert state(listing) == (now, False)


def test_what_has_gone_is_said(client: Client, listing: Listing) -> None:
    url = url_of(listing)
    pk = listing.pk
    listing.delete()
    assert "is not on the list any more" in words(client.get(url).text)
    assert client.post(url, {"still": str(pk)}).status_code == 302


def test_a_listing_that_moved_to_another_organisation_is_found(
    client: Client, listing: Listing
) -> None:
    url = url_of(listing)
    keep = make_organisation("Beeston Kitchen")
    merge_organisations(keep=keep, gone=listing.organisation, by=make_user())
    client.post(url, {"still": str(listing.pk)})
    assert state(listing) == ("published", True)


@pytest.mark.parametrize(
    "data",
    [{}, {"still": ""}, {"still": "0"}, {"still": "x\0"}, {"stop": "all"}, {"stop": "9" * 50}],
)
def test_no_button_of_the_page_is_nothing(
    client: Client, listing: Listing, data: dict[str, str]
) -> None:
    other = make_listing(confirmed_at=timezone.now() - HALF_A_YEAR)
    url = url_of(listing)
    assert client.post(url, data).status_code == 404
    assert client.post(url, {"still": str(other.pk)}).status_code == 404
    assert state(listing) == state(other) == ("published", False)


def test_what_was_signed_for_something_else_is_no_link() -> None:
    assert still_right_links.read(signing.dumps([[1, 1]], salt=still_right_links.SALT))
    with pytest.raises(DeadLink):
        still_right_links.read(signing.dumps([[1, 1]], salt="another"))


def test_no_organisation_has_this_address() -> None:
    assert "still-right" in RESERVED


def test_a_link_holds_nothing_about_people(listing: Listing) -> None:
    make_user()
    token = still_right_links.make([listing])
    (link,) = still_right_links.read(token)
    assert link == Link(listing.pk, int(listing.confirmed_at.timestamp()))  # type: ignore[union-attr]
    with pytest.raises(DeadLink):
        still_right_links.read(token[:-1])


# -- At once --------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_yes_and_no_at_once_end_with_one_of_them() -> None:
    listing = unconfirmed(make_membership())
    link = still_right_links.read(still_right_links.make([listing]))[0]
    lost: list[str] = []

    def say(work: object) -> None:
        try:
            work(link=link)  # type: ignore[operator]
        except Overtaken as overtaken:
            lost.append(str(overtaken))

    acts = (freshness.confirm_by_link, freshness.pause_by_link)
    for worker in [Worker(lambda act=act: say(act)) for act in acts]:  # type: ignore[misc]
        worker.finish()
    assert len(lost) == 1
    assert AuditEvent.objects.count() == 1
    assert state(listing) in {("published", True), ("paused", False)}
