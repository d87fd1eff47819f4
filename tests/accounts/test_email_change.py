"""Changing the address: confirmed from the new one, told to the old one."""

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from accounts.models import User
from accounts.services.people import make_person
from tests.accounts.conftest import Mailed, code_in
from tests.factories import make_user
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db

CHANGE = "/accounts/email/"
CONFIRM = "/accounts/confirm-email/"


def ask(client: Client, address: str) -> str:
    response = client.post(CHANGE, {"action_add": "1", "email": address})
    assert response.status_code == 302, response.text
    return str(response["Location"])


def test_nothing_changes_until_the_new_address_says_so(sam: User, mailed: Mailed) -> None:
    client = signed_in(sam, second_factor=False)
    assert ask(client, "New@example.org") == CONFIRM
    assert "Keep the address you have" in client.get(CONFIRM).text
    sam.refresh_from_db()
    assert sam.email == "sam@example.org"
    response = client.post(CONFIRM, {"code": code_in(mailed("new@example.org")[0])})
    assert response["Location"] == "/accounts/"
    sam.refresh_from_db()
    assert sam.email == "new@example.org"
    address = EmailAddress.objects.get()
    assert (address.email, address.verified, address.primary) == ("new@example.org", True, True)
    (told,) = mailed("sam@example.org")
    assert told.startswith("Your email address was changed")
    assert "new@example.org" in told


def test_the_former_address_no_longer_opens_the_account(sam: User, mailed: Mailed) -> None:
    client = signed_in(sam, second_factor=False)
    ask(client, "new@example.org")
    client.post(CONFIRM, {"code": code_in(mailed("new@example.org")[0])})
    Client().post("/accounts/login/", {"login": "sam@example.org"})
    assert mailed("sam@example.org")[-1].startswith("There is no account with this address")


def test_somebody_elses_address_gives_the_same_answer_and_is_not_taken(
    sam: User, mailed: Mailed
) -> None:
    make_person(email="taken@example.org")
    client = signed_in(sam, second_factor=False)
    assert ask(client, "taken@example.org") == CONFIRM
    page = client.post(CONFIRM, {"code": code_in(mailed("taken@example.org")[0])})
    assert "Somebody already signs in with this email address." in page.text
    sam.refresh_from_db()
    assert sam.email == "sam@example.org"


@pytest.mark.parametrize("typed", ["", "nonsense", "sam@example.org", "a\0@example.org"])
def test_what_cannot_be_an_address_gets_words(sam: User, typed: str) -> None:
    client = signed_in(sam, second_factor=False)
    response = client.post(CHANGE, {"action_add": "1", "email": typed})
    assert response.status_code == 200
    assert 'id="id_email_error"' in response.text


def test_staff_who_write_another_address_leave_it_to_be_proved(sam: User) -> None:
    root = User.objects.create_superuser("root@example.org")
    form = {
        "email": "other@example.org",
        "name": "Sam Reed",
        "is_active": "on",
        "password": sam.password,
    }
    response = signed_in(root).post(f"/admin/accounts/user/{sam.pk}/change/", form)
    assert response.status_code == 302
    address = EmailAddress.objects.get(user=sam)
    assert (address.email, address.verified) == ("other@example.org", False)


def test_staff_make_people_who_prove_their_address_by_signing_in(mailed: Mailed) -> None:
    root = User.objects.create_superuser("root@example.org")
    form = {"email": "made@example.org", "name": "", "usable_password": "false"}
    signed_in(root).post("/admin/accounts/user/add/", form)
    client = Client()
    client.post("/accounts/login/", {"login": "made@example.org"})
    client.post("/accounts/login/code/", {"code": code_in(mailed("made@example.org")[0])})
    assert "_auth_user_id" in client.session
    assert EmailAddress.objects.get(user__email="made@example.org").verified


def test_a_person_whose_address_row_is_missing_is_shown_what_there_is() -> None:
    client = signed_in(make_user("bare@example.org"), second_factor=False)
    assert "bare@example.org" in client.get(CHANGE).text
