"""Who belongs to an organisation."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms

from accounts.models import Role


class InviteForm(forms.Form):
    """Whom to ask, and as what."""

    email = forms.EmailField(
        label="Their email address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text="They get a mail with a link that works once, within 14 days. Only the owners "
        "of this organisation see the address here.",
        error_messages={
            "required": "Enter the email address of the person you want to invite.",
            "invalid": "Enter an email address such as name@example.org.",
            "max_length": "Enter an email address of at most 254 characters.",
        },
    )
    role = forms.ChoiceField(
        label="As what?",
        choices=[
            (Role.EDITOR, "Editor: changes listings and details"),
            (Role.OWNER, "Owner: may also invite and remove people, and answer equality questions"),
        ],
        initial=Role.EDITOR,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose what they may do.",
            "invalid_choice": "Choose what they may do from the list.",
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("invite", "Send the invitation", css_class="btn"))

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()


class AcceptForm(forms.Form):
    """Only asked when the invitation went to another address than the person's own."""

    other_address = forms.BooleanField(
        label="Yes, this invitation is meant for me",
        error_messages={
            "required": "Tick the box if the invitation is meant for you, or decline it."
        },
    )
