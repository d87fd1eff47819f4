"""Which exchanges a business case is about, and at which rate."""

import datetime
from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import Organisation
from brokerage.figures.case import Scope
from brokerage.forms.notice import BAD_DATE
from brokerage.models import HourlyRate, Kind, Side
from places.models import Ward


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "w-s"}),
        error_messages={"invalid": BAD_DATE},
    )


class CaseForm(forms.Form):
    """The last twelve months at the usual rate, where nobody asks for anything else."""

    use_required_attribute = False

    first = _day("From")
    last = _day("Until")
    side = forms.ChoiceField(
        label="As",
        required=False,
        choices=[("", "Giver and host"), *Side.choices],
        error_messages={"invalid_choice": "Choose one."},
    )
    kind = forms.ModelChoiceField(
        Kind.objects.all(), required=False, empty_label="All kinds", to_field_name="code",
        error_messages={"invalid_choice": "Choose one."},
    )  # fmt: skip
    ward = forms.ModelChoiceField(
        Ward.objects.all(), label="Host’s ward", required=False, empty_label="All wards",
        error_messages={"invalid_choice": "Choose one."},
    )  # fmt: skip
    rate = forms.ModelChoiceField(
        HourlyRate.objects.all(), label="An hour at", required=False, empty_label="The usual rate",
        error_messages={"invalid_choice": "Choose one."},
    )  # fmt: skip

    def __init__(self, data: Any, *, of_city: bool) -> None:
        super().__init__(data)
        if of_city:
            del self.fields["side"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", "The last day cannot be before the first.")
        return cleaned

    def scope(self, organisation: Organisation | None) -> Scope:
        """What was asked for; what is wrong is left out, as its error says."""
        said = self.cleaned_data if self.is_valid() or hasattr(self, "cleaned_data") else {}
        today = timezone.localdate()
        last = said.get("last") or today
        first = said.get("first") or last - datetime.timedelta(days=365)
        side = said.get("side")
        return Scope(
            first=min(first, last),
            last=last,
            organisation=organisation,
            side=Side(side) if side else None,
            kind=said.get("kind"),
            ward=said.get("ward"),
        )

    def rate_in_use(self, day: datetime.date) -> HourlyRate | None:
        """The rate that was chosen, else the usual one on this day; None where there is none."""
        chosen = self.cleaned_data.get("rate") if hasattr(self, "cleaned_data") else None
        return chosen if isinstance(chosen, HourlyRate) else HourlyRate.objects.usual_on(day)
