"""The page of whoever asked: all answers side by side, and what to do about them."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.permissions import signed_in
from accounts.refused import Refused
from buying.forms.answer import MessageForm
from buying.forms.settle import AcceptForm, ThankForm
from buying.models import Choice, Enquiry, Message
from buying.permissions import buyers_of
from buying.services import answering, asking, ending
from buying.views.asker import acting, find_enquiry, prefix_of, recipient_or_404, rows_of
from tslsv import limits

HOUR = 3600
MESSAGES_AN_HOUR = 30
TOO_MANY = "You have sent many messages within an hour. Yours is below: please send it later."


@never_cache
@require_safe
def enquiries(request: HttpRequest) -> HttpResponse:
    """What this person, and the organisations that they act for, have asked; newest first."""
    found = list(
        Enquiry.objects.made_by(signed_in(request))
        .select_related("organisation")
        .prefetch_related("recipients")
        .order_by("-sent_at", "-pk")
    )
    context = {
        "enquiries": found,
        "example_data": any(row.organisation and row.organisation.is_example for row in found),
    }
    return render(request, "buying/enquiries.html", context)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enquiry(request: HttpRequest, token: str) -> HttpResponse:
    """Before it is sent: what the mailed link does, and the button that does it."""
    found = find_enquiry(request, token)
    if found is None:
        return unknown(request)
    if found.state != Enquiry.State.UNCONFIRMED:
        return redirect(request.path) if request.method == "POST" else _page(request, token, found)
    error, status = "", 200
    if request.method == "POST":
        try:
            asking.confirm_enquiry(
                enquiry=found, by=request.user if isinstance(request.user, User) else None
            )
        except Refused as refused:
            error, status = str(refused), 409
        else:
            messages.success(request, "Your enquiry is sent.")
            return redirect(request.path)
    rows = rows_of(found)
    context = {
        "enquiry": found,
        "rows": rows,
        "error": error,
        "example_data": _shows_examples(rows),
    }
    return render(request, "buying/enquiry_confirm.html", context, status=status)


@login_not_required
@never_cache
@require_POST
def enquiry_write(request: HttpRequest, token: str, pk: int) -> HttpResponse:
    """A message to one of them."""
    found = find_enquiry(request, token)
    if found is None:
        return unknown(request)
    recipient = recipient_or_404(found, pk)
    form = MessageForm(request.POST, prefix=prefix_of(recipient))
    if not form.is_valid():
        return _page(request, token, found, form)
    text, key = form.cleaned_data["text"], form.cleaned_data["key"]
    if not limits.allow("enquiry message", f"asker {pk}", MESSAGES_AN_HOUR, HOUR, same=key):
        form.add_error(None, TOO_MANY)
        return _page(request, token, found, form, status=429)
    try:
        answering.write_message(
            recipient=recipient,
            side=Message.By.ASKER,
            text=text,
            by=acting(request, found),
            key=key,
        )
    except Refused as refused:
        form.add_error(None, str(refused))
        return _page(request, token, found, form, status=409)
    messages.success(request, f"Your message to {recipient.organisation_name} is on its way.")
    return redirect("buying:enquiry", token=token)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enquiry_give_address(request: HttpRequest, token: str, pk: int) -> HttpResponse:
    """What it means that one of them gets the address, and the button."""
    found = find_enquiry(request, token)
    if found is None:
        return unknown(request)
    recipient, error = recipient_or_404(found, pk), ""
    if request.method == "POST":
        try:
            ending.give_address(recipient=recipient, by=acting(request, found))
        except Refused as refused:
            error = str(refused)
        else:
            messages.success(request, f"{recipient} has your email address now.")
            return redirect("buying:enquiry", token=token)
    context = {"enquiry": found, "token": token, "recipient": recipient, "error": error}
    context["organisation"] = recipient.organisation
    status = 409 if error else 200
    return render(request, "buying/enquiry_give_address.html", context, status=status)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enquiry_accept(request: HttpRequest, token: str, pk: int) -> HttpResponse:
    """Take up the yes of one of them, with or without the address."""
    found = find_enquiry(request, token)
    if found is None:
        return unknown(request)
    recipient = recipient_or_404(found, pk)
    form, status = AcceptForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST" and form.is_valid():
        try:
            ending.accept(
                recipient=recipient,
                gives_address=form.cleaned_data["gives_address"],
                by=acting(request, found),
            )
        except Refused as refused:
            form.add_error(None, str(refused))
            status = 409
        else:
            messages.success(request, f"{recipient} knows that you take up its answer.")
            return redirect("buying:enquiry", token=token)
    context = {"enquiry": found, "token": token, "recipient": recipient, "form": form}
    context["organisation"] = recipient.organisation
    return render(request, "buying/enquiry_accept.html", context, status=status)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enquiry_thank(request: HttpRequest, token: str) -> HttpResponse:
    """Thank one of them, or all."""
    found = find_enquiry(request, token)
    if found is None:
        return unknown(request)
    rows = rows_of(found)
    left = [row.recipient for row in rows if row.recipient.thanked_at is None and not row.gone]
    form, status = ThankForm(request.POST if request.method == "POST" else None, asked=left), 200
    if request.method == "POST" and form.is_valid():
        try:
            number = ending.thank(
                enquiry=found,
                recipients=form.chosen(),
                words=form.cleaned_data["words"],
                by=acting(request, found),
            )
        except Refused as refused:
            form.add_error(None, str(refused))
            status = 409
        else:
            messages.success(request, "Your thanks are on their way." if number else "Done before.")
            return redirect("buying:enquiry", token=token)
    context = {
        "enquiry": found,
        "token": token,
        "form": form if left else None,
        "example_data": _shows_examples(rows),
    }
    return render(request, "buying/enquiry_thank.html", context, status=status)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enquiry_close(request: HttpRequest, token: str) -> HttpResponse:
    """Asks first: every provider is told, and it cannot be opened again."""
    found = find_enquiry(request, token)
    if found is None:
        return unknown(request)
    error = ""
    if request.method == "POST":
        try:
            ending.close(enquiry=found, by=acting(request, found))
        except Refused as refused:
            error = str(refused)
        else:
            messages.success(request, "The enquiry is closed, and everybody knows.")
            return redirect("buying:enquiry", token=token)
    rows = rows_of(found)
    context = {
        "enquiry": found,
        "token": token,
        "error": error,
        "example_data": _shows_examples(rows),
    }
    return render(request, "buying/enquiry_close.html", context, status=409 if error else 200)


def unknown(request: HttpRequest) -> HttpResponse:
    """One answer for what was never there, was removed, or is somebody else's."""
    return render(request, "buying/link_unknown.html", status=404)


def _page(
    request: HttpRequest,
    token: str,
    found: Enquiry,
    form: MessageForm | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    rows = rows_of(found, form)
    buyers = buyers_of(found, request.user) if isinstance(request.user, User) else []
    context: dict[str, Any] = {
        "enquiry": found,
        "token": token,
        "rows": rows,
        "form": form,
        "answered": sum(row.recipient.answer is not None for row in rows),
        "can_thank": found.state != Enquiry.State.STOPPED
        and any(row.recipient.thanked_at is None and not row.gone for row in rows),
        "can_close": found.can_be_talked_about,
        "buyers": buyers,
        "choices": Choice.objects.filter(enquiry=found, organisation__in=buyers)
        .select_related("organisation")
        .order_by("pk"),
        "example_data": _shows_examples(rows),
    }
    return render(request, "buying/enquiry.html", context, status=status)


def _shows_examples(rows: list[Any]) -> bool:
    return any(
        row.recipient.organisation is not None and row.recipient.organisation.is_example
        for row in rows
    )
