"""Queueing: a row and a job in the caller's transaction, once for each key, to one address."""

import re
import threading

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.job_worker import wait_until
from tests.search.worker import WAIT, Worker
from tslsv.mail import outbox
from tslsv.mail.models import OutgoingMail
from tslsv.mail.outbox import BadAddress, queue_mail
from tslsv.mail.references import PATTERN, new_reference
from tslsv.mail.rendering import BadTemplate

AMA = "ama@leeds.example"


def jobs() -> list[dict[str, object]]:
    return list(ProcrastinateJob.objects.order_by("pk").values_list("args", flat=True))


@pytest.mark.django_db
def test_a_mail_is_a_row_and_a_job() -> None:
    mail = queue_mail(to=AMA, template="hello", context={"name": "Ama"})
    mail.refresh_from_db()
    assert re.fullmatch(PATTERN, mail.reference)
    assert (mail.to, mail.template, mail.subject) == (AMA, "hello", "Hello Ama")
    assert mail.reference in mail.text
    assert mail.reference in mail.html
    assert (mail.sent_at, mail.given_up_at, mail.attempts, mail.key) == (None, None, 0, "")
    job = ProcrastinateJob.objects.get()
    assert (job.task_name, job.args) == ("tslsv.mail.tasks.send_mail", {"mail_id": mail.pk})
    assert job.status == "todo"


@pytest.mark.django_db
def test_a_mail_that_lets_somebody_in_goes_before_others() -> None:
    queue_mail(to=AMA, template="hello")
    queue_mail(to=AMA, template="hello", secret=True)
    ordinary, secret = ProcrastinateJob.objects.order_by("pk")
    assert secret.priority > ordinary.priority


class Undone(Exception):
    pass


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("inside_a_worker", [False, True])
def test_mail_of_a_transaction_that_is_rolled_back_never_was(inside_a_worker: bool) -> None:
    def change_then_fail() -> None:
        with transaction.atomic():
            queue_mail(to=AMA, template="hello")
            raise Undone

    if inside_a_worker:
        # There the app's own way to defer writes through connections of its own.
        with (
            app.replace_connector(DjangoConnector().get_worker_connector()),
            pytest.raises(Undone),
        ):
            change_then_fail()
    else:
        with pytest.raises(Undone):
            change_then_fail()
    assert not OutgoingMail.objects.exists()
    assert jobs() == []


@pytest.mark.django_db(transaction=True)
def test_others_see_row_and_job_together() -> None:
    seen: list[tuple[int, int]] = []

    def look() -> None:
        seen.append((OutgoingMail.objects.count(), len(jobs())))

    with transaction.atomic():
        queue_mail(to=AMA, template="hello")
        Worker(look).finish()
    Worker(look).finish()
    assert seen == [(0, 0), (1, 1)]


@pytest.mark.django_db
def test_a_key_queues_once_for_each_address() -> None:
    first = queue_mail(to=AMA, template="hello", key="welcome")
    again = queue_mail(to=AMA, template="hello", context={"name": "other"}, key="welcome")
    other = queue_mail(to="ben@leeds.example", template="hello", key="welcome")
    keyless = [queue_mail(to=AMA, template="hello") for _ in range(2)]
    assert again.pk == first.pk
    assert len({first.pk, other.pk, *(mail.pk for mail in keyless)}) == 4
    assert len(jobs()) == 4


@pytest.mark.django_db(transaction=True)
def test_many_with_one_key_at_once_queue_one() -> None:
    start = threading.Barrier(6)
    queued: list[int] = []

    def queue() -> None:
        start.wait(WAIT)
        with transaction.atomic():
            queued.append(queue_mail(to=AMA, template="hello", key="welcome").pk)

    for worker in [Worker(queue) for _ in range(6)]:
        worker.finish()
    assert len(queued) == 6
    assert len(set(queued)) == 1
    assert len(jobs()) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rolled_back", [False, True])
def test_who_comes_second_waits_for_the_first_to_be_certain(rolled_back: bool) -> None:
    """Until the first one's transaction has ended, nobody knows whether its mail exists."""
    second: list[OutgoingMail] = []
    with transaction.atomic():
        first = queue_mail(to=AMA, template="hello", key="welcome")
        worker = Worker(lambda: second.append(queue_mail(to=AMA, template="hello", key="welcome")))
        wait_until(_somebody_waits_for_a_lock)
        transaction.set_rollback(rolled_back)
    worker.finish()
    assert (second[0].pk == first.pk) is not rolled_back
    assert OutgoingMail.objects.get().pk == second[0].pk
    assert len(jobs()) == 1


def _somebody_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        (waiting,) = cursor.fetchone() or (0,)
    return bool(waiting)


@pytest.mark.django_db
def test_a_reference_that_is_taken_is_not_used_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    given = iter(["M-22222", "M-22222", "M-33333"])
    monkeypatch.setattr(outbox, "new_reference", lambda: next(given))
    assert queue_mail(to=AMA, template="hello").reference == "M-22222"
    second = queue_mail(to=AMA, template="hello")
    assert second.reference == "M-33333"
    assert "M-33333" in second.text
    assert "M-22222" not in second.text + second.html
    assert len(jobs()) == 2


def test_references_are_easy_to_read_out() -> None:
    made = {new_reference() for _ in range(300)}
    assert len(made) > 290
    assert not {*"".join(made)[2:]} & {*"01AEIOUL"} - {"M"}
    assert all(re.fullmatch(PATTERN, reference) for reference in made)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "to",
    [
        "",
        "nobody",
        "a@leeds.example, b@leeds.example",
        "a@leeds.example;b@leeds.example",
        "a@leeds.example\nBcc: b@leeds.example",
        "a@leeds.example\r\n",
        "a@leeds.example\0",
        "Ama <a@leeds.example>",
        "ämä@leeds.example",
        '"a\tb"@leeds.example',
        "a" * 60 + "@" + "b." * 100 + "example",
    ],
)
def test_what_is_not_one_address_is_refused(to: str) -> None:
    with pytest.raises(BadAddress) as error:
        queue_mail(to=to, template="hello")
    assert not to or to not in str(error.value)
    assert not OutgoingMail.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("to", ["o'neill+list@leeds.example", "a@müller.example"])
def test_unusual_addresses_are_taken(to: str) -> None:
    assert queue_mail(to=to, template="hello").to == to


@pytest.mark.django_db
def test_a_bad_template_queues_nothing() -> None:
    with pytest.raises(BadTemplate):
        queue_mail(to=AMA, template="tail")
    assert not OutgoingMail.objects.exists()
    assert jobs() == []
