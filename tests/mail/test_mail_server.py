"""Sending through a real mail server: what arrives, once, whatever the server or a worker does."""

import signal
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker
from pytest_django import Settings

from tests.factories import make_mail
from tests.job_worker import forget_heartbeats, job_worker, wait_until
from tests.mail.catcher import Catcher, catching
from tests.mail.conftest import SITE_URL
from tests.search.worker import Worker
from tslsv.mail.delivery import deliver
from tslsv.mail.models import OutgoingMail
from tslsv.mail.outbox import queue_mail
from tslsv.mail.tasks import queue_forgotten_mail, send_mail
from tslsv.tasks import retry_stalled_jobs

AMA = "ama@leeds.example"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server() -> Iterator[Catcher]:
    with catching() as caught:
        yield caught


@pytest.fixture(autouse=True)
def mailers(server: Catcher, settings: Settings) -> None:
    """This process sends through the catcher."""
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": server.port, "timeout": 20},
        }
    }


def public_site(server: Catcher) -> dict[str, str]:
    """The environment of a worker that sends through the catcher."""
    return {
        "TSLSV_LOOPBACK": "0",
        "SECRET_KEY": "k" * 60,
        "ALLOWED_HOSTS": "leeds.example",
        "MAIL_HOST": "127.0.0.1",
        "MAIL_PORT": str(server.port),
    }


def queued(**fields: Any) -> OutgoingMail:
    return queue_mail(to=AMA, template="hello", context={"name": "Ämä"}, **fields)


def test_what_arrives_is_what_was_written(server: Catcher) -> None:
    mail = queued()
    assert deliver(mail.pk) is None
    (message,) = server.accepted
    assert message["To"] == AMA
    assert message["Subject"] == "Hello Ämä"
    assert message["Message-ID"].startswith(f"<{mail.reference}.")
    assert message["Auto-Submitted"] == "auto-generated"
    text, html = message.iter_parts()
    assert [text.get_content_type(), html.get_content_type()] == ["text/plain", "text/html"]
    assert text.get_content().splitlines() == mail.text.splitlines()
    assert html.get_content().splitlines() == mail.html.splitlines()
    assert SITE_URL in mail.text


