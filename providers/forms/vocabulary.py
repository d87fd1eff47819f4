"""What curators say about terms and synonyms."""

from collections.abc import Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.core.exceptions import ValidationError

from providers.models import Synonym, Term
from providers.services.vocabulary import version_of_term

LABEL_HINTS = {
    Term.Facet.EDI_LED: "It is read after “Led by”, as in “Led by women”.",
    Term.Facet.EDI_SERVES: "It is read after “Serves”, as in “Serves older people”.",
}
MEANINGS = 3
"""So many terms can be chosen; a synonym that has as many offers one more."""
NO_PARENT = "On its own"
CHOOSE = "Choose one of the list."


class SeenForm(forms.Form):
    """Carries what its page showed, so that a change by somebody else meanwhile is noticed."""

    seen = forms.CharField(max_length=16, required=False, widget=forms.HiddenInput)

    def show_now(self, seen: str) -> None:
        """What is saved next is about what stands now; what was typed stays."""
        self.data = {**dict(self.data.items()), "seen": seen}


class TermForm(SeenForm):
    """The words of a term, and for a category what it lies under."""

    label = forms.CharField(
        max_length=80,
        error_messages={
            "required": "Enter what it is called.",
            "max_length": "Use at most %(limit_value)d characters. This has %(show_value)d.",
        },
    )
    description = forms.CharField(
        label="What it means",
        max_length=240,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One line, as on the page “What the words mean”. Up to 240 characters.",
        error_messages={
            "required": "Say in one line what it means.",
            "max_length": "Use at most %(limit_value)d characters. This has %(show_value)d.",
        },
    )
    parent = forms.TypedChoiceField(
        label="Lies under",
        required=False,
        coerce=int,
        empty_value=None,
        error_messages={"invalid_choice": CHOOSE},
    )

    def __init__(
        self, *args: Any, facet: Term.Facet, parents: Sequence[Term], button: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["label"].help_text = LABEL_HINTS.get(
            facet, "As it stands in the filters and on every page that shows it."
        )
        self.parents = {term.pk: term for term in parents}
        if facet == Term.Facet.CATEGORY:
            offered = [(pk, term.label) for pk, term in self.parents.items()]
            self.fields["parent"].choices = [("", NO_PARENT), *offered]  # type: ignore[attr-defined]
        else:
            del self.fields["parent"]
        self.helper = FormHelper()
        self.helper.add_input(Submit("save", button, css_class="btn"))

    def clean_description(self) -> str:
        return " ".join(self.cleaned_data["description"].split())

    @property
    def words(self) -> dict[str, Any]:
        """What the services take."""
        data = self.cleaned_data
        return {
            "label": data["label"],
            "description": data["description"],
            "parent": self.parents.get(data.get("parent") or 0),
        }

    @staticmethod
    def initial_of(term: Term) -> dict[str, Any]:
        return {
            "label": term.label,
            "description": term.description,
            "parent": term.parent_id,
            "seen": version_of_term(term),
        }


class MoveForm(SeenForm):
    """The place of a term among its neighbours, counted from 1."""

    def __init__(self, *args: Any, places: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sentence = f"Enter a whole number from 1 to {places}."
        self.fields["place"] = forms.IntegerField(
            min_value=1,
            max_value=places,
            widget=forms.NumberInput(attrs={"class": "w-s", "inputmode": "numeric"}),
            help_text=f"From 1, the first, to {places}.",
            error_messages=dict.fromkeys(
                ("required", "invalid", "min_value", "max_value"), sentence
            ),
        )
        self.helper = FormHelper()
        self.helper.add_input(Submit("move", "Move it there", css_class="btn"))


class MergeForm(SeenForm):
    """Which term takes it in."""

    into = forms.TypedChoiceField(
        label="Merge it into",
        coerce=int,
        error_messages={"required": "Choose the term that stays.", "invalid_choice": CHOOSE},
    )

    def __init__(self, *args: Any, others: Sequence[Term], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.others = {term.pk: term for term in others}
        self.fields["into"].choices = [  # type: ignore[attr-defined]
            ("", "Choose a term"),
            *((term.pk, _in_tree(term)) for term in others),
        ]
        self.helper = FormHelper()
        self.helper.add_input(Submit("merge", "Merge the two", css_class="btn"))


class SynonymForm(SeenForm):
    """Words, and the terms they mean."""

    words = forms.CharField(
        label="What people type",
        max_length=60,
        min_length=2,
        help_text="One word or a short phrase. Its other forms are found too: “lunch” stands for "
        "“lunches”.",
        error_messages={
            "required": "Enter what people type.",
            "min_length": "Use at least %(limit_value)d letters.",
            "max_length": "Use at most %(limit_value)d characters. This has %(show_value)d.",
        },
    )

    def __init__(
        self, *args: Any, terms: Sequence[Term], chosen: Sequence[int] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.terms = {term.pk: term for term in terms}
        choices = [("", "Nothing"), *_by_facet(terms)]
        for number in range(max(MEANINGS, len(chosen) + 1)):
            self.fields[f"term_{number}"] = forms.TypedChoiceField(
                label="It means" if number == 0 else "And",
                choices=choices,
                coerce=int,
                empty_value=None,
                required=number == 0,
                initial=chosen[number] if number < len(chosen) else None,
                error_messages={"required": "Choose a term.", "invalid_choice": CHOOSE},
            )
        self.helper = FormHelper()
        self.helper.add_input(Submit("save", "Save these words", css_class="btn"))

    def clean_words(self) -> str:
        synonym = Synonym(words=self.cleaned_data["words"])
        synonym.clean()
        if not any(letter.isalnum() for letter in synonym.words):
            raise ValidationError("Enter a word that has letters or digits.")
        return synonym.words

    @property
    def meanings(self) -> list[Term]:
        """The terms that were chosen, each once."""
        chosen = (
            value for name, value in self.cleaned_data.items() if name.startswith("term_") and value
        )
        return [self.terms[pk] for pk in dict.fromkeys(chosen)]


def _in_tree(term: Term) -> str:
    return f"{term.parent.label}: {term.label}" if term.parent else term.label


def _by_facet(terms: Sequence[Term]) -> list[tuple[str, list[tuple[int, str]]]]:
    groups: dict[str, list[tuple[int, str]]] = {}
    for term in terms:
        groups.setdefault(term.get_facet_display(), []).append((term.pk, _in_tree(term)))
    return list(groups.items())
