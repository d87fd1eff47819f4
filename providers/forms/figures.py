"""Which days figures are about."""

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from providers.models.listing import months_before

FORMATS = ["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d %B %Y", "%d %b %Y"]
EARLIEST = datetime.date(2020, 1, 1)
MONTHS = 11
"""Before this one, in the period that is shown when nobody asks for another."""


def _day(label: str) -> forms.DateField:
    sentence = "Enter a day such as 1/4/2026 or 1 April 2026."
    return forms.DateField(
        label=label,
        required=False,
        input_formats=FORMATS,
        # Not type="date": that drops what it cannot read, and nobody sees what was wrong.
        widget=forms.DateInput(format="%-d/%-m/%Y", attrs={"class": "w-s", "autocomplete": "off"}),
        error_messages={"invalid": sentence},
    )


class PeriodForm(forms.Form):
    """From a day to a day, both included; a missing one is that of the usual period."""

    earliest = EARLIEST
    start = _day("From")
    end = _day("To")

    def __init__(self, *args: Any, today: datetime.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.usual = self.usual_period(today)

    @staticmethod
    def usual_period(today: datetime.date) -> tuple[datetime.date, datetime.date]:
        """The days that are shown when nobody asks for others."""
        return months_before(today, MONTHS).replace(day=1), today

    def clean_start(self) -> datetime.date:
        return self._sensible("start", self.usual[0])

    def clean_end(self) -> datetime.date:
        return self._sensible("end", self.usual[1])

    def _sensible(self, name: str, usual: datetime.date) -> datetime.date:
        day: datetime.date = self.cleaned_data[name] or usual
        latest = self.usual[1] + datetime.timedelta(days=366)
        if not self.earliest <= day <= latest:
            raise ValidationError(
                f"Enter a day between {self.earliest:%-d %B %Y} and {latest:%-d %B %Y}."
            )
        return day

    def clean(self) -> None:
        super().clean()
        start, end = self.cleaned_data.get("start"), self.cleaned_data.get("end")
        if start and end and end < start:
            self.add_error("end", "The last day is before the first one.")

    @property
    def period(self) -> tuple[datetime.date, datetime.date]:
        """What was asked for; the usual period where that makes no sense."""
        if self.is_valid():
            return self.cleaned_data["start"], self.cleaned_data["end"]
        return self.usual
