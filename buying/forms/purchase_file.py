"""A file of purchases, and correcting what is filed by one of its lines."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms

from buying.purchases.source import MOST_BYTES, TOO_LARGE
from tslsv.ui.fields import Words


class FileForm(forms.Form):
    """One file. What is in it, reading it says (``buying.purchases.source``)."""

    file = forms.FileField(
        label="CSV file",
        allow_empty_file=True,  # or what was too large, and so has no contents, would be "empty"
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,text/csv"}),
        help_text="Up to 10,000 lines and 5 MB. Nothing is recorded yet: you first see what is in "
        "it.",
        error_messages={
            "required": "Choose a file.",
            "invalid": "Choose a file.",
            "max_length": "Give the file a shorter name.",
        },
        max_length=200,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("check", "Check this file", css_class="btn"))

    def clean_file(self) -> tuple[str, bytes]:
        """Its name and what is in it."""
        sent = self.cleaned_data["file"]
        if sent.size > MOST_BYTES:
            raise forms.ValidationError(TOO_LARGE)
        return str(sent.name).replace("\x00", "")[:200], sent.read()


class CorrectionForm(forms.Form):
    """Why what was filed is corrected."""

    why = Words(
        label="What is the correction for?",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="It stays with the record: “The bill was higher than the offer.”",
        error_messages={
            "required": "Say what the correction is for.",
            "max_length": "Use at most %(limit_value)d characters. You have written "
            "%(show_value)d.",
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("correct", "File the correction", css_class="btn"))
