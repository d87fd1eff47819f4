"""What curators write about measures and releases."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict

from toms import consistency
from toms.models import Measure, MeasureVersion, Outcome
from toms.models.measure import MEASURE_CODE
from toms.versions import Change, Step, next_number, words_for
from tslsv.ui.fields import Line, Words

if TYPE_CHECKING:  # generic for the type checker alone
    VersionModelForm = forms.ModelForm[MeasureVersion]
else:
    VersionModelForm = forms.ModelForm

CHOOSE = "Choose one of the list."
TOO_LONG = "Use at most %(limit_value)d characters. This has %(show_value)d."
SAY_WHY = "Say in a sentence or two why it is another step than the one proposed."

SECTIONS = (
    ("What it is", ("title", "level", "baseline", "suits", "profile", "concern")),
    ("What counts", ("what_counts", "existing_value_rule", "does_not_count")),
    (
        "How it is counted",
        (
            "unit",
            "unit_words",
            "value_kind",
            "agg_time",
            "agg_entity",
            "basis_allowed",
            "at_risk",
            "overlap_group",
        ),
    ),
    ("How it is shown", ("evidence", "evidence_small", "example")),
)
"""The fields of a version in the order in which they are written."""

HINTS = {
    "unit_words": "As people say it of this measure, such as “% of invoices”.",
    "level": "How much it asks, from 1 to 4.",
    "evidence_small": "What is enough of an organisation with fewer than ten staff, where that is "
    "less.",
    "concern": "What was said in Leeds that the measure answers to.",
    "overlap_group": "Measures of one group count the same thing, so only one of them is used.",
}


TICKS = {
    "baseline": "It is part of the baseline",
    "at_risk": "Of what is sustained, ask for the part at risk",
}


class ContentForm(VersionModelForm):
    """Everything that a version says. ``instance`` is then as it would read, and is not saved."""

    level = forms.TypedChoiceField(coerce=int, choices=[(n, f"Level {n}") for n in range(1, 5)])
    basis_allowed = forms.MultipleChoiceField(
        choices=MeasureVersion.Basis.choices, widget=forms.CheckboxSelectMultiple
    )
    suits = forms.MultipleChoiceField(
        choices=MeasureVersion.Suits.choices, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = MeasureVersion
        fields = MeasureVersion.CONTENT_FIELDS
        field_classes = {
            "title": Line,
            "unit_words": Line,
            **dict.fromkeys(
                (
                    "what_counts",
                    "existing_value_rule",
                    "does_not_count",
                    "evidence",
                    "evidence_small",
                    "example",
                    "concern",
                ),
                Words,
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in MeasureVersion.CONTENT_FIELDS:
            field = self.fields[name]
            words = words_for(name)
            field.label = TICKS.get(name, words[:1].upper() + words[1:])
            field.help_text = HINTS.get(name, "")
            field.error_messages |= {
                "required": f"Fill in {words}.",
                "invalid_choice": CHOOSE,
                "invalid_list": CHOOSE,
            }
            if isinstance(field, Words):
                field.widget.attrs["rows"] = 4
            if isinstance(field, forms.ModelChoiceField):
                field.empty_label = "None" if not field.required else "Choose one"
            for validator in field.validators:
                if getattr(validator, "code", "") == "max_length":
                    validator.message = TOO_LONG  # type: ignore[attr-defined]

    def validate_constraints(self) -> None:
        """What the database holds, too, in words beside the field that it is about."""
        if not self.errors:
            for name, words in consistency.problems(self.instance):
                self.add_error(name, words)

    @property
    def content(self) -> dict[str, Any]:
        """What the services take."""
        return {name: self.cleaned_data[name] for name in MeasureVersion.CONTENT_FIELDS}

    @property
    def sections(self) -> Iterator[tuple[str, list[BoundField]]]:
        """Headings, with the fields that stand under each."""
        for heading, names in SECTIONS:
            yield heading, [self[name] for name in names]


class DraftForm(ContentForm):
    """A draft, with the step from what is adopted, where anything is."""

    seen = forms.CharField(max_length=16, required=False, widget=forms.HiddenInput)
    step = forms.ChoiceField(
        required=False, widget=forms.RadioSelect, error_messages={"invalid_choice": CHOOSE}
    )
    reason = Words(
        label="Why it changes",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="It stands beside the version for ever. A release is not adopted without it.",
        error_messages={"max_length": TOO_LONG},
    )

    def __init__(self, *args: Any, adopted: MeasureVersion | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.adopted = adopted
        if adopted is None:
            del self.fields["step"], self.fields["reason"]
            return
        self.fields["step"].label = f"The step from {adopted.number}"
        self.fields["step"].choices = [  # type: ignore[attr-defined]
            ("", "As proposed from what changed"),
            *(
                (step.value, f"{next_number(adopted.number, step)}: {step.label}")
                for step in (Step.PATCH, Step.MINOR, Step.MAJOR)
            ),
        ]

    @property
    def step_said(self) -> Step | None:
        """What the curator said; None for what is proposed."""
        said = self.cleaned_data.get("step")
        return Step(said) if said else None

    @property
    def reason_said(self) -> str:
        return str(self.cleaned_data.get("reason", ""))

    def check_reason(self, change: Change) -> bool:
        """Another step than the one proposed has a reason; says so beside the field."""
        if self.step_said in {None, change.proposed} or self.reason_said:
            return True
        self.add_error("reason", SAY_WHY)
        return False

    def show_now(self, seen: str) -> None:
        """What is saved next is about what stands now; what was typed stays."""
        typed = cast(QueryDict, self.data).copy()
        typed["seen"] = seen
        self.data = typed


class NewMeasureForm(ContentForm):
    """A measure that nobody has written yet: where it stands, its code, and its first draft."""

    outcome = forms.ModelChoiceField(
        Outcome.objects.select_related("theme").order_by(
            "theme__position", "theme__code", "position", "code"
        ),
        empty_label="Choose one",
        error_messages={
            "required": "Choose the outcome it stands under.",
            "invalid_choice": CHOOSE,
        },
    )
    code = Line(
        max_length=10,
        validators=[MEASURE_CODE],
        help_text="The theme’s, and a number, such as LT-WRK-01. It is permanent.",
        error_messages={"required": "Enter its code.", "max_length": TOO_LONG},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"].label_from_instance = lambda row: f"{row.code} {row.label}"  # type: ignore[attr-defined]

    @property
    def sections(self) -> Iterator[tuple[str, list[BoundField]]]:
        yield "Where it stands", [self["outcome"], self["code"]]
        yield from super().sections


class EndForm(forms.Form):
    """Why a measure or a draft ends, and where to go instead."""

    successor = forms.CharField(
        label="What takes its place",
        max_length=10,
        required=False,
        help_text="The code of another measure, such as LT-WRK-01. Leave it empty where nothing "
        "does.",
        widget=forms.TextInput(attrs={"class": "w-s", "autocomplete": "off"}),
        error_messages={"max_length": TOO_LONG},
    )
    reason = Words(
        label="Why does it end?",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="It is shown at its address for ever.",
        error_messages={
            "required": "Say in a sentence or two why it ends.",
            "max_length": TOO_LONG,
        },
    )

    def __init__(self, *args: Any, measure: Measure, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.measure = measure

    def clean_successor(self) -> Measure | None:
        code = self.cleaned_data["successor"].strip().upper()
        if not code:
            return None
        found = Measure.objects.filter(code=code).first()
        if found is None:
            raise forms.ValidationError(f"No measure has the code {code}.")
        if found.pk == self.measure.pk:
            raise forms.ValidationError("A measure cannot be followed by itself.")
        return found
