"""What a provider and whoever asked say to each other."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import AuditEvent, User
from accounts.refused import Overtaken, Refused
from buying.mails import tell_asker, tell_provider
from buying.models import BlockedAsker, Enquiry, Message, Recipient
from buying.services.locking import (
    PROVIDER_GONE,
    TooLate,
    check_acts_for,
    lock_recipient,
    said_before,
)

STANDS = (Message.Kind.YES, Message.Kind.NO)
"""Kinds of which the newest is the provider's answer."""

COLLEAGUE = (
    "Somebody else of your organisation answered while you wrote. Their answer stands above. Send "
    "yours if it should take its place."
)
TOO_LATE = (
    "Answers were wanted by {day}, so this came too late to count as one. What you wrote is below: "
    "you can still send it as a message, and they may take it up."
)
CLOSED = "{name} has closed this enquiry, so nothing more can be sent. What you wrote is below."
CLOSED_BY_YOU = "You have closed this enquiry, so nothing more can be sent."
STOPPED = "A curator has stopped this enquiry, so nothing more can be sent."

REPORTED = "You said that this is no genuine enquiry. Take that back first, then answer."


@dataclass(frozen=True, slots=True)
class Answer:
    """What a provider says. A price is in pounds, and only of a yes; a reason only of a no."""

    kind: Message.Kind
    text: str = ""
    price: Decimal | None = None
    reason: str = ""


@transaction.atomic
def answer(
    *, recipient: Recipient, said: Answer, by: User | None, key: str, seen: int | None
) -> Message:
    """Keep a yes, a no or a question, and mail it to whoever asked.

    ``seen`` is the answer that stood when they began to write. The same form sent twice says it
    once. Raises Overtaken when a colleague answered meanwhile, TooLate when the time is up, and
    Refused when it is closed, or for somebody who does not act for the provider any more.
    """
    now = lock_recipient(recipient)
    check_acts_for(by, now.organisation)
    if (before := said_before(now, key)) is not None:
        return before
    _check_there(now)
    if now.not_genuine_at is not None:
        raise Refused(REPORTED)
    _check_open(now.enquiry)
    if said.kind in STANDS and now.answer_id != seen:
        raise Overtaken(COLLEAGUE)
    was_first = now.answer_id is None
    message = _keep(now, said, Message.By.PROVIDER, by, key)
    waiting = now.enquiry.recipients.filter(answer=None)
    all_in = said.kind in STANDS and was_first and not waiting.exists()
    record("answered", now, by)
    tell_asker(
        now.enquiry,
        "enquiry_answered",
        {
            "message": message,
            "changed": said.kind in STANDS and not was_first,
            "rows": _rows(now.enquiry) if all_in else [],
        },
        recipient=now,
    )
    return message


@transaction.atomic
def write_message(
    *, recipient: Recipient, side: Message.By, text: str, by: User | None, key: str
) -> Message:
    """Keep a message of one side, and mail it to the other. The same form or mail says it once.

    What somebody writes whom the provider does not want to hear from is kept, and goes no further:
    they are not told. Raises Refused once the enquiry is closed, or when the provider has gone.
    """
    now = lock_recipient(recipient)
    if side == Message.By.PROVIDER:
        check_acts_for(by, now.organisation)
    if (before := said_before(now, key)) is not None:
        return before
    _check_there(now)
    check_talk(now.enquiry, side)
    message = _keep(now, Answer(Message.Kind.MESSAGE, text), side, by, key)
    record("wrote about", now, by, of_asker=side == Message.By.ASKER)
    if side == Message.By.ASKER:
        if not _is_blocked(now):
            tell_provider(now, "enquiry_message_to_provider", {"message": message})
    else:
        tell_asker(now.enquiry, "enquiry_message_to_asker", {"message": message}, recipient=now)
    return message


def check_talk(enquiry: Enquiry, side: Message.By) -> None:
    """Raises Refused when nothing passes any more."""
    if enquiry.can_be_talked_about:
        return
    if enquiry.state == Enquiry.State.STOPPED:
        raise Refused(STOPPED)
    if side == Message.By.ASKER:
        raise Refused(CLOSED_BY_YOU)
    raise Refused(CLOSED.format(name=enquiry.name))


def _check_open(enquiry: Enquiry) -> None:
    if enquiry.state == Enquiry.State.EXPIRED:
        raise TooLate(TOO_LATE.format(day=date_format(enquiry.answer_by, "j F Y")))
    check_talk(enquiry, Message.By.PROVIDER)


def _check_there(recipient: Recipient) -> None:
    if recipient.organisation is None:
        raise Refused(PROVIDER_GONE)


def _keep(
    recipient: Recipient, said: Answer, side: Message.By, by: User | None, key: str
) -> Message:
    message = Message.objects.create(
        recipient=recipient,
        by=side,
        kind=said.kind,
        price=said.price,
        reason=said.reason,
        text=said.text,
        user=by,
        key=key,
    )
    changed = []
    if side == Message.By.PROVIDER and recipient.first_answer_at is None:
        recipient.first_answer_at = timezone.now()
        changed.append("first_answer_at")
    if said.kind in STANDS:
        recipient.answer = message
        changed.append("answer")
    if changed:
        recipient.save(update_fields=changed)  # once: see ``buying.services.locking``
    return message


def _is_blocked(recipient: Recipient) -> bool:
    """Whether the asker may not write to this provider any more, or to nobody."""
    blocks = BlockedAsker.objects.against(recipient.enquiry.email)
    return blocks.filter(Q(organisation=None) | Q(organisation=recipient.organisation)).exists()


def _rows(enquiry: Enquiry) -> list[Recipient]:
    return list(enquiry.recipients.select_related("answer").order_by("position"))


def record(verb: str, recipient: Recipient, by: User | None, *, of_asker: bool = False) -> None:
    """Who did it belongs to the side that did it: the other has no claim to know."""
    AuditEvent.record(
        verb=verb,
        target=recipient,
        organisation=recipient.enquiry.organisation if of_asker else recipient.organisation,
        actor_key=by.audit_key if by else None,
    )
