"""What is said in the course of an exchange."""

import datetime
from collections.abc import Iterable
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils import timezone

from accounts.models import Organisation
from brokerage.forms.notice import BAD_DATE, hours, people
from brokerage.models import ExchangeVersion, Feedback, Gate, Kind, Mode, Notice
from brokerage.services.delivering import Figures
from brokerage.services.gates import Settled
from brokerage.services.proposing import Reach
from tslsv.ui.fields import Line, MoneyField, Words


def _longest(number: int) -> dict[str, str]:
    return {"max_length": f"Use at most {number:,} characters. You have written %(show_value)d."}


def _day(label: str, help_text: str = "", *, required: bool = False) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "w-s"}),
        error_messages={"required": BAD_DATE, "invalid": BAD_DATE},
    )


def _time(label: str) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "w-s"}),
        error_messages={"invalid": "Enter a time such as 09:30."},
    )


def _of_yours() -> "forms.ModelChoiceField[Organisation]":
    return forms.ModelChoiceField(
        Organisation.objects.none(),
        label="For which of your organisations?",
        empty_label=None,
        error_messages={"required": "Choose one.", "invalid_choice": "Choose one of yours."},
    )


def _offer_organisations(form: forms.Form, organisations: Iterable[Organisation]) -> None:
    ids = [row.pk for row in organisations]
    form.fields["organisation"].queryset = Organisation.objects.filter(pk__in=ids)  # type: ignore[attr-defined]


class PlainForm(forms.Form):
    """A form whose page has the form tag and the button."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False


class ReachForm(PlainForm):
    """Whom the other side reaches."""

    contact_name = Line(
        label="Whom can they reach?",
        max_length=120,
        error_messages={"required": "Enter a name.", **_longest(120)},
    )
    contact_email = forms.EmailField(
        label="Email address",
        max_length=254,
        error_messages={
            "required": "Enter an email address.",
            "invalid": "Enter an email address such as name@example.org.",
        },
    )
    contact_phone = Line(
        label="Telephone number",
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"class": "w-s", "type": "tel"}),
        error_messages=_longest(30),
    )

    def reach(self) -> Reach:
        said = self.cleaned_data
        return Reach(said["contact_name"], said["contact_email"], said["contact_phone"] or "")


class TermsForm(PlainForm):
    """When, where and how many; what does not fit the kind is left out."""

    seats = people("How many people?")
    hours_each = hours("Hours for each person")
    amount = MoneyField(label="How much?")
    first_day = _day("On which day, or from when?", "Leave it empty while it is to be found.")
    last_day = _day("Until", "Only if it takes more than a day.")
    start_time = _time("It starts at")
    end_time = _time("It ends at")
    review_on = _day("When do you both look at how it goes?", "For what goes on for months.")
    mode = forms.ChoiceField(
        label="In person or remotely?",
        choices=Mode.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one.", "invalid_choice": "Choose one."},
    )
    place = Line(label="Where?", required=False, max_length=200, error_messages=_longest(200))
    cost_contribution = MoneyField(label="Towards the host’s costs, in pounds", required=False)
    note = Words(
        label="Anything else they should know",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages=_longest(2000),
    )
    clash_seen = forms.BooleanField(label="Both can happen: go on all the same", required=False)

    def __init__(self, *args: Any, kind: Kind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        if kind.takes_people:
            del self.fields["amount"]
            self.fields["seats"].required = True
            self.fields["seats"].error_messages["required"] = "Say how many people."
        else:
            del self.fields["seats"], self.fields["hours_each"]
            self.fields["amount"].label = f"How much, in {kind.get_unit_display()}?"
        # Offered only once there is something that it could override.
        self.fields["clash_seen"].widget = forms.HiddenInput()

    def offer_override(self) -> None:
        """There is a clash: let them say that both can happen."""
        self.fields["clash_seen"].widget = forms.CheckboxInput()

    def terms(self) -> dict[str, Any]:
        """By the names of ``ExchangeVersion.TERMS``; what the form does not ask is open."""
        return {name: self.cleaned_data.get(name) for name in ExchangeVersion.TERMS}


class ChangeForm(TermsForm):
    """A change to the terms; ``seen`` is the newest version that was looked at."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)


