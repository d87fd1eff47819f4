"""How django-allauth behaves on this site."""

import base64
import logging
import secrets
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse, ReauthenticationRequired
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import render
from django.urls import reverse
from django.utils.crypto import salted_hmac

from accounts import mails, reauthentication, registry
from accounts.forms.words import TOO_OFTEN
from accounts.models import User
from tslsv import limits

logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    """Signing up, in and out; words for what goes wrong."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "duplicate_email": "You sign in with this address already.",
        "email_password_mismatch": "The email address and the password do not belong together. "
        "Check both, or have a code mailed to you.",
        "email_taken": "Somebody already signs in with this email address.",
        "enter_current_password": "This is not your present password.",
        "incorrect_code": "This is not the code we sent. Check it, or ask for a new one.",
        "incorrect_password": "This is not your password.",
        "rate_limited": TOO_OFTEN,
        "too_many_login_attempts": TOO_OFTEN,
    }

    def get_client_ip(self, request: HttpRequest) -> str:
        return limits.client_ip(request)

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> Any:
        """Example people come in nowhere but on the machine they were made on."""
        if user.is_example and not settings.LOOPBACK:
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **kwargs)

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> Any:
        """However they came in, by a code, a password, a passkey or an employer."""
        response = super().post_login(request, user, **kwargs)
        registry.came_in(user, request.session)
        return response

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        mails.send(template_prefix, email, context)

    def is_reauthentication_required(self, *, app: str, **kwargs: object) -> bool:
        """Always False, having raised ReauthenticationRequired where it is.

        allauth itself would take people without a password and a second factor for confirmed, and
        would ask all others even when they have only just signed in.
        """
        if not reauthentication.is_recent(self.request):
            raise ReauthenticationRequired
        return False

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """allauth's, and a mailed code for people who have no second factor."""
        words = {
            "reauthenticate": "Use your password",
            "mfa_reauthenticate": "Use a code from your app, or a recovery code",
            "mfa_reauthenticate:webauthn": "Use a passkey",
        }
        methods = [
            {**method, "description": words[method["id"]]}
            for method in super().get_reauthentication_methods(user)
        ]
        if user.is_authenticated and not any(m["id"].startswith("mfa") for m in methods):
            # To whoever has a second factor, a code in the mailbox proves less than that.
            methods.append(
                {
                    "id": "reauthenticate_by_code",
                    "description": "Have a code mailed to you",
                    "url": reverse("account_reauthenticate_by_code"),
                }
            )
        return methods

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("your_sign_in")

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        """After a change of address; a sign-up goes on as every sign-in does."""
        return reverse("your_sign_in")


class SecondFactorAdapter(DefaultMFAAdapter):
    """Passkeys, authenticator apps and recovery codes."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "That did not work. Check the code, or take the next one.",
    }

    def encrypt(self, text: str) -> str:
        """Secrets of apps and recovery codes, unreadable to whoever has the database alone."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret; one that no key opens any more becomes a random one, which no code fits."""
        try:
            return _cipher().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            logger.exception("A second factor's secret was written with a key that is gone.")
            return base64.b32encode(secrets.token_bytes(20)).decode()

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return "My passkey" if number == 1 else f"My passkey {number}"

    def _get_site_name(self) -> str:
        return str(settings.SITE_NAME)


def _cipher() -> MultiFernet:
    """Writes with the present secret key, and reads what the earlier ones wrote too."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [
        salted_hmac("accounts.second_factor", "", secret=key, algorithm="sha256").digest()
        for key in keys
    ]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


class EmployerAdapter(DefaultSocialAccountAdapter):
    """Employers' own sign-ins. They are configured in the environment, never in the database."""

    def list_apps(
        self,
        request: HttpRequest | None,
        provider: str | None = None,
        client_id: str | None = None,
    ) -> list[SocialApp]:
        apps = [SocialApp(provider="openid_connect", **app) for app in settings.EMPLOYERS]
        return [
            app
            for app in apps
            if provider in (None, app.provider, app.provider_id)
            and client_id in (None, app.client_id)
        ]

    def populate_user(
        self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]
    ) -> User:
        """Takes over the name and the addresses that the employer may speak for, nothing else.

        Raises ValueError when the employer does not say clearly who it is.
        """
        said = sociallogin.account.extra_data
        subjects = {
            part.get("sub") for part in (said.get("userinfo"), said.get("id_token")) if part
        }
        # "None" or "[]", as text, would be one person for everybody of whom nothing is said.
        if len(subjects) != 1 or not isinstance(next(iter(subjects)), str):
            raise ValueError("The employer's two answers name nobody, or two people.")
        domains = sociallogin.provider.app.settings["domains"]
        sociallogin.email_addresses = [
            address
            for address in sociallogin.email_addresses
            # Some providers write "false", which is true to Python.
            if str(address.verified).lower() == "true" and _domain(address.email) in domains
        ]
        for address in sociallogin.email_addresses:
            address.verified = True
        sociallogin.account.extra_data = {}  # whatever else the employer said is not ours to keep
        user: User = sociallogin.user
        user.name = str(data.get("name") or "").replace("\0", "")[:150]
        user.email = sociallogin.email_addresses[0].email if sociallogin.email_addresses else ""
        return user

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Without an address that is surely theirs nobody gets a new account this way."""
        if (
            sociallogin.is_existing
            or sociallogin.email_addresses
            or sociallogin.state.get("process") == AuthProcess.CONNECT
        ):
            return
        raise ImmediateHttpResponse(
            render(
                request,
                "socialaccount/not_vouched.html",
                {"employer": sociallogin.provider.name},
                status=403,
            )
        )

    def can_authenticate_by_email(self, login: SocialLogin, email: str) -> bool:
        """An employer opens only accounts at its own mail domains."""
        return _domain(email) in login.provider.app.settings["domains"]


def _domain(email: str) -> str:
    return email.rpartition("@")[2].lower()
