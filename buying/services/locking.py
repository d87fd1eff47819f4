"""Locks that the services of enquiries take before they look.

It is always the enquiry's row that is locked first, so that an answer, a closing and the nightly
expiry of one enquiry come one after another.

A merge of two organisations locks those first, and then moves what was asked of them. So whoever
has locked one of an enquiry's rows must not wait for an organisation: each row is saved once in a
transaction (the second time PostgreSQL looks up whatever it points at), and a row that points at
an organisation is added only after ``lock_organisations``.
"""

from collections.abc import Collection

from accounts.models import Organisation, User
from accounts.permissions import is_member
from accounts.refused import Refused
from buying.models import Enquiry, Message, Recipient

GONE = "This enquiry is not here any more."
PROVIDER_GONE = "This organisation is not on the site any more, so nothing reaches it."
NOT_YOURS = "You no longer act for this organisation, so nothing was changed."


class TooLate(Refused):
    """The time for answers has run out, but messages still pass."""


def lock_organisations(ids: Collection[int]) -> bool:
    """Before any enquiry: nobody merges or deletes these until the transaction ends. Whether all of
    them are there.
    """
    rows = Organisation.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
    return len(rows) == len(ids)


def lock_enquiry(enquiry: Enquiry) -> Enquiry:
    """The enquiry as it is now; nobody else changes it until the transaction ends.

    Raises Refused when it has gone.
    """
    found = Enquiry.objects.select_for_update(no_key=True).filter(pk=enquiry.pk).first()
    if found is None:
        raise Refused(GONE)
    return found


def lock_recipient(recipient: Recipient) -> Recipient:
    """One provider of an enquiry, with the enquiry locked. Raises Refused when it has gone."""
    enquiry = lock_enquiry(Enquiry(pk=recipient.enquiry_id))
    rows = Recipient.objects.filter(pk=recipient.pk)
    # Read once it is locked: what a row points at is joined as it was before the wait, so a
    # provider that was merged meanwhile would seem to have gone.
    list(rows.select_for_update(no_key=True).values_list("pk"))
    found = rows.select_related("organisation", "listing", "answer").first()
    if found is None:
        raise Refused(GONE)
    found.enquiry = enquiry
    return found


def recipients_of(enquiry: Enquiry) -> list[Recipient]:
    """Every provider of a locked enquiry, locked as well, in order."""
    all_of_them = Recipient.objects.filter(enquiry=enquiry).order_by("position")
    list(all_of_them.select_for_update(no_key=True).values_list("pk"))
    rows = list(all_of_them.select_related("organisation", "listing", "answer"))
    for row in rows:
        row.enquiry = enquiry
    return rows


def said_before(recipient: Recipient, key: str) -> Message | None:
    """What was sent by the same form or the same mail."""
    return recipient.messages.filter(key=key).first() if key else None


def check_acts_for(by: User | None, organisation: Organisation | None) -> None:
    """``by`` is nobody for whoever holds a link. Raises Refused for who has left meanwhile."""
    if by is not None and organisation is not None and not is_member(by, organisation):
        raise Refused(NOT_YOURS)
