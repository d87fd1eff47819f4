"""An offer as the public would see it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from providers import content
from providers.services.photos import shown_photos
from providers.views.listing import page_of
from providers.views.offers.writing import Writing


def preview(request: HttpRequest, writing: Writing) -> HttpResponse:
    """The page of the listing with what its writers see laid over; nothing is written."""
    laid = content.lay_over(writing.listing, writing.said)
    shown = page_of(request, laid, shown_photos(writing.listing, writing.said))
    context = {
        **shown,
        **writing.context(),
        "listing": laid,
        # What time has done to it is no part of what they wrote.
        "hidden": shown["hidden"] and writing.public,
        "noindex": True,
        "canonical": "",
        "structured_data": "",
    }
    return render(request, "offers/preview.html", context)
