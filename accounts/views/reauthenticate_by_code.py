"""Asking for a mailed code before a sensitive step, of people who have nothing else to show."""

import time
from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.reauthentication import resume_request
from allauth.account.utils import get_next_redirect_url
from allauth.core.internal.cryptokit import compare_user_code
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.forms.codes import MailedCodeForm
from accounts.forms.words import TOO_OFTEN
from accounts.models import User
from accounts.permissions import signed_in
from tslsv import limits

SESSION_KEY = "reauthenticate_by_code"
LASTS_SECONDS = 15 * 60
TRIES = 3
MAILS_AN_HOUR = 6


@require_http_methods(["GET", "HEAD", "POST"])
def account_reauthenticate_by_code(request: HttpRequest) -> HttpResponse:
    """A button that mails a code; then a field for it."""
    user = signed_in(request)
    if not _is_offered(user):
        return redirect("account_reauthenticate")
    if "send" in request.POST:
        return _send(request, user)
    if request.method == "POST":
        return _check(request, user)
    return _page(request, form=MailedCodeForm() if _waiting(request) else None)


def _check(request: HttpRequest, user: User) -> HttpResponse:
    """Compare what was typed; three wrong ones use the code up."""
    waiting = _waiting(request)
    if waiting is None:
        return _page(request, ran_out=True)
    form = MailedCodeForm(request.POST)
    if not form.is_valid():
        return _page(request, form=form)
    if compare_user_code(actual=form.cleaned_data["code"], expected=waiting["code"]):
        del request.session[SESSION_KEY]
        record_authentication(request, user, "code", email=user.email, reauthenticated=True)
        return resume_request(request) or redirect("your_sign_in")
    waiting["tries"] += 1
    if waiting["tries"] >= TRIES:
        del request.session[SESSION_KEY]
        return _page(request, ran_out=True)
    request.session[SESSION_KEY] = waiting
    form.add_error("code", get_adapter().error_messages["incorrect_code"])
    return _page(request, form=form)


def _is_offered(user: User) -> bool:
    methods = get_adapter().get_reauthentication_methods(user)
    return any(method["id"] == "reauthenticate_by_code" for method in methods)


def _send(request: HttpRequest, user: User) -> HttpResponse:
    if not limits.allow("reauthenticate-mail", str(user.pk), MAILS_AN_HOUR, 3600):
        return _page(request, status=429, problem=TOO_OFTEN)
    code = get_adapter().generate_login_code()
    request.session[SESSION_KEY] = {"code": code, "at": time.time(), "tries": 0}
    get_adapter().send_mail("account/email/reauthentication_code", user.email, {"code": code})
    onward = get_next_redirect_url(request)
    return redirect(request.path + (f"?{urlencode({'next': onward})}" if onward else ""))


def _waiting(request: HttpRequest) -> dict[str, Any] | None:
    """The code that was mailed in this session, unless its time has run out."""
    waiting: dict[str, Any] | None = request.session.get(SESSION_KEY)
    if waiting and time.time() - waiting["at"] < LASTS_SECONDS:
        return waiting
    return None


def _page(request: HttpRequest, *, status: int = 200, **context: object) -> HttpResponse:
    """The page; its forms post to this address, ``next`` and all."""
    return render(request, "account/reauthenticate_by_code.html", context, status=status)
