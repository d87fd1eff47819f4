"""Jobs of workers that are gone are given to others, and one that cannot be stops no other."""

import asyncio
import contextlib
from collections.abc import Iterator

import pytest
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.job_context import JobContext
from procrastinate.jobs import Job

from tslsv.mail.tasks import queue_forgotten_mail, send_mail
from tslsv.tasks import forget_done_jobs, retry_stalled_jobs

pytestmark = pytest.mark.django_db(transaction=True)


@contextlib.contextmanager
def context() -> Iterator[JobContext]:
    """As in a worker: with connections of the library's own."""
    job = Job(queue="default", lock=None, queueing_lock=None, task_name="any")
    with app.replace_connector(DjangoConnector().get_worker_connector()):
        yield JobContext(app=app, start_timestamp=0, job=job, abort_reason=lambda: None)


def rescue() -> None:
    async def run() -> None:
        async with app.open_async():
            await retry_stalled_jobs(given, timestamp=0)

    with context() as given:
        asyncio.run(run())


def forget() -> None:
    async def run() -> None:
        async with app.open_async():
            await forget_done_jobs(given, timestamp=0)

    with context() as given:
        asyncio.run(run())


def taken(job_id: int, silent: str) -> int:
    """The job, begun by a worker that has been silent for so long."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s::interval) "
            "RETURNING id",
            [silent],
        )
        (worker_id,) = cursor.fetchone() or (None,)
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE id = %s",
            [worker_id, job_id],
        )
    return job_id


def statuses() -> dict[int, str]:
    return dict(ProcrastinateJob.objects.values_list("pk", "status"))


def test_a_job_goes_back_when_its_worker_was_silent_for_long_enough() -> None:
    dead = taken(send_mail.defer(mail_id=1), "21 seconds")
    alive = taken(send_mail.defer(mail_id=2), "15 seconds")
    rescue()
    assert statuses() == {dead: "todo", alive: "doing"}


def test_work_that_is_queued_again_already_is_not_queued_twice() -> None:
    dead = taken(queue_forgotten_mail.configure().defer(timestamp=0), "1 hour")
    again = queue_forgotten_mail.configure().defer(timestamp=0)
    other = taken(send_mail.defer(mail_id=1), "1 hour")
    rescue()
    assert statuses() == {dead: "aborted", again: "todo", other: "todo"}


def test_a_job_that_was_given_away_meanwhile_stops_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gone = taken(send_mail.defer(mail_id=1), "1 hour")
    other = taken(send_mail.defer(mail_id=2), "1 hour")
    find = app.job_manager.get_stalled_jobs

    async def find_then_lose(*args: object, **kwargs: float) -> list[Job]:
        found = sorted(await find(**kwargs), key=lambda job: job.id or 0)  # type: ignore[arg-type]
        await app.job_manager.retry_job(found[0])
        return found

    monkeypatch.setattr(app.job_manager, "get_stalled_jobs", find_then_lose)
    rescue()
    assert statuses() == {gone: "todo", other: "todo"}


def test_jobs_are_forgotten_when_they_are_long_done() -> None:
    kept = {}
    for status, age in (
        ("succeeded", "2 days"),
        ("succeeded", "4 days"),
        ("failed", "27 days"),
        ("failed", "29 days"),
        ("doing", "40 days"),
    ):
        job_id = taken(send_mail.defer(mail_id=1), "0 seconds")
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE procrastinate_jobs SET status = %s WHERE id = %s", [status, job_id]
            )
            cursor.execute(
                "UPDATE procrastinate_events SET at = now() - %s::interval WHERE job_id = %s",
                [age, job_id],
            )
        kept[job_id] = f"{status} {age}"
    forget()
    assert [kept[job_id] for job_id in sorted(statuses())] == [
        "succeeded 2 days",
        "failed 27 days",
        "doing 40 days",
    ]
