"""A provider answers from the mailed link, without an account."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.permissions import is_member
from buying.models import Recipient
from buying.views import answering
from buying.views.answering import Door
from buying.views.enquiry import unknown

type Page = Callable[[HttpRequest, Door], HttpResponse]


def _linked(page: Page) -> Callable[..., HttpResponse]:
    """The page of whoever holds the link; who acts for the provider as well is named."""

    @wraps(page)
    def view(request: HttpRequest, token: str) -> HttpResponse:
        found = (
            Recipient.objects.with_token(token).select_related("enquiry", "organisation").first()
        )
        if found is None:
            return unknown(request)
        organisation = found.organisation
        if organisation is None:
            context = {"recipient": found}
            return render(request, "buying/answer_gone.html", context, status=410)
        user = request.user
        by = user if isinstance(user, User) and is_member(user, organisation) else None

        def url(name: str) -> str:
            return reverse(f"buying:answer_{name}" if name else "buying:answer", args=[token])

        return page(request, Door(found, by, url, member=False))

    return view


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@_linked
def answer(request: HttpRequest, door: Door) -> HttpResponse:
    """On a phone, in a minute: yes, no or a question."""
    return answering.answer_page(request, door)


@login_not_required
@never_cache
@require_POST
@_linked
def answer_message(request: HttpRequest, door: Door) -> HttpResponse:
    return answering.message_page(request, door)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@_linked
def answer_not_genuine(request: HttpRequest, door: Door) -> HttpResponse:
    return answering.not_genuine_page(request, door)


@login_not_required
@never_cache
@require_POST
@_linked
def answer_genuine(request: HttpRequest, door: Door) -> HttpResponse:
    return answering.genuine_page(request, door)
