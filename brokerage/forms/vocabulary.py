"""How a broker describes kinds and skills."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.validators import RegexValidator, URLValidator

from brokerage.forms.rates import WEBSITE
from tslsv.ui.fields import Line, Words

NAME = "Give it a name that people know."
DESCRIBE = "Say in a sentence what it is."
ASK = "Say what it asks of them."
GAIN = "Say what is gained."
CODE = "Copy the code as the classification has it: letters, digits, dots and hyphens."
ADDRESS_OF_WHAT = "Give the code, too: it is what people read."


def _sentence(label: str, missing: str, most: int = 300) -> Words:
    return Words(
        label=label,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": missing},
    )


class _WordsForm(forms.Form):
    """What both have."""

    use_required_attribute = False

    label = Line(label="Name", max_length=60, error_messages={"required": NAME})
    active = forms.BooleanField(
        label="It can be chosen for new needs and offers",
        required=False,
        initial=True,
        help_text="What has it keeps it.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.order_fields([name for name in self.fields if name != "active"] + ["active"])


class KindForm(_WordsForm):
    """A kind's item on the menu. Its unit, its dates and its checks are not words."""

    description = _sentence("What it is", DESCRIBE)
    asks_of_host = _sentence("What it asks of the host", ASK)
    asks_of_giver = _sentence("What it asks of the giver", ASK)
    gives = _sentence("What it typically gives", GAIN)
    benefit_to_host = _sentence("An example of the benefit to the host", GAIN)
    benefit_to_giver = _sentence("An example of the benefit to the giver", GAIN)


class SkillForm(_WordsForm):
    """A skill, and where it lies in the UK Standard Skills Classification."""

    description = _sentence("What it is", DESCRIBE, 200)
    ssc_code = Line(
        label="Code in the UK Standard Skills Classification",
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"class": "w-s"}),
        help_text="Of the group that it lies in, or nearest to. Leave it empty rather than guess.",
        validators=[RegexValidator(r"\A[A-Za-z0-9]+(?:[.\-][A-Za-z0-9]+)*\Z", CODE)],
    )
    ssc_url = forms.URLField(
        label="Where that group stands on the web",
        required=False,
        max_length=300,
        assume_scheme="https",
        validators=[URLValidator(schemes=["https", "http"], message=WEBSITE)],
        error_messages={"invalid": WEBSITE},
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("ssc_url") and not cleaned.get("ssc_code") and "ssc_code" not in self.errors:
            self.add_error("ssc_code", ADDRESS_OF_WHAT)
        return cleaned
