"""The mail backend of the loopback run: mails stay on this machine, for /mailbox/ to show."""

from collections.abc import Sequence
from email.utils import parseaddr

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from tslsv.mail.delivery import RowMessage
from tslsv.mail.models import OutgoingMail
from tslsv.mail.references import new_reference


class EmailBackend(BaseEmailBackend):
    """Takes every message. A queued one is a row already; any other becomes one."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            if not isinstance(message, RowMessage):
                _keep(message)
        return len(email_messages)


def _keep(message: EmailMessage) -> None:
    now = timezone.now()
    pages = [str(content) for content, kind in getattr(message, "alternatives", [])]
    for recipient in message.recipients():
        OutgoingMail.objects.create(
            reference=new_reference(),
            to=parseaddr(recipient)[1],
            subject=str(message.subject),
            text=str(message.body),
            html=pages[0] if pages else "",
            queued_at=now,
            sent_at=now,
        )
