"""Telling a curator that something on a listing's or an organisation's page is wrong."""

from collections.abc import Mapping

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.models import Organisation
from providers.forms.problem import REMOVE, ProblemForm
from providers.models import EntryRequest, Listing
from providers.permissions import claimable_organisations, open_listings, open_organisations
from providers.services import problem
from tslsv.limits import client_network

TOO_MANY = (
    "You have sent several reports within an hour. Nothing is lost: what you wrote is below. "
    "Please send it again in an hour."
)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def report_problem(request: HttpRequest, organisation_slug: str, slug: str) -> HttpResponse:
    """A report about a listing; a paused one can be reported too."""
    listing = _listing(organisation_slug, slug)
    return _report(request, listing.organisation, listing)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def report_organisation(request: HttpRequest, organisation_slug: str) -> HttpResponse:
    """A report about an organisation's page."""
    return _report(request, get_object_or_404(open_organisations(), slug=organisation_slug), None)


def _listing(organisation_slug: str, slug: str) -> Listing:
    return get_object_or_404(open_listings(), slug=slug, organisation__slug=organisation_slug)


def _report(
    request: HttpRequest, organisation: Organisation, listing: Listing | None
) -> HttpResponse:
    about: dict[str, object] = {
        "target": listing or organisation,
        "organisation": organisation,
        "example_data": organisation.is_example,
    }
    about["claimable"] = claimable_organisations().filter(pk=organisation.pk).exists()
    if request.method == "POST":
        return _send(request, organisation, listing, about)
    if "sent" in request.GET:
        # It shows nothing of the report, so anybody may open it.
        return render(request, "providers/problem_reported.html", about)
    if request.GET.get("kind") == REMOVE and about["claimable"]:
        claim = reverse("providers:claim", args=[organisation.slug])
        return redirect(f"{claim}?wants={EntryRequest.Wants.REMOVE}")
    form = ProblemForm(initial={"kind": request.GET.get("kind", "")})
    return render(request, "providers/report_problem.html", {**about, "form": form})


def _send(
    request: HttpRequest,
    organisation: Organisation,
    listing: Listing | None,
    about: Mapping[str, object],
) -> HttpResponse:
    form = ProblemForm(request.POST)
    thanks = redirect(f"{request.path}?sent=1")
    if form.from_robot():
        return thanks
    context = {**about, "form": form}
    if not form.is_valid():
        return render(request, "providers/report_problem.html", context)
    kind, text = form.cleaned_data["kind"], form.cleaned_data["text"]
    same = f"{organisation.pk}/{listing.pk if listing else ''}/{kind}/{text}"
    if not problem.may_report(address=client_network(request), report=same):
        form.add_error(None, TOO_MANY)
        response = render(request, "providers/report_problem.html", context, status=429)
        response["Retry-After"] = str(problem.HOUR)
        return response
    problem.report_problem(
        organisation=organisation,
        listing=listing,
        kind=kind,
        text=text,
        email=form.cleaned_data["email"],
    )
    return thanks
