"""Whether a session has shown a second factor, and whether a person has one to show."""

import time
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest

from accounts.models import User

# Recovery codes come along with one of these; they are no second factor of their own.
KINDS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def holds(request: HttpRequest) -> bool:
    """Whether the person signed in has shown a second factor within ``SECOND_FACTOR_HOURS``."""
    since = time.time() - settings.SECOND_FACTOR_HOURS * 3600
    return isinstance(request.user, User) and any(
        record.get("method") == "mfa" and record.get("at", 0) > since
        for record in get_authentication_records(request, request.user)
    )


def kinds_of(user: User) -> frozenset[str]:
    """Which second factors the person has set up. This runs a query."""
    return frozenset(
        Authenticator.objects.filter(user=user, type__in=KINDS).values_list("type", flat=True)
    )


def remember_new(request: HttpRequest, authenticator: Authenticator, **_: Any) -> None:
    """Setting one up shows it: the person has just used it, so it need not be asked for again."""
    if authenticator.type in KINDS:
        record_authentication(
            request, authenticator.user, "mfa", id=authenticator.pk, type=authenticator.type
        )
        wake(request)


def wake(request: HttpRequest, **_: Any) -> None:
    """One was shown: what was sent before it was asked for goes on in this very request."""
    if isinstance(request.user, User):
        request.user.roles_asleep = not holds(request)
