"""An employer's own sign-in, against a real OpenID Connect provider on this machine."""

import http.client
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from accounts.services.people import make_person
from tests.accounts import oidc_provider
from tests.accounts.conftest import Mailed
from tests.accounts.oidc_provider import CLIENT_ID, SECRET, Provider
from tests.accounts.test_second_factor import SetUp
from tests.signing_in import signed_in
from tslsv import oidc

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/employers/leeds/"
KIM = {"sub": "42", "name": "Kim Oyelaran", "email": "kim@leeds.example", "email_verified": True}


@pytest.fixture
def provider(settings: Settings) -> Iterator[Provider]:
    with oidc_provider.running() as running:
        entry = {
            "id": "leeds",
            "name": "Leeds Example Works",
            "server_url": running.address,
            "client_id": CLIENT_ID,
            "secret": SECRET,
            "domains": ["leeds.example"],
        }
        settings.EMPLOYERS = oidc.apps(json.dumps([entry]), loopback=True)
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": settings.EMPLOYERS}}
        running.person = dict(KIM)
        yield running


def there_and_back(client: Client, start: str = LOGIN) -> Any:
    """Press the button, agree at the employer's, and come back with its answer."""
    away = client.post(start)
    assert away.status_code == 302
    parts = urlsplit(away["Location"])
    line = http.client.HTTPConnection(parts.hostname or "", parts.port)
    line.request("GET", f"{parts.path}?{parts.query}")
    back = urlsplit(line.getresponse().headers["Location"])
    line.close()
    return client.get(f"{back.path}?{back.query}")


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_a_first_visit_makes_an_account(client: Client, provider: Provider, mailed: Mailed) -> None:
    assert "Leeds Example Works" in client.get("/accounts/login/").text
    assert "Go to Leeds Example Works" in client.get(LOGIN).text
    response = there_and_back(client)
    assert response["Location"] == "/my/"
    user = User.objects.get()
    assert (user.email, user.name, user.has_usable_password()) == (
        "kim@leeds.example",
        "Kim Oyelaran",
        False,
    )
    assert EmailAddress.objects.get().verified
    assert mailed(user.email) == []
    assert provider.verifiers_checked == 1
    # Nothing is kept but who it was.
    account = SocialAccount.objects.get()
    assert (account.provider, account.uid, account.extra_data) == ("leeds", "42", {})
    assert not SocialToken.objects.exists()


def test_a_second_visit_signs_in_whatever_the_address_has_become(
    client: Client, provider: Provider
) -> None:
    there_and_back(client)
    provider.person["email"] = "kim.oyelaran@leeds.example"
    again = Client()
    assert there_and_back(again)["Location"] == "/my/"
    assert User.objects.count() == 1
    assert again.session["_auth_user_id"] == client.session["_auth_user_id"]
    assert SocialAccount.objects.get().extra_data == {}


def test_somebody_known_by_that_address_signs_in_and_is_told(
    client: Client, provider: Provider, mailed: Mailed
) -> None:
    kim = make_person(email="kim@leeds.example")
    there_and_back(client)
    assert client.session["_auth_user_id"] == str(kim.pk)
    assert User.objects.count() == 1
    assert SocialAccount.objects.get().user == kim
    assert mailed(kim.email)[0].startswith("An employer’s sign-in was added")


@pytest.mark.parametrize("said", [False, None, "false", 0, "", "yes"])
def test_an_address_that_the_employer_has_not_checked_opens_nothing(
    client: Client, provider: Provider, said: object
) -> None:
    make_person(email="kim@leeds.example")
    provider.person["email_verified"] = said
    response = there_and_back(client)
    assert response.status_code == 403
    assert "We do not know your address yet" in response.text
    assert not is_in(client)
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize("address", ["boss@council.example", "kim@leeds.example.evil.example", ""])
def test_an_employer_speaks_for_its_own_addresses_alone(
    client: Client, provider: Provider, address: object
) -> None:
    make_person(email="boss@council.example")
    provider.person["email"] = address
    assert there_and_back(client).status_code == 403
    assert not is_in(client)
    assert User.objects.count() == 1


def test_a_second_factor_is_asked_all_the_same(
    client: Client, provider: Provider, app_of: SetUp
) -> None:
    app_of(make_person(email="kim@leeds.example", roles=("curator",)))
    assert there_and_back(client)["Location"] == "/accounts/login/second-factor/"
    assert not is_in(client)


def test_somebody_signed_in_adds_it_with_any_address(
    client: Client, provider: Provider, sam: User, mailed: Mailed
) -> None:
    signed_in(sam, client=client, second_factor=False)
    provider.person |= {"email": "other@elsewhere.example", "email_verified": False}
    response = there_and_back(client, f"{LOGIN}?process=connect")
    assert response["Location"] == "/accounts/employers/"
    assert SocialAccount.objects.get().user == sam
    assert mailed(sam.email)[0].startswith("An employer’s sign-in was added")
    page = client.get("/accounts/employers/").text
    assert "Leeds Example Works" in page
    sam.refresh_from_db()
    assert sam.email == "sam@example.org"


def test_adding_it_needs_a_recent_sign_in(client: Client, provider: Provider, sam: User) -> None:
    signed_in(sam, client=client, second_factor=False, ago=3600)
    response = there_and_back(client, f"{LOGIN}?process=connect")
    assert response["Location"].startswith("/accounts/again/")
    assert not SocialAccount.objects.exists()


