"""What somebody told us is wrong: closed with a note, and answered if a curator wants."""

from functools import partial

import pytest
from django.test import Client

from accounts.models import AuditEvent, User
from accounts.refused import Overtaken
from providers.models import ProblemReport
from providers.services.problem import resolve_problem
from tests.accounts.racing import race
from tests.factories import make_organisation, make_problem_report
from tests.providers.curate.conftest import Waits
from tests.providers.reading import words
from tslsv.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db


@pytest.fixture
def report(waits: Waits) -> ProblemReport:
    return waits.report


def url_of(report: ProblemReport) -> str:
    return f"/curate/problems/{report.pk}/"


def test_page_shows_the_words_and_leads_to_what_can_be_done(
    browser: Client, report: ProblemReport
) -> None:
    html = browser.get(url_of(report)).text
    assert "The telephone number is old." in html
    assert "reader@example.org" in html
    assert f'href="/curate/listings/{report.listing_id}/unpublish/"' in html
    assert f'href="/curate/organisations/{report.organisation_id}/"' in html


def test_closing_keeps_the_note_and_opens_the_next(
    browser: Client, report: ProblemReport, waits: Waits, curator: User
) -> None:
    response = browser.post(url_of(report), {"resolution": "Put right."})
    assert response["Location"] == waits.urls[7]
    report.refresh_from_db()
    assert report.resolution == "Put right."
    event = AuditEvent.objects.get(verb="resolved")
    assert event.actor_key == curator.audit_key
    assert not OutgoingMail.objects.exists()
    text = words(browser.get(url_of(report)).text)
    assert "This report was closed on" in text
    assert "Put right." in text


def test_reporter_is_answered_if_the_curator_wants(browser: Client, report: ProblemReport) -> None:
    browser.post(url_of(report), {"resolution": "Put right.\nThank you.", "answer": "on"})
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.template) == ("reader@example.org", "report_answered")
    assert "Put right.\nThank you." in mail.text
    assert "> The telephone number is old." in mail.text


def test_without_an_address_nobody_is_answered(browser: Client) -> None:
    report = make_problem_report(make_organisation())
    assert 'name="answer"' not in browser.get(url_of(report)).text
    browser.post(url_of(report), {"resolution": "Put right.", "answer": "on"})
    assert not OutgoingMail.objects.exists()
    report.refresh_from_db()
    assert report.resolved_at is not None


@pytest.mark.parametrize("resolution", ["", "   ", "x" * 2001, "nul \0"])
def test_note_is_needed(browser: Client, report: ProblemReport, resolution: str) -> None:
    response = browser.post(url_of(report), {"resolution": resolution})
    assert response.status_code == 200
    assert "has-error" in response.text
    report.refresh_from_db()
    assert report.resolved_at is None


def test_second_curator_is_told_and_loses_no_word(
    browser: Client, other_browser: Client, report: ProblemReport
) -> None:
    other_browser.post(url_of(report), {"resolution": "Put right."})
    response = browser.post(url_of(report), {"resolution": "Rang them up."})
    assert response.status_code == 409
    text = words(response.text)
    assert "Dan resolved this while you looked at it (" in text
    assert "What you wrote: Rang them up." in text
    report.refresh_from_db()
    assert report.resolution == "Put right."


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_closes_it(curator: User, other_curator: User) -> None:
    report = make_problem_report(make_organisation(), email="reader@example.org")
    works = [
        partial(resolve_problem, report=report, resolution="Done", answer=True, by=by)
        for by in (curator, other_curator)
    ]
    outcomes = race(report, *works)
    assert sum(isinstance(outcome, Overtaken) for outcome in outcomes) == 1
    assert OutgoingMail.objects.count() == 1
