"""Passkeys: what the browser hands over is checked before anything believes it."""

from typing import Any, ClassVar

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn import forms as allauth
from django import forms

from accounts.forms.words import InOurWords

NAME = ("Name", "So that you know it again, such as “My phone”.")


class Checked(InOurWords):
    """Says "that did not work" to whatever is no answer of an authenticator."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["credential"].error_messages |= {
            "required": "Your browser gave no passkey. Try again.",
            "invalid": "Your browser gave no passkey. Try again.",
        }

    def _clean_fields(self) -> None:
        try:
            super()._clean_fields()  # type: ignore[misc]
        except (TypeError, ValueError, KeyError, AttributeError):
            self.add_error("credential", get_adapter().validation_error("incorrect_code"))

    def _clean_form(self) -> None:
        try:
            super()._clean_form()  # type: ignore[misc]
        except (TypeError, ValueError, KeyError, AttributeError):
            self.add_error(None, get_adapter().validation_error("incorrect_code"))


class AddPasskeyForm(Checked, allauth.AddWebAuthnForm):
    """Always one that can sign in by itself, so that it is of use to everybody."""

    words: ClassVar = {"name": NAME}
    name = forms.CharField(required=False, max_length=60)
    passwordless = forms.BooleanField(required=False, initial=True, widget=forms.HiddenInput)


class RenamePasskeyForm(InOurWords, allauth.EditWebAuthnForm):
    words: ClassVar = {"name": NAME}
    name = forms.CharField(
        max_length=60, error_messages={"required": "Enter a name for the passkey."}
    )


class PasskeyForm(Checked, allauth.AuthenticateWebAuthnForm):
    pass


class PasskeyLoginForm(Checked, allauth.LoginWebAuthnForm):
    pass


class PasskeyAgainForm(Checked, allauth.ReauthenticateWebAuthnForm):
    pass
