"""Enquiries that are none: a provider's report, what a curator makes of it, and the block list."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import AuditEvent, Organisation, User
from accounts.permissions import NOT_CURATOR, is_curator
from accounts.refused import Overtaken, Refused
from buying.mails import tell_asker, tell_provider
from buying.models import BlockedAsker, Enquiry, Recipient
from buying.services.answering import record
from buying.services.ending import end
from buying.services.locking import (
    PROVIDER_GONE,
    check_acts_for,
    lock_organisations,
    lock_recipient,
    recipients_of,
)
from providers.services.telling import tell_people

SETTLED = "Another curator has settled this report meanwhile, so nothing was changed."
TAKEN_BACK = "The provider has taken this report back, so there is nothing to settle."
BLOCKED_BEFORE = "This address is blocked already."


@transaction.atomic
def report_not_genuine(*, recipient: Recipient, words: str, by: User | None) -> Recipient:
    """Curators get to read it, and this asker reaches this provider no more; they are not told.

    Reported twice, it is reported once. Raises Refused.
    """
    if recipient.organisation_id is not None:
        lock_organisations([recipient.organisation_id])
    now = lock_recipient(recipient)
    check_acts_for(by, now.organisation)
    if now.organisation is None:
        raise Refused(PROVIDER_GONE)
    if now.not_genuine_at is not None:
        return now
    now.not_genuine_at, now.report = timezone.now(), words
    now.report_settled_at = now.report_settled_by = None
    now.save(update_fields=["not_genuine_at", "report", "report_settled_at", "report_settled_by"])
    if now.enquiry.email:
        _block(now.enquiry.email, now.organisation, words, by)
    record("called not genuine", now, by)
    return now


@transaction.atomic
def take_report_back(*, recipient: Recipient, by: User | None) -> Recipient:
    """It was genuine after all: the conversation goes on, and the asker may ask again.

    Raises Refused for somebody who does not act for the provider any more.
    """
    now = lock_recipient(recipient)
    check_acts_for(by, now.organisation)
    if now.not_genuine_at is None:
        return now
    now.not_genuine_at, now.report = None, ""
    now.save(update_fields=["not_genuine_at", "report"])
    BlockedAsker.objects.filter(
        organisation=now.organisation, who__iexact=now.enquiry.email
    ).delete()
    record("took back the report of", now, by)
    return now


@transaction.atomic
def settle_report(*, recipient: Recipient, stops: bool, by: User) -> Recipient:
    """A curator has read it: with ``stops`` the enquiry ends for everybody, and all are told.

    Raises Overtaken when it was settled or taken back meanwhile, and Refused for who is no curator.
    """
    if not is_curator(by):
        raise Refused(NOT_CURATOR)
    now = lock_recipient(recipient)
    if now.not_genuine_at is None:
        raise Overtaken(TAKEN_BACK)
    if now.report_settled_at is not None:
        raise Overtaken(SETTLED)
    now.report_settled_at, now.report_settled_by = timezone.now(), by
    now.save(update_fields=["report_settled_at", "report_settled_by"])
    record("settled the report of", now, by)
    if now.organisation is not None:
        tell_people(now.organisation, "enquiry_report_settled", {"recipient": now, "stops": stops})
    if stops and now.enquiry.state != Enquiry.State.STOPPED:
        end(now.enquiry, Enquiry.State.STOPPED)
        AuditEvent.record(verb="stopped", target=now.enquiry, actor_key=by.audit_key)
        for row in recipients_of(now.enquiry):
            tell_provider(row, "enquiry_stopped_for_provider")
        tell_asker(now.enquiry, "enquiry_stopped")
    return now


@transaction.atomic
def block_for_all(*, who: str, why: str, by: User) -> BlockedAsker:
    """Nobody hears from this address, or from this host ("@host"), any more; they are not told.

    Raises Refused for who is no curator, and when it is blocked already.
    """
    if not is_curator(by):
        raise Refused(NOT_CURATOR)
    try:
        with transaction.atomic():
            row = BlockedAsker.objects.create(who=who.lower(), why=why, made_by=by)
    except IntegrityError as error:
        raise Refused(BLOCKED_BEFORE) from error
    AuditEvent.record(verb="blocked for all", target=row, actor_key=by.audit_key)
    return row


@transaction.atomic
def unblock(*, block: BlockedAsker, by: User) -> None:
    """What is sent from now on arrives again. Raises Refused for who is no curator."""
    if not is_curator(by):
        raise Refused(NOT_CURATOR)
    found = BlockedAsker.objects.select_for_update().filter(pk=block.pk, organisation=None).first()
    if found is not None:
        AuditEvent.record(verb="unblocked for all", target=found, actor_key=by.audit_key)
        found.delete()


def _block(who: str, organisation: Organisation, why: str, by: User | None) -> None:
    if not BlockedAsker.objects.filter(who__iexact=who, organisation=organisation).exists():
        BlockedAsker.objects.create(who=who.lower(), organisation=organisation, why=why, made_by=by)
