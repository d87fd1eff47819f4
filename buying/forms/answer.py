"""What a provider answers, and messages of both sides."""

import re
import secrets
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Layout, Submit
from django import forms

from buying.models import Message
from buying.services.answering import Answer
from tslsv.ui.fields import MoneyField, Words

_KEY = re.compile(r"[\w-]{22}", re.ASCII)
KINDS = [
    (Message.Kind.YES.value, "Yes, we can do this"),
    (Message.Kind.QUESTION.value, "First a question"),
    (Message.Kind.NO.value, "No, we cannot"),
]
TOO_LONG = "Use at most %(limit_value)d characters. You have written %(show_value)d."


class KeyedForm(forms.Form):
    """A form that says one thing, however often it is sent. ``seen`` is what stood before."""

    key = forms.CharField(required=False, widget=forms.HiddenInput)
    seen = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        initial = {"key": secrets.token_urlsafe(16), **(kwargs.pop("initial", None) or {})}
        super().__init__(data, initial=initial, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False

    def clean_key(self) -> str:
        text = self.cleaned_data["key"]
        return text if _KEY.fullmatch(text) else secrets.token_urlsafe(16)

    def clean_seen(self) -> int | None:
        text = self.cleaned_data["seen"]
        return int(text) if text.isascii() and text.isdigit() else None


class AnswerForm(KeyedForm):
    """Yes with a price, a question, or no with a reason."""

    kind = forms.ChoiceField(
        label="Can you do this?",
        choices=KINDS,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose yes, a question or no.",
            "invalid_choice": "Choose yes, a question or no.",
        },
    )
    price = MoneyField(
        label="If yes: your price in pounds",
        required=False,
        help_text="For all of it, excluding VAT.",
    )
    reason = forms.ChoiceField(
        label="If no: why?",
        required=False,
        choices=[("", "Choose a reason"), *Message.Reason.choices],
        error_messages={"invalid_choice": "Choose a reason from the list."},
    )
    text = Words(
        label="In your words",
        required=False,
        max_length=Message.MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="What the price includes, your question, or anything else.",
        error_messages={"max_length": TOO_LONG},
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.helper.layout = Layout(
            "key",
            "seen",
            "kind",
            Field("price", wrapper_class="if-yes"),
            Field("reason", wrapper_class="if-no"),
            "text",
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name, belongs_to in (("price", Message.Kind.YES), ("reason", Message.Kind.NO)):
            if cleaned.get("kind") not in {None, belongs_to}:
                self.errors.pop(name, None)  # it may not be seen, and does not count
        kind, text = cleaned.get("kind"), cleaned.get("text")
        if kind == Message.Kind.YES:
            if cleaned.get("price") is None and not text and "price" not in self.errors:
                self.add_error("price", "Enter your price, or say below what it depends on.")
        elif kind == Message.Kind.NO:
            if not cleaned.get("reason") and "reason" not in self.errors:
                self.add_error("reason", "Choose a reason: it helps them to ask better.")
        elif kind == Message.Kind.QUESTION and not text and "text" not in self.errors:
            self.add_error("text", "Write your question.")
        return cleaned

    def said(self) -> Answer:
        """The answer of a valid form; what belongs to another kind is left out."""
        kind = Message.Kind(self.cleaned_data["kind"])
        return Answer(
            kind,
            self.cleaned_data["text"],
            self.cleaned_data.get("price") if kind == Message.Kind.YES else None,
            self.cleaned_data.get("reason", "") if kind == Message.Kind.NO else "",
        )


class MessageForm(KeyedForm):
    """A message to the other side."""

    text = Words(
        label="Your message",
        max_length=Message.MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Write your message.", "max_length": TOO_LONG},
    )


class NotGenuineForm(forms.Form):
    """Why a provider takes an enquiry for none."""

    report = Words(
        label="What makes you think so?",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="A curator reads it.",
        error_messages={"max_length": TOO_LONG},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("send", "Report and block", css_class="btn"))
