"""Saying that an organisation on the list is one's own, and the link that is mailed for it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.addresses import confirmed_addresses
from accounts.models import Organisation, User
from accounts.permissions import is_member
from accounts.refused import Refused
from providers.forms.claim import ClaimForm
from providers.models import EntryRequest
from providers.permissions import claimable_organisations
from providers.services import entry_request
from tslsv import limits
from tslsv.limits import client_network

REQUESTS_AN_HOUR = 5
FOR_ONE_ORGANISATION_A_DAY = 20
HOUR = 3600

TOO_MANY = (
    "Too many requests came in. Nothing is lost: what you wrote is below. Please send it again "
    "later."
)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def claim(request: HttpRequest, slug: str) -> HttpResponse:
    """To act for it, to have it taken off the list, or to dispute who acts for it."""
    organisation = get_object_or_404(claimable_organisations(), slug=slug)
    user = request.user if isinstance(request.user, User) else None
    context: dict[str, Any] = {
        "organisation": organisation,
        "acted_for": organisation.memberships.exists(),
        "mine": user is not None and is_member(user, organisation),
    }
    if context["mine"] or (request.method != "POST" and "sent" in request.GET):
        # It shows nothing of the request, so anybody may open it.
        return render(request, "providers/claim_sent.html", context)
    form = ClaimForm(
        request.POST if request.method == "POST" else None,
        acted_for=context["acted_for"],
        initial={
            "wants": request.GET.get("wants", ""),
            "email": user.email if user else "",
            "name": user.name if user else "",
        },
    )
    context["form"] = form
    if request.method != "POST":
        return render(request, "providers/claim.html", context)
    return _send(request, organisation, user, context)


def _send(
    request: HttpRequest, organisation: Organisation, user: User | None, context: dict[str, Any]
) -> HttpResponse:
    form: ClaimForm = context["form"]
    sent = redirect(f"{request.path}?sent=1")
    if form.from_robot():
        return sent
    if not form.is_valid():
        return render(request, "providers/claim.html", context)
    answers = {name: form.cleaned_data[name] for name in ("wants", "email", "name", "text")}
    if not _may_ask(request, organisation, repr(answers)):
        form.add_error(None, TOO_MANY)
        response = render(request, "providers/claim.html", context, status=429)
        response["Retry-After"] = str(HOUR)
        return response
    try:
        entry_request.ask(organisation=organisation, by=user, **answers)
    except Refused as refused:
        form.add_error(None, str(refused))
        return render(request, "providers/claim.html", context, status=409)
    return sent


def _may_ask(request: HttpRequest, organisation: Organisation, answers: str) -> bool:
    same = f"{organisation.pk} {answers}"
    return limits.allow(
        "claim", client_network(request), REQUESTS_AN_HOUR, HOUR, same=same
    ) and limits.allow(
        "claim of", str(organisation.pk), FOR_ONE_ORGANISATION_A_DAY, 24 * HOUR, same=same
    )


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def claim_answer(request: HttpRequest, token: str) -> HttpResponse:
    """What the mailed link does, and the button that does it. It signs nobody in."""
    found = EntryRequest.objects.with_token(token).select_related("organisation").first()
    if found is None:
        return render(request, "providers/claim_unknown.html", status=404)
    user = request.user if isinstance(request.user, User) else None
    error, status = "", 200
    try:
        if request.method == "POST":
            return _answer(request, found, user)
        if found.expires_at is not None:
            entry_request.check_open(found)
    except Refused as refused:
        error, status = str(refused), 409 if request.method == "POST" else 410
    context = {
        "entry_request": found,
        "organisation": found.organisation,
        "remove": found.wants == EntryRequest.Wants.REMOVE,
        "done": found.expires_at is None,
        "there": reverse("my:organisation", args=[found.organisation.slug]),
        "other_person": user is not None and found.email.lower() not in confirmed_addresses(user),
        "error": error,
    }
    return render(request, "providers/claim_answer.html", context, status=status)


def _answer(request: HttpRequest, found: EntryRequest, user: User | None) -> HttpResponse:
    """Do it, and lead on. Raises Refused."""
    if found.expires_at is None:
        return redirect(request.path)
    organisation = found.organisation
    try:
        done = entry_request.answer_mail(request=found, by=user)
    except entry_request.WithCurator:
        context = {"organisation": organisation}
        return render(request, "providers/claim_with_curator.html", context, status=409)
    if user is None or done.wants == EntryRequest.Wants.REMOVE:
        return redirect(request.path)
    messages.success(request, f"You now act for {organisation}.")
    return redirect("my:organisation", slug=organisation.slug)
