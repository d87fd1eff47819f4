"""What somebody says of a release, and what curators make of it."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.core.exceptions import ValidationError

from accounts.models import Organisation, User
from toms.models import Comment
from tslsv.ui.fields import Line, Words
from tslsv.ui.widgets import Honeypot

TOO_LONG = "Use at most %(limit_value)d characters. You have written %(show_value)d."
NOT_THEIRS = "To write in the name of {organisation}, give the address that you sign in with."


class CommentForm(forms.Form):
    """A comment, and whose it is.

    ``user`` is whoever is signed in, with ``addresses`` that they have shown to be theirs; they may
    write in the name of ``organisations``.
    """

    # First, because the spaces between fields hang on which field follows which.
    home_page = forms.CharField(label="Leave this empty", required=False, widget=Honeypot)
    stance = forms.ChoiceField(
        label="What is it?",
        choices=Comment.Stance.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose what it is.",
            "invalid_choice": "Choose one of the three.",
        },
    )
    text = Words(
        label="What do you want to say?",
        max_length=Comment.MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="Everybody will read it, so please give nobody’s name, address or telephone "
        "number. Up to 4,000 characters.",
        error_messages={"required": "Say what you think.", "max_length": TOO_LONG},
    )
    name = Line(
        label="Your name",
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text="It stands beside what you say.",
        error_messages={"required": "Enter your name.", "max_length": TOO_LONG},
    )
    email = forms.EmailField(
        label="Your email address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text="So that we know that you are real, and can send you the answer. It is never "
        "shown.",
        error_messages={
            "required": "Enter your email address.",
            "invalid": "Enter an email address such as name@example.org.",
            "max_length": "Enter an email address of at most 254 characters.",
        },
    )
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(),
        label="In the name of one of your organisations?",
        required=False,
        empty_label="No: for myself",
        help_text="Its name then stands beside yours.",
        error_messages={"invalid_choice": "Choose one of your organisations."},
    )
    sector = forms.ChoiceField(
        label="Where do you speak from?",
        choices=Comment.Sector.choices,
        widget=forms.RadioSelect,
        help_text="So that everybody sees which parts of the city were heard.",
        error_messages={
            "required": "Choose where you speak from.",
            "invalid_choice": "Choose one of the four.",
        },
    )

    def __init__(
        self,
        data: Any = None,
        *,
        user: User | None = None,
        addresses: frozenset[str] = frozenset(),
        organisations: list[Organisation] | None = None,
    ) -> None:
        self.addresses = addresses
        self.names_examples = any(row.is_example for row in organisations or [])
        usual = {"name": user.name, "email": user.email} if user else {}
        super().__init__(data, initial=usual)
        mine = [row.pk for row in organisations or []]
        choice = self.fields["organisation"]
        choice.queryset = Organisation.objects.filter(pk__in=mine)  # type: ignore[attr-defined]
        if not mine:
            del self.fields["organisation"]
        self.helper = FormHelper()
        self.helper.add_input(Submit("send", "Send your comment", css_class="btn"))

    def from_robot(self) -> bool:
        """Whether the field that no person sees was filled in."""
        return bool(self.data.get("home_page"))

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        organisation, email = said.get("organisation"), said.get("email")
        if organisation and email and email not in self.addresses:
            self.add_error("email", ValidationError(NOT_THEIRS.format(organisation=organisation)))
        return said


class RefuseForm(forms.Form):
    """Why a comment is not published."""

    reason = Words(
        label="Why is it not published?",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Its writer gets these words by mail. Nobody else reads them.",
        error_messages={"required": "Say why: its writer is told.", "max_length": TOO_LONG},
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True


class RespondForm(forms.Form):
    """What came of a comment, for all to read."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    outcome = forms.ChoiceField(
        label="What came of it?",
        choices=[
            (Comment.Outcome.CHANGED, "Changed: we did something about it"),
            (Comment.Outcome.KEPT, "Kept as it is, because…"),
            (Comment.Outcome.LATER, "Later: for a release to come"),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose what came of it.",
            "invalid_choice": "Choose one of the three.",
        },
    )
    response = Words(
        label="The answer",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Everybody reads it below the comment, and its writer gets it by mail.",
        error_messages={"required": "Say what was changed, or why not.", "max_length": TOO_LONG},
    )

    def __init__(self, data: Any = None, *, initial: dict[str, str] | None = None) -> None:
        super().__init__(data, initial=initial)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
