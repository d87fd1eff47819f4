"""The task list of an offer: what stands, what is missing, and what is to be done next."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from providers import content
from providers.models import Listing, ListingChange
from providers.views.offers.answers import answered, missing_of, sections_of
from providers.views.offers.writing import Writing


def offer(request: HttpRequest, writing: Writing) -> HttpResponse:
    """Every section with its badge; a draft that nobody has written in begins with the first."""
    listing, change = writing.listing, writing.change
    if listing.state == Listing.State.DRAFT and not writing.begun:
        return redirect(writing.url("section", "basics"))
    sections = sections_of(writing)
    done, of = answered(writing, sections)
    context = writing.context(
        sections=sections,
        answered=done,
        questions=of,
        missing=missing_of(writing),
        change=change,
        change_waits=change is not None and change.state == ListingChange.State.SUBMITTED,
        differences=content.differences(content.read(listing), change.values) if change else [],
        offers_url=listing.get_absolute_url() if writing.public else "",
    )
    return render(request, "offers/offer.html", context)
