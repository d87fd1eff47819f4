"""How well a claim is known, what that rests on, and until when."""

import datetime
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.utils import timezone

from providers.models import Claim

DAYS = ["%d/%m/%Y", "%Y-%m-%d", "%d %B %Y", "%d %b %Y", "%d.%m.%Y"]


class LastDay(forms.DateField):
    """A day, typed as people write one."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            input_formats=DAYS,
            widget=forms.DateInput(
                format="%d/%m/%Y", attrs={"class": "w-s", "autocomplete": "off"}
            ),
            error_messages={
                "required": "Enter the last day on which it holds.",
                "invalid": "Enter a day, such as 31/3/2027.",
            },
            **kwargs,
        )


class ProofForm(forms.Form):
    """A curator's judgement of one claim."""

    level = forms.ChoiceField(
        label="How well is it known?",
        choices=[
            (Claim.Level.DECLARED, "Declared: they say so, and that is all we know"),
            (Claim.Level.EVIDENCED, "Evidenced: they showed a document"),
            (Claim.Level.CHECKED, "Checked: I looked it up where it is kept"),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose how well it is known.",
            "invalid_choice": "Choose how well it is known from the list.",
        },
    )
    evidence = forms.CharField(
        label="What it rests on",
        required=False,
        max_length=300,
        help_text="Public. For example: Listed in the Living Wage Foundation’s register.",
        error_messages={
            "max_length": "Say it in %(limit_value)d characters or fewer. You have written "
            "%(show_value)d."
        },
    )
    valid_to = LastDay(
        label="Valid to",
        required=False,
        help_text="Such as 31/3/2027. Leave it empty where it has no end.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        known = cleaned.get("level") in {Claim.Level.EVIDENCED, Claim.Level.CHECKED}
        if known and not cleaned.get("evidence") and "evidence" not in self.errors:
            self.add_error("evidence", "Say what it rests on: people read it beside the claim.")
        return cleaned


class RenewForm(forms.Form):
    """The new last day of an accreditation."""

    valid_to = LastDay(
        label="New last day",
        help_text="As the certificate or its register says, such as 31/3/2027.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.add_input(Submit("decision", "Set the new day", css_class="btn"))

    def clean_valid_to(self) -> datetime.date:
        valid_to: datetime.date = self.cleaned_data["valid_to"]
        if valid_to < timezone.localdate():
            raise forms.ValidationError("This day has gone by. Enter the new last day.")
        return valid_to
