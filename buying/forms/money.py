"""A field for an amount of money."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from buying.money import UNREADABLE, parse_money


class MoneyField(forms.CharField):
    """Pounds as a Decimal with pence; None where it is left empty and need not be filled in.

    It is read by ``buying.money.parse_money``, whose words stand beside the field when it cannot
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