class ProposeForm(TermsForm, ReachForm):
    """A proposal to a need or an offer, in the name of one of one's organisations."""

    organisation = _of_yours()
    own = forms.ModelChoiceField(
        Notice.objects.none(),
        label="Which of your own does it go with?",
        required=False,
        empty_label="None of them",
        error_messages={"invalid_choice": "Choose one from the list."},
    )
    key = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        kind: Kind,
        organisations: Iterable[Organisation],
        own: Iterable[Notice],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, kind=kind, **kwargs)
        _offer_organisations(self, organisations)
        notices = [row.pk for row in own]
        self.fields["own"].queryset = Notice.objects.filter(pk__in=notices)  # type: ignore[attr-defined]
        if not notices:
            del self.fields["own"]
        self.order_fields(["organisation", "own"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        own, organisation = cleaned.get("own"), cleaned.get("organisation")
        if own is not None and organisation is not None and own.organisation_id != organisation.pk:
            self.add_error("own", f"This is not one of {organisation}.")
        return cleaned


class ReasonForm(PlainForm):
    """Why, in a few words, for both sides to read."""

    reason = Words(
        label="Why?",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="It stands in the history, and the other side reads it.",
        error_messages={"required": "Say why, in a few words.", **_longest(1000)},
    )


class PlacesForm(PlainForm):
    """Fewer places."""

    seats = people("How many places do you still take?")
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seats"].required = True
        self.fields["seats"].error_messages["required"] = "Say how many places."


class PassForm(PlainForm):
    """Places for another employer, and whom to ask there."""

    seats = people("How many places do you pass on?")
    email = forms.EmailField(
        label="Whose email address is it?",
        max_length=254,
        help_text="Of somebody who acts for the other employer. It is used for this one mail.",
        error_messages={
            "required": "Enter an email address.",
            "invalid": "Enter an email address such as name@example.org.",
        },
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seats"].required = True
        self.fields["seats"].error_messages["required"] = "Say how many places."


class TakeForm(ReachForm):
    """Who takes places that somebody passes on, and whom the host reaches."""

    organisation = _of_yours()

    def __init__(self, *args: Any, organisations: Iterable[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_organisations(self, organisations)
        self.order_fields(["organisation"])


class GateForm(PlainForm):
    """How one check is settled: in words and dates, never with a certificate."""

    level = forms.ChoiceField(
        label="Which DBS level is needed?",
        choices=Gate.Level.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one.", "invalid_choice": "Choose one."},
    )
    words = Line(
        label="In a few words",
        max_length=300,
        error_messages={"required": "Say it in a few words.", **_longest(300)},
    )
    on = _day("Since when", required=True)
    valid_to = _day("Valid until", "If it runs out.")

    _HINTS = {
        Kind.Check.DBS: "Why this level? Such as “No children or adults at risk on site”.",
        Kind.Check.INSURANCE: "Who insures what? Such as “Our public liability, £5 million”.",
        Kind.Check.RISK: "Who did it? Keep the document yourself.",
        Kind.Check.SUPERVISION: "Who looks after them? Such as “One of us for every six”.",
        Kind.Check.EXPENSES: "Who pays what, and how much at most?",
    }

    def __init__(self, *args: Any, check: Kind.Check, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].help_text = self._HINTS[check]
        if check != Kind.Check.DBS:
            del self.fields["level"]

    def settled(self) -> Settled:
        said = self.cleaned_data
        return Settled(said["words"], said["on"], said["valid_to"], said.get("level", ""))


class FiguresForm(PlainForm):
    """What happened."""

    happened_on = _day("On which day was it, or did it end?", required=True)
    people = people("How many people came?")
    giver_hours = hours("Hours that they gave, all together", required=True)
    amount = MoneyField(label="How much was given?")
    host_hours = hours("Hours that hosting took, all together", "Of staff and volunteers.")
    host_cost = MoneyField(label="What hosting cost, in pounds", required=False)
    contribution = MoneyField(label="What the giver paid towards it, in pounds", required=False)
    words = Words(
        label="Anything to add",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages=_longest(2000),
    )

    def __init__(self, *args: Any, kind: Kind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind.takes_people:
            del self.fields["amount"]
        else:
            del self.fields["people"], self.fields["giver_hours"]
            self.fields["amount"].label = f"How much was given, in {kind.get_unit_display()}?"

    def clean_happened_on(self) -> datetime.date | None:
        day: datetime.date | None = self.cleaned_data["happened_on"]
        if day is not None and day > timezone.localdate():
            raise forms.ValidationError("This day has not come.")
        return day

    def figures(self) -> Figures:
        said: dict[str, Any] = {
            name: self.cleaned_data.get(name) for name in Figures.__dataclass_fields__
        }
        return Figures(**{**said, "words": said["words"] or ""})


class DecideForm(FiguresForm):
    """A broker's figures, or that it did not happen."""

    happened = forms.ChoiceField(
        label="Did it happen?",
        choices=[("yes", "Yes, with these figures"), ("no", "No, it did not happen")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one.", "invalid_choice": "Choose one."},
    )
    reason = Words(
        label="Why do you decide so?",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Both sides read it.",
        error_messages={"required": "Say why: both sides read it.", **_longest(300)},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["happened"])
        if self.data.get("happened") == "no":
            for name, field in self.fields.items():
                field.required = name in {"happened", "reason"}


class FeedbackForm(PlainForm):
    """How it was."""

    went = forms.ChoiceField(
        label="How did it go?",
        choices=Feedback.Went.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one.", "invalid_choice": "Choose one."},
    )
    again = forms.TypedChoiceField(
        label="Would you do it again?",
        required=False,
        coerce=lambda value: value == "yes",
        empty_value=None,
        choices=[("yes", "Yes"), ("no", "No"), ("", "I cannot say")],
        widget=forms.RadioSelect,
        initial="",
    )
    words = Words(
        label="In your words",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages=_longest(2000),
    )
    shared = forms.BooleanField(
        label="The other side may read it",
        required=False,
        help_text="Brokers read it in any case, the public never.",
    )
