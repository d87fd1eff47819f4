"""Telling a curator that something is wrong: kept once, in words, and not without end."""

import datetime
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEvent
from providers.models import Listing, ProblemReport
from providers.services import problem
from tests.factories import make_listing, make_organisation, make_problem_report, make_user
from tests.providers.reading import words

pytestmark = pytest.mark.django_db

GOOD = {"kind": "wrong", "text": "The telephone number is old.", "email": "", "home_page": ""}


def url_of(listing: Listing) -> str:
    return f"{listing.get_absolute_url()}report/"


# -- Sending one ----------------------------------------------------------------------------------


def test_form_asks_little_and_says_what_for(client: Client) -> None:
    listing = make_listing()
    response = client.get(url_of(listing))
    text = words(response.text)
    assert listing.title in text
    assert "Your email address (optional)" in text
    assert "Only so that a curator can ask you back or answer you." in text
    assert '<meta name="robots" content="noindex">' in response.text
    assert response.text.count("<h1") == 1


def test_link_from_the_page_chooses_the_kind(client: Client) -> None:
    listing = make_listing()
    html = client.get(f"{url_of(listing)}?kind=closed").text
    assert re.search(r'<input type="radio" name="kind"[^>]* value="closed"[^>]* checked', html)
    assert " checked" not in client.get(f"{url_of(listing)}?kind=%00nonsense").text


def test_whoever_wants_to_be_removed_is_led_to_the_page_for_that(client: Client) -> None:
    listing = make_listing()
    claim = f"{listing.organisation.get_absolute_url()}claim/"
    html = client.get(url_of(listing)).text
    assert f'href="{claim}"' in html
    assert "want to be removed" not in html
    response = client.get(f"{url_of(listing)}?kind=remove")
    assert response["Location"] == f"{claim}?wants=remove"
    assert re.search(r'value="remove"[^>]* checked', client.get(response["Location"]).text)


def test_examples_are_nobodys(client: Client) -> None:
    listing = make_listing(make_organisation(is_example=True))
    response = client.get(f"{url_of(listing)}?kind=remove")
    assert response.status_code == 200
    assert "/claim/" not in response.text


def test_report_is_kept_audited_and_thanked_for(client: Client) -> None:
    listing = make_listing()
    response = client.post(url_of(listing), {**GOOD, "email": "reader@example.org"})
    assert response.status_code == 302
    assert response["Location"] == f"{url_of(listing)}?sent=1"
    report = ProblemReport.objects.get()
    assert (report.organisation, report.listing) == (listing.organisation, listing)
    assert (report.kind, report.text) == ("wrong", GOOD["text"])
    assert report.email == "reader@example.org"
    event = AuditEvent.objects.get()
    assert (event.verb, event.object_type, event.object_id) == (
        "reported", "providers.problemreport", str(report.pk),
    )  # fmt: skip
    assert (event.organisation_id, event.actor_key, event.fields) == (
        listing.organisation_id, None, [],
    )  # fmt: skip
    thanks = client.get(response["Location"])
    assert "What happens next" in words(thanks.text)
    assert "reader@example.org" not in thanks.text


def test_organisation_can_be_reported(client: Client) -> None:
    organisation = make_listing().organisation
    url = f"{organisation.get_absolute_url()}report/"
    assert organisation.name in words(client.get(url).text)
    assert client.post(url, GOOD).status_code == 302
    report = ProblemReport.objects.get()
    assert (report.organisation, report.listing) == (organisation, None)


def test_paused_listing_can_be_reported(client: Client) -> None:
    assert client.post(url_of(make_listing(state="paused")), GOOD).status_code == 302


@pytest.mark.parametrize("method", ["get", "post"])
def test_what_has_no_page_cannot_be_reported(client: Client, method: str) -> None:
    listing = make_listing(state="draft")
    for url in (url_of(listing), f"{listing.organisation.get_absolute_url()}report/"):
        assert getattr(client, method)(url, GOOD).status_code == 404
    assert not ProblemReport.objects.exists()


def test_form_needs_its_token() -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post(url_of(make_listing()), GOOD).status_code == 403


# -- Mistakes -------------------------------------------------------------------------------------


def test_mistakes_are_said_twice_and_answers_kept(client: Client) -> None:
    response = client.post(url_of(make_listing()), {"text": "", "email": "not an address"})
    assert response.status_code == 200
    html = response.text
    assert "<title>Error: " in html
    for message in (
        "Choose what it is about.", "Say what is wrong.",
        "Enter an email address such as name@example.org.",
    ):  # fmt: skip
        assert html.count(message) == 2
    assert 'href="#id_text"' in html
    assert 'value="not an address"' in html
    assert not ProblemReport.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"text": "nul \0 byte"},
        {"text": "x" * 2001},
        {"text": "x" * 500_000},
        {"kind": "wrong\0"},
        {"kind": "nonsense"},
        {"email": "a\0@example.org"},
        {"email": "x" * 300 + "@example.org"},
        {"text": "   "},
    ],
)
def test_bad_values_are_errors_beside_their_fields(client: Client, fields: dict[str, str]) -> None:
    response = client.post(url_of(make_listing()), {**GOOD, **fields})
    assert response.status_code == 200
    assert "has-error" in response.text
    assert not ProblemReport.objects.exists()


