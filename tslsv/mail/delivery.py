"""Handing one mail to the mail server, once, however often and by however many it is tried."""

import datetime
import logging
import re
from contextlib import suppress
from email.message import MIMEPart
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, mailers
from django.db import connection, transaction
from django.utils import timezone

from tslsv.mail.models import OutgoingMail

logger = logging.getLogger(__name__)

FIRST_WAIT = datetime.timedelta(seconds=30)
LONGEST_WAIT = datetime.timedelta(hours=6)
# With these waits, the last attempt is a little over three days after the first.
MOST_ATTEMPTS = 22
# A worker that vanished with its machine lets go of the row after this; far longer than a mail.
LONGEST_SEND = "5min"
# What an attempt may change.
_CHANGED = ["attempts", "next_attempt_at", "last_error", "sent_at", "given_up_at"]
_WORDS = ["subject", "text", "html"]
_SHOWN = (
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Message-ID",
    "In-Reply-To",
    "Auto-Submitted",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
)


class NotAccepted(Exception):
    """The mail server took the connection but not the mail, without saying why."""


class RowMessage(EmailMultiAlternatives):
    """The message of a row; the local box knows by its class that it is already kept."""


def wait_after(attempts: int) -> datetime.timedelta:
    """How long to wait after so many attempts: 30 seconds, doubled each time, at most 6 hours."""
    doublings = min(attempts - 1, 20)
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


def message_of(mail: OutgoingMail) -> RowMessage:
    """The message to send. Its Message-ID is the same at every attempt, so that a receiver who
    gets it twice can tell.
    """
    domain = urlsplit(settings.SITE_URL).hostname or "localhost"
    headers = {
        "Message-ID": f"<{mail.reference}.{mail.queued_at:%Y%m%d%H%M%S}@{domain}>",
        "Auto-Submitted": "auto-generated",
    }
    if mail.unsubscribe_url:
        # RFC 8058: the mail program itself shows a button, and posts to the address.
        headers["List-Unsubscribe"] = f"<{mail.unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if mail.thread:
        # Of a mail that nobody ever sent: all of a thread answer it, so none depends on another.
        headers["In-Reply-To"] = headers["References"] = f"<{mail.thread}@{domain}>"
    reply_to = [mail.reply_to] if mail.reply_to else None
    message = RowMessage(mail.subject, mail.text, to=[mail.to], headers=headers, reply_to=reply_to)
    message.attach_alternative(mail.html, "text/html")
    if mail.calendar:
        message.attach(_calendar_part(mail.calendar))
    return message


def _calendar_part(text: str) -> MIMEPart:
    """A file that mail programs know as an invitation by the method beside its type."""
    method = re.search(r"^METHOD:(\w+)", text, re.MULTILINE)
    part = MIMEPart()
    part.set_content(
        text,
        subtype="calendar",
        charset="utf-8",
        disposition="attachment",
        filename="exchange.ics",
        params={"method": method[1]} if method else None,
    )
    return part


def headers_of(mail: OutgoingMail) -> list[tuple[str, str]]:
    """The headers that the mail is sent with, decoded."""
    message = message_of(mail).message()
    return [(name, str(message[name])) for name in _SHOWN if name in message]


def deliver(mail_id: int) -> datetime.datetime | None:
    """Try to send the mail now; returns when to try again, or None when there is nothing to do.

    The row stays locked while the mail server is spoken to, so that nobody else sends it, and a
    worker that is killed leaves it as it was. Between the server's "accepted" and our commit lies
    the one moment in which a kill makes a second copy.
    """
    mailer = None
    try:
        with transaction.atomic():
            mail = (
                OutgoingMail.objects.waiting()
                .select_for_update(skip_locked=True)
                .filter(pk=mail_id)
                .first()
            )
            if mail is None:  # sent, given up, gone, or being sent by another
                return None
            if mail.next_attempt_at > timezone.now():
                return mail.next_attempt_at
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL idle_in_transaction_session_timeout = '{LONGEST_SEND}'")
            mail.attempts += 1
            try:
                mailer = mailers.default
                mailer.open()
                if mailer.send_messages([message_of(mail)]) != 1:
                    raise NotAccepted
            except Exception as error:  # noqa: BLE001 - whatever it is, the mail must wait, not go
                _note_failure(mail, error)
            else:
                mail.sent_at = timezone.now()
                mail.last_error = ""
            if mail.secret and (mail.sent_at or mail.given_up_at) and not settings.LOOPBACK:
                mail.subject = mail.text = mail.html = ""
                mail.save(update_fields=_WORDS)
            mail.save(update_fields=_CHANGED)
    finally:
        if mailer is not None:
            with suppress(Exception):  # a server that is rude at the end has the mail all the same
                mailer.close()
    return None if mail.sent_at or mail.given_up_at else mail.next_attempt_at


def _note_failure(mail: OutgoingMail, error: Exception) -> None:
    now = timezone.now()
    mail.last_error = type(error).__name__[:100]
    mail.next_attempt_at = now + wait_after(mail.attempts)
    if mail.attempts >= MOST_ATTEMPTS:
        mail.given_up_at = now
    logger.warning(
        "Mail %s was not sent (%s), attempt %d of %d.",
        mail.reference,
        mail.last_error,
        mail.attempts,
        MOST_ATTEMPTS,
    )
