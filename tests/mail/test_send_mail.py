"""Sending: once, tried again for three days, and nothing that lingers."""

import datetime
import smtplib
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail as django_mail
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone
from procrastinate.jobs import Job
from pytest_django import Settings

from tests.mail.conftest import WriteTemplate
from tslsv.mail.delivery import MOST_ATTEMPTS, deliver, wait_after
from tslsv.mail.models import OutgoingMail
from tslsv.mail.outbox import queue_mail
from tslsv.mail.tasks import NotSentYet, send_mail

AMA = "ama@leeds.example"

pytestmark = pytest.mark.django_db


def queued(**fields: Any) -> OutgoingMail:
    return queue_mail(to=AMA, template="hello", context={"name": "Ama"}, **fields)


@pytest.fixture
def break_server(monkeypatch: pytest.MonkeyPatch) -> Callable[[Exception | int], None]:
    """Let the mail server fail, or say that it took so many mails."""

    def use(answer: Exception | int) -> None:
        def send_messages(self: EmailBackend, messages: object) -> int:
            if isinstance(answer, int):
                return answer
            raise answer

        monkeypatch.setattr(EmailBackend, "send_messages", send_messages)

    return use


def test_a_mail_is_sent_once() -> None:
    mail = queued()
    send_mail(mail_id=mail.pk)
    send_mail(mail_id=mail.pk)
    mail.refresh_from_db()
    assert mail.sent_at is not None
    assert (mail.attempts, mail.last_error) == (1, "")
    (sent,) = django_mail.outbox
    assert isinstance(sent, EmailMultiAlternatives)
    assert (sent.to, sent.subject, sent.body) == ([AMA], "Hello Ama", mail.text)
    assert sent.alternatives == [(mail.html, "text/html")]


def test_a_mail_that_is_not_there_is_no_error() -> None:
    send_mail(mail_id=0)
    assert django_mail.outbox == []


def test_headers(settings: Settings) -> None:
    settings.DEFAULT_FROM_EMAIL = "Leeds <help@leeds.example>"
    mail = queued()
    send_mail(mail_id=mail.pk)
    message = django_mail.outbox[0].message()
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["From"] == "Leeds <help@leeds.example>"
    assert message["To"] == AMA
    assert message["Message-ID"] == (
        f"<{mail.reference}.{mail.queued_at:%Y%m%d%H%M%S}@leeds.example>"
    )
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]


