"""Choices: beginning one, filing it for good, and correcting what was filed."""

from django.db import transaction
from django.utils import timezone

from accounts.models import AuditEvent, Organisation, User
from accounts.permissions import is_member
from accounts.refused import Overtaken, Refused
from accounts.services.locking import lock_organisation
from buying.models import Choice, ChoiceVersion, Considered, Enquiry
from buying.references import free_reference
from buying.rule_applied import apply_rule
from buying.services.telling import tell_chosen
from buying.supplier_then import (
    is_same_supplier,
    keep_claims,
    keep_supplier,
    remember_claims,
    remember_suppliers,
)

GONE = "This choice is not here any more."
NOT_YOURS = "You no longer act for this organisation, so nothing was changed."
FILED = "Somebody filed this in the meantime. What was filed stands, and you can correct it."
USED = "A purchase with this reference of yours is here already: {reference}."
CORRECTING = "A correction is begun. File it or give it up first, so that nothing in it is lost."
NOT_FILED = "This is not filed yet, so there is nothing to correct: change the draft itself."

COPIED = (
    "what",
    "category_id",
    "amount",
    "decided_on",
    "reason",
    "conflict",
    "conflict_words",
    "supplier_id",
    "supplier_name",
    "supplier_postcode",
    "rule_reason",
    "tells_provider",
)
"""What a correction begins with."""
CONSIDERED_COPIED = (
    "position",
    "name",
    "postcode",
    "organisation_id",
    "listing_id",
    "recipient_id",
    "answer",
    "price",
    "words",
    "chosen",
)


@transaction.atomic
def begin_choice(
    *,
    organisation: Organisation,
    by: User,
    origin: str = Choice.Origin.SITE,
    own_reference: str = "",
    enquiry: Enquiry | None = None,
    start_hash: str | None = None,
) -> ChoiceVersion:
    """A new choice with an empty draft; of the same form (``start_hash``), the one it made before.

    Raises Refused when they do not act for the buyer, or a purchase with the buyer's own reference
    is there.
    """
    buyer = lock_organisation(organisation)
    _check_member(by, buyer)
    if start_hash:
        known = ChoiceVersion.objects.filter(
            choice__start_hash=start_hash, choice__organisation=buyer
        ).order_by("number")
        if (first := known.first()) is not None:
            return first
    if own_reference:
        taken = buyer.choices.filter(own_reference=own_reference).first()
        if taken is not None:
            raise Refused(USED.format(reference=taken.reference))
    choice = Choice.objects.create(
        organisation=buyer,
        reference=free_reference(Choice),
        origin=origin,
        own_reference=own_reference,
        enquiry=enquiry,
        made_by=by,
        start_hash=start_hash or None,
    )
    version = ChoiceVersion.objects.create(choice=choice, number=1)
    _record("began", choice, by)
    return version


@transaction.atomic
def file_version(*, version: ChoiceVersion, by: User) -> ChoiceVersion:
    """File a draft: from now on it stands, and is never changed.

    What is known of the provider, and the buyer's rule for the amount, are written into it as they
    are today; a correction that leaves provider or amount as they were leaves those, too. The
    provider is told where the draft lets it see that it was chosen. Raises Overtaken when it was
    filed meanwhile, and Refused when it has gone, when they do not act for the buyer, or while
    what, whom, how much or when is missing.
    """
    choice = lock_choice(version.choice, by)
    draft = lock_draft(choice, version)
    check_whole(draft)
    _file(choice, draft, by)
    _record("filed" if draft.number == 1 else "corrected", choice, by)
    return draft


@transaction.atomic
def void_choice(*, choice: Choice, reason: str, by: User) -> ChoiceVersion:
    """File a version that says that the purchase never happened, with the reason.

    Said twice, it is said once. Raises Refused while nothing is filed, and while a correction is
    begun, so that nothing that somebody writes is lost.
    """
    row = lock_choice(choice, by)
    standing = row.versions.filter(stands=True).first()
    if standing is None:
        raise Refused(NOT_FILED)
    if standing.void:
        return standing
    if row.versions.drafts().exists():
        raise Refused(CORRECTING)
    draft = copy_of(standing)
    draft.void, draft.correction = True, reason
    _file(row, draft, by)
    _record("said that … never happened", row, by)
    return draft


