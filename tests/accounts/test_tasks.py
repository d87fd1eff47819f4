"""Nothing is kept for longer than the settings say, and the job may run twice."""

import datetime

import pytest
from django.utils import timezone
from procrastinate.contrib.django import app
from pytest_django import Settings

from accounts.models import Invitation
from accounts.tasks import remove_what_is_too_old
from providers.models import EmptySearch, ProblemReport
from tests.factories import make_invitation, make_organisation, make_problem_report
from tslsv.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db


def run() -> int:
    return remove_what_is_too_old.func(timestamp=0)


def ago(**by: float) -> datetime.datetime:
    return timezone.now() - datetime.timedelta(**by)


@pytest.fixture(autouse=True)
def short_periods(settings: Settings) -> None:
    settings.KEEP_INVITATIONS_DAYS = 10
    settings.KEEP_MAILS_DAYS = 10
    settings.KEEP_REPORT_EMAILS_DAYS = 10
    settings.KEEP_EMPTY_SEARCHES_DAYS = 10


def test_old_invitations_go_and_young_ones_stay() -> None:
    kitchen = make_organisation()
    make_invitation(kitchen, expires_at=ago(days=11))
    young = make_invitation(kitchen, expires_at=ago(days=9))
    assert run() == 1
    assert run() == 0
    assert list(Invitation.objects.all()) == [young]


def test_old_mails_go_and_unsent_ones_stay() -> None:
    for number, sent in enumerate([ago(days=11), ago(days=9), None]):
        OutgoingMail.objects.create(
            reference=f"M-{number}",
            to="sam@example.org",
            template="x",
            queued_at=ago(days=30),
            sent_at=sent,
        )
    assert run() == 1
    assert run() == 0
    assert set(OutgoingMail.objects.values_list("reference", flat=True)) == {"M-1", "M-2"}


def test_addresses_of_reports_go_once_they_are_long_dealt_with() -> None:
    hall = make_organisation()
    cases = {"old@a.example": ago(days=11), "young@a.example": ago(days=9), "open@a.example": None}
    for email, resolved in cases.items():
        make_problem_report(hall, email=email, resolved_at=resolved)
    assert run() == 1
    assert run() == 0
    assert ProblemReport.objects.count() == 3
    kept = set(ProblemReport.objects.exclude(email="").values_list("email", flat=True))
    assert kept == {"young@a.example", "open@a.example"}


def test_searches_that_nobody_repeats_go() -> None:
    for words, days in (("old", 11), ("young", 9)):
        row = EmptySearch.objects.create(words=words)
        EmptySearch.objects.filter(pk=row.pk).update(
            last_on=timezone.localdate() - datetime.timedelta(days=days)
        )
    assert run() == 1
    assert run() == 0
    assert EmptySearch.objects.get().words == "young"


def test_the_job_comes_every_night() -> None:
    periodic = app.periodic_registry.periodic_tasks
    crons = {task.task.name: task.cron for task in periodic.values()}
    assert crons["accounts.tasks.remove_what_is_too_old"] == "35 3 * * *"
