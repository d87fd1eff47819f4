"""Joining the list: who are you, and are you here already? With an account and without one."""

import re
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client

from accounts.models import Membership, Organisation
from providers.models import Listing, Registration
from providers.views import join as views
from providers.views.held import KEY as HELD
from tests.factories import (
    make_confirmed_user,
    make_identifier,
    make_listing,
    make_membership,
    make_organisation,
    make_register_entry,
)
from tests.providers.reading import words
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db

START, STEP = "/providers/join/", "/providers/join/is-this-you/"
GOOD = {"name": "Kestrelgate Youth Club", "postcode": "ls8 4aa", "scheme": "", "number": ""}


def send(client: Client, **answers: str) -> Any:
    return client.post(START, {"attempt": "a" * 43, **GOOD, **answers})


def on_the_list(name: str = "Kestrelgate Youth Club", **fields: object) -> Organisation:
    return make_listing(make_organisation(name, postcode="LS8 4AB", **fields)).organisation


# -- The first question -----------------------------------------------------------------------


def test_it_starts_without_an_account_and_says_what_is_public(client: Client) -> None:
    response = client.get(START)
    text = words(response.text)
    assert response.status_code == 200
    assert "you need no account to begin" in text
    assert "Not public as a whole." in text
    assert response.text.count("<h1") == 1
    assert "noindex" not in response.text  # people may find it by a search engine
    assert not Session.objects.exists()


def test_each_form_has_a_secret_of_its_own(client: Client) -> None:
    def attempt() -> str:
        found = re.search(r'name="attempt" value="([\w-]{43})"', client.get(START).text)
        assert found
        return found[1]

    assert attempt() != attempt()


def test_an_answer_like_nobodys_leads_on_to_the_offer(client: Client, places: None) -> None:
    response = send(client, number="10 90-0\u201395", scheme="GB-CHC")
    listing = Listing.objects.get()
    assert response["Location"] == f"/providers/join/{listing.pk}/"
    registration = Registration.objects.get()
    assert (registration.scheme, registration.number) == ("GB-CHC", "1090095")
    assert client.session[HELD] == [registration.pk]
    assert listing.organisation.postcode == "LS8 4AA"
    assert not Membership.objects.exists()


def test_whoever_is_signed_in_goes_on_as_the_owner(places: None) -> None:
    user = make_confirmed_user()
    response = send(signed_in(user))
    listing = Listing.objects.get()
    assert response["Location"] == f"/my/kestrelgate-youth-club/offers/{listing.pk}/"
    assert Membership.objects.get().user == user


def test_whoever_acts_for_organisations_is_offered_those_first() -> None:
    user = make_confirmed_user()
    mine = make_membership(make_organisation("Holbeck Kitchen"), user).organisation
    make_organisation("Somebody else’s")
    html = signed_in(user).get(START).text
    assert f'href="/my/{mine.slug}/offers/new/"' in html
    assert "For which organisation?" in words(html)
    assert "Somebody else" not in html


def test_a_place_outside_leeds_is_allowed_and_said(client: Client, places: None) -> None:
    send(client, postcode="SW1A 1AA")
    assert Organisation.objects.get().ward is None
    text = words(client.get("/about/").text)  # wherever one comes next
    assert "SW1A 1AA is outside Leeds. That is fine" in text


def test_sent_twice_or_again_with_the_back_button_it_is_one(client: Client) -> None:
    first, again = send(client), send(client)
    fresh = client.post(START, {**GOOD, "attempt": "b" * 43})
    assert first["Location"] == again["Location"] == fresh["Location"]
    assert Organisation.objects.count() == Listing.objects.count() == 1


def test_a_double_click_before_there_is_a_session_is_one_too() -> None:
    """The browser keeps the session of the later answer, so that one has to hold it as well."""
    one, two = Client(), Client()
    assert send(one)["Location"] == send(two)["Location"]
    assert one.session[HELD] == two.session[HELD]
    assert Organisation.objects.count() == 1


