"""Where somebody goes on writing an offer."""

from django.urls import reverse

from providers.models import Listing


def offer_url(listing: Listing, *, member: bool) -> str:
    """The task list of an offer: under /my/ for those who act for its organisation, else the one of
    whoever's session holds its registration.
    """
    if member:
        return reverse("offers:offer", args=[listing.organisation.slug, listing.pk])
    return reverse("providers:join_offer", args=[listing.pk])
