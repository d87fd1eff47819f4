"""The daily work of the provider list, done by a real worker that can be killed."""

import contextlib
import datetime
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.tasks import Task

from providers import listing_index
from providers.models import Claim, ListingIndexRow
from providers.tasks import refresh_listings_due
from tests.factories import make_claim, make_listing, make_organisation
from tslsv.search.upkeep import lock
from tslsv.tasks import retry_stalled_jobs

CHECKOUT = Path(__file__).resolve().parents[2]


def _worker(*arguments: str) -> "subprocess.Popen[bytes]":
    """A worker on this test's database, in a process of its own."""
    database = connection.settings_dict
    url = (
        f"postgresql://{database['USER']}:{database['PASSWORD']}"
        f"@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    )
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "SECRET_KEY": settings.SECRET_KEY,
        "TSLSV_LOOPBACK": "1",
    }
    return subprocess.Popen(
        [sys.executable, "manage.py", "procrastinate", "worker", *arguments],
        cwd=CHECKOUT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _queue(task: Task[..., Any, Any]) -> None:
    """Put a job in the queue, unless a worker that started has just put it there itself."""
    with contextlib.suppress(AlreadyEnqueued):
        task.configure().defer(timestamp=0)


def _wait_until(holds: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)


def _states() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for job in ProcrastinateJob.objects.order_by("pk"):
        found.setdefault(job.task_name.rsplit(".", 1)[-1], []).append(job.status)
    return found


@pytest.fixture
def claim_that_ran_out(transactional_db: None) -> Claim:
    """A claim that ran out yesterday, in an index written while it still stood."""
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    claim = make_claim(make_organisation(), valid_to=timezone.localdate())
    listing = make_listing(organisation=claim.organisation)
    listing_index.refresh([listing.pk])
    Claim.objects.filter(pk=claim.pk).update(valid_to=yesterday)
    ListingIndexRow.objects.update(due_on=timezone.localdate())
    return claim


def _claims_in_index() -> int:
    card = "SELECT sum(jsonb_array_length(card -> 'claims')) FROM providers_listingcard"
    with connection.cursor() as cursor:
        cursor.execute(card)
        (number,) = cursor.fetchone() or (0,)
    return int(number)


def test_a_worker_takes_what_has_run_out_from_the_index(claim_that_ran_out: Claim) -> None:
    assert _claims_in_index() == 1
    _queue(refresh_listings_due)

    worker = _worker("--one-shot")

    assert worker.wait(timeout=60) == 0
    assert _states()["refresh_listings_due"].count("succeeded") >= 1
    assert _claims_in_index() == 0


def test_a_job_whose_worker_was_killed_is_done_by_the_next(claim_that_ran_out: Claim) -> None:
    _queue(refresh_listings_due)
    with transaction.atomic():
        # While we hold the index's lock, the job can only wait.
        lock(listing_index.SCHEMA)
        worker = _worker()
        _wait_until(lambda: "doing" in _states()["refresh_listings_due"])
        worker.send_signal(signal.SIGKILL)
        worker.wait(timeout=10)

    assert "doing" in _states()["refresh_listings_due"], "the killed worker's job is nobody's"
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'"
        )

    for _ in range(5):  # One run hands the job back, and that or a later one does it.
        _queue(retry_stalled_jobs)
        assert _worker("--one-shot").wait(timeout=60) == 0
        if "doing" not in _states()["refresh_listings_due"]:
            break

    assert "doing" not in _states()["refresh_listings_due"]
    assert _claims_in_index() == 0
