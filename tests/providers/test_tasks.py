"""The daily work of the provider list, done by a real worker that can be killed."""

import contextlib
import datetime
import signal
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.tasks import Task

from providers import listing_index
from providers.models import Claim, ListingIndexRow
from providers.tasks import refresh_listings_due
from tests.factories import make_claim, make_listing, make_organisation
from tests.job_worker import forget_heartbeats, job_worker, wait_until
from tslsv.search.upkeep import lock
from tslsv.tasks import retry_stalled_jobs


def _queue(task: Task[..., Any, Any]) -> None:
    """Put a job in the queue, unless a worker that started has just put it there itself."""
    with contextlib.suppress(AlreadyEnqueued):
        task.configure().defer(timestamp=0)


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

    with job_worker("--one-shot") as worker:
        assert worker.wait(timeout=60) == 0
    assert _states()["refresh_listings_due"].count("succeeded") >= 1
    assert _claims_in_index() == 0


def test_a_job_whose_worker_was_killed_is_done_by_the_next(claim_that_ran_out: Claim) -> None:
    _queue(refresh_listings_due)
    with transaction.atomic():
        # While we hold the index's lock, the job can only wait.
        lock(listing_index.SCHEMA)
        with job_worker() as worker:
            wait_until(lambda: "doing" in _states()["refresh_listings_due"])
            worker.send_signal(signal.SIGKILL)
            worker.wait(timeout=10)

    assert "doing" in _states()["refresh_listings_due"], "the killed worker's job is nobody's"
    forget_heartbeats()

    _queue(retry_stalled_jobs)
    with job_worker("--fetch-job-polling-interval=0.5"):
        wait_until(lambda: "doing" not in _states()["refresh_listings_due"])
        wait_until(lambda: _claims_in_index() == 0)
