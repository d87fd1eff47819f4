"""The pages on what is held about oneself."""

import json

import pytest
from django.test import Client

from accounts.models import User
from tests.accounts.zyxelda import EMAIL, NAME, Zyxelda, make_zyxelda
from tests.factories import make_confirmed_user, make_membership, make_organisation
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def zyxelda(client: Client) -> Zyxelda:
    made = make_zyxelda()
    signed_in(made.user, client=client)
    return made


def test_the_page_says_what_there_is(client: Client, zyxelda: Zyxelda) -> None:
    html = client.get("/my/data/").text
    assert "Problems you reported" in html
    assert "/my/data/download/" in html


def test_the_file_is_ones_own_and_kept_by_no_cache(client: Client, zyxelda: Zyxelda) -> None:
    response = client.get("/my/data/download/")
    assert response["Content-Disposition"].startswith('attachment; filename="my-data-')
    assert "no-store" in response["Cache-Control"]
    held = json.loads(response.content)
    assert held["You"]["email"] == EMAIL
    assert held["You"]["name"] == NAME
    other = signed_in(User.objects.get(email="kim@example.org"))
    assert EMAIL not in other.get("/my/data/download/").text


@pytest.mark.parametrize("path", ["/my/data/download/", "/my/data/erase/"])
def test_a_sign_in_of_long_ago_has_to_be_shown_again(client: Client, path: str) -> None:
    user = make_confirmed_user()
    signed_in(user, ago=3600, client=client)
    response = client.get(path)
    assert response.status_code == 302
    assert "next=" in response["Location"]
    client.post(path, {"understood": "on"})
    assert User.objects.filter(pk=user.pk).exists()


def test_erasing_takes_a_tick_and_a_post(client: Client, zyxelda: Zyxelda) -> None:
    assert "What stays" in client.get("/my/data/erase/").text
    response = client.post("/my/data/erase/", {})
    assert "<title>Error:" in response.text
    assert User.objects.filter(pk=zyxelda.user.pk).exists()
    response = client.post("/my/data/erase/", {"understood": "on"})
    assert (response.status_code, response["Location"]) == (302, "/my/erased/")
    assert not User.objects.filter(pk=zyxelda.user.pk).exists()
    assert "Your data is erased" in client.get("/my/erased/").text
    assert client.get("/my/").status_code == 302


def test_the_last_owner_reads_what_to_do_first(client: Client) -> None:
    user = make_confirmed_user()
    make_membership(make_organisation("Holbeck Kitchen", slug="kitchen"), user)
    signed_in(user, client=client)
    html = client.get("/my/data/erase/").text
    assert "/my/kitchen/people/" in html
    assert "/my/kitchen/close/" in html
    assert "understood" not in html
    assert client.post("/my/data/erase/", {"understood": "on"}).status_code == 302
    assert User.objects.filter(pk=user.pk).exists()
