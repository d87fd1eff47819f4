"""The loopback run's backend: nothing leaves, everything can be read."""

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives, mailers
from pytest_django import Settings

from tslsv.mail.models import OutgoingMail
from tslsv.mail.outbox import queue_mail
from tslsv.mail.tasks import send_mail

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def kept(settings: Settings) -> None:
    settings.MAILERS = {"default": {"BACKEND": "tslsv.mail.kept.EmailBackend"}}


def test_the_loopback_run_has_this_backend() -> None:
    from tslsv import settings as written

    assert written.MAILERS["default"] == {"BACKEND": "tslsv.mail.kept.EmailBackend"}


@pytest.mark.parametrize("secret", [False, True])
def test_a_queued_mail_stays_the_one_row_with_its_words(secret: bool) -> None:
    mail = queue_mail(to="ama@leeds.example", template="hello", secret=secret)
    send_mail(mail_id=mail.pk)
    kept = OutgoingMail.objects.get()
    assert kept.pk == mail.pk
    assert kept.sent_at is not None
    assert (kept.subject, kept.text, kept.html) == (mail.subject, mail.text, mail.html)


def test_mail_that_was_not_queued_is_kept_too() -> None:
    html = EmailMultiAlternatives("S", "Body", to=["Ama <a@leeds.example>", "b@leeds.example"])
    html.attach_alternative("<p>Body</p>", "text/html")
    plain = EmailMessage("P", "Plain", to=["c@leeds.example"])
    assert mailers.default.send_messages([html, plain]) == 2
    found = OutgoingMail.objects.order_by("to").values_list("to", "subject", "text", "html")
    assert list(found) == [
        ("a@leeds.example", "S", "Body", "<p>Body</p>"),
        ("b@leeds.example", "S", "Body", "<p>Body</p>"),
        ("c@leeds.example", "P", "Plain", ""),
    ]
    assert not OutgoingMail.objects.waiting().exists()
