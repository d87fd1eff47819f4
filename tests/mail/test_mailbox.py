"""The local box: on this machine for everybody, and nowhere else."""

import datetime
import json
import os
import re
import subprocess
import sys

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from tests.conftest import CHECKOUT
from tests.factories import make_mail
from tslsv.mail import views
from tslsv.mail.outbox import queue_mail

pytestmark = pytest.mark.django_db

MINUTE = datetime.timedelta(minutes=1)


def test_an_empty_box_says_so(client: Client) -> None:
    html = client.get("/mailbox/").text
    assert "No mail yet." in html
    assert "none leaves the machine" in html
    assert "result-list" not in html


def test_the_newest_stands_first_and_each_says_how_it_is(client: Client) -> None:
    now = timezone.now()
    make_mail(reference="M-OLD", queued_at=now - 3 * MINUTE, sent_at=now)
    make_mail(reference="M-TRIED", queued_at=now - 2 * MINUTE, attempts=3)
    make_mail(reference="M-LOST", queued_at=now - MINUTE, given_up_at=now)
    make_mail(reference="M-NEW", subject="<b>New</b>", queued_at=now)
    html = client.get("/mailbox/").text
    assert re.findall(r'href="/mailbox/(M-\w+)/"', html) == ["M-NEW", "M-LOST", "M-TRIED", "M-OLD"]
    assert "4 mails, newest first" in html
    assert "&lt;b&gt;New&lt;/b&gt;" in html
    states = re.findall(r'<span class="badge[^>]*>([^<]*)', html)
    assert states == ["Waiting for the worker", "Given up", "Not sent yet, attempt 3", "Kept here"]


def test_a_long_list_is_cut(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "NEWEST", 2)
    for _ in range(3):
        make_mail()
    html = client.get("/mailbox/").text
    assert "The newest 2 of 3 mails" in html
    assert len(re.findall(r'href="/mailbox/M-', html)) == 2


def test_a_mail_shows_its_headers_and_its_text_with_links(client: Client) -> None:
    mail = queue_mail(
        to="ama@leeds.example", template="hello", context={"name": "<script>x"}, secret=True
    )
    html = client.get(reverse("mail:message", args=[mail.reference])).text
    assert "<h1>Hello &lt;script&gt;x</h1>" in html
    assert 'href="https://leeds.example/about/"' in html
    assert "<dt>To</dt><dd>ama@leeds.example</dd>" in html
    assert f"&lt;{mail.reference}." in html
    assert "<script>x" not in html
    assert f'href="/mailbox/{mail.reference}/html/"' in html


def test_the_html_part_can_do_nothing(client: Client) -> None:
    mail = make_mail(html="<!doctype html><p style='color:red'>Hello<script>x()</script>")
    response = client.get(reverse("mail:message_html", args=[mail.reference]))
    assert response.text == mail.html
    policy = response["Content-Security-Policy"].split("; ")
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert "form-action 'none'" in policy
    assert not [part for part in policy if part.startswith(("script-src", "sandbox allow"))]
    assert response["Cross-Origin-Opener-Policy"] == "unsafe-none"
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", ["message", "message_html"])
@pytest.mark.parametrize("reference", ["M-NONE", "x" * 10_000, "M-2%00", "🙂"])
def test_what_is_not_there_is_not_found(client: Client, name: str, reference: str) -> None:
    assert client.get(reverse(f"mail:{name}", args=[reference])).status_code == 404


def test_a_mail_without_an_html_part_has_no_page_for_it(client: Client) -> None:
    mail = make_mail(html="")
    page = client.get(reverse("mail:message", args=[mail.reference]))
    assert "/html/" not in page.text
    assert client.get(reverse("mail:message_html", args=[mail.reference])).status_code == 404


def test_nothing_of_it_is_kept_by_browsers_or_found_by_robots(client: Client) -> None:
    mail = make_mail()
    for path in ("/mailbox/", f"/mailbox/{mail.reference}/", f"/mailbox/{mail.reference}/html/"):
        response = client.get(path)
        assert "no-store" in response["Cache-Control"]
        assert client.post(path).status_code == 405
    assert 'content="noindex"' in client.get("/mailbox/").text


# -- Outside the loopback run -------------------------------------------------------------------


def test_outside_the_loopback_run_nothing_is_shown(client: Client, settings: Settings) -> None:
    mail = make_mail()
    settings.LOOPBACK = False
    for path in ("/mailbox/", f"/mailbox/{mail.reference}/", f"/mailbox/{mail.reference}/html/"):
        assert client.get(path).status_code == 404
    assert "/mailbox/" not in client.get("/about/").text


@pytest.mark.parametrize(("loopback", "expected"), [("1", True), ("0", False)])
def test_the_addresses_exist_in_the_loopback_run_alone(loopback: str, expected: bool) -> None:
    code = (
        "import django, json; django.setup();"
        "from django.conf import settings; from django.urls import Resolver404, resolve;"
        "found = []\n"
        "for path in ('/mailbox/', '/mailbox/M-22222/', '/mailbox/M-22222/html/'):\n"
        "    try: resolve(path); found.append(True)\n"
        "    except Resolver404: found.append(False)\n"
        "print(json.dumps([found, settings.MAILERS['default']['BACKEND']]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=CHECKOUT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tslsv.settings",
            "TSLSV_LOOPBACK": loopback,
            "ALLOWED_HOSTS": "leeds.example",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    found, backend = json.loads(done.stdout)
    assert found == [expected] * 3
    assert ("kept" in backend) is expected
