"""A visitor's shortlists: making and filling them, notes, taking off, names, and whose they are."""

import datetime
from collections.abc import Callable
from copy import deepcopy

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from accounts.models.invitation import hash_of
from accounts.services.merge import merge_organisations
from accounts.services.organisation import close_organisation
from accounts.services.retention import retain
from providers.forms.shortlist import FIRST
from providers.models import Listing, Shortlist, ShortlistItem
from providers.views import holding, shortlist
from tests.conftest import Cast
from tests.factories import (
    make_confirmed_user,
    make_listing,
    make_membership,
    make_register_entry,
    make_shortlist,
    make_shortlist_item,
    make_user,
)
from tests.providers.reading import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_lazy_loading")]

START = "/providers/shortlist/"


@pytest.fixture
def cast(lasting_cast: Cast, db: None) -> Cast:
    return deepcopy(lasting_cast)


def add(client: Client, *listings: Listing, **fields: str) -> Shortlist:
    """Put them on a list by the page's one button, and follow it to the list."""
    query = "&".join(f"listing={row.pk}" for row in listings)
    response = client.post(f"{START}add/?{query}", {"to": "new", "name": FIRST, **fields})
    assert response.status_code == 302, response.text
    return Shortlist.objects.get(pk=response["Location"].split("/")[-2])


def page(client: Client, found: Shortlist) -> str:
    response = client.get(found.get_absolute_url())
    assert response.status_code == 200
    return response.text


def item_of(found: Shortlist) -> ShortlistItem:
    return found.items.get()


def act(client: Client, found: Shortlist, doing: str, **fields: str) -> int:
    response = client.post(f"{START}{found.pk}/{doing}/", fields)
    return response.status_code


# -- From a result to a list ------------------------------------------------------------------


def test_results_offers_and_organisations_lead_to_a_list(client: Client, cast: Cast) -> None:
    box = f'name="listing" value="{cast.buffet.pk}" form="chosen"'
    for path in ("/providers/", "/providers/map/", "/providers/holbeck-kitchen/"):
        html = client.get(path).text
        assert box in html
        assert '<form id="chosen"' in html
        assert "Choose : Buffet lunches" in words(html)
        assert 'action="/providers/shortlist/add/"' in html
        assert 'formaction="/providers/compare/"' in html
    html = client.get(cast.buffet.get_absolute_url()).text
    assert f'href="/providers/shortlist/add/?listing={cast.buffet.pk}"' in html
    assert not client.cookies


def test_choosing_shows_what_was_chosen_and_changes_nothing(client: Client, cast: Cast) -> None:
    html = client.get(f"{START}add/?listing={cast.buffet.pk}&listing={cast.big_hall.pk}").text
    assert "Buffet lunches , Holbeck Kitchen" in words(html)
    assert "Big hall , Burley Hall" in words(html)
    assert f'value="{FIRST}"' in html
    assert "session" not in client.cookies
    assert not Shortlist.objects.exists()
    assert not Session.objects.exists()


def test_one_button_makes_the_list_and_fills_it(client: Client, cast: Cast) -> None:
    found = add(client, cast.buffet, cast.big_hall)
    assert (found.name, found.owner_id) == (FIRST, None)
    assert [item.title for item in found.items.all()] == ["Buffet lunches", "Big hall"]
    html = page(client, found)
    text = words(html)
    assert "2 offers are new on the list." in text
    assert "Price From £6.50 a head" in text
    assert "Telephone +44 113 496 0101" in text
    assert "Email hello@holbeckkitchen.example" in text
    assert 'href="tel:+441134960101"' in html
    assert "This browser keeps your lists for 30 days" in text


def test_sent_twice_it_is_there_once(client: Client, cast: Cast) -> None:
    found = add(client, cast.buffet)
    assert add(client, cast.buffet) == found
    assert add(client, cast.buffet, to=str(found.pk)) == found
    assert item_of(found).title == "Buffet lunches"
    assert "“Buffet lunches” was on it already." in words(page(client, found))


