"""Asking one to five providers: the form, a look at it, and that it was sent."""

import secrets
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.addresses import confirmed_addresses
from accounts.models import Organisation, User
from accounts.refused import Refused
from buying.forms.ask import AskForm
from buying.models import Enquiry
from buying.services.asking import begin_enquiry
from buying.sorting import Asked, Sorted, sort_out
from buying.views import drafts
from providers.chosen import Chosen, query_of, read_chosen
from tslsv import limits
from tslsv.limits import client_network
from tslsv.ui.money import in_pounds

HOUR = 3600
FROM_ONE_NETWORK_AN_HOUR = 20
FROM_ONE_ADDRESS_A_DAY = 15
TO_ONE_PROVIDER_A_DAY = 60

TOO_MANY = (
    "Many enquiries came from you, or from somebody on the same network. Nothing is lost: your "
    "answers are kept here. Please send it later."
)
TOO_MANY_FOR = (
    "{organisation} has had many enquiries today. Leave it out, or send this tomorrow: your "
    "answers are kept here."
)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """One page with all questions; a valid answer leads on to a look at it."""
    chosen = read_chosen(request.GET)
    found = sort_out(chosen.listings)
    if not found.asked or found.too_many:
        return render(request, "buying/ask.html", _context(chosen, found, None))
    name = request.GET.get("draft", "")[:64]
    kept = drafts.read(request, name) if name else None
    if request.method != "POST":
        typed = kept.data if kept and kept.enquiry is None else None
        form = _form(request, typed)
        return render(request, "buying/ask.html", _context(chosen, found, form))
    form = _form(request, request.POST)
    if form.from_robot():
        return redirect("buying:ask_sent", draft=secrets.token_urlsafe(16))
    if not form.is_valid():
        return render(request, "buying/ask.html", _context(chosen, found, form))
    draft = name if kept and kept.enquiry is None else secrets.token_urlsafe(16)
    asked = [listing for row in found.asked for listing in row.listings]
    drafts.keep(request, draft, request.POST, query_of(asked))
    return redirect("buying:ask_check", draft=draft)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask_check(request: HttpRequest, draft: str) -> HttpResponse:
    """Everything as it will be sent, with a way back to each answer; the button sends it."""
    kept = drafts.read(request, draft)
    if kept is None:
        return redirect("buying:ask")
    if kept.enquiry is not None:
        return redirect("buying:ask_sent", draft=draft)
    chosen = read_chosen(QueryDict(kept.query))
    found = sort_out(chosen.listings)
    back = f"{reverse('buying:ask')}?{kept.query}&draft={draft}"
    form = _form(request, kept.data)
    if not found.asked or found.too_many or not form.is_valid():
        return redirect(back)  # a day has passed, or an offer is gone: the form says so
    error, status = "", 200
    if request.method == "POST":
        error, status = _too_often(request, form, found.asked), 429
        if not error:
            try:
                user = request.user if isinstance(request.user, User) else None
                enquiry = begin_enquiry(values=form.values(), asked=found.asked, by=user)
            except Refused as refused:
                error, status = str(refused), 409
            else:
                drafts.keep_sent(request, draft, enquiry.pk)
                return redirect("buying:ask_sent", draft=draft)
    context = {
        **_context(chosen, found, form),
        "back": back,
        "answers": _answers(form),
        "error": error,
        "at_once": form.cleaned_data["email"] in form.addresses,
    }
    response = render(request, "buying/ask_check.html", context, status=status)
    if status == 429:
        response["Retry-After"] = str(HOUR)
    return response


@login_not_required
@never_cache
@require_safe
def ask_sent(request: HttpRequest, draft: str) -> HttpResponse:
    """What happens next. To a session that has sent nothing by this name it says that in general:
    a robot is answered like everybody.
    """
    kept = drafts.read(request, draft)
    number = kept.enquiry if kept else None
    enquiry = Enquiry.objects.filter(pk=number).first() if number is not None else None
    rows = list(enquiry.recipients.select_related("organisation")) if enquiry else []
    mine = isinstance(request.user, User) and enquiry is not None and enquiry.user == request.user
    context = {
        "enquiry": enquiry,
        "rows": rows,
        "sent": enquiry is not None and enquiry.state != Enquiry.State.UNCONFIRMED,
        "mine": mine,
        "example_data": any(row.organisation and row.organisation.is_example for row in rows),
    }
    return render(request, "buying/ask_sent.html", context)


def _form(request: HttpRequest, data: QueryDict | None) -> AskForm:
    """For whoever asks. Up to two queries."""
    user = request.user if isinstance(request.user, User) else None
    return AskForm(
        data,
        user=user,
        addresses=confirmed_addresses(user) if user else frozenset(),
        organisations=list(Organisation.objects.of(user)) if user else [],
    )


def _context(chosen: Chosen, found: Sorted, form: AskForm | None) -> dict[str, Any]:
    number = len(found.asked)
    return {
        "chosen": chosen,
        "found": found,
        "form": form,
        "most": Enquiry.MOST_PROVIDERS,
        "too_many": f"You chose {number} providers. Choose up to five." if found.too_many else "",
        "example_data": any(row.organisation.is_example for row in chosen.listings),
    }


def _too_often(request: HttpRequest, form: AskForm, asked: list[Asked]) -> str:
    """Why it may not be sent now, in words; empty where it may. Sent again, it counts once."""
    email = form.cleaned_data["email"]
    same = f"{sorted(form.values().items(), key=str)} {[row.organisation.pk for row in asked]}"
    whose = f"user {request.user.pk}" if email in form.addresses else email
    if not (
        limits.allow("enquiry", client_network(request), FROM_ONE_NETWORK_AN_HOUR, HOUR, same=same)
        and limits.allow("enquiry of", whose, FROM_ONE_ADDRESS_A_DAY, 24 * HOUR, same=same)
    ):
        return TOO_MANY
    for row in asked:
        key = str(row.organisation.pk)
        if not limits.allow("enquiry to", key, TO_ONE_PROVIDER_A_DAY, 24 * HOUR, same=same):
            return TOO_MANY_FOR.format(organisation=row.organisation)
    return ""


def _answers(form: AskForm) -> list[tuple[str, str, str]]:
    """Question, answer, and the field to change it at."""
    said = form.cleaned_data
    shown = {
        **said,
        "on_day": date_format(said["on_day"], "j F Y") if said["on_day"] else "",
        "answer_by": date_format(said["answer_by"], "j F Y"),
        "budget": "" if said["budget"] is None else in_pounds(said["budget"]),
        "gives_address": "Yes, at once" if said["gives_address"] else "Not unless I say so",
        "number": "" if said["number"] is None else f"{said['number']:,}",
        "organisation": str(said.get("organisation") or ""),
    }
    labels = {"gives_address": "Do they get my email address?"}
    return [
        (labels.get(name) or str(field.label), str(shown[name]), f"id_{name}")
        for name, field in form.fields.items()
        if name != "home_page"
    ]
