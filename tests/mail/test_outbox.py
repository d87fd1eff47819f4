"""After queueing: a second go for what was given up, and forgetting."""

import datetime

import pytest
from django.utils import timezone

from tests.factories import make_mail
from tslsv.mail.delivery import MOST_ATTEMPTS
from tslsv.mail.models import OutgoingMail
from tslsv.mail.outbox import NotGivenUp, forget_address, forget_sent, queue_mail, send_again
from tslsv.mail.tasks import send_mail

pytestmark = pytest.mark.django_db

NOW = timezone.now()
DAY = datetime.timedelta(days=1)


def test_what_was_given_up_is_sent_again(mailoutbox: list[object]) -> None:
    mail = make_mail(given_up_at=NOW, attempts=MOST_ATTEMPTS, next_attempt_at=NOW + DAY)
    send_again(mail=mail)
    mail.refresh_from_db()
    assert (mail.given_up_at, mail.attempts) == (None, 0)
    send_mail(mail_id=mail.pk)
    mail.refresh_from_db()
    assert mail.sent_at is not None
    assert len(mailoutbox) == 1


@pytest.mark.parametrize(
    "fields", [{}, {"sent_at": NOW}, {"given_up_at": NOW, "text": "", "html": "", "secret": True}]
)
def test_other_mail_is_not_sent_again(fields: dict[str, object]) -> None:
    mail = make_mail(**fields)
    before = OutgoingMail.objects.values().get()
    with pytest.raises(NotGivenUp, match=mail.reference):
        send_again(mail=mail)
    assert OutgoingMail.objects.values().get() == before


def test_two_who_send_again_at_once_send_once() -> None:
    mail = make_mail(given_up_at=NOW)
    send_again(mail=mail)
    with pytest.raises(NotGivenUp):
        send_again(mail=mail)  # it still shows as given up to the second


def test_old_mail_is_forgotten_and_unsent_mail_is_not() -> None:
    make_mail(sent_at=NOW - 3 * DAY)
    make_mail(given_up_at=NOW - 3 * DAY)
    stays = {
        make_mail(sent_at=NOW - DAY).pk,
        make_mail(given_up_at=NOW - DAY).pk,
        make_mail(queued_at=NOW - 9 * DAY).pk,
    }
    assert forget_sent(NOW - 2 * DAY) == 2
    assert set(OutgoingMail.objects.values_list("pk", flat=True)) == stays


def test_a_key_is_forgotten_with_its_mail() -> None:
    first = queue_mail(to="ama@leeds.example", template="hello", key="k")
    OutgoingMail.objects.update(sent_at=NOW - DAY)
    forget_sent(NOW)
    assert queue_mail(to="ama@leeds.example", template="hello", key="k").pk != first.pk


def test_a_person_who_is_erased_leaves_no_mail() -> None:
    make_mail(to="Ama@leeds.example", sent_at=NOW)
    make_mail(to="ama@leeds.example")
    other = make_mail(to="ama@leeds.example.org")
    assert forget_address("ama@leeds.example") == 2
    assert OutgoingMail.objects.get() == other
