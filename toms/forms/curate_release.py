"""What curators say of releases, themes and outcomes."""

from typing import Any

from django import forms
from django.utils import timezone

from toms.models import Release
from toms.services.release import DATES, PAST
from tslsv.ui.fields import Line, Words

TOO_LONG = "Use at most %(limit_value)d characters. This has %(show_value)d."
BAD_DATE = "Enter a day, such as 31/10/2026."
TAKEN_BY_PAGES = {"new", "compare"}
"""Words that stand for pages where a release's address would."""


class NewReleaseForm(forms.Form):
    """A release begins with a name and an address."""

    title = Line(
        label="What is it called?",
        max_length=120,
        help_text="Such as “Leeds TOMs 2027”.",
        error_messages={"required": "Say what it is called.", "max_length": TOO_LONG},
    )
    slug = forms.SlugField(
        label="Its address",
        max_length=40,
        help_text="Small letters, digits and hyphens, such as 2027. It is permanent.",
        error_messages={
            "required": "Enter its address.",
            "invalid": "Use small letters, digits and hyphens alone.",
            "max_length": TOO_LONG,
        },
    )
    introduction = Words(
        label="Introduction",
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="What whoever reads it should know first.",
        error_messages={"max_length": TOO_LONG},
    )

    def clean_slug(self) -> str:
        slug = str(self.cleaned_data["slug"]).lower()
        if slug in TAKEN_BY_PAGES:
            raise forms.ValidationError("This address stands for another page. Take another one.")
        if Release.objects.filter(slug=slug).exists():
            raise forms.ValidationError("There is a release at this address already.")
        return slug


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "w-s"}),
        error_messages={"required": BAD_DATE, "invalid": BAD_DATE},
    )


class OpenForm(forms.Form):
    """From when to when anybody may comment."""

    opens_on = _day("The first day for comment")
    closes_on = _day("The last day for comment")
    seen = forms.CharField(max_length=16, required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        opens, closes = (self.cleaned_data.get(name) for name in ("opens_on", "closes_on"))
        if opens and closes and closes < opens:
            self.add_error("closes_on", DATES)
        elif closes and closes < timezone.localdate():
            self.add_error("closes_on", PAST)
        return self.cleaned_data


class SeenForm(forms.Form):
    """Carries what its page showed, so that a change by somebody else meanwhile is noticed."""

    seen = forms.CharField(max_length=16, required=False, widget=forms.HiddenInput)

    def show_now(self, seen: str) -> None:
        """What is saved next is about what stands now; what was typed stays."""
        self.data = {**dict(self.data.items()), "seen": seen}


class ThemeForm(SeenForm):
    """The words of a theme."""

    label = Line(
        max_length=120,
        error_messages={"required": "Say what it is called.", "max_length": TOO_LONG},
    )
    description = Words(
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": TOO_LONG},
    )
    ambition = Line(
        label="The Leeds ambition it serves",
        max_length=60,
        required=False,
        help_text="By the name that the city gives it.",
        error_messages={"max_length": TOO_LONG},
    )


class OutcomeForm(SeenForm):
    """The words of an outcome."""

    label = Line(
        label="What should become true in Leeds?",
        max_length=200,
        error_messages={
            "required": "Say what should become true.",
            "max_length": TOO_LONG,
        },
    )


class ReleaseWordsForm(SeenForm):
    """What a draft release is called, and what whoever reads it should know first."""

    title = Line(
        label="What is it called?",
        max_length=120,
        error_messages={"required": "Say what it is called.", "max_length": TOO_LONG},
    )
    introduction = Words(
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"max_length": TOO_LONG},
    )
