"""What whoever asked, and curators, decide about an enquiry."""

import re
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_domain_name, validate_email

from buying.models import Recipient
from buying.patterns import PSEUDONYM, address_behind
from tslsv.ui.fields import Words

TOO_LONG = "Use at most %(limit_value)d characters. You have written %(show_value)d."
WHO = "Enter an address such as name@example.org, a host such as @example.org, or a pseudonym."
LONGEST_WORDS = 1000


class ThankForm(forms.Form):
    """Whom to thank, and in which words."""

    recipients = forms.MultipleChoiceField(
        label="Whom do you thank?",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Choose whom to thank.",
            "invalid_choice": "Choose from those whom you asked.",
        },
    )
    words = Words(
        label="In your words",
        required=False,
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="They get it by mail.",
        error_messages={"max_length": TOO_LONG},
    )

    def __init__(self, data: Any = None, *, asked: list[Recipient]) -> None:
        super().__init__(data, initial={"recipients": [row.pk for row in asked if row.answer_id]})
        choices = [(str(row.pk), row.organisation_name) for row in asked]
        self.fields["recipients"].choices = choices  # type: ignore[attr-defined]
        self.helper = FormHelper()
        self.helper.add_input(Submit("send", "Send thanks", css_class="btn"))

    def chosen(self) -> list[int]:
        return [int(pk) for pk in self.cleaned_data["recipients"]]


class AcceptForm(forms.Form):
    """Taking up an answer, and whether the address goes with it."""

    gives_address = forms.BooleanField(
        label="Let them have my email address, so that we can settle the rest",
        required=False,
        initial=True,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("send", "Take up this answer", css_class="btn"))


class SettleForm(forms.Form):
    """What a curator makes of a report."""

    outcome = forms.ChoiceField(
        label="What is it?",
        choices=[
            ("stop", "Not genuine: stop it for everybody"),
            ("fine", "Meant well: leave it as it is"),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose what it is.",
            "invalid_choice": "Choose one of the two.",
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("send", "Settle the report", css_class="btn"))


class BlockForm(forms.Form):
    """An address, a host or a pseudonym that reaches nobody any more."""

    who = forms.CharField(
        label="Whom?",
        max_length=254,
        help_text="An address, “@” and a host for everybody there, or a pseudonym from the list.",
        error_messages={"required": WHO, "max_length": WHO},
    )
    why = Words(
        label="Why?",
        required=False,
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="For other curators.",
        error_messages={"max_length": TOO_LONG},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("send", "Block", css_class="btn"))

    def clean_who(self) -> str:
        """In lower case; of a pseudonym the address behind it."""
        text = str(self.cleaned_data["who"]).strip()
        if re.fullmatch(PSEUDONYM, text, re.IGNORECASE):
            address = address_behind(text)
            if address is None:
                raise ValidationError("Nobody has this pseudonym. Copy it from the list.")
            return address
        try:
            if text.startswith("@"):
                validate_domain_name(text[1:])
            else:
                validate_email(text)
        except ValidationError:
            raise ValidationError(WHO) from None
        return text.lower()
