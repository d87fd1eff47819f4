"""Form fields of our own."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

_UNSEEN = re.compile("[\u00ad\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_READ = re.compile(r"[^\W_]")


class Line(forms.CharField):
    """A name or title: one line in which something can be read.

    What has no width, or turns the direction of whatever follows it on a page, is taken out; what
    joins letters and emoji stays. Where the field is required, a letter or a digit is.
    """

    def to_python(self, value: Any) -> str | None:
        text = super().to_python(value)
        return " ".join(_UNSEEN.sub("", text).split()) if text else text

    def validate(self, value: Any) -> None:
        super().validate(value)
        if self.required and not _READ.search(value):
            raise ValidationError(self.error_messages["required"], code="required")


class Words(forms.CharField):
    """Text of several lines, counted as the browser counts it: a line's end is one character."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str | None:
        text = super().to_python(value)
        return text.replace("\r\n", "\n") if text else text
