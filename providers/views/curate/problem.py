"""What somebody told us is wrong, and what came of it."""

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from accounts.permissions import signed_in
from accounts.views.curator import curator_page
from providers.forms.curate.reasons import ResolveForm
from providers.models import ProblemReport
from providers.queue import Kind
from providers.services.problem import resolve_problem
from providers.views.curate import flow


@require_http_methods(["GET", "HEAD", "POST"])
@curator_page
def problem(request: HttpRequest, pk: int) -> HttpResponse:
    """Close it with a note; the person who told us can be mailed that."""
    report, user = _report_or_404(pk), signed_in(request)
    place = flow.place_of(request, Kind.PROBLEM, str(pk))
    form, said = ResolveForm(can_answer=bool(report.email)), ""
    if request.method == "POST":
        form = ResolveForm(request.POST, can_answer=bool(report.email))
        if form.is_valid():
            work = partial(
                resolve_problem,
                report=report,
                resolution=form.cleaned_data["resolution"],
                answer=form.cleaned_data.get("answer", False),
                by=user,
            )
            result = flow.attempt(request, place, work, "The report is closed.")
            if isinstance(result, HttpResponse):
                return result
            said = result
    report = _report_or_404(pk)
    context = {
        "report": report,
        "listing": report.listing,
        "organisation": report.organisation,
        "place": place,
        "form": form,
        "said": said,
        "kept": form.data.get("resolution", "") if said else "",
        "decidable": report.resolved_at is None,
    }
    return render(request, "curate/problem.html", context, status=409 if said else 200)


def _report_or_404(pk: int) -> ProblemReport:
    rows = ProblemReport.objects.select_related("organisation", "listing__organisation")
    return get_object_or_404(rows, pk=pk)
