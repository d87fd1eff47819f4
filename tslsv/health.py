"""Whether the database answers and the jobs get done, found out within a fixed time."""

import datetime
import queue
import threading
from dataclasses import dataclass

from django.db import Error, connections
from django.db.models import Case, F, Max, OuterRef, Subquery, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import (
    ProcrastinateEvent,
    ProcrastinateJob,
    ProcrastinatePeriodicDefer,
)

from tslsv.mail.models import OutgoingMail

# A probe gets an answer, yes or no, well before the usual five seconds of a load balancer.
PATIENCE_SECONDS = 2.0
JOB_OVERDUE_AFTER = datetime.timedelta(minutes=5)
MAIL_OVERDUE_AFTER = datetime.timedelta(minutes=10)

# One question at a time: a database that hangs must not collect a thread for each probe.
_asking = threading.Lock()


@dataclass(frozen=True, slots=True)
class Health:
    """How many jobs and mails should have been done by now; numbers and nothing else."""

    overdue_jobs: int
    overdue_mails: int

    def __str__(self) -> str:
        counts = ((self.overdue_jobs, "job"), (self.overdue_mails, "mail"))
        late = [f"{count} {name}{'s' if count > 1 else ''}" for count, name in counts if count]
        return f"ok, {' and '.join(late)} overdue" if late else "ok"


def examine(seconds: float = PATIENCE_SECONDS) -> Health | None:
    """The health, or None when the database does not answer within ``seconds``.

    The question is asked in a thread of its own, because nothing else ends in time: a connection
    pool waits 30 seconds for a server that is down, and a frozen server never closes the line.
    """
    if not _asking.acquire(timeout=seconds):
        return None
    answer: queue.SimpleQueue[Health | None] = queue.SimpleQueue()
    threading.Thread(target=_ask, args=(answer,), name="healthz", daemon=True).start()
    try:
        return answer.get(timeout=seconds)
    except queue.Empty:
        return None


def _ask(answer: "queue.SimpleQueue[Health | None]") -> None:
    try:
        answer.put(count_overdue())
    except (Error, RuntimeError):
        # RuntimeError: the driver's pool is closed, or a test forbids the database.
        answer.put(None)
    finally:
        connections["default"].close()
        _asking.release()


def count_overdue() -> Health:
    """Ask the database. This runs three queries, each over little.

    A job is overdue when it has waited, or its worker has been silent, for five minutes; one that
    is done once every so often, when its time has come since the last worker stopped. A mail is
    overdue when it is still unsent ten minutes after it was to be tried.
    """
    now = timezone.now()
    last_event = ProcrastinateEvent.objects.filter(job=OuterRef("pk")).order_by("-at")
    since = Coalesce(
        Case(When(status="todo", then=F("scheduled_at")), default=F("worker__last_heartbeat")),
        # Most jobs are for "now", and a worker that is gone has no heartbeat.
        Subquery(last_event.values("at")[:1]),
    )
    jobs = ProcrastinateJob.objects.filter(status__in=["todo", "doing"]).alias(since=since)
    return Health(
        overdue_jobs=jobs.filter(since__lt=now - JOB_OVERDUE_AFTER).count() + _unqueued(now),
        overdue_mails=OutgoingMail.objects.due(now - MAIL_OVERDUE_AFTER).count(),
    )


def _unqueued(now: datetime.datetime) -> int:
    """Periodic work whose time came, and that is no job as no worker was there to queue it."""
    newest = ProcrastinatePeriodicDefer.objects.aggregate(at=Max("defer_timestamp"))["at"]
    if newest is None:  # there has never been a worker
        return 0
    before = (now - JOB_OVERDUE_AFTER).timestamp()
    tasks = app.periodic_registry.periodic_tasks.values()
    return sum(task.croniter.get_prev(float, start_time=before) > newest for task in tasks)
