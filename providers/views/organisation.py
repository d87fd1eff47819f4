"""The page of one organisation, and what maps draw."""

from django.contrib.auth.decorators import login_not_required
from django.db.models import Exists, OuterRef, QuerySet
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
    JsonResponse,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import conditional_page, require_safe

from accounts.models import Organisation
from places.models import PostcodeSector, Ward
from providers import structured_data
from providers.models import Listing
from providers.views import parts
from providers.views.listing import published_listings

DAY = 24 * 3600
# What maps draw is the same for everybody and seldom changes. After a day a browser asks again, and
# an unchanged answer is a 304; for a week it may show the old one meanwhile.
keep_a_day = cache_control(public=True, max_age=DAY, stale_while_revalidate=7 * DAY)


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


@login_not_required
@require_safe
def organisation(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything the public may know of an organisation, and what it offers."""
    found = open_organisations().filter(slug=slug).first()
    if found is None:
        return _moved(slug)
    today = timezone.localdate()
    listings = list(published_listings().filter(organisation=found))
    from_register = all(row.origin == Listing.Origin.REGISTER for row in listings)
    claims = parts.standing_claims(found, today)
    identifiers = list(found.identifiers.all())
    url = request.build_absolute_uri(found.get_absolute_url())
    context = {
        "organisation": found,
        "rows": [
            {
                "listing": row,
                "url": reverse("providers:listing", args=[found.slug, row.slug]),
                "price": parts.price_text(row),
                "delivery": parts.delivery_text(row),
                "stale": row.is_stale(today),
                "from_register": row.origin == Listing.Origin.REGISTER,
            }
            for row in listings
        ],
        "contact": parts.contact_of(found),
        "proofs": parts.proofs(claims),
        "identifiers": identifiers,
        "place": parts.place_of(found),
        "entries": list(found.register_entries.filter(removed_at=None)) if from_register else [],
        "example_data": found.is_example,
        "noindex": found.is_example,
        "canonical": url,
        "structured_data": structured_data.organisation(found, url=url, identifiers=identifiers),
    }
    return render(request, "providers/organisation.html", context)


def _moved(slug: str) -> HttpResponse:
    """Redirect from a former address, for ever; else 404."""
    moved = open_organisations().filter(former_slugs__slug=slug).first()
    if moved is None:
        raise Http404("no such organisation")
    return HttpResponsePermanentRedirect(moved.get_absolute_url())


# The tag is made before compression: gzip's bytes differ from one answer to the next.
@login_not_required
@require_safe
@keep_a_day
@gzip_page
@conditional_page
def ward_outlines(request: HttpRequest) -> HttpResponse:
    """The loaded outlines as GeoJSON; an empty collection where none are loaded."""
    features = [
        {
            "type": "Feature",
            "properties": {
                "code": ward.code,
                "name": ward.name,
                "lat": ward.latitude,
                "lon": ward.longitude,
            },
            "geometry": ward.outline,
        }
        for ward in Ward.objects.filter(outline__isnull=False)
    ]
    return JsonResponse(
        {"type": "FeatureCollection", "features": features},
        content_type="application/geo+json",
        json_dumps_params={"separators": (",", ":")},
    )


@login_not_required
@require_safe
@keep_a_day
@gzip_page
@conditional_page
def sectors(request: HttpRequest) -> HttpResponse:
    """Postcode sectors of Leeds and their middles: how "search this area" names a place."""
    rows = PostcodeSector.objects.filter(postcodes_in_leeds__gt=0)
    return JsonResponse(
        {"sectors": [{"code": r.code, "lat": r.latitude, "lon": r.longitude} for r in rows]},
        json_dumps_params={"separators": (",", ":")},
    )
