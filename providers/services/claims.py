"""What an organisation says of itself: making, changing and withdrawing claims.

A claim begins as declared. When its reference, evidence or last day changes, what a curator found
out before does not hold for it any more: it is declared again, and stands in the curators' queue of
proofs. The audit has names of fields and facets, never which EDI terms they are.
"""

import datetime
import hashlib
from collections.abc import Collection, Iterable

from django.db import transaction
from django.utils import timezone

from accounts.models import AuditEvent, Organisation
from accounts.refused import Overtaken, Refused
from accounts.services.locking import lock_organisation
from providers import listing_index
from providers.models import Claim, Listing, Term
from providers.models.claim import ClaimQuerySet
from providers.permissions import Author, may_answer_for
from providers.services.locking import lock_to_write

EDI = (Term.Facet.EDI_LED, Term.Facet.EDI_SERVES)

NOT_OWNER = (
    "Only an owner of the organisation can answer or withdraw this, and you are not one now. "
    "Nothing was changed."
)
NOT_A_TERM = "Choose from the list. Nothing was changed."
PAST = "This date has gone by. Give the date on the new certificate."
GONE = "This has been withdrawn meanwhile, so nothing was done."


class ClaimsClash(Overtaken):
    """Somebody changed the same claims since they were shown. ``now`` has the codes that stand."""

    def __init__(self, now: list[str]) -> None:
        super().__init__("Somebody else changed this while you were writing.")
        self.now = now


class AccreditationClash(Overtaken):
    """Somebody changed the same accreditation since it was shown. ``now`` is what stands."""

    def __init__(self, now: Claim | None) -> None:
        super().__init__("Somebody else changed this while you were writing.")
        self.now = now


def claimed(organisation: Organisation, facet: Term.Facet) -> list[str]:
    """Codes of the facet's terms that the organisation claims, run out or not. One query."""
    rows = Claim.objects.filter(organisation=organisation, term__facet=facet, withdrawn_at=None)
    return sorted(rows.values_list("term__code", flat=True))


def digest(codes: Iterable[str]) -> str:
    """What stands, in 16 letters: a form carries it, to notice that it has changed."""
    return hashlib.sha256(" ".join(sorted(codes)).encode()).hexdigest()[:16]


def digest_of(claim: Claim | None) -> str:
    """What is said of one accreditation, in 16 letters; "" where it is not claimed."""
    if claim is None:
        return ""
    said = f"{claim.reference}\n{claim.evidence}\n{claim.valid_to}"
    return hashlib.sha256(said.encode()).hexdigest()[:16]


@transaction.atomic
def set_claims(
    *,
    listing: Listing,
    facet: Term.Facet,
    codes: Collection[str],
    author: Author,
    seen: str | None = None,
) -> None:
    """Make the organisation's claims of one facet exactly these; what stays is left alone.

    With ``seen``, the digest of what was shown, raises ClaimsClash when that is not what stands.
    Raises Refused for unknown codes, a facet that nobody claims, and, of EDI, for everybody who may
    not answer for the organisation.
    """
    organisation = _lock(listing, facet, author)
    standing = {
        claim.term.code: claim
        for claim in _standing(organisation).filter(term__facet=facet).select_related("term")
    }
    new, gone = set(codes) - standing.keys(), standing.keys() - set(codes)
    if not new and not gone:
        return
    if seen is not None and seen != digest(standing):
        raise ClaimsClash(sorted(standing))
    terms = list(Term.objects.of(facet).active().filter(code__in=new))
    if len(terms) != len(new):
        raise Refused(NOT_A_TERM)
    for term in terms:
        Claim.objects.create(organisation=organisation, term=term)
    for code in gone:
        _withdraw(standing[code])
    _record("answered" if codes else "withdrew", organisation, author, [facet.value])
    _refresh(organisation)


