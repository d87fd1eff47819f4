"""Whom a curator takes a listing down for, their numbers, and where the claim is sent."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms

from accounts.forms.organisation import NAME_ERRORS, clean_postcode
from accounts.identifiers import SCHEMES, clean_identifier
from tslsv.ui.fields import Line

EMAIL_ERRORS = {
    "required": "Enter the email address of the person who is to be the owner.",
    "invalid": "Enter an email address such as name@example.org.",
    "max_length": "Enter an email address of at most 254 characters.",
}
KINDS = [(scheme.code, scheme.label) for scheme in SCHEMES]


class NumberForm(forms.Form):
    """One number and the register that it is in. Its shape is checked, not whether it exists."""

    scheme = forms.ChoiceField(
        label="Kind of number",
        choices=KINDS,
        error_messages={
            "required": "Choose what number it is.",
            "invalid_choice": "Choose what number it is from the list.",
        },
    )
    number = forms.CharField(
        label="Number",
        max_length=40,
        widget=forms.TextInput(attrs={"class": "w-s", "autocomplete": "off"}),
        error_messages={
            "required": "Enter the number.",
            "max_length": "Enter a number of at most %(limit_value)d characters.",
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("add", "Add the number", css_class="btn"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("number") and "scheme" in cleaned:
            try:
                cleaned["number"] = clean_identifier(cleaned["scheme"], cleaned["number"])
            except ValueError as error:
                self.add_error("number", str(error))
        return cleaned


class TelephoneForm(NumberForm):
    """What somebody says on the telephone before they say what they offer."""

    name = Line(
        label="Name of the organisation",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages=NAME_ERRORS,
    )
    postcode = forms.CharField(
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"class": "w-s", "autocomplete": "off"}),
        help_text="The public sees the ward and the sector, such as LS8 4.",
    )
    phone = forms.CharField(
        label="Telephone",
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
        help_text="Public.",
        error_messages={"max_length": "Enter a number of at most %(limit_value)d characters."},
    )
    email = forms.EmailField(
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text="Public, for enquiries. You can send the claim to it later.",
        error_messages=EMAIL_ERRORS,
    )
    field_order = ("name", "postcode", "scheme", "number", "phone", "email")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scheme"].required = self.fields["number"].required = False
        if isinstance(kind := self.fields["scheme"], forms.ChoiceField):
            kind.choices = [("", "No number"), *KINDS]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def clean_postcode(self) -> str:
        return clean_postcode(self.cleaned_data["postcode"])

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("number") and not self.cleaned_data.get("scheme"):
            self.add_error("scheme", "Choose what number it is.")
            return self.cleaned_data
        return super().clean()


class OwnerForm(forms.Form):
    """Who is to be the first owner."""

    email = forms.EmailField(
        label="Their email address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text="They get a mail with a link that works once, within 14 days. Be sure that the "
        "address is theirs: whoever opens the link acts for the organisation.",
        error_messages=EMAIL_ERRORS,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("invite", "Send them the claim", css_class="btn"))


class FindForm(forms.Form):
    """Words or a number to find an organisation by."""

    q = forms.CharField(
        label="Name or number",
        required=False,
        max_length=200,
        strip=True,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
        error_messages={
            "max_length": "Look for at most %(limit_value)d characters.",
        },
    )


class QueueForm(forms.Form):
    """Which kinds of things to look at; none chosen means all."""

    kind = forms.MultipleChoiceField(
        required=False,
        error_messages={"invalid_choice": "The queue has no kind of that name."},
    )
