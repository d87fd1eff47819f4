"""An accreditation that runs out."""

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods

from accounts.addresses import people_of
from accounts.models import Identifier
from accounts.permissions import signed_in
from accounts.views.curator import curator_page
from providers.forms.curate.proof import RenewForm
from providers.queue import Kind
from providers.services.proofs import ask_about_claim, let_run_out, set_last_day, version_of_claim
from providers.views.curate import flow
from providers.views.curate.proof import claim_or_404, look_ups


@require_http_methods(["GET", "HEAD", "POST"])
@curator_page
def expiring(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask its people, set the new last day, or let it run out."""
    claim, user = claim_or_404(pk), signed_in(request)
    place = flow.place_of(request, Kind.EXPIRING, str(pk))
    form = RenewForm()
    said: HttpResponse | str = ""
    if request.method == "POST":
        form, decision = RenewForm(request.POST), request.POST.get("decision", "")
        given: dict[str, Any] = {"claim": claim, "by": user, "seen": flow.seen(request)}
        if decision == "ask":
            done = f"A mail about {claim.label} is on its way to {claim.organisation}."
            said = flow.attempt(request, place, partial(ask_about_claim, **given), done)
        elif decision == "leave":
            done = f"{claim.label} of {claim.organisation} runs out as it stands."
            said = flow.attempt(request, place, partial(let_run_out, **given), done)
        elif form.is_valid():
            day = form.cleaned_data["valid_to"]
            work = partial(set_last_day, valid_to=day, **given)
            done = f"{claim.label} of {claim.organisation} holds until {date_format(day)}."
            said = flow.attempt(request, place, work, done)
        if isinstance(said, HttpResponse):
            return said
        if decision in {"ask", "leave"}:
            form = RenewForm()
    claim = claim_or_404(pk)
    numbers = list(Identifier.objects.filter(organisation=claim.organisation))
    context = {
        "claim": claim,
        "organisation": claim.organisation,
        "numbers": numbers,
        "look_ups": look_ups(claim, numbers),
        "over": claim.valid_to is not None and claim.valid_to < timezone.localdate(),
        "addresses": people_of(claim.organisation),
        "place": place,
        "form": form,
        "said": said,
        "kept": form.data.get("valid_to", "") if said else "",
        "seen": version_of_claim(claim),
        "decidable": claim.withdrawn_at is None,
    }
    return render(request, "curate/expiring.html", context, status=409 if said else 200)
