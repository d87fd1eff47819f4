"""Reminders and the end of an enquiry: each once, to whom it concerns, whatever is killed."""

import datetime
import signal

import pytest
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from buying.mails import tell_asker
from buying.models import Enquiry, Recipient
from buying.services import deadlines
from buying.services.deadlines import reminder_day
from buying.tasks import end_enquiries, remind_providers
from tests.buying.asking import mails_to
from tests.buying.factories import make_answer, make_enquiry, make_message, make_recipient
from tests.factories import make_listing, make_organisation
from tests.job_worker import forget_heartbeats, job_worker, wait_until
from tests.search.worker import Worker
from tslsv.mail.models import OutgoingMail
from tslsv.tasks import retry_stalled_jobs

db = pytest.mark.django_db
MONDAY = datetime.date(2026, 11, 30)
DAY = datetime.timedelta(days=1)
KITCHEN = "hello@kitchen.example"


def asked(answer_by: datetime.date, **fields: object) -> Recipient:
    enquiry = make_enquiry(
        answer_by=answer_by,
        email="sam@buyer.example",
        link_hash=f"hash {answer_by} {Enquiry.objects.count()}",
        sent_at=datetime.datetime(2026, 11, 20, 12, tzinfo=datetime.UTC),
        **fields,
    )
    return make_recipient(
        enquiry,
        make_listing(make_organisation("Kitchen", email=KITCHEN)),
        link_hash=f"r {enquiry.pk}",
    )


def test_the_working_day_before() -> None:
    days = {MONDAY: 27, MONDAY + DAY: 30, MONDAY - DAY: 27, MONDAY - 2 * DAY: 27}
    assert {day: reminder_day(day).day for day in days} == days


@db
def test_who_has_not_answered_is_reminded_once() -> None:
    waits = asked(MONDAY)
    make_message(waits)  # a question is no answer
    make_answer(asked(MONDAY))
    asked(MONDAY, state="closed")
    Recipient.objects.filter(pk=asked(MONDAY).pk).update(withheld=True)
    Recipient.objects.filter(pk=asked(MONDAY).pk).update(not_genuine_at=timezone.now())
    friday = MONDAY - 3 * DAY
    assert deadlines.remind_who_is_due(friday - DAY) == 0
    assert deadlines.remind_who_is_due(friday) == 1
    assert deadlines.remind_who_is_due(friday) == 0
    assert deadlines.remind_who_is_due(MONDAY) == 0
    (mail,) = mails_to(KITCHEN)
    assert "wants to hear from you by 30 November 2026" in mail.text


@db
def test_nobody_is_reminded_on_the_day_they_are_asked_or_after_the_end() -> None:
    today = timezone.localdate()
    make_recipient(make_enquiry(answer_by=today + DAY))
    assert deadlines.remind_who_is_due(today) == 0
    asked(MONDAY)
    assert deadlines.remind_who_is_due(MONDAY + DAY) == 0


@db
def test_the_day_itself_counts_and_the_end_is_told_once() -> None:
    row = asked(MONDAY)
    make_answer(make_recipient(row.enquiry, make_listing(make_organisation("Hall"))))
    assert deadlines.expire_who_is_due(MONDAY) == 0
    assert deadlines.expire_who_is_due(MONDAY + DAY) == 1
    assert deadlines.expire_who_is_due(MONDAY + DAY) == 0
    row.enquiry.refresh_from_db()
    assert (row.enquiry.state, row.enquiry.start_hash) == ("expired", None)
    (mail,) = mails_to("sam@buyer.example")
    assert "- Kitchen: has not answered\n- Hall: Yes, for £240.00" in mail.text


@db
def test_where_all_have_answered_the_end_is_quiet() -> None:
    make_answer(asked(MONDAY))
    assert deadlines.expire_who_is_due(MONDAY + DAY) == 1
    assert not mails_to("sam@buyer.example")


@db
def test_one_that_fails_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = asked(MONDAY), asked(MONDAY)

    def fail_for_the_first(enquiry: Enquiry, *args: object, **more: object) -> int:
        if enquiry.pk == first.enquiry_id:
            raise OSError
        return tell_asker(enquiry, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(deadlines, "tell_asker", fail_for_the_first)
    with pytest.raises(ExceptionGroup):
        deadlines.expire_who_is_due(MONDAY + DAY)
    states = dict(Enquiry.objects.values_list("pk", "state"))
    assert states == {first.enquiry_id: "open", second.enquiry_id: "expired"}


@pytest.mark.django_db(transaction=True)
def test_two_jobs_at_once_remind_once() -> None:
    row = asked(timezone.localdate() + DAY)
    Recipient.objects.filter(pk=row.pk)
    jobs = [Worker(lambda: deadlines.remind(recipient=row)) for _ in range(2)]
    for job in jobs:
        job.finish()
    assert len(mails_to(KITCHEN)) == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_killed_tells_nobody_twice() -> None:
    """It hangs at the second of two, dies, and another one ends its work."""
    asked(MONDAY - 9 * DAY)
    second = asked(MONDAY - 9 * DAY)
    end_enquiries.configure().defer(timestamp=0)

    def begun() -> bool:
        job = ProcrastinateJob.objects.filter(task_name=end_enquiries.name).first()
        return job is not None and job.status == "doing" and told.count() == 1

    told = OutgoingMail.objects.filter(template="enquiry_expired")
    with transaction.atomic():
        # While we hold its row, the job can only wait for it.
        Enquiry.objects.select_for_update().get(pk=second.enquiry_id)
        with job_worker() as worker:
            wait_until(begun)
            worker.send_signal(signal.SIGKILL)
            worker.wait(timeout=10)
    assert told.count() == 1
    forget_heartbeats()

    retry_stalled_jobs.configure(queueing_lock="this test").defer(timestamp=0)
    with job_worker("--fetch-job-polling-interval=0.5"):
        wait_until(lambda: told.count() == 2)
        jobs = ProcrastinateJob.objects.filter(task_name=end_enquiries.name)
        wait_until(lambda: [job.status for job in jobs.all()] == ["succeeded"])
    assert told.count() == 2
    assert set(Enquiry.objects.values_list("state", flat=True)) == {"expired"}


@db
def test_both_jobs_are_there() -> None:
    assert remind_providers(0) == end_enquiries(0) == 0
