"""Form fields of our own."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from tslsv.ui.money import UNREADABLE, parse_money

_UNSEEN = re.compile("[\u00ad\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_READ = re.compile(r"[^\W_]")
_WHOLE = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)", re.ASCII)


def has_controls(text: str) -> bool:
    """Whether it has control characters other than tabs and the ends of lines."""
    return bool(_CONTROLS.search(text))


def no_controls(text: str) -> None:
    """Refuses control characters that can be neither seen nor taken out by whoever reads them."""
    # Django has words of its own for NUL.
    if has_controls(text.replace("\0", "")):
        raise ValidationError(
            "This has characters that cannot be shown. Type it again, or paste it as plain text.",
            code="controls",
        )


class Line(forms.CharField):
    """A name or title: one line in which something can be read.

    What has no width, or turns the direction of whatever follows it on a page, is taken out; what
    joins letters and emoji stays. Where the field is required, a letter or a digit is.
    """

    default_validators = [no_controls]

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
    default_validators = [no_controls]

    def to_python(self, value: Any) -> str | None:
        text = super().to_python(value)
        return text.replace("\r\n", "\n") if text else text


class Whole(forms.IntegerField):
    """A whole number, with or without something between its thousands: "1,200", "1 200"."""

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, str):
            value = "".join(value.split())
            if _WHOLE.fullmatch(value):
                value = value.replace(",", "")
        return super().to_python(value)


class MoneyField(forms.CharField):
    """Pounds as a Decimal with pence; None where it is left empty and need not be filled in.

    It is read by ``tslsv.ui.money.parse_money``, whose words stand beside the field when it cannot
    be. What is shown at first is written as the column has it: "1200.50".
    """

    widget = forms.TextInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"class": "w-s", "inputmode": "decimal"}))
        kwargs.setdefault("error_messages", {"required": UNREADABLE})
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        if isinstance(value, Decimal):
            return value
        text = super().to_python(value)
        if not text:
            return None
        try:
            return parse_money(text)
        except ValueError as error:
            raise ValidationError(str(error), code="invalid") from error
