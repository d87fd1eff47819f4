"""Signing up: an address, a code, in. Known addresses and robots see the same."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client

from accounts.models import User
from tests.accounts.conftest import PASSWORD, Mailed, code_in

pytestmark = pytest.mark.django_db

SIGN_UP = "/accounts/signup/"
CONFIRM = "/accounts/confirm-email/"


def test_an_address_and_the_mailed_code_make_an_account(client: Client, mailed: Mailed) -> None:
    response = client.post(SIGN_UP, {"email": "New@Example.org"})
    assert (response.status_code, response["Location"]) == (302, CONFIRM)
    assert "_auth_user_id" not in client.session
    page = client.get(CONFIRM)
    assert "new@example.org" in page.text
    (mail,) = mailed("new@example.org")
    response = client.post(CONFIRM, {"code": code_in(mail).replace("-", " ")})
    assert (response.status_code, response["Location"]) == (302, "/my/")
    user = User.objects.get()
    assert client.session["_auth_user_id"] == str(user.pk)
    assert user.email == "new@example.org"
    assert not user.has_usable_password()
    assert EmailAddress.objects.get().verified


def test_where_one_was_going_is_kept(client: Client, mailed: Mailed) -> None:
    client.post(SIGN_UP, {"email": "new@example.org", "next": "/about/"})
    response = client.post(CONFIRM, {"code": code_in(mailed("new@example.org")[0])})
    assert response["Location"] == "/about/"


def test_nobody_is_led_off_the_site(client: Client, mailed: Mailed) -> None:
    client.post(SIGN_UP, {"email": "new@example.org", "next": "https://elsewhere.example/"})
    response = client.post(CONFIRM, {"code": code_in(mailed("new@example.org")[0])})
    assert response["Location"] == "/my/"


def test_a_wrong_code_lets_nobody_in_and_three_use_it_up(client: Client, mailed: Mailed) -> None:
    client.post(SIGN_UP, {"email": "new@example.org"})
    right = code_in(mailed("new@example.org")[0])
    for _ in range(2):
        response = client.post(CONFIRM, {"code": "0000-0000"})
        assert response.status_code == 200
        assert "This is not the code we sent." in response.text
        assert "<title>Error: " in response.text
    assert client.post(CONFIRM, {"code": "0000-0000"})["Location"] == "/accounts/login/"
    client.post(CONFIRM, {"code": right})
    assert not EmailAddress.objects.get().verified
    assert "_auth_user_id" not in client.session


def test_a_known_address_gives_the_same_answer_and_one_mail(
    client: Client, sam: User, mailed: Mailed
) -> None:
    fresh = Client()
    answers = []
    for browser, address in ((client, "sam@example.org"), (fresh, "new@example.org")):
        response = browser.post(SIGN_UP, {"email": address})
        page = browser.get(CONFIRM)
        words = page.text.replace(address, "ADDRESS")
        answers.append((response.status_code, response["Location"], page.status_code, len(words)))
    assert answers[0] == answers[1]
    (mail,) = mailed("sam@example.org")
    assert len(mailed("new@example.org")) == 1
    assert mail.startswith("You have an account already")
    assert "/accounts/login/" in mail
    assert User.objects.count() == 2


def test_whoever_signs_up_with_somebody_elses_address_leaves_nothing_behind(
    client: Client, mailed: Mailed
) -> None:
    """The owner of the address comes later, signs in by code, and nobody else can."""
    client.post(SIGN_UP, {"email": "victim@example.org", "password1": PASSWORD})
    owner = Client()
    owner.post("/accounts/login/", {"login": "victim@example.org"})
    owner.post("/accounts/login/code/", {"code": code_in(mailed("victim@example.org")[-1])})
    assert "_auth_user_id" in owner.session
    thief = Client()
    thief.post("/accounts/login/password/", {"login": "victim@example.org", "password": PASSWORD})
    assert "_auth_user_id" not in thief.session
    assert not User.objects.get().has_usable_password()


def test_robots_are_answered_and_forgotten(client: Client, mailed: Mailed) -> None:
    response = client.post(SIGN_UP, {"email": "robot@example.org", "home_page": "x"})
    assert (response.status_code, response["Location"]) == (302, CONFIRM)
    assert not User.objects.exists()
    assert mailed("robot@example.org") == []


@pytest.mark.parametrize(
    "typed", ["", "nonsense", "a\0b@example.org", "a" * 10_000, "😀@", f"{'a' * 250}@example.org"]
)
def test_what_is_no_address_gets_words_beside_the_field(client: Client, typed: str) -> None:
    response = client.post(SIGN_UP, {"email": typed})
    assert response.status_code == 200
    assert 'id="id_email_error"' in response.text
    assert "<title>Error: " in response.text
    assert not User.objects.exists()


def test_whoever_did_not_finish_or_clicked_twice_goes_on(client: Client, mailed: Mailed) -> None:
    Client().post(SIGN_UP, {"email": "new@example.org"})
    assert client.post(SIGN_UP, {"email": "new@example.org"})["Location"] == CONFIRM
    first, second = (code_in(mail) for mail in mailed("new@example.org"))
    assert client.post(CONFIRM, {"code": first}).status_code == 200
    assert client.post(CONFIRM, {"code": second}).status_code == 302
    assert EmailAddress.objects.get().verified
    assert User.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_sign_ups_at_once_make_one_account() -> None:
    start = threading.Barrier(2)

    def sign_up(_: int) -> int:
        try:
            browser = Client()
            start.wait(20)
            return browser.post(SIGN_UP, {"email": "new@example.org"}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(sign_up, range(2))) == [302, 302]
    assert User.objects.count() == 1


def test_a_new_code_can_be_sent_and_the_old_one_ends(client: Client, mailed: Mailed) -> None:
    client.post(SIGN_UP, {"email": "new@example.org"})
    client.post(CONFIRM, {"action": "resend"})
    first, second = (code_in(mail) for mail in mailed("new@example.org"))
    assert client.post(CONFIRM, {"code": first}).status_code == 200
    assert client.post(CONFIRM, {"code": second}).status_code == 302
