"""The life of a listing: one function for each step.

``draft → submitted → published ⇄ paused → archived``, ``submitted → returned``, and by a curator
``published → returned``. Each locks the row, reads it again, checks who and from where, changes it,
writes the audit, queues the mail and brings the index up to date.
"""

import uuid

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import AuditEvent, Identifier, User
from accounts.permissions import NOT_CURATOR, is_curator
from accounts.refused import Overtaken, Refused
from providers import listing_index
from providers.models import Listing, ListingChange, Registration
from providers.permissions import Author
from providers.services.locking import check_seen, last_act, lock_listing, lock_to_write
from providers.services.telling import tell
from tslsv.mail.references import new_reference

State = Listing.State

REQUIRED = ("title", "categories", "summary", "delivery", "contact")
"""What a listing needs before it can be sent in."""

UNTITLED = "Untitled offer"
"""What a draft is called until it has a title."""

UNCONFIRMED = (
    "Nobody has confirmed the email address yet, so this cannot be published. "
    "A mail with a link is on its way to them."
)
_TRIES = 10


class Incomplete(Refused):
    """It cannot be sent in yet; ``missing`` names what of ``REQUIRED`` is not there."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__("Some answers are still missing.")
        self.missing = missing


def missing(listing: Listing) -> list[str]:
    """What of ``REQUIRED`` it lacks, in that order. Up to two queries.

    The contact may be the organisation's own. "In some wards" needs to say which.
    """
    contact = listing.email or listing.phone or listing.organisation.email
    have = {
        "title": listing.title not in {"", UNTITLED},
        "categories": listing.categories.exists(),
        "summary": listing.summary,
        "delivery": listing.delivery != Listing.Delivery.WARDS or listing.delivery_wards.exists(),
        "contact": contact or listing.organisation.phone,
    }
    return [name for name in REQUIRED if not have[name]]


@transaction.atomic
def submit(*, listing: Listing, author: Author) -> Listing:
    """Send it in for a curator to check. Sent in twice, it is sent in once.

    Raises Incomplete, and Refused when it is neither a draft nor sent back.
    """
    now = lock_to_write(listing.pk, author)
    if now.state == State.SUBMITTED:
        return now
    _require_of(now, State.DRAFT, State.RETURNED)
    if lacking := missing(now):
        raise Incomplete(lacking)
    now.submitted_at, now.return_reason = timezone.now(), ""
    _give_reference(now)
    _move(now, State.SUBMITTED, "submitted", author.key, "submitted_at", "return_reason")
    tell(now, "listing_submitted", {})
    return now


@transaction.atomic
def take_back(*, listing: Listing, author: Author) -> Listing:
    """Make what waits for a curator a draft again, to change it."""
    now = lock_to_write(listing.pk, author)
    _require_of(now, State.SUBMITTED)
    _move(now, State.DRAFT, "took back", author.key)
    return now


@transaction.atomic
def publish(*, listing: Listing, by: User, seen: str) -> Listing:
    """A curator puts it on the list. Raises Overtaken when it is not what they looked at.

    The register number that was given on the way becomes the organisation's, unless another
    organisation has it: two of one number are for a curator to merge.
    """
    now = _lock_as_curator(listing, by)
    _require(now, State.SUBMITTED, by=by)
    check_seen(seen, now, by=by)
    if now.origin == Listing.Origin.PROVIDER and not now.organisation.memberships.exists():
        raise Refused(UNCONFIRMED)
    now.published_at = now.published_at or timezone.now()
    now.confirmed_at = timezone.now()
    _move(now, State.PUBLISHED, "published", by.audit_key, "published_at", "confirmed_at")
    _take_number(now, by)
    tell(now, "listing_published", {})
    return now


@transaction.atomic
def send_back(*, listing: Listing, reason: str, by: User, seen: str) -> Listing:
    """A curator asks for something first. The reason is mailed, and stands above the form."""
    now = _lock_as_curator(listing, by)
    _require(now, State.SUBMITTED, by=by)
    check_seen(seen, now, by=by)
    now.return_reason = reason
    _move(now, State.RETURNED, "returned", by.audit_key, "return_reason")
    tell(now, "listing_returned", {"reason": reason})
    return now


@transaction.atomic
def unpublish(*, listing: Listing, reason: str, by: User, seen: str) -> Listing:
    """A curator takes it off the list; its people can mend it and send it in again."""
    now = _lock_as_curator(listing, by)
    _require(now, State.PUBLISHED, State.PAUSED, by=by)
    check_seen(seen, now, by=by)
    give_up_changes(now, by.audit_key)
    now.return_reason = reason
    _move(now, State.RETURNED, "unpublished", by.audit_key, "return_reason")
    tell(now, "listing_unpublished", {"reason": reason})
    return now


@transaction.atomic
def pause(*, listing: Listing, author: Author) -> Listing:
    """Its page stays and says so; search does not show it. Paused twice, it is paused once."""
    now = lock_to_write(listing.pk, author)
    if now.state == State.PAUSED:
        return now
    _require_of(now, State.PUBLISHED)
    _move(now, State.PAUSED, "paused", author.key)
    return now


@transaction.atomic
def resume(*, listing: Listing, author: Author) -> Listing:
    """Offer it again. Whoever does says that it is right, so it counts as confirmed."""
    now = lock_to_write(listing.pk, author)
    if now.state == State.PUBLISHED:
        return now
    _require_of(now, State.PAUSED)
    now.confirmed_at = timezone.now()
    _move(now, State.PUBLISHED, "resumed", author.key, "confirmed_at")
    return now


@transaction.atomic
def archive(*, listing: Listing, author: Author) -> Listing:
    """Take it down for good; nothing is deleted, and ``restore`` brings it back as a draft."""
    now = lock_to_write(listing.pk, author)
    if now.state == State.ARCHIVED:
        return now
    give_up_changes(now, author.key)
    _move(now, State.ARCHIVED, "archived", author.key)
    return now


@transaction.atomic
def restore(*, listing: Listing, author: Author) -> Listing:
    """A draft of what was taken down, to be sent in again."""
    now = lock_to_write(listing.pk, author)
    if now.state == State.DRAFT:
        return now
    _require_of(now, State.ARCHIVED)
    _move(now, State.DRAFT, "restored", author.key)
    return now


@transaction.atomic
def confirm(*, listing: Listing, actor_key: uuid.UUID | None) -> Listing:
    """Everything on it is still right, says somebody who acts for it, or the mailed link.

    The caller has checked which. An entry from a register becomes its provider's own by this.
    Back in search at once, if it had been hidden.
    """
    now = lock_listing(listing.pk)
    _require_of(now, State.PUBLISHED, State.PAUSED)
    now.confirmed_at = timezone.now()
    fields = ["confirmed_at"]
    if now.origin == Listing.Origin.REGISTER and now.organisation.memberships.exists():
        now.origin = Listing.Origin.PROVIDER
        fields.append("origin")
    _move(now, State(now.state), "confirmed", actor_key, *fields)
    return now


@transaction.atomic
def stop_offering(*, listing: Listing, actor_key: uuid.UUID | None) -> Listing:
    """Pause it, says somebody with the mailed link; the caller has checked that."""
    now = lock_listing(listing.pk)
    _require_of(now, State.PUBLISHED)
    _move(now, State.PAUSED, "paused", actor_key)
    return now


def give_up_changes(listing: Listing, actor_key: uuid.UUID | None) -> None:
    """Whatever was waiting to be changed on it is over; the caller holds the listing's lock."""
    for change in ListingChange.objects.open().select_for_update().filter(listing=listing):
        change.state, change.decided_at = ListingChange.State.WITHDRAWN, timezone.now()
        change.save(update_fields=["state", "decided_at", "modified"])
        AuditEvent.record(
            verb="gave up",
            target=change,
            organisation=listing.organisation,
            actor_key=actor_key,
            fields=sorted(change.values),
        )
    listing.photos.filter(position=None).delete()


