"""Going on later by a mailed link: it shows, its button does, and it signs nobody in."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEvent, Membership, User
from accounts.models.invitation import hash_of
from providers.models import Registration
from providers.views import join_resume as views
from providers.views.held import KEY as HELD
from tests.factories import (
    make_confirmed_user,
    make_listing,
    make_membership,
    make_organisation,
    make_registration,
)
from tests.providers.reading import words
from tests.signing_in import signed_in
from tslsv.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db

LINK, NEW = "/providers/join/resume/the-link/", "/providers/join/new-link/"
SAM = "sam@example.org"


@pytest.fixture
def begun() -> Registration:
    listing = make_listing(
        make_organisation("Kestrelgate", slug="kestrelgate"),
        title="A hall",
        state="draft",
        published_at=None,
    )
    return make_registration(listing, email=SAM, link_hash=hash_of("the-link"))


def holding(registration: Registration) -> Client:
    client = Client()
    session = client.session
    session[HELD] = [registration.pk]
    session.save()
    client.cookies["session"] = str(session.session_key)
    return client


# -- The link ---------------------------------------------------------------------------------


def test_opening_it_changes_nothing_and_says_what_it_is(
    client: Client, begun: Registration
) -> None:
    before = Registration.objects.values().get()
    for _ in range(2):
        response = client.get(LINK)
        text = words(response.text)
        assert response.status_code == 200
        assert "A hall" in text
        assert "Kestrelgate" in text
        assert SAM in text
        assert '<meta name="robots" content="noindex">' in response.text
    assert Registration.objects.values().get() == before
    assert not User.objects.exists()
    assert not AuditEvent.objects.exists()
    assert not Session.objects.exists()


def test_its_button_makes_an_owner_and_signs_nobody_in(client: Client, begun: Registration) -> None:
    response = client.post(LINK)
    assert response["Location"] == LINK
    page = client.get(LINK)
    assert "Your address is confirmed" in words(page.text)
    there = f"/my/kestrelgate/offers/{begun.listing_id}/"
    assert f'href="/accounts/login/?next={there}"' in page.text
    assert Membership.objects.get().user.email == SAM
    assert "_auth_user_id" not in client.session
    assert client.get("/my/").status_code == 302
    assert client.post(LINK).status_code == 200
    assert Membership.objects.count() == 1


def test_a_code_by_mail_then_leads_to_the_offer(client: Client, begun: Registration) -> None:
    """One press has it mailed: nobody types the address that they have just confirmed."""
    page = client.post(LINK, follow=True).text
    there = f"/my/kestrelgate/offers/{begun.listing_id}/"
    form = page[page.index('action="/accounts/login/"') :]
    data = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
    data.pop("csrfmiddlewaretoken", None)
    assert data == {"login": SAM, "next": there}
    client.post("/accounts/login/", data)
    code = re.search(r"\n    (\S+)\n", OutgoingMail.objects.get(template="account/login_code").text)
    assert code
    response = client.post("/accounts/login/code/", {"code": code[1], "next": there})
    assert response["Location"] == there


def test_whoever_is_signed_in_as_that_person_goes_straight_on(begun: Registration) -> None:
    client = signed_in(make_confirmed_user(SAM))
    there = f"/my/kestrelgate/offers/{begun.listing_id}/"
    assert client.get(LINK).status_code == 200
    assert client.post(LINK)["Location"] == there
    assert client.get(LINK)["Location"] == there


def test_somebody_else_who_is_signed_in_is_told_so(begun: Registration) -> None:
    other = make_confirmed_user("other@example.org")
    client = signed_in(other)
    for response in (client.get(LINK), client.post(LINK)):
        text = words(response.text)
        assert f"This link was mailed to {SAM}, but you are signed in with {other.email}." in text
    assert client.post(LINK).status_code == 409
    assert not Membership.objects.exists()
    Client().post(LINK)
    assert f"signed in with {other.email}" in words(client.get(LINK).text)
    # Signing out there leads back to the link.
    assert client.post("/accounts/logout/", {"next": LINK})["Location"] == LINK


def test_where_others_act_meanwhile_it_is_said(client: Client, begun: Registration) -> None:
    make_membership(begun.listing.organisation)
    response = client.post(LINK)
    assert response.status_code == 409
    assert "Ask them to invite you" in words(response.text)


def test_a_pending_sign_up_of_somebody_else_gains_nothing(begun: Registration) -> None:
    """They typed the address and have the page open that waits for its code."""
    stranger = Client()
    stranger.post("/accounts/signup/", {"email": SAM})
    assert EmailAddress.objects.get(email=SAM).verified is False
    Client().post(LINK)
    for _ in range(2):
        for path in ("/accounts/confirm-email/", "/accounts/login/", "/accounts/signup/", "/my/"):
            stranger.get(path)
        assert "_auth_user_id" not in stranger.session
        stranger.post("/accounts/confirm-email/", {"action": "resend"})
    assert EmailAddress.objects.get(email=SAM).verified
    assert Membership.objects.get().user == EmailAddress.objects.get().user


@pytest.mark.parametrize("link", ["unknown", "x" * 3000, "%00", "..%2f..", "ü"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_link_that_nobody_knows_is_answered_in_words(
    client: Client, link: str, method: str
) -> None:
    response = getattr(client, method)(f"/providers/join/resume/{link}/")
    assert response.status_code in {400, 404}
    if link in {"unknown", "ü"}:
        assert "have a new one mailed" in words(response.text)
        assert f'action="{NEW}"' in response.text


# -- Having it mailed -------------------------------------------------------------------------


def test_whoever_holds_it_has_the_link_mailed(begun: Registration) -> None:
    client = holding(begun)
    url = f"/providers/join/{begun.listing_id}/send-link/"
    assert f'value="{SAM}"' in client.get(url).text
    response = client.post(url, {"email": "New@Example.org"})
    assert response["Location"] == f"/providers/join/{begun.listing_id}/"
    begun.refresh_from_db()
    assert begun.email == "new@example.org"
    assert OutgoingMail.objects.get().to == "new@example.org"
    assert Client().get(LINK).status_code == 404


def test_whether_the_address_is_known_makes_no_difference(begun: Registration) -> None:
    make_confirmed_user("known@example.org")
    client = holding(begun)
    url = f"/providers/join/{begun.listing_id}/send-link/"
    answers = set()
    for name in ("known", "fresh"):
        client.post(url, {"email": f"{name}@example.org"})
        answers.add(words(client.get("/about/").text).replace(name, "x"))
    assert len(answers) == 1


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_else_learns_that_it_is_there(
    client: Client, begun: Registration, method: str
) -> None:
    there = getattr(client, method)(f"/providers/join/{begun.listing_id}/send-link/")
    nowhere = getattr(client, method)("/providers/join/999999999/send-link/")
    assert there.status_code == nowhere.status_code == 404
    assert words(there.text) == words(nowhere.text)


def test_mistakes_stand_beside_the_field(begun: Registration) -> None:
    url = f"/providers/join/{begun.listing_id}/send-link/"
    for email in ("", "nonsense", "sám@example.org", "x" * 300 + "@example.org", "a\0@example.org"):
        response = holding(begun).post(url, {"email": email})
        assert response.status_code == 200
        assert "has-error" in response.text
        response = Client().post(NEW, {"email": email})
        assert response.status_code in {200, 302}
    assert not OutgoingMail.objects.exists()


def test_a_new_link_is_mailed_and_nobody_learns_whether(
    client: Client, begun: Registration
) -> None:
    pages = set()
    for email in (SAM, "nobody@example.org"):
        response = client.post(NEW, {"email": email})
        assert response["Location"] == f"{NEW}?sent=1"
        pages.add(words(client.get(response["Location"]).text))
    assert len(pages) == 1
    assert OutgoingMail.objects.get().to == SAM
    begun.refresh_from_db()
    assert begun.link_hash != hash_of("the-link")


def test_robots_are_thanked_and_nothing_is_sent(client: Client, begun: Registration) -> None:
    trap = {"email": SAM, "home_page": "x"}
    assert client.post(NEW, trap)["Location"] == f"{NEW}?sent=1"
    holding(begun).post(f"/providers/join/{begun.listing_id}/send-link/", trap)
    assert not OutgoingMail.objects.exists()


def test_not_without_end(begun: Registration, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "LINKS_AN_HOUR", 2)
    client, url = holding(begun), f"/providers/join/{begun.listing_id}/send-link/"
    assert client.post(NEW, {"email": SAM}).status_code == 302
    assert client.post(url, {"email": SAM}).status_code == 302
    for address in (NEW, url):
        response = client.post(address, {"email": SAM})
        assert response.status_code == 429
        assert response["Retry-After"] == "3600"
        assert "try again in an hour" in words(response.text)


def test_nobodys_mailbox_is_filled(begun: Registration, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "TO_ONE_ADDRESS_A_DAY", 2)
    for number in range(4):
        client = Client(REMOTE_ADDR=f"198.51.100.{number}")
        assert client.post(NEW, {"email": SAM}).status_code == 302
    assert OutgoingMail.objects.count() == 2


def test_a_finished_one_says_so(client: Client, begun: Registration) -> None:
    begun.email_confirmed_at = timezone.now()
    begun.save()
    assert "Your address is confirmed" in words(client.get(LINK).text)
    assert words(client.post(LINK).text) == words(client.get(LINK).text)
