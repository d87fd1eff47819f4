"""Somebody says that an organisation on the list is theirs, or wants it off the list."""

from functools import partial
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from accounts import audit_words
from accounts.models import AuditEvent, Organisation
from accounts.permissions import signed_in
from accounts.views.curator import curator_page
from providers.forms.curate.reasons import answer_form
from providers.models import EntryRequest, RegisterEntry
from providers.queue import Kind
from providers.services.entry_request import grant, refuse
from providers.views.curate import flow

HISTORY = 10


@require_http_methods(["GET", "HEAD", "POST"])
@curator_page
def entry_request(request: HttpRequest, pk: int) -> HttpResponse:
    """Grant or refuse it, with an answer."""
    asked, user = _request_or_404(pk), signed_in(request)
    place = flow.place_of(request, Kind.ENTRY_REQUEST, str(pk))
    make = answer_form(asked.wants)
    form, said = make(), ""
    if request.method == "POST":
        decision = request.POST.get("decision", "")
        form = make(request.POST, must=decision != "grant")
        if decision == "fill":
            form = make(initial=form.filled().initial)
        elif form.is_valid():
            service = grant if decision == "grant" else refuse
            work = partial(service, request=asked, by=user, answer=form.cleaned_data["reason"])
            done = "Granted." if decision == "grant" else "Refused. They get your answer."
            result = flow.attempt(request, place, work, f"{asked.organisation}: {done}")
            if isinstance(result, HttpResponse):
                return result
            said = result
    asked = _request_or_404(pk)
    organisation = asked.organisation
    context = {
        "asked": asked,
        "organisation": organisation,
        "site_host": host_of(organisation.website),
        "mail_host": asked.email.rpartition("@")[2].lower(),
        "entries": list(RegisterEntry.objects.filter(organisation=organisation)),
        "members": list(organisation.memberships.select_related("user").order_by("created", "pk")),
        "listings": list(organisation.listings.order_by("title", "pk")),
        "others": list(organisation.entry_requests.exclude(pk=asked.pk)[:HISTORY]),
        "history": told(organisation),
        "place": place,
        "form": form,
        "said": said,
        "kept": form.data.get("reason", "") if said else "",
        "decidable": asked.state == EntryRequest.State.WAITING,
    }
    return render(request, "curate/entry_request.html", context, status=409 if said else 200)


def host_of(website: str) -> str:
    """The host of a web address, without "www."; "" where there is none."""
    try:
        return (urlsplit(website).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def told(organisation: Organisation) -> list[audit_words.Told]:
    """The last things done to it, in words."""
    return audit_words.tell(AuditEvent.objects.about(organisation)[:HISTORY])


def _request_or_404(pk: int) -> EntryRequest:
    rows = EntryRequest.objects.select_related("organisation__ward", "user", "decided_by")
    return get_object_or_404(rows.defer("organisation__ward__outline"), pk=pk)
