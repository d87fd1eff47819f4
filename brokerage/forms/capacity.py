"""What a host can take and what a giver can spare."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from brokerage.forms.notice import BAD_DATE, hours
from brokerage.models import HostCapacity
from tslsv.ui.fields import Line, Whole


def _number(label: str, most: int, help_text: str = "", *, least: int = 1) -> Whole:
    words = f"Enter a whole number from {least} to {most:,}."
    return Whole(
        label=label,
        required=False,
        min_value=least,
        max_value=most,
        help_text=help_text,
        widget=forms.TextInput(attrs={"class": "w-s", "inputmode": "numeric"}),
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), words),
    )


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "w-s"}),
        error_messages={"required": BAD_DATE, "invalid": BAD_DATE},
    )


class _Plain(forms.Form):
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False


class CapacityForm(_Plain):
    """A host's limits; an empty one is no limit."""

    groups_a_month = _number(
        "Groups a month", 500, "0 means none at present. Empty means no limit.", least=0
    )
    largest_party = _number("Largest group", 10_000, "People at once.")
    supervisors = _number("People who can look after a group", 1000, least=0)
    people_per_supervisor = _number("How many each of them can look after", 100)
    most_pending = _number(
        "Proposals at one time",
        1000,
        f"So many can wait for your answer. Empty means {HostCapacity.MOST_PENDING}.",
    )
    paused = forms.BooleanField(
        label="Take nobody new for now",
        required=False,
        help_text="What is agreed goes on.",
    )

    def values(self) -> dict[str, Any]:
        """What was said, by the names of ``services.capacity.LIMITS``."""
        said = dict(self.cleaned_data)
        said["most_pending"] = said["most_pending"] or HostCapacity.MOST_PENDING
        return said


class DaysForm(_Plain):
    """A first and a last day."""

    first_day = _day("From")
    last_day = _day("Until")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", "The last day cannot be before the first.")
        return cleaned


class BlackoutForm(DaysForm):
    """Days on which nobody is taken."""

    reason = Line(
        label="Why",
        required=False,
        max_length=120,
        help_text="Only your organisation sees it.",
        error_messages={"max_length": "Use at most 120 characters."},
    )


class ReleaseForm(DaysForm):
    """Person-hours that are released between two days."""

    hours = hours("Hours, of all people together", required=True)

    field_order = ("first_day", "last_day", "hours")
