"""Saying that an organisation on the list is one's own: the pages."""

import datetime
import re

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEvent, Membership, Organisation, User
from accounts.models.invitation import hash_of
from providers.models import EntryRequest, Listing
from providers.views import claim as views
from tests.factories import (
    make_confirmed_user,
    make_entry_request,
    make_listing,
    make_membership,
    make_organisation,
    make_register_entry,
    make_user,
)
from tests.providers.reading import words
from tests.signing_in import signed_in
from tslsv.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db

PAGE = "/providers/beck-choir/claim/"
LINK = "/providers/claims/the-link/"
OWN = "info@beckchoir.example"
GOOD = {"wants": "claim", "email": OWN, "name": "Sam", "text": "I sing there."}


@pytest.fixture
def choir() -> Organisation:
    organisation = make_organisation(
        "Beck Choir", slug="beck-choir", website="https://beckchoir.example/"
    )
    listing = make_listing(organisation, origin="register", slug="choir")
    make_register_entry(listing, facts={"website": "https://beckchoir.example/"})
    return organisation


def mailed(choir: Organisation, wants: str = "claim", **fields: object) -> EntryRequest:
    """A request whose link was mailed to an address at the choir's own website."""
    values = {
        "state": "mailed",
        "email": OWN,
        "link_hash": hash_of("the-link"),
        "expires_at": timezone.now() + datetime.timedelta(days=7),
        **fields,
    }
    return make_entry_request(choir, wants=wants, **values)


# -- Asking -----------------------------------------------------------------------------------


def test_the_page_says_what_can_be_asked_and_for_what(client: Client, choir: Organisation) -> None:
    response = client.get(PAGE)
    text = words(response.text)
    assert "Nobody acts for it here yet." in text
    assert "Take it off the list" in text
    assert "though somebody else does" not in text
    assert "Only curators read it." in text
    assert '<meta name="robots" content="noindex">' in response.text
    assert not Session.objects.exists()
    make_membership(choir)
    text = words(client.get(PAGE).text)
    assert "ask them to invite you" in text
    assert "though somebody else does" in text


def test_the_public_pages_lead_there(client: Client, choir: Organisation) -> None:
    for path in ("/providers/beck-choir/", "/providers/beck-choir/choir/"):
        assert client.get(path).text.count(f'href="{PAGE}"') == 1
    own = make_listing()
    for path in (own.organisation.get_absolute_url(), own.get_absolute_url()):
        html = client.get(path).text
        assert f'href="/providers/{own.organisation.slug}/claim/"' in html
        assert "Is this you? Say so" in words(html)
    example = make_listing(make_organisation(is_example=True))
    assert "/claim/" not in client.get(example.get_absolute_url()).text


@pytest.mark.parametrize("email", [OWN, "sam@gmail.com", "nobody@beckchoir.example.org"])
def test_everybody_gets_the_same_answer(client: Client, choir: Organisation, email: str) -> None:
    make_confirmed_user("sam@gmail.com")
    response = client.post(PAGE, {**GOOD, "email": email})
    assert response["Location"] == f"{PAGE}?sent=1"
    text = words(client.get(response["Location"]).text)
    assert "If the address you gave is at the organisation’s own website" in text
    assert email not in text
    assert EntryRequest.objects.get().state == ("mailed" if email == OWN else "waiting")
    assert OutgoingMail.objects.count() == (email == OWN)
    assert not Membership.objects.exists()


def test_whoever_is_signed_in_is_remembered_and_not_asked_twice(choir: Organisation) -> None:
    user = make_confirmed_user("sam@gmail.com", name="Sam Reed")
    client = signed_in(user)
    html = client.get(PAGE).text
    assert 'value="sam@gmail.com"' in html
    assert 'value="Sam Reed"' in html
    client.post(PAGE, {**GOOD, "email": user.email})
    assert EntryRequest.objects.get().user == user


def test_whoever_asked_while_signed_in_sees_that_it_waits(choir: Organisation) -> None:
    client = signed_in(make_confirmed_user("sam@gmail.com"))
    client.post(PAGE, {**GOOD, "email": "sam@gmail.com"})
    text = words(client.get("/my/").text)
    assert "You asked: to act for it" in text
    assert "With a curator" in text
    EntryRequest.objects.update(state="refused", decided_at=timezone.now())
    assert "You asked" not in words(client.get("/my/").text)


