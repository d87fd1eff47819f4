"""The draft of a choice: from the answers to a filed record on one page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils import timezone

from accounts.forms.organisation import clean_postcode
from buying.forms.choice_fields import NEW, head_fields, rest_fields, row_fields
from buying.models import Choice, ChoiceVersion, Considered
from buying.services.draft import Entry, version_of_draft
from providers.models import Term

NEEDED = {
    "what": "Say what was needed.",
    "chosen": "Choose the provider that you chose.",
    "amount": "Enter the amount in pounds.",
    "decided_on": "Enter the day on which you chose.",
    "reason": "Say why you chose this provider.",
    "conflict": "Say whether anybody who decided has a link with a provider.",
    "sure": "Tick this to say that you have checked it.",
    "correction": "Say what the correction is for.",
}
"""What filing asks for, and saving does not."""
OF_SITE = ("reason", "conflict")
"""Not asked of a purchase that was made elsewhere."""


@dataclass(frozen=True, slots=True)
class Row:
    """One provider on the page."""

    row: Considered
    fields: list[BoundField]
    wrong: bool


class DraftForm(forms.Form):
    """Everything of a draft. ``filing`` asks for all that a record needs.

    ``seen`` says what was shown: saving over somebody else's words is noticed by it.
    """

    use_required_attribute = False

    def __init__(self, data: Any = None, *, draft: ChoiceVersion, filing: bool = False) -> None:
        self.draft, self.filing = draft, filing
        self.rows = list(draft.considered.select_related("organisation"))
        sent = data or {}
        self.unsent = {row.pk for row in self.rows if f"answer-{row.pk}" not in sent}
        super().__init__(_with_all(data, self.rows), initial=self._initial())
        for name in ("seen", "warned"):
            self.fields[name] = forms.CharField(
                required=False, max_length=100, widget=forms.HiddenInput
            )
        self.fields |= head_fields(draft)
        for row in self.rows:
            self.fields |= row_fields(str(row.pk), row)
        self.fields |= row_fields(NEW, None) | rest_fields(self.rows)
        self._mark_needed(is_needed=True)

    def full_clean(self) -> None:
        """The page says what a record needs; a draft may lack it, and filing has words for it."""
        self._mark_needed(is_needed=False)
        super().full_clean()
        self._mark_needed(is_needed=True)

    def _mark_needed(self, *, is_needed: bool) -> None:
        site = self.draft.choice.origin == Choice.Origin.SITE
        for name, field in self.fields.items():
            base = name.partition("-")[0]
            if base in {"name", "answer"} or (base in NEEDED and (site or base not in OF_SITE)):
                field.required = is_needed

    def _initial(self) -> dict[str, Any]:
        draft = self.draft
        chosen = next((row for row in self.rows if row.chosen), None)
        return {
            "seen": version_of_draft(draft),
            "correction": draft.correction,
            "what": draft.what,
            "category": draft.category.code if draft.category else "",
            "own_reference": draft.choice.own_reference,
            "chosen": str(chosen.pk) if chosen else None,
            "amount": draft.amount,
            "decided_on": draft.decided_on,
            "reason": draft.reason,
            "conflict": draft.conflict,
            "conflict_words": draft.conflict_words,
            "rule_reason": draft.rule_reason,
            "tells_provider": draft.tells_provider,
        }

    # -- For the page -------------------------------------------------------------------------

    def head(self) -> Iterator[BoundField]:
        return self._some("correction", "what", "category", "own_reference")

    def decision(self) -> Iterator[BoundField]:
        return self._some("chosen", "amount", "decided_on", "reason", "conflict", "conflict_words")

    def _some(self, *names: str) -> Iterator[BoundField]:
        return (self[name] for name in names if name in self.fields)

    def considered(self) -> Iterator[Row]:
        for row in self.rows:
            fields = self._of_row(str(row.pk))
            yield Row(row, fields, any(field.errors for field in fields))

    def new(self) -> list[BoundField]:
        return self._of_row(NEW)

    def new_is_open(self) -> bool:
        """Whether something stands in the fields for another one."""
        return not self.rows or any(field.value() for field in self.new())

    def _of_row(self, key: str) -> list[BoundField]:
        names = ("name", "postcode", "answer", "price", "words", "drop")
        return list(self._some(*(f"{name}-{key}" for name in names)))

    # -- What was written ---------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        for key in [*(str(row.pk) for row in self.rows), NEW]:
            self._clean_row(key)
        self._clean_chosen()
        if self.filing:
            self._clean_filing()
        return said

    def clean_decided_on(self) -> Any:
        day = self.cleaned_data["decided_on"]
        if day and day > timezone.localdate():
            raise ValidationError("Enter a day that is not in the future.")
        if day and day.year < 2000:
            raise ValidationError("Enter a day after 1999.")
        return day

    def _clean_row(self, key: str) -> None:
        said = self.cleaned_data
        if said.get(f"drop-{key}"):
            for field in self._of_row(key):
                self.errors.pop(field.name, None)
            return
        if f"postcode-{key}" in said:
            try:
                said[f"postcode-{key}"] = clean_postcode(said[f"postcode-{key}"])
            except ValidationError as error:
                self.add_error(f"postcode-{key}", error)
        if key == NEW and not self._adds():
            return
        if f"name-{key}" in self.fields and not said.get(f"name-{key}"):
            self._miss(f"name-{key}", "Enter the provider’s name.")
        if not said.get(f"answer-{key}"):
            self._miss(f"answer-{key}", "Choose what it answered.")

    def _clean_chosen(self) -> None:
        said = self.cleaned_data
        chosen = said.get("chosen")
        if chosen == NEW and not self._adds():
            self._miss("chosen", "Add the provider first, or choose another.")
        elif chosen and said.get(f"drop-{chosen}"):
            self._miss("chosen", "You take this one out. Choose another.")
        if said.get("amount") is None and "amount" not in self.errors and chosen:
            said["amount"] = said.get(f"price-{chosen}")

    def _clean_filing(self) -> None:
        site = self.draft.choice.origin == Choice.Origin.SITE
        for name, words in NEEDED.items():
            if name not in self.fields or (name in OF_SITE and not site):
                continue
            value = self.cleaned_data.get(name)
            if value is None or value is False or value == "":
                self._miss(name, words)
        declared = self.cleaned_data.get("conflict") == ChoiceVersion.Conflict.DECLARED
        if declared and not self.cleaned_data.get("conflict_words"):
            self._miss("conflict_words", "Say which link, and how it was dealt with.")

    def _miss(self, name: str, words: str) -> None:
        if name not in self.errors:
            self.add_error(name, words)

    def _adds(self) -> bool:
        """Whether anything was typed of another provider."""
        return any(
            self.cleaned_data.get(field.name) not in {None, ""} or field.errors
            for field in self.new()
        )

    def values(self) -> dict[str, Any]:
        """What ``save_draft`` takes."""
        said = self.cleaned_data
        kind = Term.objects.of(Term.Facet.CATEGORY).filter(code=said["category"]).first()
        names = ("what", "amount", "decided_on", "reason", "conflict", "conflict_words")
        return {
            **{name: said[name] for name in names},
            "category_id": kind.pk if kind else None,
            "rule_reason": said["rule_reason"],
            "correction": said.get("correction", ""),
            "tells_provider": said["tells_provider"],
        }

    def entries(self) -> list[Entry]:
        """Who is to be considered."""
        said = self.cleaned_data
        kept = [(str(row.pk), row) for row in self.rows if not said.get(f"drop-{row.pk}")]
        found = [self._entry(key, row) for key, row in kept]
        if not self._adds():
            return found
        new = self._entry(NEW, None)
        for place, entry in enumerate(found):
            # The same form once more: what it adds is here, and it did not know of it.
            if entry.key in self.unsent and entry.shown[:-1] == new.shown[:-1]:
                return [*found[:place], replace(entry, chosen=new.chosen), *found[place + 1 :]]
        return [*found, new]

    def _entry(self, key: str, row: Considered | None) -> Entry:
        said = self.cleaned_data
        return Entry(
            key=row.pk if row else None,
            name=said.get(f"name-{key}", row.name if row else ""),
            postcode=said.get(f"postcode-{key}", row.postcode if row else ""),
            answer=said[f"answer-{key}"],
            price=said[f"price-{key}"],
            words=said[f"words-{key}"],
            chosen=said.get("chosen") == key,
        )

    def warn(self, asks: str, words: str) -> None:
        """Ask why the rule was not kept, once; sent again, the form passes."""
        self.data = {**dict(self.data.items()), "warned": asks}
        self.add_error("rule_reason", words)


def _with_all(data: Any, rows: Sequence[Considered]) -> Any:
    """What was sent, and as they stand the providers that somebody else added meanwhile."""
    if data is None:
        return None
    whole: dict[str, Any] = dict(data.items())
    for row in rows:
        if f"answer-{row.pk}" not in whole:
            whole[f"name-{row.pk}"], whole[f"postcode-{row.pk}"] = row.name, row.postcode
            whole[f"answer-{row.pk}"], whole[f"words-{row.pk}"] = row.answer, row.words
            whole[f"price-{row.pk}"] = "" if row.price is None else str(row.price)
    return whole