def test_huge_body_is_refused_in_words(client: Client) -> None:
    body = "text=" + "x" * 1_100_000
    response = client.post(
        url_of(make_listing()), body, content_type="application/x-www-form-urlencoded"
    )
    assert response.status_code == 400
    assert "<h1" in response.text


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "{{ 7*7 }}{% now 'Y' %}", "\u202e\ud83d\ude00 ’", "=1+1"]
)
def test_any_text_can_be_sent(client: Client, text: str) -> None:
    text = text.encode("utf-16", "surrogatepass").decode("utf-16")
    assert client.post(url_of(make_listing()), {**GOOD, "text": text}).status_code == 302
    assert ProblemReport.objects.get().text == text


def test_line_ends_count_as_the_browser_counts_them(client: Client) -> None:
    text = "x\r\n" * 1000
    assert client.post(url_of(make_listing()), {**GOOD, "text": text}).status_code == 302
    assert "\r" not in ProblemReport.objects.get().text


def test_hostile_answers_come_back_as_text(client: Client) -> None:
    evil = '"></textarea><script>alert(1)</script>'
    html = client.post(url_of(make_listing()), {**GOOD, "text": evil, "email": evil}).text
    assert "<script>alert" not in html


# -- Robots and repeats ---------------------------------------------------------------------------


def test_robot_is_thanked_and_nothing_kept(client: Client) -> None:
    listing = make_listing()
    response = client.post(url_of(listing), {**GOOD, "home_page": "https://spam.example/"})
    assert response["Location"] == f"{url_of(listing)}?sent=1"
    assert not ProblemReport.objects.exists()
    assert not AuditEvent.objects.exists()


def test_trap_is_out_of_everybodys_way(client: Client) -> None:
    html = client.get(url_of(make_listing())).text
    trap = re.search(r'<div class="trap" aria-hidden="true">.*?</div>', html, flags=re.DOTALL)
    assert trap
    assert 'tabindex="-1"' in trap[0]


def test_sent_twice_is_kept_once(client: Client) -> None:
    listing = make_listing()
    one, two = (client.post(url_of(listing), GOOD) for _ in range(2))
    assert one["Location"] == two["Location"]
    assert ProblemReport.objects.count() == AuditEvent.objects.count() == 1


def test_same_words_about_another_page_or_later_are_another_report(client: Client) -> None:
    listing = make_listing()
    organisation = listing.organisation
    client.post(url_of(listing), GOOD)
    client.post(url_of(make_listing(organisation)), GOOD)
    client.post(f"{organisation.get_absolute_url()}report/", GOOD)
    client.post(url_of(listing), {**GOOD, "kind": "closed"})
    assert ProblemReport.objects.count() == 4
    ProblemReport.objects.update(created=timezone.now() - datetime.timedelta(minutes=11))
    client.post(url_of(listing), GOOD)
    assert ProblemReport.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_both_requests_of_a_double_click_keep_one_report() -> None:
    listing = make_listing()

    def send(_: int) -> None:
        try:
            problem.report_problem(
                organisation=listing.organisation, listing=listing, kind="wrong", text="Same",
                email="",
            )  # fmt: skip
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(send, range(8)))
    assert ProblemReport.objects.count() == 1


# -- Not without end ------------------------------------------------------------------------------


def test_sixth_report_within_an_hour_is_refused_in_words_and_kept_on_the_page(
    client: Client,
) -> None:
    listing = make_listing()
    for number in range(5):
        assert client.post(url_of(listing), {**GOOD, "text": f"No. {number}"}).status_code == 302
    # The fifth once more, as a double click would, is no sixth.
    assert client.post(url_of(listing), {**GOOD, "text": "No. 4"}).status_code == 302
    for _ in range(2):
        response = client.post(url_of(listing), {**GOOD, "text": "No. 5"})
        assert response.status_code == 429
        assert response["Retry-After"] == "3600"
        assert "You have sent several reports within an hour." in words(response.text)
        assert "<title>Error: " in response.text
        assert "No. 5</textarea>" in response.text
    assert ProblemReport.objects.count() == 5
    other = Client(REMOTE_ADDR="198.51.100.7")
    assert other.post(url_of(listing), {**GOOD, "text": "No. 6"}).status_code == 302


def test_mistakes_and_robots_are_not_counted(client: Client) -> None:
    listing = make_listing()
    for _ in range(8):
        client.post(url_of(listing), {"text": ""})
        client.post(url_of(listing), {**GOOD, "home_page": "x"})
    assert client.post(url_of(listing), GOOD).status_code == 302


@pytest.mark.django_db
def test_neither_address_nor_text_is_kept_in_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[object] = []
    add = cache.add

    def remember(key: str, *args: Any, **kwargs: Any) -> bool:
        kept.append((key, *args))
        return bool(add(key, *args, **kwargs))

    monkeypatch.setattr(cache, "add", remember)
    problem.may_report(address="203.0.113.9", report="Mrs Smith was rude")
    assert kept
    assert "203.0.113.9" not in str(kept)
    assert "Smith" not in str(kept)


# -- Putting them away ----------------------------------------------------------------------------


def test_reports_are_resolved_once_each() -> None:
    organisation = make_organisation()
    reports = [make_problem_report(organisation) for _ in range(2)]
    staff = make_user()
    chosen = [report.pk for report in reports]
    assert problem.resolve_problems(report_ids=chosen, actor_key=staff.audit_key) == 2
    assert problem.resolve_problems(report_ids=chosen, actor_key=staff.audit_key) == 0
    assert not ProblemReport.objects.filter(resolved_at=None).exists()
    events = AuditEvent.objects.filter(verb="resolved", actor_key=staff.audit_key)
    assert {event.object_id for event in events} == {str(pk) for pk in chosen}
    assert events.count() == 2
