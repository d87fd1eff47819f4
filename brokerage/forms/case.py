"""Which exchanges a business case is about, and at which rate."""

import datetime
from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import Organisation
from brokerage.figures.case import Scope
from brokerage.figures.what_it_came_to import Asked, ended_periods
from brokerage.forms.notice import BAD_DATE
from brokerage.models import HourlyRate, Kind, Side
from places.models import Ward

_BAD = {"invalid_choice": "Choose one."}


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
        error_messages=_BAD,
    )
    kind = forms.ModelChoiceField(
        Kind.objects.all(), required=False, empty_label="All kinds", to_field_name="code",
        error_messages=_BAD,
    )  # fmt: skip
    ward = forms.ModelChoiceField(
        Ward.objects.all(), label="Host’s ward", required=False, empty_label="All wards",
        error_messages=_BAD,
    )  # fmt: skip
    rate = forms.ModelChoiceField(
        HourlyRate.objects.all(), label="An hour at", required=False, empty_label="The usual rate",
        error_messages=_BAD,
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


class WhatItCameToForm(forms.Form):
    """The newest quarter of the city, or the newest year of a kind or a ward, at the usual rate."""

    use_required_attribute = False

    period = forms.ChoiceField(required=False, error_messages=_BAD)
    kind = forms.ModelChoiceField(
        Kind.objects.all(), required=False, empty_label="All kinds", to_field_name="code",
        error_messages=_BAD,
    )  # fmt: skip
    ward = forms.ModelChoiceField(
        Ward.objects.order_by("name"), label="Host’s ward", required=False,
        empty_label="All wards", error_messages=_BAD,
    )  # fmt: skip
    rate = forms.ModelChoiceField(
        HourlyRate.objects.all(), label="An hour at", required=False, empty_label="The usual rate",
        error_messages=_BAD,
    )  # fmt: skip

    def __init__(self, data: Any, *, today: datetime.date) -> None:
        super().__init__(data)
        self.periods = {period.code: period for period in ended_periods(today)}
        choices = [("", "The newest"), *((code, row.label) for code, row in self.periods.items())]
        self.fields["period"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        kind, ward = cleaned.get("kind"), cleaned.get("ward")
        if kind and ward:
            self.add_error("ward", "Choose a kind or a ward, not both.")
        period = self.periods.get(cleaned.get("period", ""))
        if (kind or ward) and period and period.quarter:
            self.add_error("period", "Kinds and wards are shown for whole years. Choose a year.")
        return cleaned

    def asked(self) -> Asked:
        """What was asked for; what is wrong is left out, as its error says."""
        self.full_clean()
        said = self.cleaned_data
        kind, ward = said.get("kind"), said.get("ward")
        part = kind or ward
        newest = next(row for row in self.periods.values() if bool(row.quarter) != bool(part))
        return Asked(self.periods.get(said.get("period", ""), newest), kind, ward)

    def rate_in_use(self, day: datetime.date) -> HourlyRate | None:
        """The rate that was chosen, else the usual one on this day; None where there is none."""
        chosen = self.cleaned_data.get("rate")
        return chosen if isinstance(chosen, HourlyRate) else HourlyRate.objects.usual_on(day)
