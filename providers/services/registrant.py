"""What somebody does who registers a listing and has not confirmed their address yet."""

import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import AuditEvent
from providers.models import Listing, Registration
from providers.permissions import Author
from providers.services.listing_states import Incomplete, missing, submit
from providers.services.locking import lock_to_write
from providers.services.registration import send_link

LATELY = datetime.timedelta(hours=1)


@transaction.atomic
def set_email(*, listing: Listing, email: str, author: Author) -> bool:
    """Where the link is mailed that proves the address; returns whether it is a new one.

    A link that was mailed to another address dies: it would prove that one.
    """
    now = lock_to_write(listing.pk, author)
    held = _unfinished(now)
    if held is None or held.email == email:
        return False
    held.email, held.link_hash, held.link_sent_at = email, None, None
    held.save(update_fields=["email", "link_hash", "link_sent_at", "modified"])
    AuditEvent.record(
        verb="changed",
        target=held,
        organisation=now.organisation,
        actor_key=author.key,
        fields=["email"],
    )
    return True


@transaction.atomic
def send_in(*, listing: Listing, author: Author) -> Listing:
    """Send the listing in, and mail the link that proves the address if that is still to do.

    A link that was mailed a moment ago goes on working: a second one would kill it, and people
    open the first of two mails. Sent in twice, it is sent in once, with one mail of each kind.
    Raises what ``submit`` raises.
    """
    now = lock_to_write(listing.pk, author)
    before, held = now.state, _unfinished(now)
    if held is not None and not held.email and before != Listing.State.SUBMITTED:
        raise Incomplete(lacking(now))
    now = submit(listing=now, author=author)
    if held is not None and before != now.state and not _mailed_lately(held):
        send_link(registration=held)
    return now


def _mailed_lately(held: Registration) -> bool:
    return held.link_sent_at is not None and held.link_sent_at > timezone.now() - LATELY


def lacking(listing: Listing) -> list[str]:
    """What of ``listing_states.REQUIRED`` is missing; while it is registered, an address is needed
    that a link can be mailed to. Up to three queries.
    """
    lacks = missing(listing)
    held = Registration.objects.unfinished().filter(listing=listing).first()
    if held is not None and not held.email and "contact" not in lacks:
        lacks.append("contact")
    return lacks


def _unfinished(listing: Listing) -> Registration | None:
    return Registration.objects.select_for_update().unfinished().filter(listing=listing).first()
