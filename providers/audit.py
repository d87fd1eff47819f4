"""What was done to a listing, from its first answer on."""

from django.db.models import Q, QuerySet

from accounts.models import AuditEvent
from providers.models import Listing, ListingChange, Photo, Registration


def about_listing(listing: Listing) -> QuerySet[AuditEvent]:
    """Events of the listing, its changes, its photos and its registration, newest first.

    Whatever organisation it belonged to then. Of a photo that was taken away only what the listing
    says of it is left. Three queries.
    """
    itself = Q(object_type=Listing._meta.label_lower, object_id=str(listing.pk))
    for model in (ListingChange, Photo, Registration):
        ids = model._default_manager.filter(listing=listing).values_list("pk", flat=True)
        itself |= Q(object_type=model._meta.label_lower, object_id__in=[str(pk) for pk in ids])
    return AuditEvent.objects.filter(itself).order_by("-at", "-id")