def test_several_lists(client: Client, cast: Cast) -> None:
    lunch = add(client, cast.buffet, name="Lunch for thirty")
    html = client.get(f"{START}add/?listing={cast.cakes.pk}").text
    assert "Lunch for thirty" in html
    assert "A new list" in html
    cakes = add(client, cast.cakes, to="new", name="Cakes")
    assert add(client, cast.big_hall, to=str(lunch.pk), name="ignored") == lunch
    assert lunch.items.count() == 2
    assert cakes.items.count() == 1
    text = words(client.get(START).text)
    assert "Lunch for thirty 2 offers" in text
    assert "Cakes 1 offer" in text
    response = client.post(START, {"name": "Room"})
    assert client.get(response["Location"]).status_code == 200
    assert Shortlist.objects.count() == 3


def test_a_new_list_needs_a_name(client: Client, cast: Cast) -> None:
    add(client, cast.buffet)
    address = f"{START}add/?listing={cast.buffet.pk}"
    for fields, error in (
        ({"to": "new", "name": " "}, "Give the list a name."),
        ({"to": "new", "name": "x" * 81}, "Use a name of at most 80 characters."),
        ({}, "Choose a list."),
        ({"to": "0"}, "This list is not here any more."),
        ({"to": "new", "name": "a\0b"}, "Null characters are not allowed."),
    ):
        response = client.post(address, fields)
        assert response.status_code == 200
        assert error in words(response.text)
        assert "<title>Error: " in response.text
    assert Shortlist.objects.count() == 1


def test_somebody_elses_list_is_no_choice(client: Client, cast: Cast) -> None:
    theirs = make_shortlist(make_user())
    add(client, cast.buffet)
    response = client.post(f"{START}add/?listing={cast.cakes.pk}", {"to": str(theirs.pk)})
    assert "not here any more" in response.text
    assert not theirs.items.exists()


@pytest.mark.parametrize(
    "value", ["x", "%00", "-1", "1e3", "99999999999999999999", "0", "٣", "' OR 1=1", "9" * 10_000]
)
def test_bad_numbers_are_told_and_nothing_breaks(client: Client, cast: Cast, value: str) -> None:
    for path in (f"{START}add/", "/providers/compare/"):
        text = words(client.get(f"{path}?listing={value}&listing={cast.buffet.pk}").text)
        assert "One offer that you chose is not on the site." in text
        assert "Buffet lunches" in text
        assert client.get(f"{path}?listing={value}").status_code == 200
    assert client.post(f"{START}add/?listing={value}", {"name": "x"}).status_code == 422
    assert not Shortlist.objects.exists()


@pytest.mark.parametrize("state", ["draft", "submitted", "returned", "archived"])
def test_what_is_not_public_cannot_be_put_on_a_list_or_told_from_nothing(
    client: Client, cast: Cast, state: str
) -> None:
    secret = make_listing(title="A secret", state=state)
    for path in (f"{START}add/", "/providers/compare/"):
        there = client.get(f"{path}?listing={secret.pk}").text
        nowhere = client.get(f"{path}?listing={secret.pk + 10_000}").text
        assert "A secret" not in there
        assert words(there) == words(nowhere)
    assert client.post(f"{START}add/?listing={secret.pk}", {"name": "x"}).status_code == 422


def test_a_full_list_says_so(client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Shortlist, "MOST_ITEMS", 1)
    monkeypatch.setattr(Shortlist, "MOST_LISTS", 1)
    found = add(client, cast.buffet)
    response = client.post(f"{START}add/?listing={cast.cakes.pk}", {"to": str(found.pk)})
    assert "A list holds up to 1 offers, and this one has 1." in words(response.text)
    for path, fields in ((START, {}), (f"{START}add/?listing={cast.cakes.pk}", {"to": "new"})):
        response = client.post(path, {**fields, "name": "Another"})
        assert "You have 1 lists, and more are not possible." in words(response.text)
    assert item_of(found).title == "Buffet lunches"


def test_lists_are_not_begun_without_end(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shortlist, "LISTS_AN_HOUR", 2)
    for name in ("One", "Two", "Two"):
        assert client.post(START, {"name": name}).status_code == 302
    for path, fields in ((START, {}), (f"{START}add/?listing={cast.cakes.pk}", {"to": "new"})):
        response = client.post(path, {**fields, "name": "Three"})
        assert response.status_code == 429
        assert response["Retry-After"]
        assert 'value="Three"' in response.text
    assert Shortlist.objects.count() == 2


# -- What stands on it ------------------------------------------------------------------------


