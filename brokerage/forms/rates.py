"""What an hour is reckoned at, as somebody published it."""

import datetime
from decimal import Decimal
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils import timezone

from brokerage.forms.notice import BAD_DATE
from brokerage.models import HourlyRate
from tslsv.ui.fields import Line, MoneyField

MOST = Decimal(1000)
LONGEST_AHEAD = datetime.timedelta(days=731)

ANOTHER = "Another one"
SERIES = "Choose the series that it belongs to."
LABEL = "Say what it is, such as “Median hourly pay in the UK”."
SOURCE = "Say who published it, and where it can be looked up."
WEBSITE = "Enter a whole web address that begins with https:// or http://."
POUNDS = f"Enter an amount above £0 and up to £{MOST:,}."
FAR = "Enter a day from 1990 on, and at most two years ahead."


class RateForm(forms.Form):
    """One rate with its source and the first day on which it holds."""

    use_required_attribute = False

    label = Line(label="What it is", max_length=80, error_messages={"required": LABEL})
    pounds = MoneyField(label="Pounds for an hour")
    source = Line(
        label="Who says so",
        max_length=200,
        help_text="It stands on every business case that uses the rate.",
        error_messages={"required": SOURCE},
    )
    source_url = forms.URLField(
        label="Where it stands",
        required=False,
        max_length=300,
        assume_scheme="https",
        error_messages={"invalid": WEBSITE},
    )
    holds_from = forms.DateField(
        label="Holds from",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "w-s"}),
        error_messages={"required": BAD_DATE, "invalid": BAD_DATE},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False

    def clean_pounds(self) -> Decimal:
        pounds: Decimal = self.cleaned_data["pounds"]
        if not 0 < pounds <= MOST:
            raise forms.ValidationError(POUNDS)
        return pounds

    def clean_holds_from(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["holds_from"]
        if not datetime.date(1990, 1, 1) <= day <= timezone.localdate() + LONGEST_AHEAD:
            raise forms.ValidationError(FAR)
        return day


class NewRateForm(RateForm):
    """A newer rate of a series that is there, or the first of another."""

    series = forms.ChoiceField(
        label="Newer figure of",
        required=False,
        error_messages={"invalid_choice": SERIES},
    )

    field_order = ("series",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = dict(HourlyRate.objects.order_by("holds_from").values_list("code", "label"))
        self.fields["series"].choices = [("", ANOTHER), *labels.items()]  # type: ignore[attr-defined]
