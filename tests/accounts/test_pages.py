"""Every page of signing in is ours: no page of django-allauth's own, one heading, one header."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import allauth
import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.test.signals import template_rendered

from accounts.models import User
from tests.accounts.conftest import PASSWORD, Mailed, code_in
from tests.accounts.test_second_factor import SetUp
from tests.signing_in import signed_in
from tests.test_access import OWN, WAYS_IN

pytestmark = pytest.mark.django_db

THEIRS = str(Path(allauth.__file__).parent)


@contextmanager
def watching() -> Iterator[list[str]]:
    """Names of the library's own templates that are drawn meanwhile."""
    theirs: list[str] = []

    def note(sender: object, template: Any, **kwargs: object) -> None:
        if template.origin and str(template.origin.name).startswith(THEIRS):
            theirs.append(template.name)

    template_rendered.connect(note)
    try:
        yield theirs
    finally:
        template_rendered.disconnect(note)


def check(html: str) -> None:
    assert '<header class="site-head' in html
    assert len(re.findall(r"<h1\b", html)) == 1
    assert re.search(r"<title>[^<]+ – Leeds Social Value</title>", html)
    assert "placeholder=" not in html
    assert not re.search(r"<[^>]+\s(?:style|on[a-z]+)=", html)
    for tag in re.findall(r"<script\b[^>]*>", html):
        assert " src=" in tag or "application/json" in tag
    # Nothing keeps people from pasting, or their browser from helping.
    assert 'autocomplete="off"' not in html.replace('tabindex="-1" autocomplete="off"', "")


def visit(client: Client, paths: list[str]) -> int:
    seen = 0
    for path in paths:
        for response in (client.get(path), client.post(path, {})):
            if response.status_code == 200 and "text/html" in response["Content-Type"]:
                check(response.text)
                seen += 1
    return seen


def test_pages_for_people_who_are_not_signed_in(client: Client, sam: User, mailed: Mailed) -> None:
    paths = [path for path, anonymous, _ in WAYS_IN.values() if anonymous == 200]
    with watching() as theirs:
        assert visit(client, paths) >= len(paths)
        browser = client
        for start, code_page in (
            (("/accounts/signup/", {"email": "new@example.org"}), "/accounts/confirm-email/"),
            (("/accounts/login/", {"login": sam.email}), "/accounts/login/code/"),
            (("/accounts/password/reset/", {"email": sam.email}), "/accounts/password/reset/code/"),
        ):
            browser = Client()
            browser.post(*start)
            assert visit(browser, [code_page]) == 2
        browser.post("/accounts/password/reset/code/", {"code": code_in(mailed(sam.email)[-1])})
        assert visit(browser, ["/accounts/password/reset/new/"]) == 2
    assert theirs == []


def test_pages_for_people_who_are(sam: User, app_of: SetUp) -> None:
    paths = [
        path for path, status in OWN.values() if status == 200 and path != "/accounts/sessions/"
    ]
    with watching() as theirs:
        client = signed_in(sam)
        assert visit(client, paths) >= len(paths)
        app_of(sam)
        passkey = Authenticator.objects.create(
            user=sam, type=Authenticator.Type.WEBAUTHN, data={"name": "Phone", "credential": {}}
        )
        key = f"/accounts/passkeys/{passkey.pk}/"
        check(client.get(f"{key}remove/").text)
        assert visit(client, [f"{key}rename/", "/accounts/sessions/"]) >= 3
        assert client.post(f"{key}remove/")["Location"] == "/accounts/"
        check(client.get("/accounts/app/remove/").text)
        client.post("/accounts/recovery-codes/new/")
        assert visit(client, ["/accounts/", "/accounts/recovery-codes/"]) >= 2
        assert client.get("/accounts/recovery-codes/file/").status_code == 200
        check(client.get("/accounts/again/second-factor/").text)
        step = Client()
        step.post("/accounts/login/password/", {"login": sam.email, "password": PASSWORD})
        assert visit(step, ["/accounts/login/second-factor/"]) == 2
    assert theirs == []


HOSTILE = ["", "x", "[]", "{}", "1", '"x"', "null", "\0", '{"id": 1}', "x" * 10_000, "😀",
           '{"id": "x", "rawId": "x", "type": "public-key", "response": {"userHandle": "x"}}',
           '{"id": "eA", "rawId": "eA", "type": "public-key", "response": []}']  # fmt: skip


@pytest.mark.parametrize("sent", HOSTILE)
def test_what_is_no_passkey_is_refused_in_words(sam: User, app_of: SetUp, sent: str) -> None:
    app_of(sam)
    guest, inside = Client(), signed_in(sam)
    guest.get("/accounts/login/passkey/", headers={"Accept": "application/json"})
    response = guest.post("/accounts/login/passkey/", {"credential": sent}, follow=True)
    assert response.status_code == 200
    assert "notice--error" in response.text
    assert "_auth_user_id" not in guest.session
    inside.get("/accounts/passkeys/add/")
    response = inside.post("/accounts/passkeys/add/", {"name": "x" * 99, "credential": sent})
    assert response.status_code == 200
    assert 'class="error-summary' in response.text
    step = Client()
    step.post("/accounts/login/password/", {"login": sam.email, "password": PASSWORD})
    step.get("/accounts/login/second-factor/")
    assert step.post("/accounts/login/second-factor/", {"credential": sent}).status_code == 200
    assert "_auth_user_id" not in step.session
    assert not Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN).exists()