def _file(choice: Choice, draft: ChoiceVersion, by: User) -> None:
    """Let a saved draft stand. Its choice is locked."""
    before = choice.versions.filter(stands=True).first()
    if before is not None and is_same_supplier(draft, before):
        keep_supplier(draft, before)
        keep_claims(draft, before)
    else:
        remember_suppliers([draft])
        remember_claims([draft])
    apply_rule(draft, before)
    choice.versions.filter(stands=True).update(stands=False)
    draft.stands, draft.filed_at, draft.filed_by = True, timezone.now(), by
    draft.save()
    tell_chosen(draft)


@transaction.atomic
def begin_correction(*, choice: Choice, by: User) -> ChoiceVersion:
    """A draft with what stands now; the one that is begun already, if there is one.

    Raises Refused.
    """
    row = lock_choice(choice, by)
    draft = row.versions.drafts().first()
    if draft is not None:
        return draft
    standing = row.versions.filter(stands=True).first()
    if standing is None:
        raise Refused(NOT_FILED)
    draft = copy_of(standing)
    _consider_chosen(draft)
    _record("began to correct", row, by)
    return draft


@transaction.atomic
def discard_draft(*, version: ChoiceVersion, by: User) -> None:
    """What was filed before stands; a choice of which nothing was filed goes. Raises as above."""
    choice = lock_choice(version.choice, by)
    lock_draft(choice, version).delete()
    _record("gave up a draft of", choice, by)
    if not choice.versions.exists():
        choice.delete()


def copy_of(standing: ChoiceVersion) -> ChoiceVersion:
    """A new draft with what stands, and everybody who was considered. Its choice is locked."""
    draft = ChoiceVersion.objects.create(
        choice=standing.choice,
        number=standing.number + 1,
        **{name: getattr(standing, name) for name in COPIED},
    )
    Considered.objects.bulk_create(
        Considered(version=draft, **{name: getattr(entry, name) for name in CONSIDERED_COPIED})
        for entry in standing.considered.all()
    )
    return draft


def _consider_chosen(draft: ChoiceVersion) -> None:
    """Of a purchase made elsewhere often only whom it was made from is written down: so that a
    correction can keep or change it, it is the one that was considered.
    """
    if not draft.supplier_name or draft.considered.filter(chosen=True).exists():
        return
    Considered.objects.create(
        version=draft,
        position=draft.considered.count() + 1,
        name=draft.supplier_name,
        postcode="" if draft.supplier_id else draft.supplier_postcode,
        organisation_id=draft.supplier_id,
        chosen=True,
    )


def lock_draft(choice: Choice, version: ChoiceVersion) -> ChoiceVersion:
    """The draft as it is now, to be changed. The choice is locked. Raises Overtaken and Refused."""
    found = choice.versions.select_for_update().filter(pk=version.pk).first()
    if found is None:
        raise Refused(GONE)
    if found.filed_at is not None:
        raise Overtaken(FILED)
    found.choice = choice
    return found


def check_whole(draft: ChoiceVersion) -> None:
    """Raises Refused, with what is missing."""
    missing = [
        words
        for words, there in (
            ("what was needed", draft.what),
            ("which provider was chosen", draft.supplier_name or draft.supplier_id),
            ("the amount", draft.amount is not None),
            ("the day", draft.decided_on),
            ("what the correction is for", draft.number == 1 or draft.correction),
        )
        if not there
    ]
    if missing:
        raise Refused(f"Say {', '.join(missing[:-1])}{' and ' * (len(missing) > 1)}{missing[-1]}.")


def lock_choice(choice: Choice, by: User) -> Choice:
    row = (
        Choice.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .filter(pk=choice.pk)
        .first()
    )
    if row is None:
        raise Refused(GONE)
    _check_member(by, row.organisation)
    return row


def _check_member(by: User, organisation: Organisation) -> None:
    if not is_member(by, organisation):
        raise Refused(NOT_YOURS)


def _record(verb: str, choice: Choice, by: User) -> None:
    AuditEvent.record(
        verb=verb, target=choice, organisation=choice.organisation, actor_key=by.audit_key
    )
