"""Signing up and in by email address, and changing it."""

from typing import Any, ClassVar

from allauth.account.adapter import get_adapter
from allauth.account.forms import AddEmailForm, LoginForm, SignupForm
from allauth.account.internal.flows.login import perform_password_login
from django import forms
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse

from accounts.forms.words import InOurWords
from accounts.models import User
from tslsv.ui.widgets import Honeypot

ADDRESS = ("Email address", "")


class CodeLoginForm(InOurWords, LoginForm):
    """An address alone: a code is mailed there. Whether it is known makes no difference here."""

    words: ClassVar = {"login": ADDRESS}


class PasswordLoginForm(InOurWords, LoginForm):
    """An address and a password."""

    words: ClassVar = {"login": ADDRESS, "password": ("Password", "")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].error_messages["required"] = "Enter your password."

    def _setup_password_field(self) -> None:
        """Leaves the field where it is: that nobody signs up with a password changes nothing."""

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        self._login.redirect_url = redirect_url
        response: HttpResponse = perform_password_login(
            request, self.user_credentials(), self._login
        )
        return response


class SignUpForm(InOurWords, SignupForm):
    """An address alone, and a trap for robots."""

    words: ClassVar = {"email": ("Email address", "We mail you a code to make sure it is yours.")}
    home_page = forms.CharField(label="Leave this empty", required=False, widget=Honeypot)
    # The trap first, because the spaces between fields hang on which field follows which.
    field_order = ["home_page", "email"]
    account_already_exists: bool  # allauth's, which has no types

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """The new user, or an answer that looks like it: to robots, and for a known address."""
        if self.cleaned_data["home_page"]:
            return None, get_adapter().respond_email_verification_sent(request, None)
        if not self.account_already_exists:
            try:
                with transaction.atomic():
                    return self.save(request), None
            except IntegrityError:  # the same sign-up at the same moment was faster
                self.account_already_exists = True
        # Somebody who never finished, or clicked twice, goes on with the account that is there: it
        # holds nothing, and the code goes to the address.
        unfinished = User.objects.never_proved().filter(email=self.cleaned_data["email"]).first()
        if unfinished is not None:
            return unfinished, None
        saved: tuple[User | None, HttpResponse | None] = super().try_save(request)
        return saved


class ChangeEmailForm(InOurWords, AddEmailForm):
    """The address to sign in with from now on."""

    words: ClassVar = {
        "email": ("New email address", "We mail a code there. Until you enter it nothing changes.")
    }
