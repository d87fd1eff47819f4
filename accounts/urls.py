"""Signing up and in, and how one does it. Only what the site needs of django-allauth.

The names are allauth's own, as it looks them up.
"""

from collections.abc import Callable

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount import views as social
from allauth.socialaccount.providers.openid_connect import views as oidc
from allauth.usersessions import views as sessions
from django.http import HttpResponse
from django.urls import URLPattern, path

from accounts.views.doors import PasswordLoginView, for_employers, way_in
from accounts.views.reauthenticate_by_code import account_reauthenticate_by_code
from accounts.views.your_sign_in import your_sign_in


def door(route: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
    return path(route, way_in(view), name=name)


urlpatterns = [
    door("", your_sign_in, "your_sign_in"),
    # Where allauth leads back to after a change; one page shows both.
    door("", your_sign_in, "mfa_index"),
    door("", your_sign_in, "mfa_list_webauthn"),
    door("signup/", account.signup, "account_signup"),
    door("confirm-email/", account.email_verification_sent, "account_email_verification_sent"),
    door("login/", account.login, "account_login"),
    door("login/code/", account.confirm_login_code, "account_confirm_login_code"),
    door("login/password/", PasswordLoginView.as_view(), "account_login_password"),
    door("login/passkey/", webauthn.login_webauthn, "mfa_login_webauthn"),
    door("login/second-factor/", mfa.authenticate, "mfa_authenticate"),
    door("logout/", account.logout, "account_logout"),
    door("inactive/", account.account_inactive, "account_inactive"),
    door("email/", account.email, "account_email"),
    door("password/change/", account.password_change, "account_change_password"),
    door("password/set/", account.password_set, "account_set_password"),
    door("password/reset/", account.password_reset, "account_reset_password"),
    door(
        "password/reset/code/",
        account.confirm_password_reset_code,
        "account_confirm_password_reset_code",
    ),
    door("password/reset/new/", account.complete_password_reset, "account_complete_password_reset"),
    door(
        "password/reset/done/",
        account.password_reset_from_key_done,
        "account_password_reset_completed",
    ),
    door("again/", account.reauthenticate, "account_reauthenticate"),
    door("again/code/", account_reauthenticate_by_code, "account_reauthenticate_by_code"),
    door("again/second-factor/", mfa.reauthenticate, "mfa_reauthenticate"),
    door("again/passkey/", webauthn.reauthenticate_webauthn, "mfa_reauthenticate_webauthn"),
    door("app/add/", totp.activate_totp, "mfa_activate_totp"),
    door("app/remove/", totp.deactivate_totp, "mfa_deactivate_totp"),
    door("passkeys/add/", webauthn.add_webauthn, "mfa_add_webauthn"),
    door("passkeys/<int:pk>/rename/", webauthn.edit_webauthn, "mfa_edit_webauthn"),
    door("passkeys/<int:pk>/remove/", webauthn.remove_webauthn, "mfa_remove_webauthn"),
    door("recovery-codes/", recovery.view_recovery_codes, "mfa_view_recovery_codes"),
    door("recovery-codes/new/", recovery.generate_recovery_codes, "mfa_generate_recovery_codes"),
    door("recovery-codes/file/", recovery.download_recovery_codes, "mfa_download_recovery_codes"),
    door("sessions/", sessions.list_usersessions, "usersessions_list"),
    door("employers/", for_employers(social.connections), "socialaccount_connections"),
    door(
        "employers/cancelled/",
        for_employers(social.login_cancelled),
        "socialaccount_login_cancelled",
    ),
    door("employers/<slug:provider_id>/", for_employers(oidc.login), "openid_connect_login"),
    door(
        "employers/<slug:provider_id>/callback/",
        for_employers(oidc.callback),
        "openid_connect_callback",
    ),
]
