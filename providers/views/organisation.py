"""The page of one organisation."""

from django.contrib.auth.decorators import login_not_required
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import Organisation
from providers import structured_data
from providers.facts_from_above import facts_of
from providers.models import Listing
from providers.permissions import open_organisations, published_listings
from providers.views import parts


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
        "contact": _contact(found, listings),
        "proofs": parts.proofs(claims),
        "identifiers": identifiers,
        "place": parts.place_of(found),
        "entries": list(found.register_entries.filter(removed_at=None)) if from_register else [],
        "facts_from_above": facts_of(found),
        "example_data": found.is_example,
        "noindex": found.is_example,
        "canonical": url,
        "structured_data": structured_data.organisation(found, url=url, identifiers=identifiers),
    }
    return render(request, "providers/organisation.html", context)


def _contact(found: Organisation, listings: list[Listing]) -> parts.Contact:
    """The organisation's own; where it gives none, that of the first of its offers that does."""
    own = parts.contact_of(found)
    return own or next(filter(None, (parts.contact_of(found, row) for row in listings)), own)


def _moved(slug: str) -> HttpResponse:
    """Redirect from a former address, for ever; else 404."""
    moved = open_organisations().filter(former_slugs__slug=slug).first()
    if moved is None:
        raise Http404("no such organisation")
    return HttpResponsePermanentRedirect(moved.get_absolute_url())
