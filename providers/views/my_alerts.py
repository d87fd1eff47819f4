"""Somebody's own mails about new offers."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import signed_in
from providers.permissions import alerts_of
from providers.views.alert_changing import change, shown


@never_cache
@require_safe
def my_alerts(request: HttpRequest) -> HttpResponse:
    """All of them, stopped ones too for as long as they are kept."""
    rows = [shown(alert) for alert in alerts_of(signed_in(request))]
    return render(request, "providers/my_alerts.html", {"rows": rows})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def my_alert(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them; somebody else's is not found."""
    alert = get_object_or_404(alerts_of(signed_in(request)).select_related("user"), pk=pk)
    if request.method == "POST":
        return change(request, alert, back=reverse("alerts:my_alert", args=[alert.pk]))
    return render(request, "providers/alert_change.html", {**shown(alert), "mine": True})