def test_a_mail_that_can_be_stopped_says_so_to_mail_programs(server: Catcher) -> None:
    """RFC 8058: both headers, with one address, whole however long it is."""
    stop = f"{SITE_URL}/stop/{'x' * 120}/"
    deliver(queued(unsubscribe_url=stop).pk)
    deliver(queued().pk)
    with_it, without = server.accepted
    assert with_it["List-Unsubscribe"].replace(" ", "") == f"<{stop}>"
    assert with_it["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert without["List-Unsubscribe"] is without["List-Unsubscribe-Post"] is None


def test_each_attempt_has_the_same_message_id(server: Catcher) -> None:
    mail = queued()
    deliver(mail.pk)
    OutgoingMail.objects.update(sent_at=None)  # as if we had been killed before our commit
    deliver(mail.pk)
    first, second = server.accepted
    assert first["Message-ID"] == second["Message-ID"]


@pytest.mark.parametrize(
    ("verb", "answer", "error"),
    [
        ("EHLO", "421 too busy", "SMTPHeloError"),
        ("MAIL", "451 later", "SMTPSenderRefused"),
        ("RCPT", "550 nobody here", "SMTPRecipientsRefused"),
        ("DATA", "554 no", "SMTPDataError"),
    ],
)
def test_a_server_that_refuses_loses_nothing(
    server: Catcher, verb: str, answer: str, error: str
) -> None:
    mail = queued()
    server.answers = {verb: answer, "HELO": answer} if verb == "EHLO" else {verb: answer}
    assert deliver(mail.pk) is not None
    mail.refresh_from_db()
    assert (mail.sent_at, mail.attempts, mail.last_error) == (None, 1, error)
    server.answers = {}
    OutgoingMail.objects.update(next_attempt_at=timezone.now())
    assert deliver(mail.pk) is None
    assert len(server.accepted) == 1


def test_a_server_that_is_down_loses_nothing(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    settings.MAILERS["default"]["OPTIONS"]["port"] = port
    mail = queued()
    assert deliver(mail.pk) is not None
    mail.refresh_from_db()
    assert mail.last_error == "ConnectionRefusedError"


def test_a_server_that_is_rude_at_the_end_has_the_mail(server: Catcher) -> None:
    server.rude = True
    mail = queued()
    assert deliver(mail.pk) is None
    mail.refresh_from_db()
    assert mail.sent_at is not None
    assert len(server.accepted) == 1


def test_many_at_once_send_it_once(server: Catcher) -> None:
    mail = queued()
    server.stall()
    first = Worker(lambda: deliver(mail.pk))
    assert server.reached_data.acquire(timeout=20)
    # The first is in the middle of it: the others find the row taken, and do not wait.
    others = [Worker(lambda: deliver(mail.pk)) for _ in range(4)]
    for other in others:
        other.finish()
    server.go_on()
    first.finish()
    assert deliver(mail.pk) is None
    assert len(server.accepted) == 1


# -- Workers that are programs of their own -----------------------------------------------------


def sent(mail: OutgoingMail) -> bool:
    mail.refresh_from_db()
    return mail.sent_at is not None


def kill_in_the_middle_of_a_mail(server: Catcher) -> OutgoingMail:
    """The worker has begun to send, and is gone; the mail is not sent, its job is nobody's."""
    mail = queued()
    server.stall()
    with job_worker(**public_site(server)) as worker:
        assert server.reached_data.acquire(timeout=60)
        worker.send_signal(signal.SIGKILL)
        worker.wait(timeout=10)
    server.go_on()
    assert not sent(mail)
    assert server.accepted == []
    assert ProcrastinateJob.objects.get(task_name=send_mail.name).status == "doing"
    return mail


def test_a_mail_whose_worker_was_killed_is_sent_by_the_next(server: Catcher) -> None:
    mail = kill_in_the_middle_of_a_mail(server)
    forget_heartbeats()
    retry_stalled_jobs.configure(queueing_lock="this test").defer(timestamp=0)
    with job_worker("--fetch-job-polling-interval=0.5", **public_site(server)):
        wait_until(lambda: sent(mail))
        wait_until(
            lambda: ProcrastinateJob.objects.get(task_name=send_mail.name).status == "succeeded"
        )
    assert len(server.accepted) == 1
    assert mail.attempts == 1


@pytest.mark.slow
def test_that_takes_less_than_a_minute_by_itself(server: Catcher) -> None:
    """With the real periods, and a second worker that runs all the time."""
    mail = queued()
    server.stall()
    with job_worker(**public_site(server)) as first:
        assert server.reached_data.acquire(timeout=60)
        with job_worker(**public_site(server)):
            wait_until(lambda: ProcrastinateWorker.objects.count() == 2)
            first.send_signal(signal.SIGKILL)
            killed = time.monotonic()
            server.go_on()
            wait_until(lambda: sent(mail), seconds=90)
    assert time.monotonic() - killed < 60
    assert len(server.accepted) == 1


def test_a_mail_without_a_job_is_found_by_a_worker(server: Catcher) -> None:
    mail = make_mail()
    with job_worker(**public_site(server)):
        wait_until(lambda: sent(mail), seconds=90)
    assert len(server.accepted) == 1


def test_a_worker_tries_again_by_itself(server: Catcher) -> None:
    """The job goes back into the queue, for the moment that the mail says."""
    server.answers = {"MAIL": "451 later"}
    mail = queued()
    with job_worker(**public_site(server)):

        def tried() -> bool:
            mail.refresh_from_db()
            job = ProcrastinateJob.objects.get(task_name=send_mail.name)
            return mail.attempts == 1 and job.status == "todo"

        wait_until(tried)
    job = ProcrastinateJob.objects.get(task_name=send_mail.name)
    assert job.scheduled_at == mail.next_attempt_at
    assert queue_forgotten_mail(timestamp=0) == 0


def test_secret_words_are_gone_once_a_public_site_has_sent_them(server: Catcher) -> None:
    mail = queued(secret=True)
    with job_worker(**public_site(server)):
        wait_until(lambda: sent(mail))
    assert (mail.subject, mail.text, mail.html) == ("", "", "")
    assert "Ämä" in server.accepted[0]["Subject"]
