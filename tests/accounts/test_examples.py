"""Example people: made once, kept safe, and of no use where others can reach the site."""

import json
import stat
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from accounts import examples
from accounts.models import Membership, User
from accounts.permissions import is_broker, is_curator
from tests.factories import make_organisation
from tslsv.launch import sign_ins

pytestmark = pytest.mark.django_db


def sign_in(row: examples.SignIn) -> Client:
    client = Client()
    client.post("/accounts/login/password/", {"login": row["email"], "password": row["password"]})
    return client


def test_they_are_made_once_and_can_sign_in(tmp_path: Path, settings: Settings) -> None:
    settings.LOOPBACK, settings.DATA_DIR = True, tmp_path
    organisation = make_organisation("Example Hall", is_example=True)
    rows = examples.load(tmp_path)
    assert examples.load(tmp_path) == rows
    assert User.objects.filter(is_example=True).count() == 3
    owner, curator, broker = rows
    assert "_auth_user_id" in sign_in(owner).session
    assert Membership.objects.get().organisation == organisation
    client = sign_in(curator)
    assert "_auth_user_id" not in client.session
    out = StringIO()
    call_command("example_code", curator["email"], stdout=out)
    client.post("/accounts/login/second-factor/", {"code": out.getvalue().strip()})
    assert "_auth_user_id" in client.session
    assert is_curator(User.objects.get(email=curator["email"]))
    assert is_broker(User.objects.get(email=broker["email"]))


def test_what_lets_them_in_is_random_and_for_its_owner_alone(
    tmp_path: Path, settings: Settings
) -> None:
    settings.LOOPBACK = True
    (tmp_path / "other").mkdir()
    rows = examples.load(tmp_path)
    assert stat.S_IMODE((tmp_path / examples.FILE).stat().st_mode) == 0o600
    assert len({row["password"] for row in rows + examples.load(tmp_path / "other")}) == 6


def test_without_the_file_they_are_made_anew(tmp_path: Path, settings: Settings) -> None:
    settings.LOOPBACK = True
    former = examples.load(tmp_path)
    (tmp_path / examples.FILE).unlink()
    rows = examples.load(tmp_path)
    assert "_auth_user_id" not in sign_in(former[0]).session
    assert "_auth_user_id" in sign_in(rows[0]).session


def test_a_site_for_others_has_none(tmp_path: Path, settings: Settings) -> None:
    settings.LOOPBACK, settings.DATA_DIR = False, tmp_path
    with pytest.raises(examples.NotHere):
        examples.load(tmp_path)
    with pytest.raises(CommandError):
        call_command("example_code", "curator@example.org")
    assert not User.objects.exists()
    assert list(tmp_path.iterdir()) == []


def test_those_that_came_along_with_the_data_cannot_sign_in(
    tmp_path: Path, settings: Settings
) -> None:
    settings.LOOPBACK = True
    owner = examples.load(tmp_path)[0]
    settings.LOOPBACK = False
    client = Client()
    response = client.post(
        "/accounts/login/password/", {"login": owner["email"], "password": owner["password"]}
    )
    assert response["Location"] == "/accounts/inactive/"
    assert "_auth_user_id" not in client.session


def test_there_is_no_code_for_somebody_without_an_app(tmp_path: Path, settings: Settings) -> None:
    settings.LOOPBACK, settings.DATA_DIR = True, tmp_path
    examples.load(tmp_path)
    with pytest.raises(CommandError, match="is no example person"):
        call_command("example_code", "owner@example.org")


def test_the_launcher_prints_them(tmp_path: Path, settings: Settings) -> None:
    assert sign_ins.FILE == examples.FILE
    assert list(sign_ins.lines(tmp_path)) == []
    settings.LOOPBACK = True
    examples.load(tmp_path)
    text = "\n".join(sign_ins.lines(tmp_path))
    for row in json.loads((tmp_path / examples.FILE).read_text()):
        assert row["email"] in text
        assert row["password"] in text
        assert row["secret"] in text
