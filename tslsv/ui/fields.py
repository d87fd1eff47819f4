"""Form fields of our own."""

from typing import Any

from django import forms


class Words(forms.CharField):
    """Text of several lines, counted as the browser counts it: a line's end is one character."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str | None:
        text = super().to_python(value)
        return text.replace("\r\n", "\n") if text else text
