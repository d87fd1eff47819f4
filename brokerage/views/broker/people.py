"""People who can help, from the side of brokers."""

from django.contrib import messages
from django.forms import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import signed_in
from accounts.refused import Refused
from accounts.views.broker import broker_page
from brokerage.forms.people import HelperForm
from brokerage.models import Helper
from brokerage.services import people as services


@require_safe
@broker_page
def people(request: HttpRequest) -> HttpResponse:
    """Everybody who agreed, or was asked."""
    rows = list(Helper.objects.prefetch_related("wards"))
    context = {
        "agreed": [row for row in rows if row.is_shown],
        "asked": [row for row in rows if not row.is_shown],
        "example_data": any(row.is_example for row in rows),
    }
    return render(request, "broker/people.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@broker_page
def add_helper(request: HttpRequest) -> HttpResponse:
    """Name somebody; they are asked by mail."""
    form = HelperForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.add_helper(values=form.cleaned_data, by=signed_in(request))
        except services.NoMail as refused:
            form.add_error("email", str(refused))
        else:
            messages.success(request, f"{made} is asked by mail, and shown once they agree.")
            return redirect("broker:people")
    return render(request, "broker/add_helper.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@broker_page
def edit_helper(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what would be shown: they are asked anew."""
    helper = get_object_or_404(Helper, pk=pk)
    initial = {
        **model_to_dict(helper, services.COLUMNS),
        "wards": [ward.pk for ward in helper.wards.all()],
        "seen": services.version_of_helper(helper),
    }
    form, status = HelperForm(initial=initial), 200
    if request.method == "POST":
        form = HelperForm(request.POST)
        if form.is_valid():
            try:
                services.change_helper(
                    helper=helper,
                    values=form.cleaned_data,
                    seen=form.cleaned_data["seen"],
                    by=signed_in(request),
                )
            except services.NoMail as refused:
                form.add_error("email", str(refused))
            except Refused as refused:
                form.add_error(None, str(refused))
                form.show_now(services.version_of_helper(helper))
                status = 409
            else:
                messages.success(request, "Saved. Whatever changed is shown once they agree.")
                return redirect("broker:people")
    context = {"form": form, "helper": helper, "example_data": helper.is_example}
    return render(request, "broker/edit_helper.html", context, status=status)


@require_POST
@broker_page
def ask_helper(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the mail once more."""
    helper = get_object_or_404(Helper, pk=pk)
    try:
        services.ask_again(helper=helper, by=signed_in(request))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"{helper} is asked once more.")
    return redirect("broker:people")


@require_POST
@broker_page
def remove_helper(request: HttpRequest, pk: int) -> HttpResponse:
    """Take somebody off the list; a second press finds them gone."""
    helper = Helper.objects.filter(pk=pk).first()
    if helper is not None:
        services.remove_helper(helper=helper, by=signed_in(request))
        messages.success(request, f"{helper} is off the list.")
    return redirect("broker:people")
