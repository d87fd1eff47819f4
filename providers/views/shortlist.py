"""A visitor's shortlists: what they are, what stands on them, names, and deleting one."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.refused import Refused
from providers import share_links
from providers.forms.shortlist import FIRST, NameForm
from providers.models import Shortlist
from providers.permissions import shortlists_of
from providers.services import shortlist as service
from providers.views.holding import become_holder, holder_of
from providers.views.shortlisted import Row, rows_of
from tslsv import limits
from tslsv.limits import client_network

LISTS_AN_HOUR = 60
"""From one network, where a whole office may sit behind one address."""
HOUR = 3600
TOO_OFTEN = "Many lists were begun here within an hour. Please try again in an hour."


class TooOften(Exception):
    """More lists were begun from one network than anybody needs."""


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def shortlist(request: HttpRequest) -> HttpResponse:
    """All lists of whoever asks, and a form for another one."""
    lists = list(shortlists_of(holder_of(request)).with_numbers())
    if request.method == "POST":
        form = NameForm(request.POST, action="Begin a list")
        if form.is_valid():
            try:
                made = begin(request, form.cleaned_data["name"])
            except TooOften:
                return too_often(request, "providers/shortlist.html", form, {"lists": lists})
            except Refused as refused:
                form.add_error("name", str(refused))
            else:
                return redirect(made)
    else:
        form = NameForm(action="Begin a list", initial={"name": "" if lists else FIRST})
    return render(request, "providers/shortlist.html", {"lists": lists, "form": form})


@login_not_required
@never_cache
@require_safe
def shortlist_items(request: HttpRequest, pk: int) -> HttpResponse:
    """One list: its offers as they are today, with notes; its link; what was taken off."""
    found = own(request, pk)
    rows = rows_of(found, timezone.localdate())
    return render(
        request,
        "providers/shortlist_items.html",
        {
            "shortlist": found,
            "rows": rows,
            "choosable": any(row.listing is not None for row in rows),
            "comparable": sum(row.listing is not None for row in rows) > 1,
            "taken_off": found.items.exclude(removed_at=None),
            "share_url": _share_url(request, found) if found.is_shared else "",
            "shared_days": service.SHARED_DAYS,
            "example_data": shows_examples(rows),
        },
    )


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def shortlist_rename(request: HttpRequest, pk: int) -> HttpResponse:
    """Another name for a list."""
    found = own(request, pk)
    named = partial(NameForm, action="Save the name")
    form = named(request.POST) if request.method == "POST" else named(initial={"name": found.name})
    if request.method == "POST" and form.is_valid():
        try:
            service.rename(
                shortlist=found, holder=become_holder(request), name=form.cleaned_data["name"]
            )
        except Refused as refused:
            form.add_error("name", str(refused))
        else:
            return redirect(found)
    return render(request, "providers/shortlist_rename.html", {"shortlist": found, "form": form})


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def shortlist_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks first: the notes go for good."""
    found = own(request, pk)
    if request.method == "POST":
        service.delete_shortlist(shortlist=found, holder=become_holder(request))
        messages.success(request, f"“{found}” is deleted.")
        return redirect("providers:shortlist")
    number = found.items.filter(removed_at=None).count()
    context = {"shortlist": found, "number": number}
    return render(request, "providers/shortlist_delete.html", context)


def _share_url(request: HttpRequest, found: Shortlist) -> str:
    token = share_links.make(found)
    return request.build_absolute_uri(reverse("providers:shortlist_shared", args=[token]))


def own(request: HttpRequest, pk: int) -> Shortlist:
    """A list of whoever asks. Raises Http404 for every other."""
    return get_object_or_404(shortlists_of(holder_of(request)), pk=pk)


def begin(request: HttpRequest, name: str) -> Shortlist:
    """A list of this name, new unless they have one. Raises TooOften and Refused."""
    key = request.user.pk if request.user.is_authenticated else client_network(request)
    if not limits.allow("shortlist begun", str(key), LISTS_AN_HOUR, HOUR, same=name):
        raise TooOften
    return service.begin_shortlist(holder=become_holder(request), name=name)


def too_often(
    request: HttpRequest, template: str, form: BaseForm, context: dict[str, Any]
) -> HttpResponse:
    """The form again, with what was typed."""
    form.add_error(None, TOO_OFTEN)
    response = render(request, template, {**context, "form": form}, status=429)
    response["Retry-After"] = str(HOUR)
    return response


def shows_examples(rows: Iterable[Row]) -> bool:
    return any(row.listing is not None and row.listing.organisation.is_example for row in rows)
