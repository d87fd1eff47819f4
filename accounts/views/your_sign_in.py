"""How one signs in: everything in one place."""

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import second_factor
from accounts.permissions import needs_second_factor, signed_in


@require_safe
def your_sign_in(request: HttpRequest) -> HttpResponse:
    """Address, password, passkeys, app, recovery codes, sessions and employer of who is here."""
    user = signed_in(request)
    authenticators = list(Authenticator.objects.filter(user=user).order_by("created_at", "pk"))
    kinds = {authenticator.type for authenticator in authenticators}
    recovery = [a for a in authenticators if a.type == Authenticator.Type.RECOVERY_CODES]
    return render(
        request,
        "accounts/your_sign_in.html",
        {
            "passkeys": [a for a in authenticators if a.type == Authenticator.Type.WEBAUTHN],
            "has_app": Authenticator.Type.TOTP in kinds,
            "codes_left": len(recovery[0].wrap().get_unused_codes()) if recovery else None,
            "sessions": UserSession.objects.filter(user=user).count(),
            "employers": SocialAccount.objects.filter(user=user).count()
            if settings.EMPLOYERS
            else None,
            "must_have": needs_second_factor(user),
            "lacks": needs_second_factor(user) and kinds.isdisjoint(second_factor.KINDS),
        },
    )
