"""Locks that the services of listings take before they look, and what they look at."""

import hashlib

from django.db.models import Model, Q
from django.utils import timezone
from django.utils.formats import date_format

from accounts.audit_words import acted
from accounts.models import AuditEvent, User
from accounts.refused import Overtaken, Refused
from providers.models import Listing, ListingChange, Registration
from providers.permissions import Author, may_write

GONE = "This listing is not here any more."
LOOK = "Look at it once more, then decide."
NOT_YOURS = "You no longer write for this listing, so nothing was changed."


def lock_listing(listing_id: int) -> Listing:
    """The listing as it is now, with its organisation; nobody else changes it until the
    transaction ends. Raises Refused when it has gone.
    """
    found = (
        Listing.objects.select_for_update(of=("self",), no_key=True)
        .select_related("organisation")
        .filter(pk=listing_id)
        .first()
    )
    if found is None:
        raise Refused(GONE)
    return found


def lock_to_write(listing_id: int, author: Author) -> Listing:
    """The same, for somebody who may write it. Raises Refused for everybody else.

    A registration is read again: its address may have been confirmed meanwhile, which makes its
    person the owner and ends what a session without a sign-in may do.
    """
    listing = lock_listing(listing_id)
    if author.registration is not None:
        held = Registration.objects.filter(pk=author.registration.pk).first()
        author = Author(author.user, held)
    if not may_write(author, listing):
        raise Refused(NOT_YOURS)
    return listing


def version_of(listing: Listing, change: ListingChange | None = None) -> str:
    """What somebody looked at: a form carries it, and the service compares it once more."""
    stamps = [listing.modified.isoformat(), change.modified.isoformat() if change else ""]
    return hashlib.sha256(" ".join(stamps).encode()).hexdigest()[:16]


def check_seen(
    seen: str, listing: Listing, change: ListingChange | None = None, *, by: User
) -> None:
    """Raises Overtaken unless ``seen`` is what stands."""
    if seen != version_of(listing, change):
        act = last_act(listing, *([change] if change else []), by=by)
        raise Overtaken(f"{act} {LOOK}")


def last_act(*targets: Model, by: User) -> str:
    """Who did the last thing to any of these rows, and when, in a sentence for the curator ``by``,
    who may have done it with the first click of two. Up to two queries.
    """
    rows = Q()
    for row in targets:
        rows |= Q(object_type=row._meta.label_lower, object_id=str(row.pk))
    event = AuditEvent.objects.filter(rows).first()
    if event is None:
        return "This has changed while you looked at it."
    did, at = acted(event.verb, "this"), date_format(timezone.localtime(event.at), "H:i, j F Y")
    if event.actor_key == by.audit_key:
        return f"You {did} already ({at})."
    who = User.objects.filter(audit_key=event.actor_key).first() if event.actor_key else None
    return f"{who.get_full_name() if who else 'Somebody'} {did} while you looked at it ({at})."
