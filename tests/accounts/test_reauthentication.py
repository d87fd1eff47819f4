"""Before a sensitive step one shows once more who one is."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.services.people import make_person
from tests.accounts.conftest import PASSWORD, Mailed, app_code, code_in
from tests.accounts.test_second_factor import SetUp
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db

LONG_AGO = 3600
AGAIN = "/accounts/again/"
SENSITIVE = (
    "/accounts/app/add/",
    "/accounts/passkeys/add/",
    "/accounts/recovery-codes/new/",
)


def open_each(client: Client) -> dict[str, Any]:
    return {path: client.get(path) for path in SENSITIVE}


def test_just_after_signing_in_nobody_is_asked(sam: User) -> None:
    answers = open_each(signed_in(sam, second_factor=False))
    assert {response.status_code for response in answers.values()} == {200}


def test_later_everybody_is(sam: User) -> None:
    for path, response in open_each(signed_in(sam, ago=LONG_AGO, second_factor=False)).items():
        assert response["Location"].startswith(f"{AGAIN}?next="), path


def test_by_password_and_on_where_one_was(sam: User) -> None:
    client = signed_in(sam, ago=LONG_AGO, second_factor=False)
    asked = client.get("/accounts/app/add/")["Location"]
    page = client.get(asked)
    assert 'autocomplete="current-password"' in page.text
    assert "Have a code mailed to you" in page.text
    assert "This is not your password." in client.post(asked, {"password": "wrong"}).text
    assert client.post(asked, {"password": PASSWORD})["Location"] == "/accounts/app/add/"
    assert client.get("/accounts/app/add/").status_code == 200


def test_what_was_sent_is_sent_again(sam: User, mailed: Mailed) -> None:
    client = signed_in(sam, ago=LONG_AGO, second_factor=False)
    asked = client.post("/accounts/email/", {"action_add": "1", "email": "new@example.org"})
    assert mailed("new@example.org") == []
    response = client.post(asked["Location"], {"password": PASSWORD})
    assert response["Location"] == "/accounts/confirm-email/"
    assert len(mailed("new@example.org")) == 1


def test_people_without_password_get_a_code(mailed: Mailed) -> None:
    kim = make_person(email="kim@example.org")
    client = signed_in(kim, ago=LONG_AGO, second_factor=False)
    asked = client.get("/accounts/app/add/")["Location"]
    assert asked.startswith(f"{AGAIN}code/?next=")
    assert "Email me a code" in client.get(asked).text
    assert mailed(kim.email) == []  # a page that is merely opened sends nothing
    client.post(asked, {"send": "1"})
    assert "We have sent a code" in client.get(asked).text
    assert "This is not the code we sent." in client.post(asked, {"code": "0000-0000"}).text
    assert 'id="id_code_error"' in client.post(asked, {"code": ""}).text
    response = client.post(asked, {"code": code_in(mailed(kim.email)[0])})
    assert response["Location"] == "/accounts/app/add/"
    assert client.get("/accounts/app/add/").status_code == 200


def test_three_wrong_codes_use_it_up(mailed: Mailed) -> None:
    kim = make_person(email="kim@example.org")
    client = signed_in(kim, ago=LONG_AGO, second_factor=False)
    client.post(f"{AGAIN}code/", {"send": "1"})
    pages = [client.post(f"{AGAIN}code/", {"code": "0000-0000"}) for _ in range(3)]
    assert "That code no longer works." in pages[-1].text
    client.post(f"{AGAIN}code/", {"code": code_in(mailed(kim.email)[0])})
    assert client.get("/accounts/app/add/").status_code == 302


def test_six_mails_an_hour_and_then_429() -> None:
    kim = make_person(email="kim@example.org")
    client = signed_in(kim, ago=LONG_AGO, second_factor=False)
    answers = [client.post(f"{AGAIN}code/", {"send": "1"}).status_code for _ in range(7)]
    assert answers == [302] * 6 + [429]


def test_who_has_a_second_factor_is_not_let_off_with_a_mailed_code(
    sam: User, app_of: SetUp
) -> None:
    secret = app_of(sam)
    client = signed_in(sam, ago=LONG_AGO)
    assert client.get(f"{AGAIN}code/")["Location"] == AGAIN
    page = client.get(f"{AGAIN}?next=/accounts/app/remove/")
    assert "Have a code mailed" not in page.text
    assert "/accounts/again/second-factor/?next=" in page.text
    response = client.post(
        f"{AGAIN}second-factor/?next=/accounts/app/remove/", {"code": app_code(secret)}
    )
    assert response["Location"] == "/accounts/app/remove/"


def test_guessing_a_password_ends_with_429(sam: User) -> None:
    client = signed_in(sam, ago=LONG_AGO, second_factor=False)
    answers = [client.post(AGAIN, {"password": "wrong"}).status_code for _ in range(12)]
    assert answers[-1] == 429
