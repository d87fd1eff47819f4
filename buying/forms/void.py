"""Saying that a purchase never happened."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms

from tslsv.ui.fields import Words


class VoidForm(forms.Form):
    """Why not."""

    reason = Words(
        label="Why did it never happen?",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="It stands in the history of the record.",
        error_messages={
            "required": "Say why it never happened.",
            "max_length": "Use at most %(limit_value)d characters. You have written "
            "%(show_value)d.",
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("void", "It never happened", css_class="btn"))
