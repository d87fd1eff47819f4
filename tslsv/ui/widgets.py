"""Form controls of our own."""

from typing import Any

from django import forms


class Honeypot(forms.TextInput):
    """A field that people neither see nor reach, and that robots fill in.

    A form that finds anything in it pretends to succeed and keeps nothing.
    """

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"tabindex": "-1", "autocomplete": "off", **(attrs or {})})
