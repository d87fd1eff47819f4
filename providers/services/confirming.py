"""A curator finds out whether a listing that nobody has confirmed for long is still right."""

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent, User
from accounts.permissions import NOT_CURATOR, is_curator
from accounts.refused import Refused
from providers import still_right_links
from providers.models import Listing
from providers.services.listing_states import confirm
from providers.services.locking import check_seen, lock_listing
from providers.services.telling import tell
from tslsv.mail.links import absolute

NOT_ON_OFFER = "It is not on offer at the moment, so there is nothing to ask."
NOBODY = "We know no address to write to. Ring them up, or look at their website."


@transaction.atomic
def confirm_for_them(*, listing: Listing, by: User, seen: str) -> Listing:
    """They told the curator that all of it is right. Raises Overtaken when it has changed."""
    now = _lock(listing, by, seen)
    return confirm(listing=now, actor_key=by.audit_key)


@transaction.atomic
def ask_again(*, listing: Listing, by: User, seen: str) -> int:
    """Mail its people once more; returns to how many. It waits no longer for the curators until
    two weeks have passed. Raises Refused when there is nobody to write to, and when it is not on
    offer: the mail's link would be dead.
    """
    now = _lock(listing, by, seen)
    if now.state != Listing.State.PUBLISHED:
        raise Refused(NOT_ON_OFFER)
    now.asked_at = timezone.now()
    now.save(update_fields=["asked_at", "modified"])
    AuditEvent.record(
        verb="asked about",
        target=now,
        organisation=now.organisation,
        actor_key=by.audit_key,
        fields=["asked_at"],
    )
    page = reverse("providers:still_right", args=[still_right_links.make([now])])
    hidden = not now.is_findable(timezone.localdate())
    told = tell(now, "unconfirmed_ask", {"answer_url": absolute(page), "hidden": hidden})
    if not told:
        raise Refused(NOBODY)
    return told


def _lock(listing: Listing, by: User, seen: str) -> Listing:
    if not is_curator(by):
        raise Refused(NOT_CURATOR)
    now = lock_listing(listing.pk)
    check_seen(seen, now, by=by)
    return now
