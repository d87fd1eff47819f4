"""What was done, in sentences, for curators alone."""

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.audit_words import tell
from accounts.models import AuditEvent, Organisation
from accounts.views.curator import curator_page
from providers.audit import about_listing
from providers.models import Listing
from providers.permissions import open_listings, open_organisations
from tslsv.ui.pagination import page_links, page_number

PAGE_SIZE = 50


@require_safe
@curator_page
def organisation_audit(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about an organisation, and about those that were merged into it."""
    organisation = get_object_or_404(Organisation, pk=pk)
    events = AuditEvent.objects.about(organisation)
    context = {
        "organisation": organisation,
        "is_open": open_organisations().filter(pk=organisation.pk).exists(),
        "listings": organisation.listings.order_by("title", "pk"),
        "example_data": organisation.is_example,
    }
    return render(request, "curate/organisation_audit.html", context | _page(request, events))


@require_safe
@curator_page
def listing_audit(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about a listing, its changes, photos and registration."""
    listing = get_object_or_404(Listing.objects.select_related("organisation"), pk=pk)
    context = {
        "listing": listing,
        "organisation": listing.organisation,
        "is_open": open_listings().filter(pk=listing.pk).exists(),
        "example_data": listing.organisation.is_example,
    }
    events = about_listing(listing)
    return render(request, "curate/listing_audit.html", context | _page(request, events))


def _page(request: HttpRequest, events: QuerySet[AuditEvent]) -> dict[str, object]:
    """One page of events in words, with the links to the others."""
    pages = Paginator(events, PAGE_SIZE)
    number = page_number(request)
    if number > pages.num_pages:
        raise Http404("there are fewer pages")

    def address(page: int) -> str:
        return f"{request.path}?page={page}" if page > 1 else request.path

    return {
        "total": pages.count,
        "told": tell(pages.page(number)),
        "pages": page_links(number, pages.num_pages, address),
    }