def test_somebody_else_with_the_same_answers_gets_their_own(client: Client) -> None:
    send(client)
    other = Client().post(START, {**GOOD, "attempt": "b" * 43})
    assert other["Location"] != f"/providers/join/{Listing.objects.order_by('pk')[0].pk}/"
    assert Organisation.objects.count() == 2


@pytest.mark.parametrize("attempt", ["", "a", "a" * 44, "ä" * 43, "x" * 9000])
def test_a_secret_that_is_none_of_ours_counts_for_nothing(attempt: str) -> None:
    for client in (Client(), Client()):
        send(client, attempt=attempt)
    assert Organisation.objects.count() == 2


# -- Mistakes and robots ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ({"name": ""}, "Enter the name of your organisation."),
        ({"name": " !? "}, "Enter the name of your organisation."),
        ({"name": "x" * 201}, "Enter a name of at most 200 characters. This one has 201."),
        ({"postcode": ""}, "Enter your postcode, such as LS8 4AA."),
        ({"postcode": "LS8"}, "Enter a whole postcode, such as LS8 4AA."),
        ({"postcode": "nonsense"}, "Enter a whole postcode, such as LS8 4AA."),
        ({"scheme": "GB-CHC"}, "Enter the number, or choose “We have none of these”."),
        ({"number": "1090095"}, "Choose which number it is."),
        ({"scheme": "GB-CHC", "number": "12"}, "Charity number: enter 6 or 7 digits."),
        ({"scheme": "zzz", "number": "12"}, "Choose which number it is."),
    ],
)
def test_mistakes_are_said_twice_and_answers_kept(
    client: Client, answers: dict[str, str], error: str
) -> None:
    response = send(client, **answers)
    assert response.status_code == 200
    assert "<title>Error: " in response.text
    assert words(response.text).count(error) == 2
    if "name" not in answers:
        assert 'value="Kestrelgate Youth Club"' in response.text
    assert not Organisation.objects.exists()
    assert not Session.objects.exists()


@pytest.mark.parametrize("name", ["name", "postcode", "scheme", "number", "attempt"])
@pytest.mark.parametrize("value", ["nul \0 byte", "x" * 10_000, "\ud7ff\u202e", "%00", "' OR 1=1"])
def test_hostile_answers_are_never_a_500(client: Client, name: str, value: str) -> None:
    assert send(client, **{name: value}).status_code in {200, 302, 400}
    assert client.get(START, {"change": value}).status_code in {200, 400}


def test_hostile_names_come_back_as_text(client: Client) -> None:
    on_the_list("<script>alert(1)</script> Youth Club")
    send(client, name="<script>alert(1)</script> Youth Club")
    assert "<script>alert" not in client.get(STEP).text


def test_a_robot_gets_nowhere(client: Client) -> None:
    assert send(client, home_page="https://spam.example/")["Location"] == START
    assert not Organisation.objects.exists()
    assert not Session.objects.exists()


def test_the_form_needs_its_token() -> None:
    assert send(Client(enforce_csrf_checks=True)).status_code == 403


def test_not_without_end(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "MADE_AN_HOUR", 2)
    for number in range(2):
        assert send(client, name=f"Number {number} of them").status_code == 302
    assert send(client, name="Number 1 of them").status_code == 302  # once more is no third
    response = send(client, name="Something else")
    assert response.status_code == 429
    assert response["Retry-After"] == "3600"
    assert "Nothing is lost: your answers are below." in words(response.text)
    assert 'value="Something else"' in response.text
    assert Organisation.objects.count() == 2
    assert Client(REMOTE_ADDR="198.51.100.7").post(START, GOOD).status_code == 302


def test_nobody_can_ask_after_names_without_end(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "ASKED_AN_HOUR", 3)
    on_the_list("Beck Choir")
    for number in range(3):
        assert send(client, name=f"Beck Choir {number}")["Location"] == STEP
    assert send(client, name="Beck Choir 4").status_code == 429
    cache.clear()
    assert send(client, name="Beck Choir 4").status_code == 302


# -- Is this you? -----------------------------------------------------------------------------


