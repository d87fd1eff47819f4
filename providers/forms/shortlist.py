"""Making, naming and filling shortlists, and noting something about an offer."""

from typing import Any, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms

from providers.models import Shortlist, ShortlistItem
from tslsv.ui.fields import Words

FIRST = "My shortlist"
"""What the first list is called unless somebody says otherwise."""
NEW = "new"
EXAMPLE = "For example: “Lunch for thirty in May”."

NAME_ERRORS = {
    "required": "Give the list a name.",
    "max_length": "Use a name of at most %(limit_value)d characters.",
}


class NameForm(forms.Form):
    """What a list is called."""

    name = forms.CharField(
        label="Name of the list",
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=EXAMPLE,
        error_messages=NAME_ERRORS,
    )

    def __init__(self, *args: Any, action: str, **kwargs: Any) -> None:
        """``action`` is what the button says."""
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("save", action, css_class="btn"))


class AddForm(forms.Form):
    """The list that offers go on: one that there is, or a new one."""

    to = forms.ChoiceField(
        label="Which list?",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose a list.",
            "invalid_choice": "This list is not here any more. Choose another.",
        },
    )
    name = forms.CharField(
        label="Name of the new list",
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=f"If you begin one. {EXAMPLE}",
        error_messages=NAME_ERRORS,
    )

    def __init__(self, *args: Any, lists: list[Shortlist], **kwargs: Any) -> None:
        """``lists`` are the visitor's own, the one used last first."""
        super().__init__(*args, **kwargs)
        self.lists = {str(row.pk): row for row in lists}
        if lists:
            field = cast("forms.ChoiceField", self.fields["to"])
            field.choices = [
                *((pk, row.name) for pk, row in self.lists.items()),
                (NEW, "A new list"),
            ]
            field.initial = str(lists[0].pk)
        else:
            del self.fields["to"]
            self.fields["name"].label = "Name of the list"
            self.fields["name"].help_text = EXAMPLE
            self.fields["name"].required = True
            self.fields["name"].initial = FIRST
        self.helper = FormHelper()
        self.helper.add_input(Submit("add", "Add", css_class="btn"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("to") == NEW and not cleaned.get("name") and not self.errors.get("name"):
            self.add_error("name", NAME_ERRORS["required"])
        return cleaned

    @property
    def chosen(self) -> Shortlist | None:
        """The list that was chosen; None for a new one."""
        return self.lists.get(self.cleaned_data.get("to", NEW))


class NoteForm(forms.Form):
    """A note about one offer."""

    note = Words(
        label="Your note",
        required=False,
        max_length=ShortlistItem.MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="What you found out, or want to ask. Leave it empty to have none.",
        error_messages={
            "max_length": "Say it in %(limit_value)d characters or fewer. You have written "
            "%(show_value)d.",
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("save", "Save the note", css_class="btn"))
