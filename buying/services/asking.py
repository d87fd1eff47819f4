"""Asking: an enquiry, from the answers of a form to the mails that reach its providers."""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.formats import date_format

from accounts.addresses import confirmed_addresses
from accounts.models import AuditEvent, User
from accounts.models.invitation import hash_of
from accounts.permissions import is_member
from accounts.refused import Refused
from buying.links import new_enquiry_hash, new_recipient_hash
from buying.mails import tell_asker, tell_provider
from buying.models import BlockedAsker, Enquiry, Recipient
from buying.references import free_reference
from buying.services.locking import (
    NOT_YOURS,
    lock_enquiry,
    lock_organisations,
    recipients_of,
)
from buying.sorting import Asked
from providers.models import Listing

ASKED = (
    "name",
    "email",
    "asking_for",
    "organisation",
    "title",
    "what",
    "on_day",
    "when",
    "postcode",
    "ward_id",
    "number",
    "budget",
    "access_needs",
    "answer_by",
    "gives_address",
)
"""What the form of an enquiry answers, by the names of its columns."""

MAIL_AGAIN_AFTER = datetime.timedelta(minutes=10)
"""The same asked again after this, and still unconfirmed: the first mail may have been lost."""

NONE_LEFT = "None of those that you chose takes requests any more, so nothing was sent."
GONE_MEANWHILE = (
    "One of those that you chose was merged with another, or has gone, at this moment. Nothing was "
    "sent. Please send it once more."
)
PASSED = "You wanted answers by {day}, which has passed. Nothing was sent. Please ask again."


@transaction.atomic
def begin_enquiry(*, values: Mapping[str, Any], asked: Sequence[Asked], by: User | None) -> Enquiry:
    """Keep an enquiry to these providers: sent at once where ``by`` has shown that the address is
    theirs, else once the link is opened that is mailed to it.

    ``values`` has every name of ``ASKED``. All of it sent twice, from one form or from two, is one
    enquiry until that has ended. Raises Refused when ``by`` does not act for its organisation, or
    when one of the providers has gone at this moment.
    """
    start = _start_hash(values, asked)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [start])
    is_theirs = by is not None and values["email"].lower() in confirmed_addresses(by)
    if values["organisation"] is not None and not (
        is_theirs and by is not None and is_member(by, values["organisation"])
    ):
        raise Refused(NOT_YOURS)
    known = Enquiry.objects.select_for_update(no_key=True).filter(start_hash=start).first()
    if known is not None:
        return _again(known, by if is_theirs else None)
    if not lock_organisations({row.organisation.pk for row in asked}):
        raise Refused(GONE_MEANWHILE)
    enquiry = Enquiry.objects.create(
        **{name: values[name] for name in ASKED},
        user=by if is_theirs else None,
        start_hash=start,
    )
    enquiry.link_hash = new_enquiry_hash(enquiry)
    enquiry.save(update_fields=["link_hash"])
    Recipient.objects.bulk_create(
        Recipient(
            enquiry=enquiry,
            position=position,
            organisation=row.organisation,
            listing=row.listings[0],
            title=row.title,
            organisation_name=row.organisation.name,
        )
        for position, row in enumerate(asked, 1)
    )
    _record("wrote", enquiry, by)
    if is_theirs:
        return _send(enquiry, by)
    tell_asker(enquiry, "enquiry_confirm", {"days": settings.KEEP_UNCONFIRMED_ENQUIRIES_DAYS})
    return enquiry


@transaction.atomic
def confirm_enquiry(*, enquiry: Enquiry, by: User | None = None) -> Enquiry:
    """Whoever holds the mailed link has shown that the address is theirs: send it. Done twice, it
    is sent once.

    Raises Refused when it has gone, or is too late for what it asks.
    """
    now = lock_enquiry(enquiry)
    if now.state != Enquiry.State.UNCONFIRMED:
        return now
    is_theirs = by is not None and now.email.lower() in confirmed_addresses(by)
    if is_theirs:
        now.user = by
    return _send(now, by if is_theirs else None)


def _again(known: Enquiry, by: User | None) -> Enquiry:
    """The same form once more, or the same in another window."""
    if known.state != Enquiry.State.UNCONFIRMED:
        return known
    if by is not None:
        known.user = by
        return _send(known, by)
    if known.modified < timezone.now() - MAIL_AGAIN_AFTER:
        tell_asker(known, "enquiry_confirm", {"days": settings.KEEP_UNCONFIRMED_ENQUIRIES_DAYS})
        known.save(update_fields=["modified"])
    return known


def _send(enquiry: Enquiry, by: User | None) -> Enquiry:
    """The enquiry is locked, or nobody else knows of it. Raises Refused."""
    if enquiry.answer_by < timezone.localdate():
        raise Refused(PASSED.format(day=date_format(enquiry.answer_by, "j F Y")))
    left_out = _leave_out(enquiry)
    rows = recipients_of(enquiry)
    if not rows:
        raise Refused(NONE_LEFT)
    now = timezone.now()
    enquiry.state, enquiry.sent_at = Enquiry.State.OPEN, now
    enquiry.reference = free_reference(Enquiry)
    enquiry.save()
    blocked = set(
        BlockedAsker.objects.against(enquiry.email).values_list("organisation", flat=True)
    )
    for row in rows:
        row.withheld = None in blocked or row.organisation_id in blocked
        row.link_hash = new_recipient_hash(row)
        row.address_given_at = now if enquiry.gives_address else None
        row.save(update_fields=["withheld", "link_hash", "address_given_at"])
    _record("sent", enquiry, by)
    for row in rows:
        tell_provider(row, "enquiry_asked")
    tell_asker(enquiry, "enquiry_sent", {"rows": rows, "left_out": left_out})
    return enquiry


def _leave_out(enquiry: Enquiry) -> list[str]:
    """Take out whoever takes no requests any more; returns their names."""
    gone = enquiry.recipients.exclude(
        organisation__isnull=False, listing__state=Listing.State.PUBLISHED
    )
    names = list(gone.values_list("organisation_name", flat=True))
    gone.delete()
    return names


def _start_hash(values: Mapping[str, Any], asked: Sequence[Asked]) -> str:
    organisation = values["organisation"]
    said = {
        **{name: str(values[name]) for name in ASKED},
        "email": values["email"].lower(),
        "organisation": organisation.pk if organisation else None,
    }
    ids = sorted(listing.pk for row in asked for listing in row.listings)
    return hash_of(repr((sorted(said.items(), key=lambda pair: pair[0]), ids)))


def _record(verb: str, enquiry: Enquiry, by: User | None) -> None:
    AuditEvent.record(
        verb=verb,
        target=enquiry,
        organisation=enquiry.organisation,
        actor_key=by.audit_key if by else None,
    )
