"""Up to four offers side by side."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from providers.chosen import Chosen, query_of, read_chosen
from providers.models import Listing
from providers.views import comparing


@login_not_required
@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """The offers that the address names, and nothing else: whoever has the address sees the same.

    Of more than four none is left out silently: the page asks which.
    """
    chosen = read_chosen(request.GET)
    listings = chosen.listings
    too_many = len(listings) > comparing.MOST
    base = reverse("providers:compare")
    query = query_of(listings)
    context = {
        "chosen": chosen,
        "columns": [] if too_many else _columns(chosen, base),
        "comparison": comparing.compare(listings, timezone.localdate())
        if listings and not too_many
        else None,
        "error": _too_many(len(listings)) if too_many else "",
        "add_url": f"{reverse('providers:shortlist_add')}?{query}",
        "query": query,
        "canonical": request.build_absolute_uri(f"{base}?{query}" if query else base),
        "example_data": any(row.organisation.is_example for row in listings),
    }
    return render(request, "providers/compare.html", context)


def _too_many(number: int) -> str:
    return f"You chose {number} offers. Choose up to four."


def _columns(chosen: Chosen, base: str) -> list[dict[str, object]]:
    """Each offer, and the address of the same page without it."""
    listings = chosen.listings
    return [
        {
            "listing": row,
            "paused": row.state == Listing.State.PAUSED,
            "hidden": not row.is_findable(timezone.localdate()),
            "without": f"{base}?{query_of(other for other in listings if other is not row)}",
        }
        for row in listings
    ]
