"""A listing as the public would see it, and what a curator does with it."""

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.models import Identifier, Organisation
from accounts.permissions import signed_in
from accounts.views.curator import curator_page
from providers import doubles
from providers.forms.curate.reasons import ReasonForm, ReturnForm, UnpublishForm
from providers.models import Listing, Registration
from providers.queue import Kind
from providers.services.listing_states import publish, send_back
from providers.services.listing_states import unpublish as take_off
from providers.services.locking import version_of
from providers.views import parts
from providers.views.curate import flow


def listing_or_404(pk: int) -> Listing:
    found = Listing.objects.select_related("organisation__ward").defer(
        "organisation__ward__outline"
    )
    return get_object_or_404(found, pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@curator_page
def listing(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish it, or return it with a reason."""
    found, user = listing_or_404(pk), signed_in(request)
    place = flow.place_of(request, Kind.LISTING, str(pk))
    form: ReasonForm = ReturnForm()
    said: HttpResponse | str = ""
    if request.method == "POST":
        form, decision = ReturnForm(request.POST), request.POST.get("decision", "")
        given: dict[str, Any] = {"listing": found, "by": user, "seen": flow.seen(request)}
        if decision == "publish":
            said = flow.attempt(request, place, partial(publish, **given), f"Published {found}.")
            form = form.kept()
        elif decision == "fill":
            form = form.filled()
        elif form.is_valid():
            reason = form.cleaned_data["reason"]
            work = partial(send_back, reason=reason, **given)
            said = flow.attempt(request, place, work, f"Returned {found}. They get your words.")
    if isinstance(said, HttpResponse):
        return said
    found = listing_or_404(pk)
    context = {
        **shown(found),
        "place": place,
        "form": form,
        "said": said,
        "kept": form["reason"].value() if said else "",
        "seen": version_of(found),
        "decidable": found.state == Listing.State.SUBMITTED,
        "unproved": found.origin == Listing.Origin.PROVIDER
        and not found.organisation.memberships.exists(),
        "number": given_number(found),
        "doubles": doubles_of(found.organisation),
    }
    return render(request, "curate/listing.html", context, status=409 if said else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@curator_page
def unpublish(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it off the list with a reason, from wherever a curator finds out."""
    found, user = listing_or_404(pk), signed_in(request)
    form: ReasonForm = UnpublishForm()
    said, status = "", 200
    if request.method == "POST":
        form = UnpublishForm(request.POST)
        if request.POST.get("decision") == "fill":
            form = form.filled()
        elif form.is_valid():
            work = partial(
                take_off,
                listing=found,
                reason=form.cleaned_data["reason"],
                by=user,
                seen=flow.seen(request),
            )
            done = f"{found} is off the list. They get your words."
            result = flow.acted(request, work, done)
            if not result:
                return redirect("curate:organisation", pk=found.organisation_id)
            said, status = result, 409
    found = listing_or_404(pk)
    context = {
        "listing": found,
        "organisation": found.organisation,
        "form": form,
        "said": said,
        "kept": form.data.get("reason", "") if said else "",
        "seen": version_of(found),
        "decidable": found.state in {Listing.State.PUBLISHED, Listing.State.PAUSED},
    }
    return render(request, "curate/unpublish.html", context, status=status)


def shown(found: Listing) -> dict[str, object]:
    """What the public page says of it, for a template."""
    organisation = found.organisation
    claims = parts.standing_claims(organisation, timezone.localdate())
    return {
        "listing": found,
        "organisation": organisation,
        "categories": list(found.categories.select_related("parent")),
        "facts": parts.listing_facts(found, parts.without_outlines(found.delivery_wards.all())),
        "contact": parts.contact_of(organisation, found),
        "proofs": parts.proofs(claims),
        "identifiers": list(organisation.identifiers.all()),
        "org_place": parts.place_of(organisation),
        "photos": list(found.photos.live().without_pictures()),
        "registration": Registration.objects.filter(listing=found).select_related("user").first(),
        "members": list(organisation.memberships.select_related("user").order_by("created", "pk")),
    }


def given_number(found: Listing) -> dict[str, object] | None:
    """The number typed at registration, and who else has it; None where none was."""
    held = Registration.objects.filter(listing=found).exclude(number="").first()
    if held is None:
        return None
    others = Identifier.objects.filter(scheme=held.scheme, value=held.number).exclude(
        organisation=found.organisation
    )
    typed = Registration.objects.filter(scheme=held.scheme, number=held.number).exclude(pk=held.pk)
    typed = typed.exclude(listing__organisation=found.organisation)
    used = [row.organisation for row in others.select_related("organisation")]
    used += [row.listing.organisation for row in typed.select_related("listing__organisation")]
    return {"label": held.get_scheme_display(), "value": held.number, "used": used}


def doubles_of(organisation: Organisation) -> list[dict[str, object]]:
    """Who may be the same, and why. Two queries."""
    found = doubles.pairs(of=organisation.pk)
    names = doubles.names(found)
    return [
        {
            "pair": pair,
            "name": names[pair.second if pair.first == organisation.pk else pair.first],
        }
        for pair in found
    ]
