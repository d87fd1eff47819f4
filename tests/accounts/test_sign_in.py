"""Signing in by mailed code and by password, and out; what is said of unknown addresses."""

import time

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from accounts.models import User
from accounts.services.people import make_person
from tests.accounts.conftest import PASSWORD, Mailed, code_in
from tests.factories import make_user

pytestmark = pytest.mark.django_db

SIGN_IN = "/accounts/login/"
CODE = "/accounts/login/code/"
BY_PASSWORD = "/accounts/login/password/"


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_a_mailed_code_signs_in(client: Client, sam: User, mailed: Mailed) -> None:
    response = client.post(SIGN_IN, {"login": "SAM@example.org"})
    assert (response.status_code, response["Location"]) == (302, CODE)
    page = client.get(CODE)
    assert 'autocomplete="one-time-code"' in page.text
    assert not is_in(client)
    (mail,) = mailed("sam@example.org")
    response = client.post(CODE, {"code": code_in(mail)})
    assert response["Location"] == "/my/"
    assert is_in(client)


def test_the_first_page_offers_the_code_first(client: Client) -> None:
    page = client.get(SIGN_IN)
    assert "Email me a code" in page.text
    assert 'type="password"' not in page.text
    assert 'autocomplete="username"' in page.text
    assert page["Cache-Control"].startswith("max-age=0, no-cache, no-store")


def test_a_password_signs_in(client: Client, sam: User) -> None:
    assert 'autocomplete="current-password"' in client.get(BY_PASSWORD).text
    response = client.post(BY_PASSWORD, {"login": "sam@example.org", "password": PASSWORD})
    assert response["Location"] == "/my/"
    assert is_in(client)


def test_one_goes_on_where_one_was_going(client: Client, sam: User, mailed: Mailed) -> None:
    response = client.get("/accounts/email/")
    assert response["Location"] == "/accounts/login/?next=/accounts/email/"
    assert 'name="next" value="/accounts/email/"' in client.get(response["Location"]).text
    response = client.post(SIGN_IN, {"login": "sam@example.org", "next": "/accounts/email/"})
    response = client.post(response["Location"], {"code": code_in(mailed("sam@example.org")[0])})
    assert response["Location"] == "/accounts/email/"


@pytest.mark.parametrize(
    "onward", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", "/\0"]
)
def test_nobody_is_led_off_the_site(client: Client, sam: User, onward: str) -> None:
    response = client.post(
        BY_PASSWORD, {"login": "sam@example.org", "password": PASSWORD, "next": onward}
    )
    assert response.status_code == 302
    assert "elsewhere" not in response["Location"]
    assert "javascript" not in response["Location"]


def test_an_unknown_address_gives_the_same_answer_and_one_mail(
    client: Client, sam: User, mailed: Mailed
) -> None:
    answers = []
    for address in ("sam@example.org", "nobody@example.org"):
        browser = Client()
        response = browser.post(SIGN_IN, {"login": address})
        page = browser.get(CODE)
        wrong = browser.post(CODE, {"code": "0000-0000"})
        answers.append(
            (
                response.status_code,
                response["Location"],
                len(page.text.replace(address, "")),
                wrong.status_code,
                len(wrong.text.replace(address, "")),
            )
        )
        assert len(mailed(address)) == 1
    assert answers[0] == answers[1]
    assert mailed("nobody@example.org")[0].startswith("There is no account with this address")


def test_a_wrong_password_and_an_unknown_address_are_told_alike(client: Client, sam: User) -> None:
    pages = [
        client.post(BY_PASSWORD, {"login": address, "password": "wrong horses"})
        for address in ("sam@example.org", "nobody@example.org")
    ]
    assert [page.status_code for page in pages] == [200, 200]
    assert all("do not belong together" in page.text for page in pages)
    assert not is_in(client)


def test_a_code_runs_out(
    client: Client, sam: User, mailed: Mailed, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.post(SIGN_IN, {"login": "sam@example.org"})
    later = time.time() + 16 * 60
    monkeypatch.setattr(time, "time", lambda: later)
    client.post(CODE, {"code": code_in(mailed("sam@example.org")[0])})
    assert not is_in(client)


def test_a_code_works_in_no_other_browser(client: Client, sam: User, mailed: Mailed) -> None:
    client.post(SIGN_IN, {"login": "sam@example.org"})
    other = Client()
    other.post(SIGN_IN, {"login": "sam@example.org"})
    first, _ = (code_in(mail) for mail in mailed("sam@example.org"))
    other.post(CODE, {"code": first})
    assert not is_in(other)


def test_three_wrong_codes_use_it_up(client: Client, sam: User, mailed: Mailed) -> None:
    client.post(SIGN_IN, {"login": "sam@example.org"})
    answers = [client.post(CODE, {"code": "1111-1111"}) for _ in range(3)]
    assert answers[-1]["Location"] == SIGN_IN
    client.post(CODE, {"code": code_in(mailed("sam@example.org")[0])})
    assert not is_in(client)


def test_a_closed_account_lets_nobody_in(client: Client, sam: User) -> None:
    User.objects.update(is_active=False)
    response = client.post(BY_PASSWORD, {"login": "sam@example.org", "password": PASSWORD})
    assert response["Location"] == "/accounts/inactive/"
    assert "This account is closed" in client.get(response["Location"]).text
    assert not is_in(client)


def test_an_unproved_address_has_to_be_proved_first(client: Client, mailed: Mailed) -> None:
    user = make_user("unproved@example.org", password=PASSWORD)
    response = client.post(BY_PASSWORD, {"login": user.email, "password": PASSWORD})
    assert response["Location"] == "/accounts/confirm-email/"
    assert not is_in(client)
    client.post("/accounts/confirm-email/", {"code": code_in(mailed(user.email)[0])})
    assert is_in(client)
    assert EmailAddress.objects.get().verified


def test_superusers_from_the_command_line_can_sign_in(client: Client) -> None:
    User.objects.create_superuser("root@example.org", PASSWORD)
    client.post(BY_PASSWORD, {"login": "root@example.org", "password": PASSWORD})
    assert is_in(client)


def test_signing_out_takes_a_button(client: Client, sam: User) -> None:
    client.force_login(sam)
    assert "Sign out</button>" in client.get("/about/").text
    assert client.get("/accounts/logout/").status_code == 200
    assert is_in(client)
    assert client.post("/accounts/logout/")["Location"] == "/"
    assert not is_in(client)


@pytest.mark.parametrize("typed", ["", "a\0", "x" * 10_000, "😀", "nobody"])
def test_what_is_no_address_gets_words(client: Client, sam: User, typed: str) -> None:
    for path in (SIGN_IN, BY_PASSWORD):
        response = client.post(path, {"login": typed, "password": "x" * 10_000})
        assert response.status_code == 200
        assert 'id="id_login_error"' in response.text


def test_nobody_is_made_with_a_role_that_is_none() -> None:
    with pytest.raises(ValueError, match="emperor"):
        make_person(email="p@example.org", roles=("emperor",))
    assert not User.objects.exists()
