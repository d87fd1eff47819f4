"""What the public may open."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Organisation
from providers.models import Listing, RegisterEntry


def open_listings() -> QuerySet[Listing]:
    """Listings whose page anybody may open, with their organisation and its ward.

    Published and paused ones, however long ago they were confirmed; never a register entry that was
    removed on request, whatever state its listing was left in.
    """
    removed = RegisterEntry.objects.filter(listing=OuterRef("pk"), removed_at__isnull=False)
    return (
        Listing.objects.filter(state__in=[Listing.State.PUBLISHED, Listing.State.PAUSED])
        .filter(~Q(origin=Listing.Origin.REGISTER) | ~Exists(removed))
        .select_related("organisation__ward")
        .defer("organisation__ward__outline")
    )


def published_listings() -> QuerySet[Listing]:
    """Those of ``open_listings`` that are on offer now."""
    return open_listings().filter(state=Listing.State.PUBLISHED)


def open_organisations() -> QuerySet[Organisation]:
    """Organisations with something on offer, with their ward.

    One that only has drafts, or has taken everything down, has no page: that it is on the list at
    all is not public.
    """
    return (
        Organisation.objects.filter(
            Exists(published_listings().filter(organisation=OuterRef("pk")))
        )
        .select_related("ward")
        .defer("ward__outline")
    )
