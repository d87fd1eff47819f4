"""Saying that an organisation on the list is one's own."""

from typing import Any, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms

from providers.models import EntryRequest
from tslsv.ui.fields import Words
from tslsv.ui.widgets import Honeypot

Wants = EntryRequest.Wants

WANTS = "Choose what you want."


class ClaimForm(forms.Form):
    """What somebody wants, where to write to, and how they belong to the organisation."""

    # First, because the spaces between fields hang on which field follows which.
    home_page = forms.CharField(label="Leave this empty", required=False, widget=Honeypot)
    wants = forms.ChoiceField(
        label="What would you like?",
        widget=forms.RadioSelect,
        error_messages={"required": WANTS, "invalid_choice": WANTS},
    )
    email = forms.EmailField(
        label="Your email address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text="Not public. Quickest is an address at the organisation’s own website.",
        error_messages={
            "required": "Enter your email address.",
            "invalid": "Enter an email address such as name@example.org.",
            "max_length": "Enter an email address of at most 254 characters.",
        },
    )
    name = forms.CharField(
        label="Your name",
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text="Not public.",
        error_messages={"max_length": "Enter a name of at most %(limit_value)d characters."},
    )
    text = Words(
        label="How do you belong to it, and how can we check?",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="For example: “I am the treasurer. Ring the office on 0113 496 0000.” "
        "Only curators read it.",
        error_messages={
            "required": "Say how you belong to the organisation.",
            "max_length": "Say it in %(limit_value)d characters or fewer. You have written "
            "%(show_value)d.",
        },
    )

    def __init__(self, *args: Any, acted_for: bool, **kwargs: Any) -> None:
        """``acted_for`` says whether somebody acts for the organisation already."""
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["wants"]).choices = [
            (Wants.DISPUTE, "I belong to it and should act for it, though somebody else does")
            if acted_for
            else (Wants.CLAIM, "Act for it here: say what it offers and keep that right"),
            (Wants.REMOVE, "Take it off the list"),
        ]
        self.helper = FormHelper()
        self.helper.add_input(Submit("send", "Send", css_class="btn"))

    def from_robot(self) -> bool:
        """Whether the field that no person sees was filled in."""
        return bool(self.data.get("home_page"))
