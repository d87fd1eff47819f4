"""People who can help: which ones somebody looks for, and what a broker writes of one."""

from collections.abc import Mapping
from typing import Any, cast

from crispy_forms.helper import FormHelper
from django import forms
from django.http import QueryDict

from accounts.models import Organisation
from places.models import Ward
from tslsv.ui.fields import Line

_BAD = {"invalid_choice": "Choose one from the list."}
TOO_LONG = "Use at most %(limit_value)d characters. This has %(show_value)d."


class WhoForm(forms.Form):
    """For which sector, and in which ward."""

    sector = forms.ChoiceField(
        label="For a", required=False, error_messages=_BAD,
        choices=[("", "Any sector"), *Organisation.Sector.choices],
    )  # fmt: skip
    ward = forms.ChoiceField(required=False, error_messages=_BAD)

    def __init__(self, data: Any, *, wards: Mapping[str, str]) -> None:
        super().__init__({name: data.get(name, "") for name in ("sector", "ward")})
        self.fields["ward"].choices = [("", "All of Leeds"), *wards.items()]  # type: ignore[attr-defined]


def _line(label: str, most: int, help_text: str = "") -> Line:
    return Line(
        label=label,
        max_length=most,
        required=False,
        help_text=help_text,
        error_messages={"max_length": TOO_LONG},
    )


class HelperForm(forms.Form):
    """All of it is shown once the person agrees."""

    use_required_attribute = False

    name = Line(
        label="Their name",
        max_length=120,
        error_messages={"required": "Enter their name.", "max_length": TOO_LONG},
    )
    role = _line("What they are", 120, "Such as “Business relationship manager”.")
    organisation_name = _line("Where they work", 200)
    helps_with = _line("What they help with", 300, "In a few words.")
    sectors = forms.MultipleChoiceField(
        label="Which sectors do they help?",
        required=False,
        choices=Organisation.Sector.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="None means all.",
        error_messages=_BAD,
    )
    wards = forms.ModelMultipleChoiceField(
        Ward.objects.order_by("name"),
        label="In which wards?",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="None means all of Leeds.",
        error_messages={**_BAD, "invalid_pk_value": "Choose one from the list."},
    )
    email = forms.EmailField(
        label="Their email address",
        max_length=254,
        help_text="They are asked by mail whether they agree. It is shown once they do.",
        error_messages={
            "required": "Enter their email address.",
            "invalid": "Enter an email address such as name@example.org.",
            "max_length": TOO_LONG,
        },
    )
    phone = _line("Their telephone number", 30)
    seen = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False

    def show_now(self, seen: str) -> None:
        """What is saved next is about what stands now; what was typed stays."""
        typed = cast(QueryDict, self.data).copy()
        typed["seen"] = seen
        self.data = typed
