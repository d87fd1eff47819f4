"""Setting, changing, forgetting and repeating a password."""

from typing import Any, ClassVar

from allauth.account import forms as allauth

from accounts.forms.words import InOurWords

NEW = (
    "New password",
    "At least 8 characters of any kind. A few words in a row are easy to keep and hard to guess.",
)


class TypedOnce(InOurWords):
    """One field for a new password: there is a way to have a forgotten one replaced."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("password2", None)
        self.fields["password1"].error_messages["required"] = "Enter a new password."


class SetPasswordForm(TypedOnce, allauth.SetPasswordForm):
    words: ClassVar = {"password1": NEW}


class NewPasswordForm(TypedOnce, allauth.ResetPasswordKeyForm):
    words: ClassVar = {"password1": NEW}


class ChangePasswordForm(TypedOnce, allauth.ChangePasswordForm):
    words: ClassVar = {"oldpassword": ("Present password", ""), "password1": NEW}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].error_messages["required"] = "Enter your present password."


class ResetPasswordForm(InOurWords, allauth.ResetPasswordForm):
    words: ClassVar = {"email": ("Email address", "")}


class PasswordAgainForm(InOurWords, allauth.ReauthenticateForm):
    words: ClassVar = {"password": ("Password", "")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].error_messages["required"] = "Enter your password."
