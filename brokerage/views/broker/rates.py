"""What an hour is reckoned at: all rates, a newer one, and what was mistyped."""

from django.contrib import messages
from django.forms import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import signed_in
from accounts.refused import Refused
from accounts.views.broker import broker_page
from brokerage.forms.rates import NewRateForm, RateForm
from brokerage.models import HourlyRate
from brokerage.services import rates as services


@require_safe
@broker_page
def rates(request: HttpRequest) -> HttpResponse:
    """Each series with its figures, the newest first."""
    rows = HourlyRate.objects.order_by("-is_default", "code", "-holds_from")
    return render(request, "broker/rates.html", {"rates": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@broker_page
def add_rate(request: HttpRequest) -> HttpResponse:
    """A newer figure; business cases of later days use it."""
    form = NewRateForm(initial={"series": request.GET.get("series", "")})
    if request.method == "POST":
        form = NewRateForm(request.POST)
        if form.is_valid():
            values = dict(form.cleaned_data)
            try:
                made = services.add_rate(
                    series=values.pop("series"), values=values, by=signed_in(request)
                )
            except services.SameDay as refused:
                form.add_error("holds_from", str(refused))
            else:
                messages.success(request, f"Added: {made}.")
                return redirect("broker:rates")
    return render(request, "broker/add_rate.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@broker_page
def edit_rate(request: HttpRequest, pk: int) -> HttpResponse:
    """Put right what was mistyped."""
    rate = get_object_or_404(HourlyRate, pk=pk)
    form = RateForm(initial=model_to_dict(rate, services.COLUMNS))
    seen, status = services.version_of_rate(rate), 200
    if request.method == "POST":
        form, seen = RateForm(request.POST), request.POST.get("seen", "")
        if form.is_valid():
            try:
                services.correct_rate(
                    rate=rate, values=form.cleaned_data, seen=seen, by=signed_in(request)
                )
            except services.SameDay as refused:
                form.add_error("holds_from", str(refused))
            except Refused as refused:
                form.add_error(None, str(refused))
                # Sent once more, knowing what it says now, it stands.
                rate.refresh_from_db()
                seen, status = services.version_of_rate(rate), 409
            else:
                messages.success(request, "The rate is put right.")
                return redirect("broker:rates")
    context = {"form": form, "rate": rate, "seen": seen}
    return render(request, "broker/edit_rate.html", context, status=status)


@require_POST
@broker_page
def make_usual(request: HttpRequest, pk: int) -> HttpResponse:
    """Business cases open with this series."""
    rate = get_object_or_404(HourlyRate, pk=pk)
    services.make_usual(rate=rate, by=signed_in(request))
    messages.success(request, f"Business cases now open with “{rate.label}”.")
    return redirect("broker:rates")