def test_a_note_is_kept_and_changed(client: Client, cast: Cast) -> None:
    found = add(client, cast.buffet)
    address = f"{found.pk}/{item_of(found).pk}/note"
    assert act(client, found, f"{item_of(found).pk}/note", note="Ring Sam.\r\n<b>Soon</b>") == 302
    assert item_of(found).note == "Ring Sam.\n<b>Soon</b>"
    assert "&lt;b&gt;Soon&lt;/b&gt;" in page(client, found)
    assert "Ring Sam." in client.get(f"{START}{address}/").text
    response = client.post(f"{START}{address}/", {"note": "é" * 1001})
    assert "Say it in 1000 characters or fewer. You have written 1001." in words(response.text)
    assert "é" * 1001 in response.text
    assert client.post(f"{START}{address}/", {"note": "\0"}).status_code == 200
    assert item_of(found).note.startswith("Ring Sam.")
    assert act(client, found, f"{item_of(found).pk}/note", note="") == 302
    assert item_of(found).note == ""


def test_what_is_taken_off_can_be_put_back_with_its_note(client: Client, cast: Cast) -> None:
    found = add(client, cast.buffet)
    item = item_of(found)
    act(client, found, f"{item.pk}/note", note="Ring Sam.")
    for _ in range(2):
        assert act(client, found, f"{item.pk}/take-off") == 302
    text = words(page(client, found))
    assert "0 offers" in text
    assert "Put it back : Buffet lunches" in text
    assert "Ring Sam." not in text
    for _ in range(2):
        assert act(client, found, f"{item.pk}/put-back") == 302
    assert "Ring Sam." in words(page(client, found))
    act(client, found, f"{item.pk}/take-off")
    add(client, cast.buffet, to=str(found.pk))
    assert item_of(found).note == "Ring Sam."
    assert item_of(found).removed_at is None


def test_what_was_taken_off_yesterday_is_gone(client: Client, cast: Cast) -> None:
    found = add(client, cast.buffet)
    item = item_of(found)
    act(client, found, f"{item.pk}/take-off")
    assert retain(timezone.localdate())["providers"] == 0
    ShortlistItem.objects.update(removed_at=timezone.now() - datetime.timedelta(days=1, minutes=1))
    assert retain(timezone.localdate())["providers"] == 1
    assert act(client, found, f"{item.pk}/put-back") == 404


def _pause(listing: Listing) -> None:
    Listing.objects.filter(pk=listing.pk).update(state=Listing.State.PAUSED)


def _archive(listing: Listing) -> None:
    Listing.objects.filter(pk=listing.pk).update(state=Listing.State.ARCHIVED)


def _close(listing: Listing) -> None:
    owner = make_membership(listing.organisation).user
    close_organisation(organisation=listing.organisation, by=owner)


def _delete(listing: Listing) -> None:
    Listing.objects.get(pk=listing.pk).delete()


def _remove_on_request(listing: Listing) -> None:
    Listing.objects.filter(pk=listing.pk).update(origin=Listing.Origin.REGISTER)
    make_register_entry(listing, removed_at=timezone.now())


GONE = "Not on the site any more"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (_pause, "Paused It takes no requests at the moment."),
        (_archive, GONE),
        (_close, GONE),
        (_delete, GONE),
        (_remove_on_request, GONE),
    ],
)
def test_an_offer_that_is_paused_or_gone_stays_and_says_so(
    client: Client, cast: Cast, change: Callable[[Listing], None], says: str
) -> None:
    found = add(client, cast.buffet)
    act(client, found, f"{item_of(found).pk}/note", note="Ring Sam.")
    change(cast.buffet)
    html = page(client, found)
    text = words(html)
    assert "Buffet lunches Holbeck Kitchen" in text
    assert says in text
    assert "Ring Sam." in text
    assert "hello@holbeckkitchen.example" not in text, "its own page shows no contact either"
    assert "0113" not in text
    assert "113 496" not in text
    links = cast.buffet.get_absolute_url() in html
    assert links is (says != GONE)
    assert act(client, found, f"{item_of(found).pk}/take-off") == 302


