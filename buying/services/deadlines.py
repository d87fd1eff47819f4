"""Reminding providers before the day that answers are wanted by, and what happens after it."""

import datetime
import logging
from collections.abc import Callable, Iterable

from django.db import transaction
from django.utils import timezone

from accounts.models import AuditEvent
from accounts.refused import Refused
from buying.mails import tell_asker, tell_provider
from buying.models import Enquiry, Recipient
from buying.services.ending import end
from buying.services.locking import lock_enquiry, lock_recipient, recipients_of

log = logging.getLogger(__name__)

SATURDAY = 5


def reminder_day(answer_by: datetime.date) -> datetime.date:
    """The working day before: of a Monday the Friday. Bank holidays count as working days."""
    day = answer_by - datetime.timedelta(days=1)
    while day.weekday() >= SATURDAY:
        day -= datetime.timedelta(days=1)
    return day


def remind_who_is_due(today: datetime.date) -> int:
    """Remind every provider that has not answered and is asked to by tomorrow or so; returns how
    many were reminded.

    Safe to repeat and to run twice at once: each has a transaction of its own, in which it is
    looked at once more. One that fails does not stop the others; raises ExceptionGroup at the end.
    """
    soon = today + datetime.timedelta(days=4)
    rows = (
        Recipient.objects.waiting()
        .filter(
            reminded_at=None,
            enquiry__answer_by__gte=today,
            enquiry__answer_by__lte=soon,
            # Whoever was asked today has read it today.
            enquiry__sent_at__date__lt=today,
        )
        .order_by("pk")
        .values_list("pk", "enquiry", "enquiry__answer_by")
    )
    due = [
        Recipient(pk=pk, enquiry_id=enquiry)
        for pk, enquiry, answer_by in rows
        if reminder_day(answer_by) <= today
    ]
    return _for_each(due, lambda recipient: remind(recipient=recipient))


@transaction.atomic
def remind(*, recipient: Recipient) -> bool:
    """One mail to each who answers for it; whether one went out. Raises Refused when it is gone."""
    now = lock_recipient(recipient)
    waits = Recipient.objects.waiting().filter(pk=now.pk).exists()
    if not waits or now.reminded_at is not None:
        return False
    now.reminded_at = timezone.now()
    now.save(update_fields=["reminded_at"])
    return tell_provider(now, "enquiry_reminder") > 0


def expire_who_is_due(today: datetime.date) -> int:
    """End every enquiry whose day has passed; returns how many. Safe to repeat, as above."""
    due = Enquiry.objects.open().filter(answer_by__lt=today).order_by("pk")
    rows = [Enquiry(pk=pk) for pk in due.values_list("pk", flat=True)]
    return _for_each(rows, lambda enquiry: expire(enquiry=enquiry, today=today))


@transaction.atomic
def expire(*, enquiry: Enquiry, today: datetime.date) -> bool:
    """Its time is up, and whoever asked hears who answered, unless the last answer told them.

    Whether it was still open and due. Raises Refused when it has gone.
    """
    now = lock_enquiry(enquiry)
    if not now.is_open or now.answer_by >= today:
        return False
    end(now, Enquiry.State.EXPIRED)
    AuditEvent.record(verb="ended", target=now, organisation=now.organisation)
    rows = recipients_of(now)
    if any(row.answer is None for row in rows):
        tell_asker(now, "enquiry_expired", {"rows": rows})
    return True


def _for_each[Row](rows: Iterable[Row], work: Callable[[Row], bool]) -> int:
    done, errors = 0, []
    for row in rows:
        try:
            done += work(row)
        except Refused:
            continue  # it has gone meanwhile
        except Exception as error:  # noqa: BLE001 (raised below, together)
            log.warning("An enquiry could not be looked after: %s.", type(error).__name__)
            errors.append(error)
    if errors:
        raise ExceptionGroup("Some enquiries could not be looked after.", errors)
    return done
