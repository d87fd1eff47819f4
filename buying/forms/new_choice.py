"""Beginning the record of a choice: from an enquiry, from a shortlist, or with nothing."""

from collections.abc import Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms

from buying.models import Enquiry
from providers.models import Shortlist

EMPTY = "empty"


class NewChoiceForm(forms.Form):
    """What it begins with. ``start`` is of this page: sent twice, it begins one."""

    start = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)
    source = forms.ChoiceField(
        label="Whom did you consider?",
        widget=forms.RadioSelect,
        help_text="Those of an enquiry come with their answers, those of a shortlist with your "
        "notes. Enquiries and shortlists of yours stand here.",
        error_messages={
            "required": "Choose what it begins with.",
            "invalid_choice": "This is not here any more. Choose another.",
        },
    )

    def __init__(
        self,
        *args: Any,
        enquiries: Sequence[Enquiry],
        shortlists: Sequence[Shortlist],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.sources: dict[str, Enquiry | Shortlist] = {
            **{f"enquiry {row.reference}": row for row in enquiries},
            **{f"shortlist {row.pk}": row for row in shortlists},
        }
        self.fields["source"].choices = [  # type: ignore[attr-defined]
            *(
                (key, f"{_KINDS[type(row)]}: {row}{_reference(row)}")
                for key, row in self.sources.items()
            ),
            (EMPTY, "I type the providers myself"),
        ]
        self.helper = FormHelper()
        self.helper.add_input(Submit("begin", "Begin the record", css_class="btn"))

    @property
    def source_row(self) -> Enquiry | Shortlist | None:
        """The enquiry or shortlist that was chosen; None for neither."""
        return self.sources.get(self.cleaned_data["source"])


_KINDS: dict[type, str] = {Enquiry: "Those whom you asked", Shortlist: "Those on your shortlist"}


def _reference(row: Enquiry | Shortlist) -> str:
    return f" ({row.reference})" if isinstance(row, Enquiry) else ""
