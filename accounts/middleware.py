"""Keeps the pages of curators, brokers and superusers shut until a second factor was shown."""

from collections.abc import Callable
from typing import Any

from allauth.account.internal.flows.reauthentication import suspend_request
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts import second_factor
from accounts.models import User
from accounts.permissions import needs_second_factor


class SecondFactorMiddleware:
    """Whoever needs a second factor and has not shown it in this session is led to it.

    Public pages stay open, and so do those on which a second factor is set up; but on them, too,
    the person is no curator, broker or superuser until then (``User.roles_asleep``).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponse],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> HttpResponse | None:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None  # nobody is signed in; looking would make every answer vary by cookie
        user = request.user
        if not isinstance(user, User):
            return None
        user.roles_asleep = not second_factor.holds(request)
        open_to_all = not getattr(view, "login_required", True) or is_way_in(view)
        if not user.roles_asleep or open_to_all or not needs_second_factor(user):
            return None
        kinds = second_factor.kinds_of(user)
        if not kinds:
            return redirect("your_sign_in")
        by_code = Authenticator.Type.TOTP in kinds
        # What was sent is kept and goes on its way once the second factor was shown.
        asked: HttpResponse = suspend_request(
            request, reverse("mfa_reauthenticate" if by_code else "mfa_reauthenticate_webauthn")
        )
        return asked


def is_way_in(view: Callable[..., HttpResponse]) -> bool:
    """Whether the view belongs to signing in, and so stays open while roles sleep."""
    return getattr(view, "way_in", False)
