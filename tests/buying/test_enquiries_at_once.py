"""Two at the same moment: nothing is lost, nothing is said twice, and who comes second is told."""

import datetime

import pytest
from django.utils import timezone

from accounts.refused import Overtaken, Refused
from buying.models import Enquiry, Message, Recipient
from buying.services import abuse, answering, asking, deadlines, ending
from buying.services.answering import Answer
from buying.services.locking import TooLate
from tests.accounts.racing import race
from tests.buying.asking import asked_of, mails_to
from tests.buying.factories import make_enquiry, make_recipient
from tests.factories import make_listing, make_organisation
from tests.search.worker import Worker

pytestmark = pytest.mark.django_db(transaction=True)
DAY = datetime.timedelta(days=1)
YES = Answer(Message.Kind.YES, "Of course.")
NO = Answer(Message.Kind.NO, "", None, "busy")


@pytest.fixture
def asked() -> Recipient:
    organisation = make_organisation("Kitchen", email="hello@kitchen.example")
    enquiry = make_enquiry(email="sam@buyer.example")
    return make_recipient(enquiry, make_listing(organisation), link_hash="x")


def answer(recipient: Recipient, said: Answer, key: str = "") -> Message:
    return answering.answer(recipient=recipient, said=said, by=None, key=key, seen=None)


def test_two_people_of_one_provider_answer(asked: Recipient) -> None:
    outcomes = race(
        asked.enquiry, lambda: answer(asked, YES, "a" * 22), lambda: answer(asked, NO, "b" * 22)
    )
    assert sum(isinstance(outcome, Overtaken) for outcome in outcomes) == 1
    assert Message.objects.count() == len(mails_to("sam@buyer.example")) == 1


def test_one_form_sent_twice_at_once(asked: Recipient) -> None:
    outcomes = race(
        asked.enquiry, lambda: answer(asked, YES, "a" * 22), lambda: answer(asked, YES, "a" * 22)
    )
    assert outcomes[0] == outcomes[1] == Message.objects.get()
    assert len(mails_to("sam@buyer.example")) == 1


def test_an_answer_while_it_is_closed(asked: Recipient) -> None:
    said, closed = race(
        asked.enquiry,
        lambda: answer(asked, YES),
        lambda: ending.close(enquiry=asked.enquiry, by=None),
    )
    assert isinstance(closed, Enquiry)
    assert Message.objects.exists() is isinstance(said, Message)
    assert isinstance(said, Message | Refused)
    assert len(mails_to("hello@kitchen.example")) == 1


def test_an_answer_while_its_time_runs_out(asked: Recipient) -> None:
    Enquiry.objects.update(answer_by=timezone.localdate() - DAY)
    said, ended = race(
        asked.enquiry,
        lambda: answer(asked, YES),
        lambda: deadlines.expire(enquiry=asked.enquiry, today=timezone.localdate()),
    )
    assert ended is True
    assert isinstance(said, Message | TooLate)
    assert len(mails_to("sam@buyer.example")) == 1, "the answer, or that there is none"


def test_closed_twice_at_once_is_told_once(asked: Recipient) -> None:
    race(asked.enquiry, *[lambda: ending.close(enquiry=asked.enquiry, by=None)] * 2)
    assert len(mails_to("hello@kitchen.example")) == 1


def test_reported_twice_at_once_is_one_report(asked: Recipient) -> None:
    report = lambda: abuse.report_not_genuine(recipient=asked, words="", by=None)  # noqa: E731
    race(asked.enquiry, report, report)
    assert asked.organisation is not None
    assert asked.organisation.blocked_askers.count() == 1


def test_confirmed_twice_at_once_it_is_sent_once(asked: Recipient) -> None:
    Enquiry.objects.update(state="unconfirmed", reference=None, sent_at=None)
    race(asked.enquiry, *[lambda: asking.confirm_enquiry(enquiry=asked.enquiry)] * 2)
    assert len(mails_to("hello@kitchen.example")) == len(mails_to("sam@buyer.example")) == 1


def test_two_windows_that_send_at_once_make_one(asked: Recipient) -> None:
    assert asked.listing is not None
    values = {
        **dict.fromkeys(asking.ASKED, ""),
        "organisation": None,
        "on_day": None,
        "ward_id": None,
        "number": None,
        "budget": None,
        "answer_by": timezone.localdate() + DAY,
        "gives_address": False,
        "name": "Sam",
        "email": "kim@buyer.example",
        "title": "Lunch",
    }
    found: list[Enquiry] = []

    def begin() -> None:
        made = asking.begin_enquiry(values=values, asked=asked_of(asked.listing), by=None)  # type: ignore[arg-type]
        found.append(made)

    for worker in [Worker(begin) for _ in range(3)]:
        worker.finish()
    assert len(set(found)) == 1
    assert len(mails_to("kim@buyer.example")) == 1
