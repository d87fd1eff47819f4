"""Too often is 429, with a page in our words; nobody gets round it by making up headers."""

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from tests.accounts.conftest import PASSWORD, Mailed
from tslsv import settings as production

pytestmark = pytest.mark.django_db

BY_PASSWORD = "/accounts/login/password/"


@pytest.fixture(autouse=True)
def shared_cache(settings: Settings) -> None:
    settings.CACHES = production.CACHES
    cache.clear()


def guess(client: Client, email: str, headers: dict[str, str] | None = None) -> int:
    typed = {"login": email, "password": "wrong horses"}
    response = client.post(BY_PASSWORD, typed, headers=headers)
    return response.status_code


def test_five_wrong_passwords_shut_the_account_for_a_while(client: Client, sam: User) -> None:
    assert [guess(client, sam.email) for _ in range(6)] == [200] * 5 + [429]
    page = client.post(BY_PASSWORD, {"login": sam.email, "password": PASSWORD})
    assert page.status_code == 429
    assert "That was tried too often." in page.text
    assert "<title>Error: " in page.text
    assert "_auth_user_id" not in client.session


def test_one_address_cannot_try_many_accounts(client: Client) -> None:
    answers = [guess(client, f"nobody{number}@example.org") for number in range(11)]
    assert answers == [200] * 10 + [429]
    other = Client(REMOTE_ADDR="198.51.100.7")
    assert guess(other, "nobody99@example.org") == 200


def test_made_up_headers_do_not_help(client: Client) -> None:
    answers = [
        guess(client, f"n{number}@example.org", headers={"X-Forwarded-For": f"10.0.0.{number}"})
        for number in range(11)
    ]
    assert answers[-1] == 429


def test_behind_a_proxy_each_visitor_counts_alone(client: Client, settings: Settings) -> None:
    settings.TRUSTED_PROXIES = 1

    def from_address(address: str, number: int) -> int:
        # What stands before the proxy's own entry is the sender's invention.
        forwarded = f"10.9.8.{number}, {address}"
        return guess(client, f"n{number}@example.org", headers={"X-Forwarded-For": forwarded})

    assert [from_address("198.51.100.7", number) for number in range(11)][-1] == 429
    assert from_address("198.51.100.8", 50) == 200


def test_three_codes_a_minute_to_one_address(client: Client, sam: User, mailed: Mailed) -> None:
    answers = [Client().post("/accounts/login/", {"login": sam.email}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [302] * 3 + [429]
    assert len(mailed(sam.email)) == 3
    assert "That was tried too often." in answers[-1].text


def test_sign_ups_from_one_place(client: Client) -> None:
    answers = [
        Client().post("/accounts/signup/", {"email": f"n{number}@example.org"})
        for number in range(21)
    ]
    assert [answer.status_code for answer in answers] == [302] * 20 + [429]
    page = answers[-1]
    assert "<h1>That was too often</h1>" in page.text
    assert page["Retry-After"] == "300"


def test_resets_to_one_address(client: Client, sam: User, mailed: Mailed) -> None:
    answers = [
        Client().post("/accounts/password/reset/", {"email": sam.email}).status_code
        for _ in range(6)
    ]
    assert answers == [302] * 5 + [429]
    assert len(mailed(sam.email)) == 5
