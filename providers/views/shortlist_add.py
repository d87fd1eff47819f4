"""Putting offers on a list, from results or from an offer's page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.refused import Refused
from providers.chosen import read_chosen
from providers.forms.shortlist import AddForm
from providers.models import Listing
from providers.permissions import shortlists_of
from providers.services import shortlist as service
from providers.views.holding import become_holder, holder_of
from providers.views.shortlist import TooOften, begin, too_often

TEMPLATE = "providers/shortlist_add.html"


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def shortlist_add(request: HttpRequest) -> HttpResponse:
    """The offers that the address names, and which list they go on. Only the button adds them."""
    chosen = read_chosen(request.GET)
    context = {
        "chosen": chosen,
        "example_data": any(row.organisation.is_example for row in chosen.listings),
    }
    if not chosen.listings:
        return render(request, TEMPLATE, context, status=422 if request.method == "POST" else 200)
    lists = list(shortlists_of(holder_of(request)))
    if request.method != "POST":
        return render(request, TEMPLATE, {**context, "form": AddForm(lists=lists)})
    form = AddForm(request.POST, lists=lists)
    if form.is_valid():
        try:
            return _add(request, form, chosen.listings)
        except TooOften:
            return too_often(request, TEMPLATE, form, context)
        except Refused as refused:
            form.add_error(None, str(refused))
    return render(request, TEMPLATE, {**context, "form": form})


def _add(request: HttpRequest, form: AddForm, listings: list[Listing]) -> HttpResponse:
    """Raises TooOften and Refused."""
    to = form.chosen or begin(request, form.cleaned_data["name"])
    new = service.add_listings(shortlist=to, holder=become_holder(request), listings=listings)
    if len(listings) == 1:
        messages.success(
            request,
            f"“{listings[0]}” is on the list." if new else f"“{listings[0]}” was on it already.",
        )
    elif new:
        messages.success(request, f"{new} offer{' is' if new == 1 else 's are'} new on the list.")
    else:
        messages.success(request, "All of them were on it already.")
    return redirect(to)
