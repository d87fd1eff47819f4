"""Registering a website that may show views of the list."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.core.exceptions import ValidationError

from providers import embed_hosts


class HostForm(forms.Form):
    """One website, and that it is theirs to speak for."""

    host = forms.CharField(
        label="Address of the website",
        max_length=2000,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "inputmode": "url", "spellcheck": "false"}
        ),
        help_text="Such as www.example.org. With “www.” and without are two websites.",
        error_messages={"required": embed_hosts.EXAMPLE, "max_length": embed_hosts.EXAMPLE},
    )
    ours = forms.BooleanField(
        label="It is our own website, or we agreed this with whoever runs it",
        error_messages={"required": "Tick this if it is so. Otherwise, ask whoever runs it first."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("add", "Add the website", css_class="btn"))

    def clean_host(self) -> str:
        try:
            return embed_hosts.read_host(self.cleaned_data["host"])
        except ValueError as error:
            raise ValidationError(str(error)) from error