def test_a_name_with_a_header_in_it_is_just_words(write_template: WriteTemplate) -> None:
    mail = queue_mail(
        to=AMA, template="hello", context={"name": "A\r\nBcc: b@evil.example\r\n\r\n"}
    )
    send_mail(mail_id=mail.pk)
    message = django_mail.outbox[0].message()
    assert message["Subject"] == "Hello A Bcc: b@evil.example"
    assert message["Bcc"] is None
    assert django_mail.outbox[0].recipients() == [AMA]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (ConnectionRefusedError(), "ConnectionRefusedError"),
        (smtplib.SMTPRecipientsRefused({AMA: (550, b"no")}), "SMTPRecipientsRefused"),
        (ValueError(f"Invalid address {AMA}"), "ValueError"),
        (0, "NotAccepted"),
    ],
)
def test_a_failure_is_noted_without_anybodys_address_and_tried_again(
    break_server: Callable[[Exception | int], None],
    answer: Exception | int,
    error: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    mail = queued()
    break_server(answer)
    before = timezone.now()
    with pytest.raises(NotSentYet) as raised:
        send_mail(mail_id=mail.pk)
    mail.refresh_from_db()
    assert (mail.sent_at, mail.attempts, mail.last_error) == (None, 1, error)
    assert mail.next_attempt_at - before >= datetime.timedelta(seconds=30)
    decision = send_mail.get_retry_exception(raised.value, _job(mail))
    assert decision is not None
    assert decision.retry_decision.retry_at == mail.next_attempt_at
    assert mail.reference in caplog.text
    assert AMA not in caplog.text


def _job(mail: OutgoingMail) -> Job:
    return Job(
        queue="default",
        lock=None,
        queueing_lock=None,
        task_name=send_mail.name,
        task_kwargs={"mail_id": mail.pk},
    )


def test_an_error_of_another_kind_ends_the_job() -> None:
    """The sweeper queues another."""
    assert send_mail.get_retry_exception(RuntimeError(), _job(OutgoingMail(pk=1))) is None


def test_before_its_time_nothing_is_tried() -> None:
    mail = queued()
    later = timezone.now() + datetime.timedelta(minutes=5)
    OutgoingMail.objects.update(next_attempt_at=later)
    assert deliver(mail.pk) == later
    assert django_mail.outbox == []
    mail.refresh_from_db()
    assert mail.attempts == 0


def test_it_is_sent_when_the_server_is_back(
    break_server: Callable[[Exception | int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = queued()
    with monkeypatch.context():
        break_server(OSError())
        deliver(mail.pk)
    monkeypatch.undo()
    OutgoingMail.objects.update(next_attempt_at=timezone.now())
    assert deliver(mail.pk) is None
    mail.refresh_from_db()
    assert mail.sent_at is not None
    assert (mail.attempts, mail.last_error) == (2, "")
    assert len(django_mail.outbox) == 1


def test_waits_grow_and_end_after_three_days() -> None:
    waits = [wait_after(attempt) for attempt in range(1, MOST_ATTEMPTS)]
    assert waits[:3] == [datetime.timedelta(seconds=30 * 2**n) for n in range(3)]
    assert waits[-1] == datetime.timedelta(hours=6)
    assert waits == sorted(waits)
    whole = sum(waits, datetime.timedelta())
    assert datetime.timedelta(days=3) <= whole < datetime.timedelta(days=3, hours=8)


def test_the_last_failure_gives_up(break_server: Callable[[Exception | int], None]) -> None:
    mail = queued()
    OutgoingMail.objects.update(attempts=MOST_ATTEMPTS - 1)
    break_server(OSError())
    send_mail(mail_id=mail.pk)
    mail.refresh_from_db()
    assert mail.given_up_at is not None
    assert mail.text
    send_mail(mail_id=mail.pk)
    mail.refresh_from_db()
    assert mail.attempts == MOST_ATTEMPTS


@pytest.mark.parametrize("given_up", [False, True])
def test_words_that_let_somebody_in_do_not_linger(
    settings: Settings, break_server: Callable[[Exception | int], None], given_up: bool
) -> None:
    settings.LOOPBACK = False
    mail = queued(secret=True)
    if given_up:
        OutgoingMail.objects.update(attempts=MOST_ATTEMPTS - 1)
        break_server(OSError())
    send_mail(mail_id=mail.pk)
    mail.refresh_from_db()
    assert bool(mail.sent_at) is not given_up
    assert (mail.subject, mail.text, mail.html) == ("", "", "")
    assert len(django_mail.outbox) == (0 if given_up else 1)


def test_an_unsent_secret_mail_keeps_its_words(
    settings: Settings, break_server: Callable[[Exception | int], None]
) -> None:
    settings.LOOPBACK = False
    mail = queued(secret=True)
    break_server(OSError())
    deliver(mail.pk)
    mail.refresh_from_db()
    assert "Good morning" in mail.text


def test_mails_of_one_thread_answer_the_same_one_that_nobody_sent() -> None:
    for mail in (queued(thread="about-7"), queued(thread="about-7", reply_to="x@reply.example")):
        send_mail(mail_id=mail.pk)
    first, second = (sent.message() for sent in django_mail.outbox)
    assert first["In-Reply-To"] == first["References"] == second["In-Reply-To"]
    assert str(first["References"]).startswith("<about-7@")
    assert first["Message-ID"] != second["Message-ID"]
    assert first["Reply-To"] is None
    assert second["Reply-To"] == "x@reply.example"


def test_a_mail_of_no_thread_answers_nothing() -> None:
    send_mail(mail_id=queued().pk)
    message = django_mail.outbox[0].message()
    assert message["In-Reply-To"] is message["References"] is message["Reply-To"] is None
