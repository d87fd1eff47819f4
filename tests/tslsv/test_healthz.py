"""Health: an answer in time whether the database answers, refuses or hangs; and what is overdue."""

import datetime
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.factories import make_mail
from tslsv import health
from tslsv.health import Health
from tslsv.tasks import retry_stalled_jobs

MINUTE = datetime.timedelta(minutes=1)


class FakeConnection:
    """Stands for the default connection, which is closed after each question."""

    def __init__(self) -> None:
        self.closed = threading.Event()

    def close(self) -> None:
        self.closed.set()


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Health]], FakeConnection]:
    """Let the database do what the test says when it is asked."""

    def use(answer: Callable[[], Health]) -> FakeConnection:
        connection = FakeConnection()
        monkeypatch.setattr(health, "connections", {"default": connection})
        monkeypatch.setattr(health, "count_overdue", answer)
        return connection

    return use


def refuse() -> Health:
    raise OperationalError("connection refused")


def test_ok_when_the_database_answers(client: Client, database: Any) -> None:
    connection = database(lambda: Health(0, 0))
    response = client.get("/healthz")
    assert (response.status_code, response.text) == (200, "ok")
    assert connection.closed.wait(1)
    assert "no-store" in response["Cache-Control"]
    assert "Vary" not in response
    assert not response.cookies


@pytest.mark.parametrize(
    ("jobs", "mails", "words"),
    [
        (1, 0, "ok, 1 job overdue"),
        (3, 0, "ok, 3 jobs overdue"),
        (0, 2, "ok, 2 mails overdue"),
        (12, 1, "ok, 12 jobs and 1 mail overdue"),
    ],
)
def test_overdue_work_is_told_and_still_well(
    client: Client, database: Any, jobs: int, mails: int, words: str
) -> None:
    database(lambda: Health(jobs, mails))
    response = client.get("/healthz")
    assert (response.status_code, response.text) == (200, words)


def test_503_when_it_refuses(client: Client, database: Any) -> None:
    connection = database(refuse)
    assert client.get("/healthz").status_code == 503
    assert connection.closed.wait(1)


def test_503_in_time_when_it_hangs_and_one_question_at_a_time(database: Any) -> None:
    release = threading.Event()

    def hang() -> Health:
        release.wait(10)
        return Health(0, 0)

    hanging = database(hang)
    started = time.monotonic()
    assert health.examine(0.1) is None
    assert health.examine(0.1) is None
    assert time.monotonic() - started < 1
    assert len([thread for thread in threading.enumerate() if thread.name == "healthz"]) == 1
    release.set()
    assert hanging.closed.wait(1)
    database(lambda: Health(0, 0))
    assert health.examine(1) == Health(0, 0)


def test_patience_is_well_below_five_seconds() -> None:
    assert 2 * health.PATIENCE_SECONDS < 5


def test_only_reading_is_allowed(client: Client) -> None:
    assert client.post("/healthz").status_code == 405


@pytest.mark.django_db(transaction=True)
def test_the_real_database_answers(client: Client) -> None:
    assert client.get("/healthz").text == "ok"
    make_mail(next_attempt_at=timezone.now() - 11 * MINUTE)
    assert client.get("/healthz").text == "ok, 1 mail overdue"


# -- What counts as overdue ---------------------------------------------------------------------


def date_events(job_id: int, ago: datetime.timedelta) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_events SET at = %s WHERE job_id = %s",
            [timezone.now() - ago, job_id],
        )


def queue(*, queued: datetime.timedelta, scheduled: datetime.timedelta | None = None) -> int:
    """A job that was queued so long ago, for a moment so long ago, or for at once."""
    at = timezone.now() - scheduled if scheduled is not None else None
    task = retry_stalled_jobs.configure(schedule_at=at, queueing_lock=f"{queued} {scheduled}")
    job_id = task.defer(timestamp=0)
    date_events(job_id, queued)
    return job_id


def take(*, begun: datetime.timedelta, silent: datetime.timedelta | None) -> None:
    """A job begun so long ago by a worker last heard of so long ago, or one that is gone."""
    job_id = queue(queued=600 * MINUTE, scheduled=begun)
    worker_id = None
    with connection.cursor() as cursor:
        if silent is not None:
            cursor.execute(
                "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s) RETURNING id",
                [timezone.now() - silent],
            )
            (worker_id,) = cursor.fetchone() or (None,)
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE id = %s",
            [worker_id, job_id],
        )
    date_events(job_id, begun)


@pytest.mark.django_db
def test_a_job_for_later_is_overdue_five_minutes_after_that() -> None:
    queue(scheduled=-60 * MINUTE, queued=600 * MINUTE)
    queue(scheduled=4 * MINUTE, queued=600 * MINUTE)
    assert health.count_overdue() == Health(0, 0)
    queue(scheduled=6 * MINUTE, queued=600 * MINUTE)
    assert health.count_overdue() == Health(1, 0)


@pytest.mark.django_db
def test_a_job_for_at_once_is_overdue_five_minutes_after_it_was_queued() -> None:
    queue(queued=4 * MINUTE)
    assert health.count_overdue() == Health(0, 0)
    queue(queued=6 * MINUTE)
    assert health.count_overdue() == Health(1, 0)


@pytest.mark.django_db
def test_a_job_is_overdue_when_its_worker_is_gone_and_not_when_it_is_just_long() -> None:
    take(begun=600 * MINUTE, silent=4 * MINUTE)
    take(begun=4 * MINUTE, silent=None)
    assert health.count_overdue() == Health(0, 0)
    take(begun=6 * MINUTE, silent=None)
    take(begun=60 * MINUTE, silent=6 * MINUTE)
    assert health.count_overdue() == Health(2, 0)


@pytest.mark.django_db
def test_a_job_that_is_done_is_not_overdue() -> None:
    job_id = queue(queued=600 * MINUTE)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = %s", [job_id])
    assert ProcrastinateJob.objects.get().status == "succeeded"
    assert health.count_overdue() == Health(0, 0)


@pytest.mark.django_db
def test_a_mail_is_overdue_ten_minutes_after_it_was_to_be_tried() -> None:
    now = timezone.now()
    make_mail(next_attempt_at=now - 9 * MINUTE)
    make_mail(next_attempt_at=now + 60 * MINUTE)
    make_mail(next_attempt_at=now - 60 * MINUTE, sent_at=now)
    make_mail(next_attempt_at=now - 60 * MINUTE, given_up_at=now)
    assert health.count_overdue() == Health(0, 0)
    make_mail(next_attempt_at=now - 11 * MINUTE)
    assert health.count_overdue() == Health(0, 1)


def last_queued(ago: datetime.timedelta) -> None:
    """A worker queued some periodic job so long ago, which is done, and then stopped."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_periodic_defers (task_name, defer_timestamp) "
            "VALUES ('any', %s)",
            [int((timezone.now() - ago).timestamp())],
        )


@pytest.mark.django_db
def test_periodic_work_is_overdue_when_no_worker_was_there_to_queue_it() -> None:
    last_queued(4 * MINUTE)
    assert health.count_overdue() == Health(0, 0)
    # Stalled jobs are looked for every 20 seconds, forgotten mail every minute.
    assert health._unqueued(timezone.now() + 3 * MINUTE) >= 2
    # And in a day everything has had its time, the provider list's questions and warnings too.
    known = {name.rsplit(".", 1)[-1] for name, _ in app.periodic_registry.periodic_tasks}
    assert {"ask_whether_still_right", "warn_of_ending_claims", "refresh_listings_due"} < known
    assert health._unqueued(timezone.now() + 25 * 60 * MINUTE) == len(known)
