"""Which parts of other frameworks a measure serves."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.permissions import signed_in
from accounts.views.curator import curator_page
from toms.forms.curate_lists import PolicyLinkForm
from toms.models import Measure
from toms.services import policy_link as services


@require_http_methods(["GET", "HEAD", "POST"])
@curator_page
def policy_links(request: HttpRequest, code: str) -> HttpResponse:
    """Those that it has, and a form for one more."""
    measure = get_object_or_404(Measure, code=code)
    form = PolicyLinkForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.add_link(measure=measure, by=signed_in(request), **form.cleaned_data)
        except services.Twice as refused:
            form.add_error("code", str(refused))
        else:
            messages.success(request, f"{measure.code} serves {made}.")
            return redirect("curate_toms:policy_links", code=measure.code)
    context = {"measure": measure, "links": measure.policy_links.all(), "form": form}
    return render(request, "curate_toms/policy_links.html", context)


@require_POST
@curator_page
def remove_policy_link(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Take one away; a second press finds it gone."""
    measure = get_object_or_404(Measure, code=code)
    link = measure.policy_links.filter(pk=pk).first()
    if link is not None:
        services.remove_link(link=link, by=signed_in(request))
        messages.success(request, f"{measure.code} no longer serves {link}.")
    return redirect("curate_toms:policy_links", code=measure.code)
