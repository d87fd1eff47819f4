"""Taking everything of an organisation off the list because it asked for that."""

import uuid

from django.utils import timezone

from accounts.models import AuditEvent, Organisation
from providers import listing_index
from providers.models import Listing, RegisterEntry
from providers.services.listing_states import give_up_changes


def take_off_list(organisation: Organisation, actor_key: uuid.UUID | None) -> None:
    """Archive its listings without their contacts, and keep imports from bringing them back.

    In the transaction of the caller, who holds the organisation's lock.
    """
    listings = list(
        Listing.objects.select_for_update()
        .filter(organisation=organisation)
        .exclude(state=Listing.State.ARCHIVED)
        .order_by("pk")
    )
    for listing in listings:
        give_up_changes(listing, actor_key)
        listing.state = Listing.State.ARCHIVED
        listing.contact_name = listing.email = listing.phone = ""
        listing.save(update_fields=["state", "contact_name", "email", "phone", "modified"])
        AuditEvent.record(
            verb="archived on request",
            target=listing,
            organisation=organisation,
            actor_key=actor_key,
            fields=["state"],
        )
    RegisterEntry.objects.filter(organisation=organisation, removed_at=None).update(
        removed_at=timezone.now()
    )
    listing_index.refresh([listing.pk for listing in listings])