def test_a_name_that_is_new_shows_and_one_that_nobody_confirmed_says_so(
    client: Client, cast: Cast
) -> None:
    found = add(client, cast.buffet)
    Listing.objects.filter(pk=cast.buffet.pk).update(
        title="Lunches", confirmed_at=timezone.now() - datetime.timedelta(days=400)
    )
    text = words(page(client, found))
    assert "Lunches Holbeck Kitchen" in text
    assert "Not confirmed for over a year" in text


def test_merging_organisations_loses_nothing(client: Client, cast: Cast) -> None:
    found = add(client, cast.buffet, cast.big_hall)
    merge_organisations(keep=cast.hall, gone=cast.kitchen, by=make_user())
    text = words(page(client, found))
    assert "2 offers" in text
    assert "Buffet lunches Burley Hall" in text


def test_a_list_takes_as_many_queries_whatever_stands_on_it(client: Client, cast: Cast) -> None:
    one, many = add(client, cast.buffet), add(client, *cast.listings, name="All")
    counts = []
    for found in (one, many):
        page(client, found)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page(client, found)
        counts.append(len(queries))
    assert counts[0] == counts[1] < 8


def test_examples_are_marked(client: Client, cast: Cast) -> None:
    assert "Example data" in page(client, add(client, cast.pretend_cleaning))
    assert "Example data" not in page(client, add(client, cast.buffet, name="Real"))


# -- Names, and deleting ----------------------------------------------------------------------


def test_a_list_is_renamed_but_not_to_another_ones_name(client: Client, cast: Cast) -> None:
    one, other = add(client, cast.buffet, name="One"), add(client, cast.buffet, name="Other")
    assert act(client, one, "rename", name="Third") == 302
    assert act(client, one, "rename", name="third") == 302
    response = client.post(f"{START}{one.pk}/rename/", {"name": "OTHER"})
    assert "You have a list of this name already." in words(response.text)
    assert 'value="OTHER"' in response.text
    assert add(client, cast.cakes, to="new", name="other") == other


def test_deleting_asks_first(client: Client, cast: Cast) -> None:
    found = add(client, cast.buffet)
    assert "goes with 1 offer and your notes" in words(
        client.get(f"{START}{found.pk}/delete/").text
    )
    assert Shortlist.objects.exists()
    assert act(client, found, "delete") == 302
    assert not Shortlist.objects.exists()
    assert act(client, found, "delete") == 404
    assert "Nothing is on a list yet." in words(client.get(START).text)


def test_only_posting_changes_anything(client: Client, cast: Cast) -> None:
    found = add(client, cast.buffet)
    item = item_of(found)
    before = (item.removed_at, item.note, found.modified, found.shared_until)
    for name in (f"{item.pk}/take-off", f"{item.pk}/put-back", "share", "share/stop"):
        assert client.get(f"{START}{found.pk}/{name}/").status_code == 405
    for name in ("", f"{item.pk}/note/", "delete/", "rename/"):
        assert client.get(f"{START}{found.pk}/{name}").status_code == 200
    item, found = item_of(found), Shortlist.objects.get()
    assert (item.removed_at, item.note, found.modified, found.shared_until) == before


# -- Whose it is ------------------------------------------------------------------------------


ACTS = ("", "rename/", "delete/", "share/", "share/stop/")
OF_ITEM = ("note/", "take-off/", "put-back/")


def test_nobody_else_finds_a_list(client: Client, cast: Cast) -> None:
    found = add(client, cast.buffet)
    other, member = Client(), Client()
    add(other, cast.buffet)
    member.force_login(make_user())
    theirs = make_shortlist(make_user())
    mixed = make_shortlist_item(theirs, cast.cakes)
    for who in (other, member, Client()):
        paths = [f"{START}{found.pk}/{name}" for name in ACTS]
        paths += [f"{START}{found.pk}/{item_of(found).pk}/{name}" for name in OF_ITEM]
        for path in paths:
            assert who.get(path).status_code in {404, 405}
            assert who.post(path, {"name": "x", "note": "x"}).status_code in {404, 405}
            assert 404 in {who.get(path).status_code, who.post(path).status_code}
    for name in OF_ITEM:  # one's own list, but not its item
        assert client.post(f"{START}{found.pk}/{mixed.pk}/{name}").status_code == 404
    for pk in ("0", "99999999999999999999"):
        assert client.get(f"{START}{pk}/").status_code == 404
        assert client.post(f"{START}{found.pk}/{pk}/take-off/").status_code == 404
    assert item_of(found).removed_at is None


