"""A curator finds out whether a listing that nobody has confirmed for long is still right."""

from django.db import transaction
from django.utils import timezone

from accounts.models import AuditEvent, User
from accounts.permissions import NOT_CURATOR, is_curator
from accounts.refused import Refused
from providers.models import Listing
from providers.services.listing_states import confirm
from providers.services.locking import check_seen, lock_listing
from providers.services.telling import tell

NOBODY = "We know no address to write to. Ring them up, or look at their website."


@transaction.atomic
def confirm_for_them(*, listing: Listing, by: User, seen: str) -> Listing:
    """They told the curator that all of it is right. Raises Overtaken when it has changed."""
    now = _lock(listing, by, seen)
    return confirm(listing=now, actor_key=by.audit_key)


@transaction.atomic
def ask_again(*, listing: Listing, by: User, seen: str) -> int:
    """Mail its people once more; returns to how many. It waits no longer for the curators until
    two weeks have passed. Raises Refused when there is nobody to write to.
    """
    now = _lock(listing, by, seen)
    now.asked_at = timezone.now()
    now.save(update_fields=["asked_at", "modified"])
    AuditEvent.record(
        verb="asked about",
        target=now,
        organisation=now.organisation,
        actor_key=by.audit_key,
        fields=["asked_at"],
    )
    told = tell(now, "unconfirmed_ask", {})
    if not told:
        raise Refused(NOBODY)
    return told


def _lock(listing: Listing, by: User, seen: str) -> Listing:
    if not is_curator(by):
        raise Refused(NOT_CURATOR)
    now = lock_listing(listing.pk)
    check_seen(seen, now, by=by)
    return now
