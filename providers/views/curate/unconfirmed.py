"""A listing that nobody has confirmed for long."""

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.permissions import signed_in
from accounts.views.curator import curator_page
from providers.forms.curate.reasons import ReasonForm, UnpublishForm
from providers.models import Listing
from providers.queue import Kind
from providers.services.confirming import ask_again, confirm_for_them
from providers.services.listing_states import unpublish
from providers.services.locking import version_of
from providers.services.telling import writers_of
from providers.views.curate import flow
from providers.views.curate.listing import listing_or_404, shown


@require_http_methods(["GET", "HEAD", "POST"])
@curator_page
def unconfirmed(request: HttpRequest, pk: int) -> HttpResponse:
    """They say that it is right, ask them again, or take it off the list."""
    found, user = listing_or_404(pk), signed_in(request)
    place = flow.place_of(request, Kind.UNCONFIRMED, str(pk))
    form: ReasonForm = UnpublishForm()
    said: HttpResponse | str = ""
    if request.method == "POST":
        form, decision = UnpublishForm(request.POST), request.POST.get("decision", "")
        given: dict[str, Any] = {"listing": found, "by": user, "seen": flow.seen(request)}
        if decision == "confirm":
            done = f"{found} is confirmed."
            said = flow.attempt(request, place, partial(confirm_for_them, **given), done)
            form = form.kept()
        elif decision == "ask":
            done = f"A mail about {found} is on its way."
            said = flow.attempt(request, place, partial(ask_again, **given), done)
            form = form.kept()
        elif decision == "fill":
            form = form.filled()
        elif form.is_valid():
            work = partial(unpublish, reason=form.cleaned_data["reason"], **given)
            done = f"{found} is off the list. They get your words."
            said = flow.attempt(request, place, work, done)
    if isinstance(said, HttpResponse):
        return said
    found = listing_or_404(pk)
    context = {
        **shown(found),
        "addresses": writers_of(found),
        "hidden": not found.is_findable(timezone.localdate()),
        "place": place,
        "form": form,
        "said": said,
        "kept": form["reason"].value() if said else "",
        "seen": version_of(found),
        "decidable": found.state in {Listing.State.PUBLISHED, Listing.State.PAUSED},
    }
    return render(request, "curate/unconfirmed.html", context, status=409 if said else 200)
