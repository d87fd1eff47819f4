"""Telling a curator that something on a page is wrong."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms

from providers.models import ProblemReport
from tslsv.ui.fields import Words
from tslsv.ui.widgets import Honeypot

REMOVE = ProblemReport.Kind.REMOVE
"""Reports of this kind came in before there was a page for it (``providers:claim``)."""


class ProblemForm(forms.Form):
    """What kind of problem, in the reader's words, and where to answer if they wish."""

    # First, because the spaces between fields hang on which field follows which.
    home_page = forms.CharField(label="Leave this empty", required=False, widget=Honeypot)
    kind = forms.ChoiceField(
        label="What is it about?",
        choices=[choice for choice in ProblemReport.Kind.choices if choice[0] != REMOVE],
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose what it is about.",
            "invalid_choice": "Choose what it is about from the list.",
        },
    )
    text = Words(
        label="What is wrong?",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Say what should stand there instead, if you know. Up to 2,000 characters.",
        error_messages={
            "required": "Say what is wrong.",
            "max_length": "Say it in %(limit_value)d characters or fewer. You have written "
            "%(show_value)d.",
        },
    )
    email = forms.EmailField(
        label="Your email address",
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text="Only so that a curator can ask you back or answer you. It is never shown.",
        error_messages={
            "invalid": "Enter an email address such as name@example.org.",
            "max_length": "Enter an email address of at most 254 characters.",
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("send", "Send to a curator", css_class="btn"))

    def from_robot(self) -> bool:
        """Whether the field that no person sees was filled in."""
        return bool(self.data.get("home_page"))
