"""How whoever asked gets to their enquiry, and what its page shows of each provider."""

import re
from dataclasses import dataclass

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from accounts.models import User
from buying.forms.answer import MessageForm
from buying.mails import is_reachable
from buying.models import Enquiry, Message, Recipient

REFERENCE = re.compile(r"E-[0-9A-Z]{5}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Row:
    """One provider, the conversation with it, and a form to go on with it."""

    recipient: Recipient
    messages: list[Message]
    form: MessageForm | None
    gone: bool
    """Whether nothing reaches it any more."""

    @property
    def said_yes(self) -> bool:
        answer = self.recipient.answer
        return answer is not None and answer.kind == Message.Kind.YES


def find_enquiry(request: HttpRequest, token: str) -> Enquiry | None:
    """What the mailed link opens, or, by its reference, to whom it belongs who is signed in."""
    if REFERENCE.fullmatch(token):
        if not isinstance(request.user, User):
            return None
        return Enquiry.objects.made_by(request.user).filter(reference=token).first()
    return Enquiry.objects.with_token(token).first()


def acting(request: HttpRequest, enquiry: Enquiry) -> User | None:
    """Who does something about it, for the audit: only whom the enquiry belongs to is named."""
    user = request.user
    if isinstance(user, User) and Enquiry.objects.made_by(user).filter(pk=enquiry.pk).exists():
        return user
    return None


def recipient_or_404(enquiry: Enquiry, pk: int) -> Recipient:
    rows = Recipient.objects.select_related("organisation", "listing", "answer")
    found = get_object_or_404(rows, pk=pk, enquiry=enquiry)
    found.enquiry = enquiry
    return found


def rows_of(enquiry: Enquiry, bound: MessageForm | None = None) -> list[Row]:
    """Every provider in order. ``bound`` is a form that was sent and has to be mended. Two
    queries.
    """
    recipients = list(
        enquiry.recipients.select_related("organisation", "answer", "listing").order_by("position")
    )
    said: dict[int, list[Message]] = {}
    for message in Message.objects.filter(recipient__in=recipients).order_by("created", "pk"):
        said.setdefault(message.recipient_id, []).append(message)
    rows = []
    for recipient in recipients:
        recipient.enquiry = enquiry
        form = MessageForm(prefix=prefix_of(recipient)) if enquiry.can_be_talked_about else None
        if bound is not None and bound.prefix == prefix_of(recipient):
            form = bound
        gone = enquiry.sent_at is not None and not is_reachable(recipient)
        rows.append(Row(recipient, said.get(recipient.pk, []), form, gone))
    return rows


def prefix_of(recipient: Recipient) -> str:
    """Of the form to write to it: a page has one for each."""
    return f"to-{recipient.pk}"
