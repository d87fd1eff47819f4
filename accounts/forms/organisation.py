"""What an organisation says of itself. Each field says what of it is public."""

import datetime
from typing import TYPE_CHECKING, Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_datetime
from django.utils.text import Truncator

from accounts.models import Organisation
from accounts.services.organisation import DETAILS
from places.lookup import PostcodeError, parse_unit
from tslsv.ui.fields import Line, Words

if TYPE_CHECKING:  # generic for the type checker alone
    OrganisationModelForm = forms.ModelForm[Organisation]
else:
    OrganisationModelForm = forms.ModelForm

NAME_ERRORS = {
    "required": "Enter the organisation’s name.",
    "max_length": "Enter a name of at most %(limit_value)d characters. "
    "This one has %(show_value)d.",
}
CHOICES = {
    "sector": Organisation.Sector,
    "legal_form": Organisation.LegalForm,
    "size_band": Organisation.SizeBand,
}
CHOOSE = "Choose from the list."
EMAIL = "Enter an email address such as name@example.org."
TOO_LONG = "Use at most %(limit_value)d characters. You have written %(show_value)d."
WEBSITE = "Enter a web address such as https://example.org."
POSTCODE_HINT = (
    "Not public as a whole. We show the ward and the sector, such as LS8 4, and measure distances "
    "from the middle of the sector."
)
POSTCODE = "Enter the postcode, such as LS8 4AA."
SHOWN = 300
"""So many characters of what somebody else wrote are shown beside a field."""


def clean_postcode(postcode: str) -> str:
    """In its one written form; empty stays empty. Raises ValidationError."""
    try:
        return parse_unit(postcode) if postcode.strip() else ""
    except PostcodeError as error:
        raise ValidationError(str(error)) from error


class NewOrganisationForm(forms.Form):
    """Enough to begin with."""

    name = Line(
        label="Name of the organisation",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        help_text="As people know it. It is public as soon as something of it is on offer.",
        error_messages=NAME_ERRORS,
    )
    postcode = forms.CharField(
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"class": "w-s", "autocomplete": "postal-code"}),
        help_text=POSTCODE_HINT,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("create", "Add this organisation", css_class="btn"))

    def clean_postcode(self) -> str:
        return clean_postcode(self.cleaned_data["postcode"])


class DetailsForm(OrganisationModelForm):
    """Everything that members may write of their organisation.

    ``seen`` is when what is shown had last been changed: saving over somebody else's words is
    noticed by it.
    """

    field_order = ["seen", *DETAILS]  # hidden, so it comes before what has a place on the page
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    name = Line(
        label="Name",
        max_length=200,
        help_text="Public. When it changes, the old address of your page leads to the new one.",
        error_messages=NAME_ERRORS,
    )
    summary = Words(
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        label="In a few sentences",
        help_text="Public. What you do and for whom. Up to 1,000 characters.",
        error_messages={"max_length": TOO_LONG},
    )
    postcode = forms.CharField(
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"class": "w-s", "autocomplete": "postal-code"}),
        help_text=POSTCODE_HINT,
        error_messages={"required": POSTCODE, "max_length": POSTCODE},
    )
    address = Words(
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "street-address"}),
        help_text="Not public, unless you tick the box below.",
        error_messages={"max_length": TOO_LONG},
    )

    class Meta:
        model = Organisation
        fields = DETAILS
        labels = {
            "sector": "Sector",
            "legal_form": "Legal form",
            "size_band": "Size",
            "website": "Website",
            "contact_name": "Name of the contact",
            "email": "Email address for enquiries",
            "phone": "Telephone",
            "address_public": "Show the full address and postcode to everybody",
        }
        help_texts = {
            "sector": "Public.",
            "legal_form": "Public.",
            "size_band": "Not public.",
            "website": "Public.",
            "contact_name": "Public. Leave it empty if nobody is to be named.",
            "email": "Public. Best an address of the organisation, not a person’s own.",
            "phone": "Public.",
            "address_public": "Tick this if people come to you, for example to a space for hire. "
            "Never for a home or a refuge.",
        }
        error_messages = {
            "sector": {"invalid_choice": CHOOSE},
            "legal_form": {"invalid_choice": CHOOSE},
            "size_band": {"invalid_choice": CHOOSE},
            "website": {"invalid": WEBSITE, "max_length": TOO_LONG},
            "contact_name": {"max_length": TOO_LONG},
            "email": {"invalid": EMAIL, "max_length": EMAIL},
            "phone": {"max_length": TOO_LONG},
        }
        widgets = {
            "website": forms.URLInput(attrs={"autocomplete": "url"}),
            "email": forms.EmailInput(attrs={"autocomplete": "off"}),
            "phone": forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in CHOICES.items():
            if isinstance(field := self.fields[name], forms.ChoiceField):
                field.choices = [("", "Choose one"), *choices.choices]
        if self.instance.pk:
            self.initial["seen"] = self.instance.modified.isoformat()
        self.helper = FormHelper()
        self.helper.add_input(Submit("save", "Save", css_class="btn"))

    def clean_postcode(self) -> str:
        return clean_postcode(self.cleaned_data["postcode"])

    def clean_seen(self) -> datetime.datetime:
        """What is not a time was seen at no time that counts: then any change is a clash."""
        never = datetime.datetime.min.replace(tzinfo=datetime.UTC)
        try:
            seen = parse_datetime(self.cleaned_data["seen"]) or never
        except ValueError:
            return never
        return seen if seen.tzinfo else never

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("address_public"):
            for name, words in (("address", "the address"), ("postcode", "the postcode")):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, f"Enter {words}, since it is to be shown to everybody.")
        return cleaned

    def show_clash(self, now: Organisation) -> None:
        """Put beside each field that differs what somebody else has saved meanwhile.

        What was typed stays in the fields, and sending the form again puts it in place.
        """
        self.data = dict(self.data.items()) | {self.add_prefix("seen"): now.modified.isoformat()}
        self.add_error(
            None,
            "Somebody else changed these details while you were writing. Nothing is lost: where "
            "the two differ, their words stand above the field and yours are in it. Save again to "
            "put yours in place of theirs.",
        )
        for name in DETAILS:
            theirs = getattr(now, name)
            if theirs != self.cleaned_data.get(name, theirs):
                self.add_error(name, f"Saved meanwhile: {_in_words(now, name)}")


def _in_words(organisation: Organisation, name: str) -> str:
    value = getattr(organisation, name)
    if name == "address_public":
        return "ticked." if value else "not ticked."
    if not value:
        return "nothing."
    display = getattr(organisation, f"get_{name}_display", None)
    return f"“{Truncator(display() if display else value).chars(SHOWN)}”"