@transaction.atomic
def set_accreditation(
    *,
    listing: Listing,
    code: str,
    reference: str,
    evidence: str,
    valid_to: datetime.date | None,
    author: Author,
    seen: str | None = None,
) -> Claim:
    """Claim an accreditation, or change what is said of it.

    With ``seen``, the digest of what was shown, raises AccreditationClash when that is not what
    stands. Raises Refused for a date that has gone by, and for a term that is none or that was
    retired.
    """
    organisation = _lock(listing, Term.Facet.ACCREDITATION, author)
    if valid_to is not None and valid_to < timezone.localdate():
        raise Refused(PAST)
    term = Term.objects.of(Term.Facet.ACCREDITATION).filter(code=code).first()
    claim = _standing(organisation).filter(term=term).first() if term else None
    if term is None or (claim is None and not term.active):
        raise Refused(NOT_A_TERM)
    claim = claim or Claim(organisation=organisation, term=term)
    said = {"reference": reference, "evidence": evidence, "valid_to": valid_to}
    touched = [name for name, value in said.items() if getattr(claim, name) != value]
    if claim.pk and not touched:
        return claim
    if seen not in {None, digest_of(claim if claim.pk else None)}:
        raise AccreditationClash(claim if claim.pk else None)
    for name in touched:
        setattr(claim, name, said[name])
    _judge_again(claim, touched)
    claim.save()
    _record("claimed", organisation, author, sorted({"accreditation", *touched}))
    _refresh(organisation)
    return claim


@transaction.atomic
def withdraw_claim(*, listing: Listing, claim_id: int, author: Author) -> Claim:
    """Take one claim back. Withdrawn twice, it is withdrawn once."""
    organisation = lock_organisation(listing.organisation)
    claim = (
        Claim.objects.select_for_update(of=("self",))
        .select_related("term")
        .filter(organisation=organisation, pk=claim_id)
        .first()
    )
    if claim is None:
        raise Overtaken(GONE)
    facet = Term.Facet(claim.term.facet)
    _lock(listing, facet, author)
    if claim.withdrawn_at is None:
        _withdraw(claim)
        _record("withdrew", organisation, author, [facet.value])
        _refresh(organisation)
    return claim


@transaction.atomic
def withdraw_edi(*, listing: Listing, author: Author) -> None:
    """Take back, in one step, whatever was said of who leads and who is served."""
    organisation = _lock(listing, Term.Facet.EDI_LED, author)
    found = list(_standing(organisation).filter(term__facet__in=EDI).select_related("term"))
    for claim in found:
        _withdraw(claim)
    if found:
        facets = sorted({claim.term.facet for claim in found})
        _record("withdrew", organisation, author, facets)
        _refresh(organisation)


def _lock(listing: Listing, facet: Term.Facet, author: Author) -> Organisation:
    """The organisation, locked, for somebody who may claim this of it. Raises Refused."""
    if facet not in Term.CLAIMABLE:
        raise Refused(NOT_A_TERM)
    organisation = lock_organisation(listing.organisation)
    now = lock_to_write(listing.pk, author)
    if facet in EDI and not may_answer_for(author, organisation, now):
        raise Refused(NOT_OWNER)
    return organisation


def _standing(organisation: Organisation) -> ClaimQuerySet:
    return Claim.objects.select_for_update(of=("self",)).filter(
        organisation=organisation, withdrawn_at=None
    )


def _judge_again(claim: Claim, touched: Collection[str]) -> None:
    """Whoever checked it saw another number, another document or another last day."""
    if "valid_to" in touched:
        claim.warned_at = None
    if not touched:
        return
    claim.level = Claim.Level.DECLARED
    claim.looked_at = claim.checked_on = claim.proposed_on = None
    claim.checked_by = claim.proposed_by = claim.proposed_valid_to = None
    claim.proposed_evidence = ""


def _withdraw(claim: Claim) -> None:
    """It stays as what was said once; of EDI, which is about people, nothing stays."""
    if claim.term.facet in EDI:
        claim.delete()
        return
    claim.withdrawn_at = timezone.now()
    claim.save(update_fields=["withdrawn_at"])


def _record(verb: str, organisation: Organisation, author: Author, fields: list[str]) -> None:
    """About the organisation, not the claim: a claim's row would say which term it is."""
    AuditEvent.record(
        verb=verb,
        target=organisation,
        organisation=organisation,
        actor_key=author.key,
        fields=fields,
    )


def _refresh(organisation: Organisation) -> None:
    listing_index.refresh(
        Listing.objects.filter(organisation=organisation).values_list("pk", flat=True)
    )
