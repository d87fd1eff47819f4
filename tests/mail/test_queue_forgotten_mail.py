"""The sweeper: mail that is due and has no job (any more) gets one."""

import datetime

import pytest
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.factories import make_mail
from tslsv.mail import tasks
from tslsv.mail.outbox import queue_mail
from tslsv.mail.tasks import put_in_queue, queue_forgotten_mail

pytestmark = pytest.mark.django_db


def mails_with_jobs() -> list[int]:
    jobs = ProcrastinateJob.objects.filter(status="todo").order_by("pk")
    return [args["mail_id"] for args in jobs.values_list("args", flat=True)]


def test_mail_without_a_job_gets_one_and_only_one() -> None:
    mail = make_mail()
    assert queue_forgotten_mail(timestamp=0) == 1
    assert queue_forgotten_mail(timestamp=0) == 0
    assert mails_with_jobs() == [mail.pk]


def test_mail_that_has_a_job_needs_no_other() -> None:
    queue_mail(to="ama@leeds.example", template="hello")
    assert queue_forgotten_mail(timestamp=0) == 0


@pytest.mark.parametrize(
    ("status", "expected"),
    [("doing", 0), ("todo", 0), ("failed", 1), ("succeeded", 1), ("cancelled", 1), ("aborted", 1)],
)
def test_a_job_that_has_ended_does_not_count(status: str, expected: int) -> None:
    put_in_queue(make_mail())
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing'")
        cursor.execute("UPDATE procrastinate_jobs SET status = %s", [status])
    assert queue_forgotten_mail(timestamp=0) == expected


def test_another_mails_job_does_not_count() -> None:
    first, second = make_mail(), make_mail()
    put_in_queue(first)
    assert queue_forgotten_mail(timestamp=0) == 1
    assert mails_with_jobs() == [first.pk, second.pk]


def test_what_is_not_due_waits() -> None:
    now = timezone.now()
    make_mail(next_attempt_at=now + datetime.timedelta(minutes=1))
    make_mail(sent_at=now)
    make_mail(given_up_at=now)
    assert queue_forgotten_mail(timestamp=0) == 0


def test_the_longest_due_come_first_and_not_all_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "MOST_AT_ONCE", 2)
    now = timezone.now()
    late, later, latest = (
        make_mail(next_attempt_at=now - datetime.timedelta(hours=hours)) for hours in (1, 2, 3)
    )
    assert queue_forgotten_mail(timestamp=0) == 2
    assert mails_with_jobs() == [latest.pk, later.pk]
    assert queue_forgotten_mail(timestamp=0) == 1
    assert mails_with_jobs()[-1] == late.pk
