"""An organisation's websites that may show views of the list."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.models import Membership
from accounts.permissions import signed_in
from accounts.refused import Refused
from accounts.views.member import member_page
from providers.forms.embed_host import HostForm
from providers.models import EmbedHost
from providers.services import embed_host as service


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(owner=True)
def embedding(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Those that are registered, and a form for another."""
    organisation = membership.organisation
    form = HostForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            added = service.add_host(
                organisation=organisation, host=form.cleaned_data["host"], by=signed_in(request)
            )
        except Refused as refused:
            form.add_error("host", str(refused))
        else:
            messages.success(request, f"{added} may show views of the list now.")
            return redirect("embedding:embedding", slug=organisation.slug)
    context = {
        "organisation": organisation,
        "hosts": list(organisation.embed_hosts.all()),
        "form": form,
    }
    return render(request, "providers/embedding.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(owner=True)
def remove_host(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """Asks first: whatever shows a view there goes blank."""
    organisation = membership.organisation
    host = get_object_or_404(
        EmbedHost.objects.select_related("organisation"), organisation=organisation, pk=pk
    )
    if request.method == "POST":
        try:
            service.remove_host(host=host, by=signed_in(request))
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, f"{host} may not show views of the list any more.")
        return redirect("embedding:embedding", slug=organisation.slug)
    return render(
        request, "providers/remove_host.html", {"organisation": organisation, "host": host}
    )
