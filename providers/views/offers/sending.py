"""Checking an offer and sending it in; what was changed of a public one likewise."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.refused import Refused
from providers import content
from providers.models import Listing
from providers.services import listing_edits, listing_states
from providers.services.listing_states import Incomplete
from providers.services.registrant import send_in
from providers.views.offers.answers import missing_of, sections_of
from providers.views.offers.doing import do
from providers.views.offers.sections import shut_page
from providers.views.offers.writing import Writing


def check(request: HttpRequest, writing: Writing) -> HttpResponse:
    """Every answer, with a way to change it, and the button that sends the offer in."""
    if writing.public:
        return redirect(writing.url("offer"))
    return shut_page(request, writing) or _check(request, writing, 200)


def _check(request: HttpRequest, writing: Writing, status: int) -> HttpResponse:
    context = writing.context(
        sections=sections_of(writing), missing=missing_of(writing), days=settings.CURATION_DAYS
    )
    return render(request, "offers/check.html", context, status=status)


def send(request: HttpRequest, writing: Writing) -> HttpResponse:
    """Send it in. Pressed twice, or after going back, it leads to the same page."""
    try:
        send_in(listing=writing.listing, author=writing.author)
    except Incomplete:
        return _check(request, writing, 422)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(writing.url("offer"))
    return redirect(writing.url("sent"))


def sent(request: HttpRequest, writing: Writing) -> HttpResponse:
    """The reference, what happens next, and when."""
    if writing.listing.state != Listing.State.SUBMITTED:
        return redirect(writing.url("offer"))
    context = writing.context(days=settings.CURATION_DAYS)
    return render(request, "offers/sent.html", context)


def take_back(request: HttpRequest, writing: Writing) -> HttpResponse:
    """Make it a draft again, to change it."""
    return do(
        request,
        lambda: listing_states.take_back(listing=writing.listing, author=writing.author),
        "It is a draft again. Send it in when you have changed it.",
        writing.url("offer"),
    )


def send_changes(request: HttpRequest, writing: Writing) -> HttpResponse:
    """Have a curator look at what was changed of a public offer."""
    return do(
        request,
        lambda: listing_edits.submit_change(listing=writing.listing, author=writing.author),
        f"A curator looks at your changes within {settings.CURATION_DAYS} working days. We write "
        "to you then.",
        writing.url("offer"),
    )


def give_up_changes(request: HttpRequest, writing: Writing) -> HttpResponse:
    """Asks once more, with what would be lost; then what is public stays as it is."""
    if writing.change is None:
        messages.info(request, "There are no changes to give up.")
        return redirect(writing.url("offer"))
    if request.method == "POST":
        return do(
            request,
            lambda: listing_edits.withdraw_change(listing=writing.listing, author=writing.author),
            "Your changes are given up. The offer stays as the public sees it.",
            writing.url("offer"),
        )
    live = content.read(writing.listing)
    differences = content.differences(live, writing.change.values)
    return render(request, "offers/give_up_changes.html", writing.context(differences=differences))
