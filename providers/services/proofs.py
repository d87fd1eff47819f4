"""Judging what an organisation says of itself, and keeping its last day true."""

import datetime
import hashlib

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.addresses import people_of
from accounts.models import AuditEvent, User
from accounts.permissions import NOT_CURATOR, is_curator
from accounts.refused import Overtaken, Refused
from providers import listing_index
from providers.models import Claim, Listing
from providers.services.freshness import where_to_renew
from providers.services.locking import LOOK, last_act
from tslsv.mail.outbox import BadAddress, queue_mail

Level = Claim.Level

PROPOSED = ("proposed_by", "proposed_on", "proposed_evidence", "proposed_valid_to")

SECOND = "You have proposed this yourself. Another curator has to look it up, too."
WITHDRAWN = "The organisation does not say this of itself any more."
NOBODY = "We know no address to write to. Look for a telephone number or a website instead."


def version_of_claim(claim: Claim) -> str:
    """What somebody looked at: a form carries it, and the service compares it once more."""
    seen = (
        str(claim.level), claim.reference, claim.evidence, claim.valid_to, claim.proposed_by_id,
        claim.proposed_evidence, claim.proposed_valid_to, claim.looked_at, claim.warned_at,
        claim.withdrawn_at,
    )  # fmt: skip
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:16]


def needs_second(level: Claim.Level, claim: Claim) -> bool:
    """Whether judging it to be ``level`` only proposes that, until another curator says so, too."""
    return (
        level == Level.CHECKED
        and settings.CHECKED_NEEDS_SECOND_CURATOR
        and claim.level != Level.CHECKED
        and claim.proposed_on is None
    )


@transaction.atomic
def judge_claim(
    *,
    claim: Claim,
    level: Claim.Level,
    evidence: str,
    valid_to: datetime.date | None,
    by: User,
    seen: str,
) -> Claim:
    """A curator says how well it is known, what that rests on (for the public) and until when.

    Where the setting asks for two curators, the first to call it checked only proposes it, and what
    the public sees stays as it was. Raises Overtaken when it is not what they looked at, and
    Refused when the second would be the first again.
    """
    now = _lock(claim, by, seen)
    today = timezone.localdate()
    now.looked_at = timezone.now()
    if needs_second(level, now):
        now.proposed_by, now.proposed_on = by, today
        now.proposed_evidence, now.proposed_valid_to = evidence, valid_to
        _save(now, "proposed … as checked", by, ["looked_at", *PROPOSED])
        return now
    checked = level == Level.CHECKED
    again = now.proposed_on is not None and now.proposed_by_id == by.pk
    if checked and again and settings.CHECKED_NEEDS_SECOND_CURATOR:
        raise Refused(SECOND)
    now.level, now.evidence, now.valid_to = level, evidence, valid_to
    now.proposed_evidence, now.proposed_valid_to = "", None
    fields = ["evidence", "valid_to", "looked_at"]
    now.checked_on, now.checked_by = (today, by) if checked else (None, None)
    if not checked:
        now.proposed_by = now.proposed_on = None
        fields += ["proposed_by", "proposed_on"]
    _save(now, f"judged … to be {level.value}", by, [*fields, "level", "checked_on", "checked_by"])
    return now


@transaction.atomic
def set_last_day(*, claim: Claim, valid_to: datetime.date, by: User, seen: str) -> Claim:
    """It holds until this day: the curator has seen the new certificate, or its register."""
    now = _lock(claim, by, seen)
    now.valid_to, now.looked_at, now.warned_at = valid_to, timezone.now(), None
    _save(now, "set the last day of", by, ["valid_to", "looked_at", "warned_at"])
    return now


@transaction.atomic
def let_run_out(*, claim: Claim, by: User, seen: str) -> Claim:
    """Leave its last day as it is. It drops out of search by itself, and waits no longer."""
    now = _lock(claim, by, seen)
    now.looked_at = timezone.now()
    _save(now, "let … run out", by, ["looked_at"])
    return now


@transaction.atomic
def ask_about_claim(*, claim: Claim, by: User, seen: str) -> int:
    """Mail its people that it runs out; returns to how many. Raises Refused when there is nobody
    to write to.
    """
    now = _lock(claim, by, seen)
    now.looked_at = now.warned_at = timezone.now()
    _save(now, "asked about", by, ["looked_at", "warned_at"])
    told = 0
    for address in people_of(now.organisation):
        try:
            queue_mail(
                to=address,
                template="accreditation_expiring_ask",
                context={
                    "claim": now,
                    "organisation": now.organisation,
                    **where_to_renew(now.organisation),
                    "over": bool(now.valid_to and now.valid_to < timezone.localdate()),
                },
            )
        except BadAddress:
            continue
        told += 1
    if not told:
        raise Refused(NOBODY)
    return told


def _lock(claim: Claim, by: User, seen: str) -> Claim:
    if not is_curator(by):
        raise Refused(NOT_CURATOR)
    now = (
        Claim.objects.select_for_update(of=("self",), no_key=True)
        .select_related("organisation", "term")
        .filter(pk=claim.pk)
        .first()
    )
    if now is None or now.withdrawn_at is not None:
        raise Refused(WITHDRAWN)
    if seen != version_of_claim(now):
        raise Overtaken(f"{last_act(now, by=by)} {LOOK}")
    return now


def _save(claim: Claim, verb: str, by: User, fields: list[str]) -> None:
    claim.save()
    AuditEvent.record(
        verb=verb,
        target=claim,
        organisation=claim.organisation,
        actor_key=by.audit_key,
        fields=fields,
    )
    listings = Listing.objects.filter(organisation=claim.organisation)
    listing_index.refresh(listings.values_list("pk", flat=True))