def test_owners_see_that_somebody_else_asks_and_not_who(choir: Organisation) -> None:
    owner = signed_in(make_membership(choir).user)
    editor = signed_in(make_membership(choir, role="editor").user)
    for wants, said in (
        ("dispute", "Somebody else asks to act for it"),
        ("remove", "Somebody asks to take it off the list"),
    ):
        asked = make_entry_request(choir, wants=wants, name="Sam Reed", email="sam@gmail.com")
        for page in ("/my/", "/my/beck-choir/"):
            text = words(owner.get(page).text)
            assert said in text
            assert "Sam Reed" not in text
            assert "sam@gmail.com" not in text
        assert said not in words(editor.get("/my/").text)
        asked.delete()
        assert said not in words(owner.get("/my/").text)


def test_who_acts_for_it_has_nothing_to_ask(choir: Organisation) -> None:
    client = signed_in(make_membership(choir).user)
    for response in (client.get(PAGE), client.post(PAGE, GOOD)):
        assert "You act for Beck Choir" in words(response.text)
        assert 'href="/my/beck-choir/"' in response.text
    assert not EntryRequest.objects.exists()


def test_a_choice_that_is_no_longer_one_is_asked_again(client: Client, choir: Organisation) -> None:
    make_membership(choir)
    response = client.post(PAGE, GOOD)
    assert response.status_code == 200
    assert words(response.text).count("Choose what you want.") == 2
    assert client.post(PAGE, {**GOOD, "wants": "dispute"}).status_code == 302
    assert EntryRequest.objects.get().wants == "dispute"


@pytest.mark.parametrize(
    "fields",
    [
        {"wants": ""}, {"wants": "zzz"}, {"wants": "claim\0"}, {"email": ""}, {"email": "x"},
        {"email": "sám@beckchoir.example"},
        {"email": "x" * 300 + "@example.org"}, {"email": "a\0@example.org"}, {"text": ""},
        {"text": "nul \0"}, {"text": "x" * 2001}, {"text": "x" * 100_000}, {"name": "x" * 121},
        {"name": "\0"},
    ],
)  # fmt: skip
def test_mistakes_stand_beside_the_field_and_answers_stay(
    client: Client, choir: Organisation, fields: dict[str, str]
) -> None:
    response = client.post(PAGE, {**GOOD, **fields})
    assert response.status_code == 200
    assert "<title>Error: " in response.text
    assert "has-error" in response.text
    if "text" not in fields:
        assert "I sing there." in response.text
    assert not EntryRequest.objects.exists()


def test_hostile_answers_come_back_as_text(client: Client, choir: Organisation) -> None:
    evil = '"></textarea><script>alert(1)</script>'
    html = client.post(PAGE, {"name": evil, "text": evil, "email": evil}).text
    assert "<script>alert" not in html
    assert "<script>alert" not in client.get(PAGE, {"wants": evil}).text


@pytest.mark.parametrize("method", ["get", "post"])
def test_what_has_no_page_and_what_is_made_up_is_nobodys(
    client: Client, choir: Organisation, method: str
) -> None:
    make_listing(make_organisation(slug="pretend", is_example=True))
    make_listing(make_organisation(slug="hidden"), state="draft", published_at=None)
    for slug in ("pretend", "hidden", "nowhere"):
        response = getattr(client, method)(f"/providers/{slug}/claim/", GOOD)
        assert response.status_code == 404
    assert not EntryRequest.objects.exists()


def test_a_robot_is_thanked_and_nothing_kept(client: Client, choir: Organisation) -> None:
    response = client.post(PAGE, {**GOOD, "home_page": "https://spam.example/"})
    assert response["Location"] == f"{PAGE}?sent=1"
    assert not EntryRequest.objects.exists()


def test_the_form_needs_its_token(choir: Organisation) -> None:
    assert Client(enforce_csrf_checks=True).post(PAGE, GOOD).status_code == 403


