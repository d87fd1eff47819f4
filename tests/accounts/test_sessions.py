"""Where one is signed in, and ending it; what is forgotten by itself."""

import datetime

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.services.people import make_person
from accounts.tasks import forget_sign_ins
from tests.accounts.conftest import PASSWORD
from tests.factories import make_user
from tslsv import limits

pytestmark = pytest.mark.django_db

LIST = "/accounts/sessions/"


def sign_in(user: User, browser: str, address: str) -> Client:
    client = Client(headers={"User-Agent": browser}, REMOTE_ADDR=address)
    client.post("/accounts/login/password/", {"login": user.email, "password": PASSWORD})
    return client


def test_sessions_are_listed_and_the_others_ended(sam: User) -> None:
    here = sign_in(sam, "Lynx", "192.0.2.1")
    there = sign_in(sam, "<b>Mosaic</b>", "192.0.2.2")
    page = here.get(LIST).text
    assert "Lynx" in page
    assert "&lt;b&gt;Mosaic" in page
    assert "192.0.2.2" in page
    assert "In 2 places" in here.get("/accounts/").text
    assert here.post(LIST)["Location"] == LIST
    assert here.get(LIST).status_code == 200
    assert there.get(LIST).status_code == 302
    assert "You are signed in nowhere else." in here.get(LIST).text


def test_people_stay_signed_in_for_thirty_days(sam: User) -> None:
    client = sign_in(sam, "Lynx", "192.0.2.1")
    assert client.cookies["session"]["max-age"] == 30 * 24 * 3600


def test_nobody_sees_somebody_elses(sam: User) -> None:
    sign_in(sam, "Lynx", "192.0.2.1")
    kim = make_person(email="kim@example.org", password=PASSWORD)
    assert "Lynx" not in sign_in(kim, "Mosaic", "192.0.2.9").get(LIST).text


def test_without_an_address_of_the_network_signing_in_works_too(sam: User) -> None:
    client = Client(REMOTE_ADDR="")
    client.post("/accounts/login/password/", {"login": sam.email, "password": PASSWORD})
    assert UserSession.objects.get().ip == limits.UNKNOWN_ADDRESS


def test_what_ran_out_is_forgotten(sam: User) -> None:
    kept = sign_in(sam, "Lynx", "192.0.2.1")
    ended = sign_in(sam, "Mosaic", "192.0.2.2")
    Session.objects.filter(pk=ended.session.session_key).update(expire_date=timezone.now())
    forget_sign_ins(0)
    assert [session.pk for session in Session.objects.all()] == [kept.session.session_key]
    assert UserSession.objects.get().user_agent == "Lynx"


def test_sign_ups_that_nobody_completed_are_forgotten(sam: User) -> None:
    long_ago = timezone.now() - datetime.timedelta(days=8)

    def signed_up(email: str, joined: datetime.datetime, **fields: object) -> User:
        user = make_user(email, date_joined=joined, **fields)
        user.set_unusable_password()
        user.save()
        EmailAddress.objects.create(user=user, email=email, primary=True)
        return user

    signed_up("gone@example.org", long_ago)
    stay = {
        sam.pk,
        signed_up("fresh@example.org", timezone.now()).pk,
        signed_up("used@example.org", long_ago, last_login=long_ago).pk,
        signed_up("staff@example.org", long_ago, is_staff=True).pk,
        make_user("made@example.org", date_joined=long_ago).pk,
    }
    forget_sign_ins(0)
    assert set(User.objects.values_list("pk", flat=True)) == stay
