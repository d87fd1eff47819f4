"""Asking for mails about new offers, and changing how often they come."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms

from providers.models import Alert
from tslsv.ui.widgets import Honeypot

PACES = [
    (Alert.Pace.AT_ONCE, "At once, within a few minutes"),
    (Alert.Pace.DAILY, "Once a day, in the morning"),
    (Alert.Pace.WEEKLY, "Once a week, on a Monday morning"),
]


def pace_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label="How often?",
        choices=PACES,
        initial=Alert.Pace.DAILY,
        widget=forms.RadioSelect,
        help_text="A mail comes only when something is new.",
        error_messages={
            "required": "Choose how often.",
            "invalid_choice": "Choose how often from the list.",
        },
    )


class AlertForm(forms.Form):
    """Where to, and how often. Somebody whose address we know is not asked for it."""

    home_page = forms.CharField(label="Leave this empty", required=False, widget=Honeypot)
    email = forms.EmailField(
        label="Your email address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text="Never shown to anybody. We use it for these mails, and for nothing else.",
        error_messages={
            "required": "Enter your email address.",
            "invalid": "Enter an email address such as name@example.org.",
            "max_length": "Enter an email address of at most 254 characters.",
        },
    )
    pace = pace_field()

    def __init__(self, *args: Any, known: bool, **kwargs: Any) -> None:
        """``known`` says that the address is known and confirmed."""
        super().__init__(*args, **kwargs)
        if known:
            del self.fields["email"]
        self.helper = FormHelper()
        self.helper.add_input(Submit("send", "Tell me of new offers", css_class="btn"))

    def from_robot(self) -> bool:
        """Whether the field that no person sees was filled in."""
        return bool(self.data.get("home_page"))


class PaceForm(forms.Form):
    """How often."""

    pace = pace_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("save", "Save", css_class="btn btn--quiet"))
