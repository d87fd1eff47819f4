"""An offer's life in its people's hands: beginning, pausing, confirming, taking down."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.models import Membership
from accounts.permissions import signed_in
from accounts.refused import Refused
from accounts.views.member import member_page
from providers.models import Listing
from providers.permissions import Author
from providers.services import listing_states
from providers.services.listing_edits import begin_offer
from providers.views.offers.doing import do
from providers.views.offers.writing import Writing


@require_POST
@member_page()
def new_offer(request: HttpRequest, membership: Membership) -> HttpResponse:
    """A new draft, and its first page."""
    organisation = membership.organisation
    try:
        begun = begin_offer(organisation=organisation, author=Author(signed_in(request)))
    except Refused as refused:  # they were removed, or it was closed, in this very moment
        messages.error(request, str(refused))
        return redirect("my:home")
    return redirect("offers:section", slug=organisation.slug, pk=begun.pk, section_name="basics")


def pause(request: HttpRequest, writing: Writing) -> HttpResponse:
    """Undone by ``resume``, so it does not ask first."""
    return do(
        request,
        lambda: listing_states.pause(listing=writing.listing, author=writing.author),
        f"“{writing.listing}” is paused: search does not show it. Offer it again at any time.",
        writing.url("offer"),
    )


def resume(request: HttpRequest, writing: Writing) -> HttpResponse:
    """Offer it again."""
    return do(
        request,
        lambda: listing_states.resume(listing=writing.listing, author=writing.author),
        f"“{writing.listing}” is on offer again.",
        writing.url("offer"),
    )


def confirm(request: HttpRequest, writing: Writing) -> HttpResponse:
    """Everything on it is still right."""
    return do(
        request,
        lambda: listing_states.confirm(listing=writing.listing, actor_key=writing.author.key),
        f"Thank you. “{writing.listing}” says that it was confirmed today.",
        writing.url("offer"),
    )


def archive(request: HttpRequest, writing: Writing) -> HttpResponse:
    """Asks once more, then takes it down."""
    if request.method == "POST":
        return do(
            request,
            lambda: listing_states.archive(listing=writing.listing, author=writing.author),
            f"“{writing.listing}” is taken down. You can bring it back.",
            writing.url("offer"),
        )
    if writing.listing.state == Listing.State.ARCHIVED:
        return redirect(writing.url("offer"))
    return render(request, "offers/archive.html", writing.context())


def restore(request: HttpRequest, writing: Writing) -> HttpResponse:
    """Bring it back as a draft."""
    return do(
        request,
        lambda: listing_states.restore(listing=writing.listing, author=writing.author),
        f"“{writing.listing}” is a draft again. Send it in when it is right.",
        writing.url("offer"),
    )
