"""One purchase that was made elsewhere."""

import datetime
import re
import secrets
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.core.exceptions import ValidationError

from accounts.forms.organisation import clean_postcode
from accounts.identifiers import SCHEMES, clean_identifier
from accounts.models import Organisation
from buying.purchases import categories
from buying.purchases.lines import EARLIEST
from providers.forms.figures import FORMATS
from providers.matching import Who
from tslsv.ui.fields import Line, MoneyField

KINDS = [("", "No number"), *((scheme.code, scheme.label) for scheme in SCHEMES)]
_ATTEMPT = re.compile(r"[\w-]{43}", re.ASCII)


class PurchaseForm(forms.Form):
    """What was bought, of whom, how much and when. ``attempt`` tells one form from another, so that
    each counts once.
    """

    attempt = forms.CharField(required=False, widget=forms.HiddenInput)
    what = Line(
        label="What was bought?",
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="A few words: “Lunch for thirty”.",
        error_messages={
            "required": "Say what was bought.",
            "max_length": "Use at most %(limit_value)d characters. You have written "
            "%(show_value)d.",
        },
    )
    supplier = Line(
        label="Whom was it bought from?",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="Its name. We then look whether it is on the list.",
        error_messages={
            "required": "Say whom it was bought from.",
            "max_length": "Enter a name of at most %(limit_value)d characters.",
        },
    )
    postcode = forms.CharField(
        label="Its postcode",
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"class": "w-s", "autocomplete": "off"}),
        help_text="It tells whether the money stays in Leeds.",
        error_messages={"max_length": "Enter a postcode such as LS8 4AA."},
    )
    scheme = forms.ChoiceField(
        label="Does it have a register number?",
        required=False,
        choices=KINDS,
        help_text="It finds the provider most surely.",
        error_messages={"invalid_choice": "Choose what number it is from the list."},
    )
    number = forms.CharField(
        label="The number",
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"class": "w-s", "autocomplete": "off"}),
        error_messages={"max_length": "Enter the number as it stands in the register."},
    )
    amount = MoneyField(
        label="Amount in pounds, excluding VAT",
        help_text="Such as 240 or 1,200.50.",
        error_messages={"required": "Enter the amount, such as 240 or 1,200.50."},
    )
    decided_on = forms.DateField(
        label="Day",
        input_formats=FORMATS,
        widget=forms.DateInput(format="%-d/%-m/%Y", attrs={"class": "w-s", "autocomplete": "off"}),
        help_text="Such as 1/4/2026 or 1 April 2026.",
        error_messages={
            "required": "Enter the day it was bought, such as 1/4/2026.",
            "invalid": "Enter a day such as 1/4/2026 or 1 April 2026.",
        },
    )
    category = forms.ChoiceField(
        required=False,
        error_messages={"invalid_choice": "Choose a category from the list."},
    )
    own_reference = Line(
        label="Your own reference",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"class": "w-s", "autocomplete": "off"}),
        help_text="The number of the order, the invoice or the payment. With one, nothing is "
        "recorded twice.",
        error_messages={"max_length": "Use at most %(limit_value)d characters."},
    )
    tells_provider = forms.BooleanField(
        label="The provider may see that you chose it, and nothing else",
        required=False,
    )

    def __init__(self, *args: Any, today: datetime.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._today = today
        self.initial.setdefault("attempt", secrets.token_urlsafe(32))
        if isinstance(category := self.fields["category"], forms.ChoiceField):
            category.choices = categories.options()
        self.helper = FormHelper()
        self.helper.add_input(Submit("check", "Continue", css_class="btn"))

    def clean_attempt(self) -> str:
        """What the form was given; something of our own where that is not what comes back."""
        attempt: str = self.cleaned_data["attempt"]
        return attempt if _ATTEMPT.fullmatch(attempt) else secrets.token_urlsafe(32)

    def clean_postcode(self) -> str:
        return clean_postcode(self.cleaned_data["postcode"])

    def clean_decided_on(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["decided_on"]
        if day > self._today:
            raise ValidationError("This day has not come yet.")
        if day < EARLIEST:
            raise ValidationError(f"Enter a day after {EARLIEST:%Y}.")
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        scheme, number = cleaned.get("scheme"), cleaned.get("number")
        if scheme and number:
            try:
                cleaned["number"] = clean_identifier(scheme, number)
            except ValueError as error:
                self.add_error("number", str(error))
        elif number and "scheme" not in self.errors:
            self.add_error("scheme", "Choose what number it is.")
        elif scheme and "number" not in self.errors:
            self.add_error("number", "Enter the number, or choose “No number”.")
        return cleaned

    @property
    def who(self) -> Who:
        """The provider as it was typed in a valid form."""
        answers = self.cleaned_data
        number = answers["number"] if answers["scheme"] else ""
        return Who(answers["supplier"], answers["postcode"], answers["scheme"], number)

    @property
    def values(self) -> dict[str, Any]:
        """Fields of a ChoiceVersion, of a valid form. One query."""
        answers = self.cleaned_data
        return {
            "what": answers["what"],
            "amount": answers["amount"],
            "decided_on": answers["decided_on"],
            "category_id": categories.ids().get(answers["category"]),
            "supplier_name": answers["supplier"],
            "supplier_postcode": answers["postcode"],
            "tells_provider": answers["tells_provider"],
        }


class SameForm(forms.Form):
    """Which of the candidates the provider is, if any."""

    NONE = "none"

    is_one = forms.ChoiceField(
        label="Is it one of these?",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Say whether it is one of these.",
            "invalid_choice": "The list has changed. Choose again.",
        },
    )

    def __init__(self, *args: Any, found: list[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if isinstance(question := self.fields["is_one"], forms.ChoiceField):
            question.choices = [
                *((str(row.pk), f"Yes, {_placed(row)}") for row in found),
                (self.NONE, "No, none of these"),
            ]

    @property
    def supplier_id(self) -> int | None:
        """Of a valid form."""
        said: str = self.cleaned_data["is_one"]
        return None if said == self.NONE else int(said)


def _placed(row: Organisation) -> str:
    """The name with where it is, as far as that is public. The ward is read already."""
    where = [row.ward.name] if row.ward else []
    where += [row.public_postcode] if row.public_postcode else []
    return f"{row.name} ({', '.join(where)})" if where else row.name
