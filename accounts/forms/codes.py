"""Forms that ask for a code: mailed, from an app, or kept for a rainy day."""

from typing import ClassVar

from allauth.account.forms import (
    ConfirmEmailVerificationCodeForm,
    ConfirmLoginCodeForm,
    ConfirmPasswordResetCodeForm,
)
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms

from accounts.forms.words import InOurWords
from tslsv import limits

MAILED = {"code": ("Code", "Eight digits, with or without the dash.")}
# A code from an app is good for three half minutes (MFA_TOTP_TOLERANCE), and for one use.
CODE_LASTS_SECONDS = 120


class LoginCodeForm(InOurWords, ConfirmLoginCodeForm):
    words: ClassVar = MAILED


class EmailCodeForm(InOurWords, ConfirmEmailVerificationCodeForm):
    words: ClassVar = MAILED


class PasswordResetCodeForm(InOurWords, ConfirmPasswordResetCodeForm):
    words: ClassVar = MAILED


class MailedCodeForm(InOurWords):
    """The code that ``reauthenticate_by_code`` has mailed; the view compares it."""

    words: ClassVar = MAILED
    code = forms.CharField(max_length=40)


class UsedOnce(forms.Form):
    """Refuses an app's code that this person has used already, also in the half minutes beside."""

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]
        authenticator: Authenticator = self.authenticator  # type: ignore[attr-defined]
        if authenticator.type == Authenticator.Type.TOTP and not limits.allow(
            "app-code", f"{authenticator.pk}/{code.strip()}", 1, CODE_LASTS_SECONDS
        ):
            raise get_adapter().validation_error("incorrect_code")
        return code


EITHER = {"code": ("Code", "Six digits from your app, or one of your recovery codes.")}


class SecondFactorForm(InOurWords, UsedOnce, AuthenticateForm):
    words: ClassVar = EITHER


class SecondFactorAgainForm(InOurWords, UsedOnce, ReauthenticateForm):
    words: ClassVar = EITHER


class ActivateAppForm(InOurWords, ActivateTOTPForm):
    words: ClassVar = {"code": ("Code", "The six digits that the app shows now.")}