def test_those_alike_are_shown_with_a_way_to_claim(client: Client, places: None) -> None:
    there = on_the_list()
    entry = on_the_list("Kestrelgate Youth Clubs")
    Listing.objects.filter(organisation=entry).update(origin="register")
    make_register_entry(entry.listings.get())
    assert send(client)["Location"] == STEP
    html = client.get(STEP).text
    assert f'href="/providers/{there.slug}/claim/"' in html
    assert f'href="/providers/{entry.slug}/claim/"' in html
    assert html.count("From a public register") == 1
    assert html.count("<h1") == 1
    assert "LS8 4AB" not in html
    assert Organisation.objects.count() == 2
    assert client.get(STEP).text == html or client.get(STEP).status_code == 200


def test_none_of_these_leads_on_and_makes_one(client: Client) -> None:
    on_the_list()
    send(client)
    first, again = client.post(STEP), client.post(STEP)
    made = Listing.objects.get(state="draft")
    assert first["Location"] == again["Location"] == f"/providers/join/{made.pk}/"
    assert made.organisation.slug == "kestrelgate-youth-club"
    assert Organisation.objects.count() == 2


def test_without_a_first_answer_it_leads_to_the_start(client: Client) -> None:
    assert client.get(STEP)["Location"] == START
    assert client.post(STEP)["Location"] == START
    assert not Session.objects.exists()


def test_what_was_typed_is_there_to_be_changed(client: Client) -> None:
    on_the_list()
    send(client)
    html = client.get(f"{START}?change=1").text
    assert 'value="Kestrelgate Youth Club"' in html
    assert f'value="{"a" * 43}"' in html
    # Somebody who starts again starts with nothing, or the next one would bear this one's name.
    assert "Kestrelgate" not in client.get(START).text


def test_ones_own_is_said_to_be_ones_own() -> None:
    user = make_confirmed_user()
    mine = on_the_list()
    make_membership(mine, user)
    client = signed_in(user)
    send(client)
    html = client.get(STEP).text
    assert f'href="/my/{mine.slug}/"' in html
    assert "You act for it" in words(html)
    assert f"/providers/{mine.slug}/claim/" not in html


@pytest.mark.parametrize("state", ["draft", "submitted", "returned", "paused", "archived"])
def test_what_is_not_public_makes_no_difference(client: Client, state: str) -> None:
    hidden = on_the_list()
    make_identifier(hidden, scheme="GB-CHC", value="1090095")
    listing = hidden.listings.get()
    listing.state, listing.reference, listing.submitted_at = state, "L-22222", listing.created
    listing.save()
    response = send(client, scheme="GB-CHC", number="1090095")
    assert re.fullmatch(r"/providers/join/\d+/", response["Location"])


def test_a_known_number_lets_nobody_past(client: Client) -> None:
    there = on_the_list("Quite Another Name")
    make_identifier(there, scheme="GB-CHC", value="1090095")
    assert send(client, scheme="GB-CHC", number="109 0095")["Location"] == STEP
    for response in (client.get(STEP), client.post(STEP)):
        text = words(response.text)
        assert "Quite Another Name is on the list with the number you gave, 1090095." in text
        assert f'href="/providers/{there.slug}/claim/"' in response.text
        assert "go on" not in text
    assert client.post(STEP).status_code == 409
    assert Organisation.objects.count() == 1
    # Another number, or none, is the way on.
    assert re.fullmatch(r"/providers/join/\d+/", send(client)["Location"])


def test_going_on_too_often_is_said_on_the_page(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "MADE_AN_HOUR", 0)
    on_the_list()
    send(client)
    response = client.post(STEP)
    assert response.status_code == 429
    assert "Please try again in an hour." in words(response.text)
    assert Organisation.objects.count() == 1


# -- Ways in ----------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["/", "/about/", "/providers/?q=xylophones", "/providers/join/"])
def test_it_is_found_from_everywhere(client: Client, page: str) -> None:
    assert f'href="{START}"' in client.get(page).text


def test_my_pages_lead_there() -> None:
    user = make_confirmed_user()
    assert signed_in(user).get("/my/").text.count(f'href="{START}"') > 1
    make_membership(user=user)
    assert signed_in(user).get("/my/").text.count(f'href="{START}"') > 1