def test_not_without_end(
    client: Client, choir: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "REQUESTS_AN_HOUR", 2)
    for number in range(2):
        assert client.post(PAGE, {**GOOD, "text": f"No. {number}"}).status_code == 302
    assert client.post(PAGE, {**GOOD, "text": "No. 1"}).status_code == 302  # sent twice
    response = client.post(PAGE, {**GOOD, "text": "No. 2"})
    assert response.status_code == 429
    assert response["Retry-After"] == "3600"
    assert "No. 2</textarea>" in response.text


def test_not_without_end_for_one_organisation(
    choir: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "FOR_ONE_ORGANISATION_A_DAY", 2)
    statuses = [
        Client(REMOTE_ADDR=f"198.51.100.{number}")
        .post(PAGE, {**GOOD, "text": f"No. {number}"})
        .status_code
        for number in range(3)
    ]
    assert statuses == [302, 302, 429]
    other = make_listing().organisation
    response = Client().post(f"/providers/{other.slug}/claim/", GOOD)
    assert response.status_code == 302


# -- The mailed link --------------------------------------------------------------------------


def test_the_whole_way_from_the_page_to_the_owner(client: Client, choir: Organisation) -> None:
    client.post(PAGE, GOOD)
    found = re.search(r"/providers/claims/[\w-]+/", OutgoingMail.objects.get().text)
    assert found
    link = found[0]
    assert client.post(link)["Location"] == link
    page = client.get(link)
    assert 'href="/accounts/login/?next=/my/beck-choir/"' in page.text
    assert "_auth_user_id" not in client.session
    assert Membership.objects.get().user.email == OWN


@pytest.mark.parametrize("wants", ["claim", "remove"])
def test_opening_the_link_changes_nothing(client: Client, choir: Organisation, wants: str) -> None:
    mailed(choir, wants)
    before = EntryRequest.objects.values().get()
    response = client.get(LINK)
    assert response.status_code == 200
    assert response.text.count('<form method="post">') == 1
    assert '<meta name="robots" content="noindex">' in response.text
    assert EntryRequest.objects.values().get() == before
    assert not AuditEvent.objects.exists()
    assert not User.objects.exists()
    assert not Session.objects.exists()
    assert choir.listings.get().state == Listing.State.PUBLISHED


def test_its_button_takes_it_off_the_list(client: Client, choir: Organisation) -> None:
    mailed(choir, "remove")
    assert client.post(LINK)["Location"] == LINK
    assert "Beck Choir is off the list" in words(client.get(LINK).text)
    assert client.get("/providers/beck-choir/").status_code == 404
    assert client.post(LINK)["Location"] == LINK  # once more does no harm


def test_whoever_is_signed_in_as_that_person_goes_straight_on(choir: Organisation) -> None:
    mailed(choir)
    client = signed_in(make_confirmed_user(OWN))
    response = client.post(LINK, follow=True)
    assert response.redirect_chain == [("/my/beck-choir/", 302)]
    assert "You now act for Beck Choir." in words(response.text)


def test_somebody_else_who_is_signed_in_is_told_so(choir: Organisation) -> None:
    mailed(choir)
    client = signed_in(make_user("other@example.org"))
    for response in (client.get(LINK), client.post(LINK)):
        assert f"This link was mailed to {OWN}, but you are signed in with" in words(response.text)
    assert client.post(LINK).status_code == 409
    assert not Membership.objects.exists()


def test_a_link_that_ran_out_says_so(client: Client, choir: Organisation) -> None:
    mailed(choir, expires_at=timezone.now())
    response = client.get(LINK)
    assert response.status_code == 410
    assert "This link has run out." in words(response.text)
    assert client.post(LINK).status_code == 409
    assert not Membership.objects.exists()


def test_where_somebody_acts_meanwhile_a_curator_settles_it(
    client: Client, choir: Organisation
) -> None:
    mailed(choir)
    make_membership(choir)
    response = client.post(LINK)
    assert response.status_code == 409
    assert "A curator looks into it" in words(response.text)
    assert client.get(LINK).status_code == 404
    assert EntryRequest.objects.get().wants == "dispute"


@pytest.mark.parametrize("link", ["unknown", "x" * 3000, "%00", "ü"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_link_that_nobody_knows_is_answered_in_words(
    client: Client, link: str, method: str
) -> None:
    response = getattr(client, method)(f"/providers/claims/{link}/")
    assert response.status_code in {400, 404}
    assert "<h1" in response.text
