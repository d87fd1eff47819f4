"""What a host needs or a giver offers, on one page that fits its kind."""

import datetime
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from brokerage.models import Access, Cause, Kind, Mode, Notice, Requirement, Skill
from brokerage.notice_facts import WEEKDAYS
from brokerage.services.notice import WRITTEN
from places import lookup
from places.lookup import PostcodeError
from tslsv.ui.fields import Line, MoneyField, Whole, Words

LONGEST_DAYS = 365
BAD_DATE = "Enter a date such as 31/03/2027."
BAD_NUMBER = "Enter a whole number, such as 8."
BAD_HOURS = "Enter hours such as 6 or 1.5."
BAD_POSTCODE = "Enter a postcode, such as LS8 4AA."
MOST_SKILLS = 10


def longest(number: int) -> dict[str, str]:
    return {"max_length": f"Use at most {number:,} characters. You have written %(show_value)d."}


def day(label: str, help_text: str = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        help_text=help_text,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "w-s"}),
        error_messages={"invalid": BAD_DATE},
    )


def people(label: str, help_text: str = "") -> Whole:
    return Whole(
        label=label,
        required=False,
        min_value=1,
        max_value=Notice.MOST_PLACES,
        help_text=help_text,
        widget=forms.TextInput(attrs={"class": "w-s", "inputmode": "numeric"}),
        error_messages={
            "invalid": BAD_NUMBER,
            "min_value": BAD_NUMBER,
            "max_value": f"Enter a number of at most {Notice.MOST_PLACES:,}.",
        },
    )


def hours(label: str, help_text: str = "", *, required: bool = False) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=required,
        min_value=Decimal(0),
        max_value=Decimal(9999),
        max_digits=6,
        decimal_places=2,
        help_text=help_text,
        widget=forms.TextInput(attrs={"class": "w-s", "inputmode": "decimal"}),
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value", "max_digits", "max_decimal_places",
             "max_whole_digits"),
            BAD_HOURS,
        ),
    )  # fmt: skip


def ticks(label: str, choices: Iterable[tuple[Any, Any]], help_text: str = "") -> forms.Field:
    return forms.MultipleChoiceField(
        label=label,
        required=False,
        choices=choices,
        help_text=help_text,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choose from the list."},
    )


