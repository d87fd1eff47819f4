"""Joining the list: who you are, and where to mail the link to go on with."""

import re
import secrets
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.core.exceptions import ValidationError

from accounts.identifiers import clean_identifier
from places.lookup import PostcodeError, parse_unit
from providers.matching import Who
from tslsv.ui.fields import Line
from tslsv.ui.widgets import Honeypot

NAME = "Enter the name of your organisation."
POSTCODE = "Enter your postcode, such as LS8 4AA."
WHICH = "Choose which number it is."
REGISTERS = [
    ("", "We have none of these"),
    ("GB-CHC", "Charity number"),
    ("GB-COH", "Company number"),
    ("GB-MPR", "Mutual number"),
]
_ATTEMPT = re.compile(r"[\w-]{43}", re.ASCII)


class JoinForm(forms.Form):
    """Who are you? ``attempt`` tells one form from another, so that each counts once."""

    # First, because the spaces between fields hang on which field follows which.
    attempt = forms.CharField(required=False, widget=forms.HiddenInput)
    home_page = forms.CharField(label="Leave this empty", required=False, widget=Honeypot)
    name = Line(
        label="Name of your organisation",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        help_text="As people know it. Public once your offer is on the list.",
        error_messages={
            "required": NAME,
            "max_length": "Enter a name of at most %(limit_value)d characters. "
            "This one has %(show_value)d.",
        },
    )
    postcode = forms.CharField(
        label="Postcode",
        max_length=20,
        widget=forms.TextInput(attrs={"class": "w-s", "autocomplete": "postal-code"}),
        help_text="Not public as a whole. We show your ward and the first part, such as LS8 4.",
        error_messages={"required": POSTCODE, "max_length": POSTCODE},
    )
    scheme = forms.ChoiceField(
        label="Do you have one of these numbers?",
        required=False,
        choices=REGISTERS,
        widget=forms.RadioSelect,
        help_text="It helps buyers to trust you, and us to see whether you are here already.",
        error_messages={"invalid_choice": WHICH},
    )
    number = forms.CharField(
        label="The number",
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"class": "w-s", "autocomplete": "off"}),
        help_text="Spaces and dashes are fine.",
        error_messages={"max_length": "Enter the number as it stands in the register."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("attempt", secrets.token_urlsafe(32))
        self.helper = FormHelper()
        self.helper.add_input(Submit("next", "Continue", css_class="btn"))

    def from_robot(self) -> bool:
        """Whether the field that no person sees was filled in."""
        return bool(self.data.get("home_page"))

    def clean_attempt(self) -> str:
        """What the form was given; something of our own where that is not what comes back."""
        attempt: str = self.cleaned_data["attempt"]
        return attempt if _ATTEMPT.fullmatch(attempt) else secrets.token_urlsafe(32)

    def clean_postcode(self) -> str:
        try:
            return parse_unit(self.cleaned_data["postcode"])
        except PostcodeError as error:
            raise ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        scheme, number = cleaned.get("scheme"), cleaned.get("number")
        if scheme and number:
            try:
                cleaned["number"] = clean_identifier(scheme, number)
            except ValueError as error:
                self.add_error("number", str(error))
        elif number and "scheme" not in self.errors:
            self.add_error("scheme", WHICH)
        elif scheme and "number" not in self.errors:
            self.add_error("number", "Enter the number, or choose “We have none of these”.")
        return cleaned

    @property
    def who(self) -> Who:
        """The answers of a valid form."""
        answers = self.cleaned_data
        return Who(answers["name"], answers["postcode"], answers["scheme"], answers["number"])


class LinkForm(forms.Form):
    """Where the link to go on with is mailed to."""

    home_page = forms.CharField(label="Leave this empty", required=False, widget=Honeypot)
    email = forms.EmailField(
        label="Your email address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text="Not public. We write to it about your offer, and about nothing else.",
        error_messages={
            "required": "Enter your email address.",
            "invalid": "Enter an email address such as name@example.org.",
            "max_length": "Enter an email address of at most 254 characters.",
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("send", "Mail me the link", css_class="btn"))

    def from_robot(self) -> bool:
        """Whether the field that no person sees was filled in."""
        return bool(self.data.get("home_page"))

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()
