"""Which part of the demand board."""

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from brokerage.figures.demand import NO_WARD, Asked, months_up_to
from brokerage.models import Kind

USUAL = 12
MONTHS = {"3": "3 months", "6": "6 months", "12": "12 months", "24": "24 months"}
"""Up to and with this one."""

_BAD = {"invalid_choice": "Choose one from the list."}


class DemandForm(forms.Form):
    """Everything of the last twelve months, where nobody asks for anything else."""

    kind = forms.ChoiceField(required=False, error_messages=_BAD)
    ward = forms.ChoiceField(required=False, error_messages=_BAD)
    months = forms.ChoiceField(
        label="The last", required=False, choices=list(MONTHS.items()), error_messages=_BAD
    )

    def __init__(self, data: Any, *, kinds: Iterable[Kind], wards: Mapping[str, str]) -> None:
        super().__init__({"months": str(USUAL), **{name: data.get(name, "") for name in data}})
        choices = {
            "kind": [("", "All kinds"), *((kind.code, kind.label) for kind in kinds)],
            "ward": [("", "All wards"), *wards.items(), (NO_WARD, "No ward said, or remote")],
        }
        for name, rows in choices.items():
            self.fields[name].choices = rows  # type: ignore[attr-defined]

    def asked(self, today: datetime.date) -> Asked:
        """What was asked for; what is wrong is left out, as its error says."""
        self.full_clean()
        said = self.cleaned_data
        months = int(said.get("months") or USUAL)
        return Asked(months_up_to(today, months), said.get("kind", ""), said.get("ward", ""))
