"""The jobs that send mail."""

import datetime

from django.db import transaction
from django.utils import timezone
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.jobs import Job
from procrastinate.manager import JobManager
from procrastinate.tasks import configure_task

from tslsv.mail.delivery import deliver
from tslsv.mail.models import OutgoingMail

# Somebody sits and waits for a sign-in code; nobody should wait for it behind a thousand others.
SECRET_PRIORITY = 10
# Looking after jobs goes before all jobs that may be waiting.
UPKEEP_PRIORITY = 100
MOST_AT_ONCE = 500

# Not the app's own manager: inside a worker that one writes through connections of its own, and
# the job would exist before, or without, the row it is about.
_same_transaction = JobManager(DjangoConnector())


class NotSentYet(Exception):
    """The mail has to be tried again, at ``again_at``."""

    def __init__(self, again_at: datetime.datetime) -> None:
        super().__init__()
        self.again_at = again_at


class WhenDue(BaseRetryStrategy):
    """Again when the mail says so. Other errors end the job; the sweeper queues another."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if isinstance(exception, NotSentYet):
            return RetryDecision(retry_at=exception.again_at)
        return None


@app.task(retry=WhenDue())
def send_mail(mail_id: int) -> None:
    """Send one mail, unless that has been done."""
    again_at = deliver(mail_id)
    if again_at is not None:
        raise NotSentYet(again_at)


def put_in_queue(mail: OutgoingMail) -> None:
    """Queue the job that sends the mail, in the caller's transaction."""
    job = configure_task(
        name=send_mail.name,
        job_manager=_same_transaction,
        priority=SECRET_PRIORITY if mail.secret else 0,
    )
    mail.job_id = job.defer(mail_id=mail.pk)
    mail.save(update_fields=["job_id"])


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="queue_forgotten_mail", priority=UPKEEP_PRIORITY)
def queue_forgotten_mail(timestamp: int) -> int:
    """Give mails that are due a job where they have none (any more); returns how many.

    Whatever happens to jobs (deleted by hand, ended by an error nobody thought of, not in a
    restored backup), the rows are what is to be sent.
    """
    with transaction.atomic():
        mails = OutgoingMail.objects.due(timezone.now()).without_a_job().order_by("next_attempt_at")
        forgotten = list(mails.select_for_update(skip_locked=True)[:MOST_AT_ONCE])
        for mail in forgotten:
            put_in_queue(mail)
    return len(forgotten)
