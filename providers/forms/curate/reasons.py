"""Saying why: in prepared words, which can be changed, or in one's own."""

from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms

from providers.models import EntryRequest
from tslsv.ui.fields import Words

LONGEST = 2000


class Reason(Words):
    """Needed, unless prepared words were picked: only the form can tell."""

    def validate(self, value: Any) -> None:
        """See ``ReasonForm.clean``."""


class ReasonForm(forms.Form):
    """Prepared words to pick, and a field for one's own.

    What is in the field counts. With JavaScript picking fills it; without, the button "Put these
    words in the field" does, and a reason that is picked while the field is empty stands as it is.
    """

    READY: ClassVar[tuple[str, ...]] = ()
    question = "What should they do?"
    missing = "Say what they should do, or pick prepared words."
    optional = False

    ready = forms.ChoiceField(
        label="Prepared words",
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Pick prepared words from the list."},
    )
    reason = Reason(
        label="What should they do?",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="They get these words by mail.",
        error_messages={
            "max_length": "Say it in %(limit_value)d characters or fewer. You have written "
            "%(show_value)d."
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ready, reason = self.fields["ready"], self.fields["reason"]
        if isinstance(ready, forms.ChoiceField):
            ready.choices = [(str(number), words) for number, words in enumerate(self.READY)]
        reason.label = self.question
        reason.required = not self.optional
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("reason") and "reason" not in self.errors:
            cleaned["reason"] = self.picked()
            if not cleaned["reason"] and not self.optional:
                self.add_error("reason", self.missing)
        return cleaned

    def picked(self) -> str:
        """The prepared words that were picked; "" for none."""
        number = str(self.data.get("ready", ""))
        ready = {str(index): words for index, words in enumerate(self.READY)}
        return ready.get(number, "")

    def filled(self) -> "ReasonForm":
        """The same form, not sent yet, with the picked words in the field."""
        number = self.data.get("ready", "")
        return type(self)(initial={"ready": number, "reason": self.picked()})

    def kept(self) -> "ReasonForm":
        """The same form, not sent yet, with what was typed: another button was pressed."""
        return type(self)(initial={name: self.data.get(name, "") for name in self.fields})


class ReturnForm(ReasonForm):
    """Before it can be on the list."""

    READY: ClassVar[tuple[str, ...]] = (
        (
            "Please say in a sentence or two what people get. At the moment the description does "
            "not tell them."
        ),
        "Please choose a category that fits. This one is where people look for something else.",
        "Please add a price or a rough idea of one, or say that people should ask.",
        "Please give a telephone number or an email address that people can use.",
        "The charity or company number is not the one in the register. Please check it.",
        "This looks like something that is not on offer to others yet. Send it in when it is.",
    )


class ReturnEditForm(ReturnForm):
    """Before a change can go live."""

    READY: ClassVar[tuple[str, ...]] = (
        "Please say in a sentence or two what people get. The new words do not tell them.",
        "Please choose a category that fits. The new one is where people look for something else.",
        "The new price is hard to understand. Please say what it is for.",
        "Please describe what each new photo shows, for people who cannot see it.",
    )


class UnpublishForm(ReasonForm):
    """Why something comes off the list."""

    READY: ClassVar[tuple[str, ...]] = (
        "We were told that you do not offer this any more. If you do, send it in again.",
        (
            "We could not reach you with the contact details on the page. Please bring them up to "
            "date and send it in again."
        ),
        "Something on the page is not right. Please put it right and send it in again.",
        "Nobody has confirmed this for long. If it is still right, send it in again.",
    )
    question = "Why does it come off the list?"
    missing = "Say why, or pick prepared words."


class AnswerForm(ReasonForm):
    """To somebody who wants to act for an organisation."""

    READY: ClassVar[tuple[str, ...]] = (
        (
            "We could not find out that you belong to the organisation. Write to us from an "
            "address at its own website, or ask somebody there to invite you."
        ),
        "Somebody acts for the organisation already. Please ask them to invite you.",
        "We rang the organisation, and they do not know of this.",
    )
    question = "Answer"
    missing = "Give an answer, or pick prepared words. They read it in the mail."
    optional = True

    def __init__(self, *args: Any, must: bool = False, **kwargs: Any) -> None:
        """``must``: a refusal needs an answer, a grant can have one."""
        super().__init__(*args, **kwargs)
        self.optional = not must


class RemovalForm(AnswerForm):
    """To somebody who wants an organisation off the list."""

    READY: ClassVar[tuple[str, ...]] = (
        (
            "We could not find out that you speak for the organisation. Write to us from an "
            "address at its own website."
        ),
        "The people who act for the organisation want it to stay on the list.",
    )


def answer_form(wants: str) -> type[AnswerForm]:
    return RemovalForm if wants == EntryRequest.Wants.REMOVE else AnswerForm


class ResolveForm(forms.Form):
    """What came of a report."""

    resolution = Words(
        label="What did you find and do?",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Kept with the report. The public does not see it.",
        error_messages={
            "required": "Say what you found and did, in a few words.",
            "max_length": "Say it in %(limit_value)d characters or fewer. You have written "
            "%(show_value)d.",
        },
    )
    answer = forms.BooleanField(
        label="Mail these words to the person who told us",
        required=False,
    )

    def __init__(self, *args: Any, can_answer: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not can_answer:
            del self.fields["answer"]
        self.helper = FormHelper()
        self.helper.add_input(Submit("decision", "Close the report", css_class="btn"))
