"""The page of one listing."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import Exists, OuterRef, Prefetch
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from places.models import Ward
from providers import structured_data
from providers.facts_from_above import facts_of
from providers.models import Listing, Photo, RegisterEntry, Term
from providers.permissions import open_listings, published_listings
from providers.views import parts


@login_not_required
@require_safe
def listing(request: HttpRequest, organisation_slug: str, slug: str) -> HttpResponse:
    """What is offered, at what price, how to ask for it, and how well the claims are known."""
    found = (
        open_listings()
        .filter(slug=slug, organisation__slug=organisation_slug)
        .annotate(
            organisation_is_open=Exists(
                published_listings().filter(organisation=OuterRef("organisation"))
            )
        )
        .prefetch_related(
            Prefetch("categories", Term.objects.select_related("parent")),
            "access_features",
            Prefetch("delivery_wards", parts.without_outlines(Ward.objects.all())),
        )
        .first()
    )
    if found is None:
        return _moved(organisation_slug, slug)
    photos = list(found.photos.live().without_pictures())
    return render(request, "providers/listing.html", page_of(request, found, photos))


def page_of(request: HttpRequest, found: Listing, photos: list[Photo]) -> dict[str, Any]:
    """What the page of a listing shows.

    ``found`` may be a copy that was never saved, for a preview; then without
    ``organisation_is_open``, as there is nothing to link to yet.
    """
    today = timezone.localdate()
    organisation = found.organisation
    paused = found.state == Listing.State.PAUSED
    claims = parts.standing_claims(organisation, today)
    identifiers = list(organisation.identifiers.all())
    categories = list(found.categories.all())
    url = request.build_absolute_uri(found.get_absolute_url())
    return {
        "listing": found,
        "organisation": organisation,
        "organisation_is_open": getattr(found, "organisation_is_open", False),
        "photos": photos,
        "category": (categories[0].parent or categories[0]) if categories else None,
        "categories": categories,
        "facts": parts.listing_facts(found, found.delivery_wards.all()),
        "price": parts.price_text(found),
        "contact": None if paused else parts.contact_of(organisation, found),
        "proofs": parts.proofs(claims),
        "identifiers": identifiers,
        "place": parts.place_of(organisation),
        "paused": paused,
        "stale": found.is_stale(today),
        "hidden": not paused and not found.is_findable(today),
        "entries": register_entries(found),
        "facts_from_above": facts_of(organisation) if found.pk and not paused else [],
        "example_data": organisation.is_example,
        # Made-up names must not be found among real ones outside this site.
        "noindex": paused or organisation.is_example,
        "canonical": url,
        "structured_data": ""
        if paused
        else structured_data.listing(
            found,
            url=url,
            organisation_url=request.build_absolute_uri(organisation.get_absolute_url()),
            identifiers=identifiers,
            categories=categories,
            wards=found.delivery_wards.all(),
        ),
    }


def register_entries(found: Listing) -> list[RegisterEntry]:
    """Where a listing that nobody has confirmed comes from; empty for every other listing."""
    if found.origin != Listing.Origin.REGISTER:
        return []
    return list(found.register_entries.all())


def _moved(organisation_slug: str, slug: str) -> HttpResponse:
    """Redirect from an address of before a renaming or a merger, for ever; else 404."""
    moved = (
        open_listings()
        .filter(former_addresses__organisation_slug=organisation_slug, former_addresses__slug=slug)
        .first()
    ) or (
        open_listings()
        .filter(slug=slug, organisation__former_slugs__slug=organisation_slug)
        .first()
    )
    if moved is None:
        raise Http404("no such listing")
    return HttpResponsePermanentRedirect(moved.get_absolute_url())