def test_what_is_somebody_elses_already_cannot_be_added(
    client: Client, provider: Provider, sam: User
) -> None:
    there_and_back(client)
    other = signed_in(sam, second_factor=False)
    page = other.get(there_and_back(other, f"{LOGIN}?process=connect")["Location"])
    assert "Somebody else here already signs in with that" in page.text
    assert SocialAccount.objects.get().user != sam


def test_it_can_be_removed(client: Client, provider: Provider, sam: User, mailed: Mailed) -> None:
    signed_in(sam, client=client, second_factor=False)
    there_and_back(client, f"{LOGIN}?process=connect")
    account = SocialAccount.objects.get()
    client.post("/accounts/employers/", {"account": account.pk})
    assert not SocialAccount.objects.exists()
    assert mailed(sam.email)[-1].startswith("An employer’s sign-in was removed")


def test_people_without_a_password_can_remove_it_too(client: Client, provider: Provider) -> None:
    there_and_back(client)
    client.post("/accounts/employers/", {"account": SocialAccount.objects.get().pk})
    assert not SocialAccount.objects.exists()  # a mailed code still lets them in


# -- Answers that are wrong -----------------------------------------------------------------------


def test_saying_no_leads_to_the_other_ways(client: Client, provider: Provider) -> None:
    state = dict(parse_qsl(urlsplit(client.post(LOGIN)["Location"]).query))["state"]
    response = client.get(f"{LOGIN}callback/?error=access_denied&state={state}")
    assert response["Location"] == "/accounts/employers/cancelled/"
    assert "You are not signed in" in client.get(response["Location"]).text


@pytest.mark.parametrize(
    "answer",
    ["", "?code=x", "?code=x&state=made-up", "?error=server_error", "?state=%00", "?code[]=1"],
)
def test_answers_to_nothing_we_asked_are_refused(
    client: Client, provider: Provider, answer: str
) -> None:
    client.post(LOGIN)
    response = client.get(f"{LOGIN}callback/{answer}")
    assert response.status_code == 401
    assert "Your employer’s sign-in did not work" in response.text
    assert not is_in(client)


def test_somebody_elses_answer_is_of_no_use(client: Client, provider: Provider) -> None:
    """Whoever lures a person to the end of the thief's own sign-in gets nowhere."""
    thief = Client()
    state = dict(parse_qsl(urlsplit(thief.post(LOGIN)["Location"]).query))
    answer = provider.authorise(state)
    response = client.get(f"{LOGIN}callback/", answer)
    assert response.status_code == 401
    assert not is_in(client)


def test_a_code_that_the_employer_does_not_honour_lets_nobody_in(
    client: Client, provider: Provider
) -> None:
    provider.refuse_token = True
    assert there_and_back(client).status_code == 401
    assert not is_in(client)


@pytest.mark.parametrize("sub", [None, "", ["x"], "x" * 500])
@pytest.mark.parametrize("email", [7, ["a@leeds.example"], "kim@leeds.example"])
def test_nonsense_from_the_employer_is_told_to_the_person(
    client: Client, provider: Provider, sub: object, email: object
) -> None:
    provider.person |= {"sub": sub, "email": email}
    response = there_and_back(client)
    assert response.status_code == 502
    assert not is_in(client)


def test_an_employer_that_is_down_is_said_to_be(client: Client, provider: Provider) -> None:
    provider.shutdown()
    provider.server_close()
    response = client.post(LOGIN)
    assert response.status_code == 502
    assert "did not work" in response.text


# -- Configuring it -------------------------------------------------------------------------------


def test_without_one_there_are_no_such_pages(client: Client, sam: User) -> None:
    signed_in(sam, client=client)
    for path in (LOGIN, f"{LOGIN}callback/", "/accounts/employers/"):
        assert client.get(path).status_code == 404
    assert "mployer" not in Client().get("/accounts/login/").text
    assert "mployer" not in client.get("/accounts/").text


def test_an_employer_that_is_not_named_is_not_there(client: Client, provider: Provider) -> None:
    assert client.get("/accounts/employers/other/").status_code == 404
    assert client.get("/accounts/employers/other/callback/").status_code == 404


GOOD = {
    "id": "leeds",
    "name": "Leeds",
    "server_url": "https://id.leeds.example/realm",
    "client_id": "x",
    "secret": "y",
    "domains": ["Leeds.example"],
}


def test_several_can_be_configured() -> None:
    found = oidc.apps(json.dumps([GOOD, {**GOOD, "id": "nhs"}]), loopback=False)
    assert [app["provider_id"] for app in found] == ["leeds", "nhs"]
    assert found[0]["settings"]["domains"] == ["leeds.example"]
    assert oidc.origins(found) == ["https://id.leeds.example"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nonsense", "is not JSON"),
        ("{}", "must be a JSON list"),
        ("[1]", "must be a JSON list"),
        (json.dumps([{**GOOD, "secret": ""}]), "lacks secret"),
        (json.dumps([{**GOOD, "domains": []}]), "lacks domains"),
        (json.dumps([{**GOOD, "domains": "leeds.example"}]), "must be a list"),
        (json.dumps([{**GOOD, "id": "A/B"}]), "small letters"),
        (json.dumps([{**GOOD, "colour": "red"}]), "colour"),
        (json.dumps([{**GOOD, "server_url": "http://id.leeds.example"}]), "needs https"),
        (json.dumps([{**GOOD, "server_url": "http://localhost:9"}]), "needs https"),
        (json.dumps([GOOD, GOOD]), "twice"),
    ],
)
def test_a_bad_configuration_stops_the_program_with_words(text: str, words: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=words):
        oidc.apps(text, loopback=False)
