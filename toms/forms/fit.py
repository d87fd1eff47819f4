"""Five questions that lead to a short list of measures."""

from collections.abc import Mapping
from typing import Any

from django import forms

from toms import fitting
from toms.fitting import Answers


def _one(label: str, choices: Mapping[str, str], missing: str, **more: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=[(str(value), words) for value, words in choices.items()],
        widget=forms.RadioSelect,
        error_messages={"required": missing, "invalid_choice": f"{missing[:-1]} from the list."},
        **more,
    )


class FitForm(forms.Form):
    """Asked by GET: the address holds the answers, and nobody else does."""

    who = _one("Who are you?", fitting.WHO, "Choose who you are.")
    arrangement = _one(
        "What are you agreeing on?", fitting.ARRANGEMENTS, "Choose what you are agreeing on."
    )
    size = _one("How large are you?", fitting.SIZES, "Choose how large you are.")
    does = forms.MultipleChoiceField(
        label="What do you do?",
        choices=list(fitting.ACTIVITIES.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text="Tick all that are true of you.",
        error_messages={
            "required": "Tick at least one thing that you do.",
            "invalid_choice": "Tick what you do from the list.",
        },
    )
    time = _one(
        "How much time do you have for proving it?",
        fitting.TIMES,
        "Choose how much time you have.",
        help_text="For counting and keeping evidence, all measures together.",
    )

    def answers(self) -> Answers:
        """What was said, once the form is valid."""
        return Answers(**{name: self.cleaned_data[name] for name in self.fields})
