"""What somebody asks of providers, on one page."""

import datetime
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, ButtonHolder, Div, Layout, Submit
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Organisation, User
from places import lookup
from places.lookup import PostcodeError
from tslsv.ui.fields import Line, MoneyField, Whole, Words
from tslsv.ui.widgets import Honeypot

LONGEST_DAYS = 90
USUAL_DAYS = 7
FURTHEST_DAYS = 3 * 366
BAD_EMAIL = "Enter an email address such as name@example.org."
BAD_DATE = "Enter a date such as 31/03/2027."
BAD_NUMBER = "Enter a whole number, such as 30."
BAD_POSTCODE = "Enter a postcode, such as LS8 4AA."
NOT_THEIRS = "To ask for {organisation}, give the address that you sign in with."


def day(label: str, help_text: str, *, required: bool) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "w-s"}),
        error_messages={"required": BAD_DATE, "invalid": BAD_DATE},
    )


def longest(number: int) -> dict[str, str]:
    return {"max_length": f"Use at most {number:,} characters. You have written %(show_value)d."}


def _part(heading: str, *fields: str | ButtonHolder) -> Div:
    """Fields under a heading of their own."""
    return Div(HTML(f"<h2>{heading}</h2>"), *fields, css_class="section flow")


class AskForm(forms.Form):
    """Who asks, for what, when and where, and until when answers are wanted.

    ``user`` is whoever is signed in, with ``addresses`` that they have shown to be theirs; they may
    ask in the name of ``organisations``.
    """

    # First, because the spaces between fields hang on which field follows which.
    home_page = forms.CharField(label="Leave this empty", required=False, widget=Honeypot)
    title = Line(
        label="What do you need?",
        max_length=120,
        help_text="A few words, such as “Lunch for thirty”. They head every mail about it.",
        error_messages={"required": "Say what you need in a few words.", **longest(120)},
    )
    what = Words(
        label="Tell them more",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="What they have to know to say yes or no, and for how much.",
        error_messages={"required": "Tell them what you need.", **longest(2000)},
    )
    number = Whole(
        label="How many people or things?",
        required=False,
        min_value=1,
        max_value=1_000_000,
        widget=forms.TextInput(attrs={"class": "w-s", "inputmode": "numeric"}),
        error_messages={
            "invalid": BAD_NUMBER,
            "min_value": BAD_NUMBER,
            "max_value": "Enter a number of at most 1,000,000.",
        },
    )
    budget = MoneyField(
        label="Your budget in pounds",
        required=False,
        help_text="Only if you like. They see it.",
    )
    access_needs = Words(
        label="Access needs",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Such as a hearing loop or step-free access. Please name nobody.",
        error_messages=longest(1000),
    )
    on_day = day("On which day?", "If you know it.", required=False)
    when = Line(
        label="When, in your words",
        required=False,
        max_length=200,
        help_text="Such as “at noon”, or “any Tuesday in May”.",
        error_messages=longest(200),
    )
    postcode = forms.CharField(
        label="Where? A postcode",
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"class": "w-s", "autocomplete": "postal-code"}),
        help_text="So that they know how far it is. A part, such as LS8, is enough.",
        error_messages={"max_length": BAD_POSTCODE},
    )
    name = Line(
        label="Your name",
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text="They see it.",
        error_messages={"required": "Enter your name.", **longest(120)},
    )
    email = forms.EmailField(
        label="Your email address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text="Answers go there. They do not see it unless you let them.",
        error_messages={
            "required": "Enter your email address.",
            "invalid": BAD_EMAIL,
            "max_length": "Enter an email address of at most 254 characters.",
        },
    )
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(),
        label="For which of your organisations?",
        required=False,
        empty_label="None: for myself, or for another",
        help_text="Its other members see the answers, too.",
        error_messages={"invalid_choice": "Choose one of your organisations."},
    )
    asking_for = Line(
        label="For whom do you ask?",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        help_text="Such as your team or group. They see it.",
        error_messages=longest(200),
    )
    answer_by = day("Answers wanted by", f"At most {LONGEST_DAYS} days from now.", required=True)
    gives_address = forms.BooleanField(
        label="Let these providers have my email address at once", required=False
    )

    def __init__(
        self,
        data: Any = None,
        *,
        user: User | None = None,
        addresses: frozenset[str] = frozenset(),
        organisations: list[Organisation] | None = None,
        **kwargs: Any,
    ) -> None:
        self.addresses = addresses
        usual = {
            "answer_by": timezone.localdate() + datetime.timedelta(days=USUAL_DAYS),
            "name": user.name if user else "",
            "email": user.email if user else "",
        }
        super().__init__(data, initial={**usual, **(kwargs.pop("initial", None) or {})}, **kwargs)
        mine = [row.pk for row in organisations or []]
        choice = self.fields["organisation"]
        choice.queryset = Organisation.objects.filter(pk__in=mine)  # type: ignore[attr-defined]
        if not mine:
            del self.fields["organisation"]
        self.helper = FormHelper()
        self.helper.layout = Layout(
            "home_page",
            _part("What you need", "title", "what", "number", "budget", "access_needs"),
            _part("When and where", "on_day", "when", "postcode"),
            _part("Who asks", "name", "email", *(["organisation"] if mine else []), "asking_for"),
            _part(
                "The answers",
                "answer_by",
                "gives_address",
                ButtonHolder(
                    Submit("check", "Check your answers", css_class="btn"), css_class="row"
                ),
            ),
        )

    def from_robot(self) -> bool:
        """Whether the field that no person sees was filled in."""
        return bool(self.data.get("home_page"))

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()

    def clean_postcode(self) -> str:
        """In its written form. ``ward_id`` is its ward, where that is certain."""
        self.ward_id: str | None = None
        text = self.cleaned_data["postcode"]
        if not text:
            return ""
        try:
            found = lookup.resolve(text)
        except PostcodeError as error:
            raise ValidationError(str(error)) from error
        self.ward_id = found.ward_code
        return found.text

    def clean_on_day(self) -> datetime.date | None:
        wanted: datetime.date | None = self.cleaned_data["on_day"]
        today = timezone.localdate()
        if wanted and wanted < today:
            raise ValidationError("This day has passed. Enter today or a later day.")
        if wanted and wanted > today + datetime.timedelta(days=FURTHEST_DAYS):
            raise ValidationError("Enter a day within the next three years.")
        return wanted

    def clean_answer_by(self) -> datetime.date:
        wanted: datetime.date = self.cleaned_data["answer_by"]
        today = timezone.localdate()
        if wanted < today:
            raise ValidationError("This day has passed. Enter today or a later day.")
        if wanted > today + datetime.timedelta(days=LONGEST_DAYS):
            raise ValidationError(f"Enter a day within the next {LONGEST_DAYS} days.")
        return wanted

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        organisation, email = cleaned.get("organisation"), cleaned.get("email")
        if organisation and email and email not in self.addresses:
            self.add_error("email", NOT_THEIRS.format(organisation=organisation))
        return cleaned

    def values(self) -> dict[str, Any]:
        """The answers of a valid form, as ``services.asking`` takes them."""
        answers = {"organisation": None, **self.cleaned_data, "ward_id": self.ward_id}
        if answers["organisation"] and not answers["asking_for"]:
            answers["asking_for"] = answers["organisation"].name
        del answers["home_page"]
        return answers
