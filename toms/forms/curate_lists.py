"""What curators say of units, overlap groups, the glossary and links to other frameworks."""

from typing import Any

from django import forms

from toms.forms.curate_release import TOO_LONG, SeenForm
from toms.models import PolicyLink
from toms.models.framework import SHORT_CODE
from tslsv.ui.fields import Line, Words

CHOOSE = "Choose one of the list."
WEBSITE = "Enter a whole web address that begins with https:// or http://."


def _code() -> Line:
    return Line(
        label="Its code",
        max_length=16,
        validators=[SHORT_CODE],
        help_text="2 to 16 capital letters, digits and hyphens. It is permanent.",
        error_messages={"required": "Enter its code.", "max_length": TOO_LONG},
    )


class UnitForm(SeenForm):
    """What quantities are counted in."""

    label = Line(
        label="What is it called?",
        max_length=80,
        help_text="In the plural, such as “hours”.",
        error_messages={"required": "Say what it is called.", "max_length": TOO_LONG},
    )


class NewUnitForm(UnitForm):
    """A unit that is not there yet."""

    code = _code()
    field_order = ("code",)


class GroupForm(SeenForm):
    """Measures of which one alone counts the same thing."""

    label = Line(
        label="What do its measures count?",
        max_length=120,
        error_messages={"required": "Say what they count.", "max_length": TOO_LONG},
    )
    description = Words(
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="How to choose one of them.",
        error_messages={"max_length": TOO_LONG},
    )


class NewGroupForm(GroupForm):
    """An overlap group that is not there yet."""

    code = _code()
    field_order = ("code",)


class TermForm(SeenForm):
    """A word that the register explains."""

    words = Line(
        label="The word",
        max_length=80,
        error_messages={"required": "Enter the word.", "max_length": TOO_LONG},
    )
    meaning = Words(
        label="What it means here",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Say what it means.", "max_length": TOO_LONG},
    )


class PolicyLinkForm(forms.Form):
    """A part of another framework that a measure serves: its code and its place, never its text."""

    framework = forms.ChoiceField(
        choices=[("", "Choose one"), *PolicyLink.Framework.choices],
        error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
    )
    framework_name = Line(
        label="Which other framework?",
        max_length=120,
        required=False,
        help_text="Only where it is another one: its name, and whose it is.",
        error_messages={"max_length": TOO_LONG},
    )
    code = Line(
        label="Which part of it?",
        max_length=80,
        help_text="Its code or number, such as “Principle 3”.",
        error_messages={
            "required": "Enter the code or number of the part.",
            "max_length": TOO_LONG,
        },
    )
    url = forms.URLField(
        label="Where it can be read",
        required=False,
        max_length=300,
        assume_scheme="https",
        error_messages={"invalid": WEBSITE, "max_length": TOO_LONG},
    )
    match = forms.ChoiceField(
        label="How near is the measure to it?",
        choices=PolicyLink.Match.choices,
        initial=PolicyLink.Match.RELATED,
        widget=forms.RadioSelect,
        error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if "framework" in said and said["framework"] != PolicyLink.Framework.OTHER:
            # Named by the list already.
            said["framework_name"] = ""
        elif said.get("framework") and said.get("framework_name") == "":
            self.add_error("framework_name", "Say which framework it is.")
        return said
