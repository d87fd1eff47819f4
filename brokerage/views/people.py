"""People who can help: the public page, and the link by which they agree or take it back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models.invitation import hash_of
from accounts.refused import Refused
from brokerage.forms.people import WhoForm
from brokerage.models import Helper
from brokerage.services.people import GONE, agree, is_too_old, take_back
from places.models import Ward


@require_safe
@login_not_required
def people(request: HttpRequest) -> HttpResponse:
    """Everybody who agreed, or those for one sector or in one ward."""
    wards = dict(Ward.objects.order_by("name").values_list("code", "name"))
    form = WhoForm(request.GET, wards=wards)
    form.full_clean()
    said = form.cleaned_data
    found = Helper.objects.shown().prefetch_related("wards")
    if sector := said.get("sector"):
        found = found.for_sector(sector)
    if ward := said.get("ward"):
        found = found.for_ward(ward)
    rows = list(found)
    context = {
        "form": form,
        "people": rows,
        "is_filtered": bool(sector or ward),
        "example_data": any(row.is_example for row in rows),
    }
    return render(request, "brokerage/people.html", context)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def consent(request: HttpRequest, token: str) -> HttpResponse:
    """What would be shown, or is. Opening it does nothing; its buttons agree and take back."""
    helper = Helper.objects.filter(link_hash=hash_of(token)).prefetch_related("wards").first()
    if helper is None:
        return render(request, "brokerage/consent.html", {"refused": GONE}, status=404)
    refused, status = "", 200
    if request.method == "POST":
        act = request.POST.get("act")
        if act == "take-back":
            take_back(helper=helper)
            messages.success(request, "You are not on the list, and what was written is deleted.")
            return redirect("brokerage:people")
        if act == "agree":
            try:
                agree(helper=helper)
            except Refused as error:
                refused, status = str(error), 409
            else:
                messages.success(request, "Thank you. You are on the list.")
                return redirect("brokerage:consent", token=token)
    context = {
        "helper": helper,
        "refused": refused,
        "too_old": not helper.is_shown and is_too_old(helper),
        "example_data": helper.is_example,
    }
    return render(request, "brokerage/consent.html", context, status=status)
