"""Retiring a measure, and withdrawing a draft: each asks once more."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.permissions import signed_in
from accounts.refused import Refused
from accounts.views.curator import curator_page
from toms.forms.curate import EndForm
from toms.models import Measure, MeasureVersion
from toms.services import version as services


@require_http_methods(["GET", "HEAD", "POST"])
@curator_page
def retire_measure(request: HttpRequest, code: str) -> HttpResponse:
    """Its code still resolves, and names the reason and what takes its place."""
    measure = get_object_or_404(Measure, code=code)
    version = measure.versions.adopted().first()
    form = EndForm(request.POST if request.method == "POST" else None, measure=measure)
    if request.method == "POST" and form.is_valid():
        try:
            services.retire_measure(measure=measure, by=signed_in(request), **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{measure.code} is retired. Its address still works.")
            return redirect("curate_toms:overview")
    draft = measure.versions.open().first()
    context = {"measure": measure, "version": version, "form": form, "draft": draft}
    return _page(request, "curate_toms/retire_measure.html", context, form)


@require_http_methods(["GET", "HEAD", "POST"])
@curator_page
def withdraw_version(request: HttpRequest, code: str) -> HttpResponse:
    """The open draft leaves the releases that list it. What is adopted stays."""
    measure = get_object_or_404(Measure, code=code)
    version = measure.versions.open().first()
    form = EndForm(request.POST if request.method == "POST" else None, measure=measure)
    if request.method == "POST" and form.is_valid():
        try:
            _withdraw(request, version, form)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"The draft of {measure.code} is withdrawn.")
            return redirect("curate_toms:overview")
    context = {"measure": measure, "version": version, "form": form}
    return _page(request, "curate_toms/withdraw_version.html", context, form)


def _withdraw(request: HttpRequest, version: MeasureVersion | None, form: EndForm) -> None:
    if version is None:
        raise Refused("Nothing of it is being written any more.")
    services.withdraw_version(version=version, by=signed_in(request), **form.cleaned_data)


def _page(
    request: HttpRequest, template: str, context: Mapping[str, object], form: EndForm
) -> HttpResponse:
    status = 409 if form.is_bound and form.non_field_errors() else 200
    return render(request, template, context, status=status)