def test_the_session_holds_a_secret_and_the_list_its_hash(client: Client, cast: Cast) -> None:
    found = add(client, cast.buffet)
    secret = client.session[holding.KEY]
    add(client, cast.cakes, name="Another")
    assert client.session[holding.KEY] == secret
    assert set(Shortlist.objects.values_list("holder_hash", flat=True)) == {hash_of(secret)}
    assert secret not in str(Shortlist.objects.values())
    session = client.session
    session[holding.KEY] = 7
    session.save()
    assert client.get(found.get_absolute_url()).status_code == 404


def sign_in(client: Client, email: str) -> None:
    response = client.post(
        "/accounts/login/password/", {"login": email, "password": "a long password"}
    )
    assert response.status_code == 302, response.text


def test_lists_come_along_at_sign_in_and_are_there_on_all_devices(
    client: Client, cast: Cast
) -> None:
    user = make_confirmed_user("sam@example.org")
    here, there = Client(), Client()
    first = add(here, cast.buffet)
    sign_in(here, "sam@example.org")
    assert holding.KEY not in here.session
    first.refresh_from_db()
    assert (first.owner_id, first.holder_hash) == (user.pk, "")
    assert "Buffet lunches" in page(here, first)
    assert "This browser keeps" not in page(here, first)
    second = add(there, cast.big_hall)
    sign_in(there, "sam@example.org")
    names = {row.pk: row.name for row in Shortlist.objects.filter(owner=user)}
    assert names == {first.pk: FIRST, second.pk: f"{FIRST} 2"}
    for browser in (here, there):
        assert "Big hall" in page(browser, second)
        assert "Buffet lunches" in page(browser, first)
    there.post("/accounts/logout/")
    assert there.get(first.get_absolute_url()).status_code == 404
    assert client.get(first.get_absolute_url()).status_code == 404


def test_signing_in_without_a_list_takes_nothing(client: Client, cast: Cast) -> None:
    make_confirmed_user("sam@example.org")
    theirs = make_shortlist()
    sign_in(client, "sam@example.org")
    theirs.refresh_from_db()
    assert theirs.owner_id is None


def test_a_name_as_long_as_possible_gets_its_number(client: Client, cast: Cast) -> None:
    user = make_confirmed_user("sam@example.org")
    make_shortlist(user, name="x" * 80)
    add(client, cast.buffet, name="X" * 80)
    sign_in(client, "sam@example.org")
    assert set(user.shortlists.values_list("name", flat=True)) == {"x" * 80, "X" * 78 + " 2"}


# -- What is forgotten ------------------------------------------------------------------------


def forgotten() -> int:
    return retain(timezone.localdate())["providers"]


def test_lists_that_nobody_signed_in_for_are_forgotten(settings: Settings) -> None:
    old = make_shortlist()
    make_shortlist_item(old)
    owned = make_shortlist(make_user())
    soon = timezone.now() + datetime.timedelta(hours=1)
    shared = make_shortlist(share_key="key", shared_until=soon)
    Shortlist.objects.update(modified=timezone.now() - datetime.timedelta(days=30))
    assert forgotten() == 0
    settings.KEEP_SHORTLISTS_DAYS = 29
    assert forgotten() == 2
    assert set(Shortlist.objects.all()) == {owned, shared}
    assert forgotten() == 0


def test_a_change_lets_the_session_last(client: Client, cast: Cast) -> None:
    add(client, cast.buffet)
    soon = timezone.now() + datetime.timedelta(days=1)
    Session.objects.update(expire_date=soon)
    client.get(START)
    assert Session.objects.get().expire_date == soon
    add(client, cast.cakes)
    assert Session.objects.get().expire_date > soon + datetime.timedelta(days=28)


def test_an_erased_person_takes_their_lists_along() -> None:
    user: User = make_confirmed_user()
    make_shortlist_item(make_shortlist(user))
    user.delete()
    assert not Shortlist.objects.exists()
    assert not ShortlistItem.objects.exists()


# -- On paper ---------------------------------------------------------------------------------


def test_paper_has_room_for_notes(client: Client, cast: Cast) -> None:
    html = page(client, add(client, cast.buffet, cast.big_hall))
    assert html.count('class="room muted"') == 2
    assert "css/shortlist.css" in html