def _lock_as_curator(listing: Listing, by: User) -> Listing:
    if not is_curator(by):
        raise Refused(NOT_CURATOR)
    return lock_listing(listing.pk)


def _require(listing: Listing, *states: Listing.State, by: User) -> None:
    """For curators, who are told who was quicker."""
    if listing.state not in states:
        state = listing.get_state_display().lower()
        raise Overtaken(f"{last_act(listing, by=by)} It is {state} now.")


def _require_of(listing: Listing, *states: Listing.State) -> None:
    """For its people, who need not know which curator it was."""
    if listing.state not in states:
        raise Overtaken(_as_it_is(listing))


def _as_it_is(listing: Listing) -> str:
    return f"It is {listing.get_state_display().lower()} now, so nothing was changed."


def _move(
    listing: Listing, state: Listing.State, verb: str, key: uuid.UUID | None, *fields: str
) -> None:
    listing.state = state
    listing.save()
    AuditEvent.record(
        verb=verb,
        target=listing,
        organisation=listing.organisation,
        actor_key=key,
        fields=["state", *fields],
    )
    listing_index.refresh([listing.pk])


def _give_reference(listing: Listing) -> None:
    """Once and for ever, whatever happens to it afterwards."""
    for _ in range(_TRIES):
        if listing.reference:
            return
        reference = new_reference("L")
        if not Listing.objects.filter(reference=reference).exists():
            listing.reference = reference
    if not listing.reference:
        raise RuntimeError("No free reference was found.")


def _take_number(listing: Listing, by: User) -> None:
    held = Registration.objects.filter(listing=listing).exclude(number="").first()
    if held is None:
        return
    try:
        with transaction.atomic():
            identifier = Identifier.objects.create(
                organisation=listing.organisation, scheme=held.scheme, value=held.number
            )
    except IntegrityError:
        return
    AuditEvent.record(
        verb="added",
        target=identifier,
        organisation=listing.organisation,
        actor_key=by.audit_key,
        fields=["scheme", "value"],
    )