class NoticeForm(forms.Form):
    """A need or an offer of one kind. ``skills`` and ``must`` come apart from the columns.

    ``seen`` is the revision that was looked at, ``key`` the form's own.
    """

    use_required_attribute = False

    title = Line(
        label="What is it, in a few words?",
        max_length=120,
        error_messages={"required": "Say what it is in a few words.", **longest(120)},
    )
    description = Words(
        label="Tell them more",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="What is to be done, how a day goes, what is there already. Please name nobody.",
        error_messages=longest(4000),
    )
    benefit_to_host = Words(
        label="What does the host gain?",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say what the host gains.", **longest(1000)},
    )
    benefit_to_giver = Words(
        label="What does the giver gain?",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say what the giver gains.", **longest(1000)},
    )
    places_min = people("Fewest people", "Fewer would be no use. Leave it empty if one is enough.")
    places_max = people("Most people", "Nobody can book more than these places.")
    hours_each = hours("Hours for each person", "For a long exchange, over all of it.")
    amount = MoneyField(label="How much?", required=False)
    cost_contribution = MoneyField(label="Towards the host’s costs, in pounds", required=False)
    first_day = day("From")
    last_day = day("Until", "Leave both empty if any time will do.")
    weekdays = ticks("On which days of the week?", enumerate(WEEKDAYS, 1), "None means any.")
    when_words = Line(
        label="When, in your words",
        required=False,
        max_length=200,
        help_text="Such as “mornings”, or “every second Tuesday”.",
        error_messages=longest(200),
    )
    mode = forms.ChoiceField(
        label="In person or remotely?",
        choices=Mode.choices,
        initial=Mode.IN_PERSON,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one.", "invalid_choice": "Choose one."},
    )
    postcode = forms.CharField(
        label="Postcode",
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"class": "w-s", "autocomplete": "postal-code"}),
        help_text="People see the ward and how far it is, never the address.",
        error_messages={"max_length": BAD_POSTCODE},
    )
    causes = ticks("What is it for?", Cause.choices)
    skills = ticks("Skills", (), f"Up to {MOST_SKILLS}.")
    must = ticks("Which of them must be there?", (), "Without these it would be of no use.")
    requirements = ticks("Requirements", Requirement.choices)
    access = ticks("Access", Access.choices)
    contact_name = Line(
        label="Name of the contact",
        max_length=120,
        help_text="The other side sees the contact once both are introduced, and nobody else.",
        error_messages={"required": "Enter who can be reached.", **longest(120)},
    )
    contact_email = forms.EmailField(
        label="Their email address",
        max_length=254,
        error_messages={
            "required": "Enter an email address.",
            "invalid": "Enter an email address such as name@example.org.",
        },
    )
    contact_phone = Line(
        label="Their telephone number",
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"class": "w-s", "type": "tel"}),
        error_messages=longest(30),
    )
    expires_on = day(
        "On the board until", "Leave it empty for about three months; you are asked before."
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    key = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        *,
        side: Notice.Side,
        kind: Kind,
        initial: Mapping[str, Any] | None = None,
        notice: Notice | None = None,
    ) -> None:
        super().__init__(data, initial=dict(initial or {}))
        self.side, self.kind = side, kind
        offered = Skill.objects.offered_to(notice)
        skills = list(offered.order_by("label").values_list("pk", "label"))
        self._labels = dict(skills)
        choices = [(str(pk), label) for pk, label in skills]
        for name in ("skills", "must"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        is_need = side == Notice.Side.NEED
        self._say(is_need=is_need)
        self._drop(is_need=is_need)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            _part("What it is", "title", "description", *self._folded("causes")),
            *(
                [_part("Skills", *self._folded("skills"), *self._folded("must"))]
                if kind.takes_people
                else []
            ),
            _part("What each side gains", "benefit_to_host", "benefit_to_giver"),
            _part(
                "How many and how much",
                *self._there(
                    "places_min", "places_max", "hours_each", "amount", "cost_contribution"
                ),
            ),
            _part("When and where", "first_day", "last_day", "weekdays", "when_words", "mode",
                  "postcode"),
            _part(
                "What people should know",
                *self._folded("requirements"),
                *self._folded("access"),
            ),
            _part("Who can be reached", "contact_name", "contact_email", "contact_phone"),
            _part("How long", "expires_on"),
            "seen",
            "key",
        )  # fmt: skip

    def _folded(self, name: str) -> list[str | HTML]:
        """A long list of ticks, folded away until something in it is chosen or wrong."""
        if name not in self.fields:
            return []
        field = self[name]
        is_open = " open" if field.value() or (self.is_bound and field.errors) else ""
        return [
            HTML(f"<details{is_open}><summary>{field.label}</summary>"),
            name,
            HTML("</details>"),
        ]

    def _there(self, *names: str) -> list[str]:
        return [name for name in names if name in self.fields]

    def _say(self, *, is_need: bool) -> None:
        """Help texts that hang on the kind and the side."""
        fields, kind = self.fields, self.kind
        fields["benefit_to_host"].help_text = f"Such as: {kind.benefit_to_host}"
        fields["benefit_to_giver"].help_text = f"Such as: {kind.benefit_to_giver}"
        fields["requirements"].label = (
            "What do people need to have or be?" if is_need else "What do your people have?"
        )
        fields["access"].label = (
            "What is there of access?" if is_need else "What access do your people need?"
        )
        fields["cost_contribution"].help_text = (
            "What you ask of the giver, 0 for nothing."
            if is_need
            else "What you could pay, 0 for nothing."
        )
        unit = kind.get_unit_display()
        fields["amount"].label = f"How much, in {unit}?"

    def _drop(self, *, is_need: bool) -> None:
        """Fields that this kind and side have no use for."""
        if self.kind.takes_people:
            del self.fields["amount"]
        else:
            for name in ("places_min", "places_max", "hours_each", "skills", "must"):
                del self.fields[name]
            self.fields["amount"].required = True
        if not is_need and "must" in self.fields:
            del self.fields["must"]

    def clean_postcode(self) -> str:
        """In its written form. Raises ValidationError where it is none that is known."""
        text = str(self.cleaned_data["postcode"])
        if not text:
            return ""
        try:
            return lookup.resolve(text).text
        except PostcodeError as error:
            raise ValidationError(str(error)) from error

    def clean_expires_on(self) -> datetime.date | None:
        chosen: datetime.date | None = self.cleaned_data["expires_on"]
        today = timezone.localdate()
        if chosen is None:
            return None
        if chosen < today:
            raise ValidationError("Choose a day that has not passed.")
        if chosen > today + datetime.timedelta(days=LONGEST_DAYS):
            raise ValidationError("Choose a day within a year; you can renew it then.")
        return chosen

    def clean_last_day(self) -> datetime.date | None:
        chosen: datetime.date | None = self.cleaned_data["last_day"]
        if chosen is not None and chosen < timezone.localdate():
            raise ValidationError("Choose a day that has not passed.")
        return chosen

    def clean_skills(self) -> list[int]:
        chosen = [int(value) for value in self.cleaned_data["skills"]]
        if len(chosen) > MOST_SKILLS:
            raise ValidationError(f"Choose at most {MOST_SKILLS}; the most important ones count.")
        return chosen

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self._in_order("places_min", "places_max", "The most cannot be less than the fewest.")
        self._in_order("first_day", "last_day", "The last day cannot be before the first.")
        chosen = cleaned.get("skills") or []
        missing = [pk for pk in map(int, cleaned.get("must") or ()) if pk not in chosen]
        if missing and "skills" not in self.errors:
            label = self._labels[missing[0]]
            self.add_error("must", f"“{label}” is not among the skills that you chose above.")
        return cleaned

    def _in_order(self, first: str, last: str, words: str) -> None:
        least, most = self.cleaned_data.get(first), self.cleaned_data.get(last)
        if least is not None and most is not None and most < least:
            self.add_error(last, words)

    def values(self) -> dict[str, Any]:
        """What was written, by the names of ``services.notice.WRITTEN``."""
        said = {name: self.cleaned_data.get(name) for name in WRITTEN}
        for name in ("description", "when_words", "postcode", "contact_phone"):
            said[name] = said[name] or ""
        said["weekdays"] = [int(value) for value in said["weekdays"] or ()]
        # Nothing ticked is "not said", which is no "no".
        for name in ("access", "requirements"):
            said[name] = said[name] or None
        return said

    def skills_said(self) -> dict[int, bool]:
        """Ids of skills, each with whether it must be there."""
        must = set(map(int, self.cleaned_data.get("must") or ()))
        return {pk: pk in must for pk in self.cleaned_data.get("skills") or ()}

    def show_meanwhile(self, now: Notice, words: str) -> None:
        """What somebody else saved stands beside each field; what was typed stays."""
        theirs = initial_of(now)
        mine = self.cleaned_data
        typed = self.data.copy()  # type: ignore[attr-defined]
        typed["seen"] = now.revision
        self.data = typed
        self.add_error(None, words)
        for name in WRITTEN:
            if name in self.fields and (theirs[name] or None) != (mine.get(name) or None):
                self.add_error(name, f"Saved meanwhile: {theirs[name] or 'nothing'}")


def initial_of(notice: Notice) -> dict[str, Any]:
    """What a form of a notice opens with."""
    found: dict[str, Any] = {name: getattr(notice, name) for name in WRITTEN}
    for name in ("causes", "access", "requirements", "weekdays"):
        found[name] = list(found[name] or ())
    links = list(notice.skill_links.all())
    found["skills"] = [str(link.skill_id) for link in links]
    found["must"] = [str(link.skill_id) for link in links if link.must]
    found["seen"] = notice.revision
    return found


def _part(heading: str, *fields: str | HTML) -> Div:
    """Fields under a heading of their own."""
    return Div(HTML(f"<h2>{heading}</h2>"), *fields, css_class="section flow")
