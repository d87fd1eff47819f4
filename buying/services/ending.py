"""What whoever asked does about the answers: take one up, give their address, thank, close."""

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from accounts.models import AuditEvent, User
from accounts.refused import Refused
from buying.mails import tell_provider
from buying.models import Enquiry, Message, Recipient
from buying.services.answering import check_talk, record
from buying.services.locking import PROVIDER_GONE, lock_enquiry, lock_recipient, recipients_of

NO_YES = "They have not said yes, so there is nothing to take up."
ENDED_BEFORE = "This enquiry has ended already, so nothing was changed."
NOT_THEIRS = (
    "Whoever asked no longer acts for your organisation, and the address is theirs. Write yours in "
    "a message instead."
)
NOT_SENT = "This enquiry has not been sent yet."


@transaction.atomic
def give_address(*, recipient: Recipient, by: User | None) -> Recipient:
    """Let this provider know where answers go. Done twice, it is done and told once.

    Raises Refused once the enquiry is closed, or when the provider has gone.
    """
    now = _lock_to_act(recipient)
    if now.address_given_at is None:
        _check_own_address(now.enquiry)
        now.address_given_at = timezone.now()
        now.save(update_fields=["address_given_at"])
        record("gave an address to", now, by, of_asker=True)
        tell_provider(now, "enquiry_address_given")
    return now


@transaction.atomic
def accept(*, recipient: Recipient, gives_address: bool, by: User | None) -> Recipient:
    """Take up the yes that stands, with or without the address. Done twice, it is told once.

    Raises Refused when there is no yes, once the enquiry is closed, or when the provider has gone.
    """
    now = _lock_to_act(recipient)
    if now.answer is None or now.answer.kind != Message.Kind.YES:
        raise Refused(NO_YES)
    is_new = now.accepted_at is None or (gives_address and not now.address_is_known())
    if gives_address and not now.address_is_known():
        _check_own_address(now.enquiry)
        now.address_given_at = timezone.now()
    if is_new:
        now.accepted_at = now.accepted_at or timezone.now()
        # Once: see ``buying.services.locking``.
        now.save(update_fields=["accepted_at", "address_given_at"])
        record("took up the answer of", now, by, of_asker=True)
        tell_provider(now, "enquiry_accepted")
    return now


def _check_own_address(enquiry: Enquiry) -> None:
    """Nobody gives away the address of somebody who has left. Raises Refused."""
    if enquiry.asker_has_left():
        raise Refused(NOT_THEIRS)


@transaction.atomic
def thank(*, enquiry: Enquiry, recipients: Collection[int], words: str, by: User | None) -> int:
    """Thank these providers (by their rows' numbers), each once; returns how many were thanked.

    Closing does not stand in the way of thanks. Raises Refused when the enquiry was never sent, or
    was stopped.
    """
    now = lock_enquiry(enquiry)
    _check_sent(now)
    rows = [row for row in recipients_of(now) if row.pk in recipients and row.thanked_at is None]
    for row in rows:
        row.thanked_at = timezone.now()
        row.save(update_fields=["thanked_at"])
        record("thanked", row, by, of_asker=True)
    for row in rows:
        tell_provider(row, "enquiry_thanks", {"words": words})
    return len(rows)


@transaction.atomic
def close(*, enquiry: Enquiry, by: User | None) -> Enquiry:
    """No more answers, please: every provider is told, once. Closed twice, it is closed once.

    Raises Refused when it was never sent, or was stopped.
    """
    now = lock_enquiry(enquiry)
    _check_sent(now)
    if now.state == Enquiry.State.CLOSED:
        return now
    end(now, Enquiry.State.CLOSED)
    AuditEvent.record(
        verb="closed",
        target=now,
        organisation=now.organisation,
        actor_key=by.audit_key if by else None,
    )
    for row in recipients_of(now):
        tell_provider(row, "enquiry_closed")
    return now


def end(enquiry: Enquiry, state: Enquiry.State) -> None:
    """Of a locked enquiry. From now on the same may be asked again."""
    enquiry.state = state
    enquiry.ended_at = enquiry.ended_at or timezone.now()
    enquiry.start_hash = None
    enquiry.save(update_fields=["state", "ended_at", "start_hash", "modified"])


def _check_sent(enquiry: Enquiry) -> None:
    if enquiry.state == Enquiry.State.UNCONFIRMED:
        raise Refused(NOT_SENT)
    if enquiry.state == Enquiry.State.STOPPED:
        raise Refused(ENDED_BEFORE)


def _lock_to_act(recipient: Recipient) -> Recipient:
    now = lock_recipient(recipient)
    _check_sent(now.enquiry)
    check_talk(now.enquiry, Message.By.ASKER)
    if now.organisation is None:
        raise Refused(PROVIDER_GONE)
    return now
