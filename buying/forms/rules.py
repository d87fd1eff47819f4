"""How an organisation buys: thresholds, preferences, words, and who may see them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.text import Truncator

from buying.services.rules import Line, Preferred, Rules
from providers.models import Term
from tslsv.ui.fields import Line as LineField
from tslsv.ui.fields import MoneyField, Words
from tslsv.ui.money import in_pounds

MOST = 12
"""So many lines, and so many preferences."""
SHOWN = 300
MEANWHILE = (
    "Another owner saved these rules while you were writing, perhaps you in another window. "
    "Nothing is lost: what they saved is said below and beside the fields, and what you wrote is "
    "in the fields. Save again to put yours in its place."
)
HOW_MANY = f"Enter a whole number from 1 to {MOST}."
TOO_LONG = "Use at most %(limit_value)d characters. You have written %(show_value)d."


@dataclass(frozen=True, slots=True)
class Row:
    """One line or preference on the page; the last one is empty, for another."""

    number: int
    fields: list[BoundField]
    is_new: bool


class RulesForm(forms.Form):
    """All of it on one page, as it is read as a whole.

    ``seen`` says what was shown: saving over somebody else's rules is noticed by it.
    """

    use_required_attribute = False

    def __init__(self, data: Any = None, *, rules: Rules) -> None:
        super().__init__(data, initial={"seen": rules.version})
        self.fields["seen"] = forms.CharField(
            required=False, max_length=100, widget=forms.HiddenInput
        )
        self.lines = self._count("ask", len(rules.lines))
        self.preferences = self._count("prefer", len(rules.preferences))
        for number in range(self.lines):
            known = rules.lines[number] if number < len(rules.lines) else None
            self._add_line(number, known)
        choices = _term_choices(rules)
        for number in range(self.preferences):
            prefers = rules.preferences[number] if number < len(rules.preferences) else None
            self._add_preference(number, prefers, choices)
        self.fields["words"] = Words(
            label="Anything else about how you buy",
            required=False,
            max_length=4000,
            widget=forms.Textarea(attrs={"rows": 5}),
            initial=rules.words,
            help_text="In your own words: who decides, what you look at, what you never do. Up to "
            "4,000 characters.",
            error_messages={"max_length": TOO_LONG},
        )
        self.fields["shared"] = forms.BooleanField(
            label="Share all of this on “How partners choose”",
            required=False,
            initial=rules.shared,
            help_text="Everybody can read it there, under your name. Records of what you bought "
            "stay yours. Take the tick away, and it is gone from there at once.",
        )
        self.fields["counts_in_city"] = forms.BooleanField(
            label="Count our purchases in the city’s figures",
            required=False,
            initial=rules.counts_in_city,
            help_text="Only sums over at least five organisations are shown, never yours alone, "
            "and never a purchase. Take the tick away, and yours are left out.",
        )

        self._mark_needed(is_needed=True)

    def full_clean(self) -> None:
        """The page says what a line needs; a row that is empty needs nothing."""
        self._mark_needed(is_needed=False)
        super().full_clean()
        self._mark_needed(is_needed=True)

    def _mark_needed(self, *, is_needed: bool) -> None:
        for name, field in self.fields.items():
            if name.startswith(("ask_", "prefer_")):
                field.required = is_needed

    def _count(self, name: str, known: int) -> int:
        """How many rows the page has: those that were sent, else those there are and one more."""
        if self.is_bound:
            sent = (number for number in range(MOST) if f"{name}_{number}" not in self.data)
            return next(sent, MOST)
        return min(known + 1, MOST)

    def _add_line(self, number: int, known: Line | None) -> None:
        self.fields[f"up_to_{number}"] = MoneyField(
            label="Up to, in pounds excluding VAT",
            required=False,
            initial=known.up_to if known else None,
            help_text="Leave it empty for “however much”.",
        )
        self.fields[f"ask_{number}"] = forms.IntegerField(
            label="Ask how many providers",
            required=False,
            min_value=1,
            max_value=MOST,
            initial=known.ask if known else None,
            widget=forms.TextInput(attrs={"class": "w-s", "inputmode": "numeric"}),
            error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), HOW_MANY),
        )
        self.fields[f"line_words_{number}"] = LineField(
            label="What to do, in your words",
            required=False,
            max_length=500,
            initial=known.words if known else "",
            error_messages={"max_length": TOO_LONG},
        )
        if known or self.is_bound:
            self.fields[f"drop_line_{number}"] = forms.BooleanField(
                label="Remove this line", required=False
            )

    def _add_preference(self, number: int, known: Preferred | None, choices: Any) -> None:
        self.fields[f"prefer_{number}"] = LineField(
            label="What you prefer",
            required=False,
            max_length=300,
            initial=known.words if known else "",
            error_messages={"max_length": TOO_LONG},
        )
        self.fields[f"term_{number}"] = forms.TypedChoiceField(
            label="What on the provider list shows it",
            required=False,
            coerce=int,
            empty_value=None,
            choices=choices,
            initial=known.term_id if known else None,
            error_messages={"invalid_choice": "Choose one from the list."},
        )
        if known or self.is_bound:
            self.fields[f"drop_preference_{number}"] = forms.BooleanField(
                label="Remove this preference", required=False
            )

    # -- For the page -------------------------------------------------------------------------

    def line_rows(self) -> Iterator[Row]:
        names = ("up_to", "ask", "line_words", "drop_line")
        return self._rows(self.lines, names)

    def preference_rows(self) -> Iterator[Row]:
        return self._rows(self.preferences, ("prefer", "term", "drop_preference"))

    @property
    def last_preference(self) -> int:
        """The number of the last one that is no empty row."""
        return max((row.number for row in self.preference_rows() if not row.is_new), default=0)

    def _rows(self, number_of_rows: int, names: tuple[str, ...]) -> Iterator[Row]:
        for number in range(number_of_rows):
            there = [f"{name}_{number}" for name in names if f"{name}_{number}" in self.fields]
            is_new = number == number_of_rows - 1 and not any(self[name].value() for name in there)
            yield Row(number + 1, [self[name] for name in there], is_new)

    # -- What was written ---------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self._forgive_removed()
        amounts = set()
        for number in self._kept("line", self.lines, ("up_to", "ask", "line_words")):
            ask = f"ask_{number}"
            if ask not in self.errors and cleaned.get(ask) is None:
                self.add_error(ask, HOW_MANY)
            up_to = f"up_to_{number}"
            if up_to in self.errors:
                continue
            amount = cleaned[up_to]
            if amount in amounts:
                self.add_error(up_to, "There is a line for this amount already.")
            amounts.add(amount)
        return cleaned

    def _forgive_removed(self) -> None:
        """What is wrong in a row that goes is nobody's trouble."""
        for kind, rows, names in (
            ("line", self.lines, ("up_to", "ask", "line_words")),
            ("preference", self.preferences, ("prefer", "term")),
        ):
            for number in range(rows):
                if self.cleaned_data.get(f"drop_{kind}_{number}"):
                    for name in names:
                        self.errors.pop(f"{name}_{number}", None)

    def rules(self, move: str = "") -> Rules:
        """What was written; ``move`` is the button that was pressed, such as "up-2"."""
        said = self.cleaned_data
        lines = [
            Line(said[f"up_to_{number}"], said[f"ask_{number}"], said[f"line_words_{number}"])
            for number in self._kept("line", self.lines, ("up_to", "ask", "line_words"))
        ]
        order = list(self._kept("preference", self.preferences, ("prefer", "term")))
        _move(order, move)
        labels = dict(Term.objects.values_list("pk", "label")) if order else {}
        return Rules(
            lines=tuple(sorted(lines, key=lambda line: (line.up_to is None, line.up_to or 0))),
            preferences=tuple(
                Preferred(
                    said[f"prefer_{number}"] or labels[said[f"term_{number}"]],
                    said[f"term_{number}"],
                )
                for number in order
            ),
            words=said["words"],
            shared=said["shared"],
            counts_in_city=said["counts_in_city"],
        )

    def _kept(self, kind: str, rows: int, names: tuple[str, ...]) -> Iterator[int]:
        """Numbers of the rows in which something stands, and which are not to be removed."""
        for number in range(rows):
            wrong = any(f"{name}_{number}" in self.errors for name in names)
            values = (self.cleaned_data.get(f"{name}_{number}") for name in names)
            filled = any(value not in {None, ""} for value in values)
            if (wrong or filled) and not self.cleaned_data.get(f"drop_{kind}_{number}"):
                yield number

    def show_clash(self, now: Rules) -> None:
        """Say what another owner saved meanwhile; what was typed stays and can be saved over it."""
        mine = self.rules()
        self.data = {**dict(self.data.items()), "seen": now.version}
        self.add_error(None, MEANWHILE)
        if now.lines != mine.lines:
            self._say("up_to_0", f"Saved meanwhile: {_in_words(map(line_words, now.lines))}")
        if now.preferences != mine.preferences:
            theirs = (each.words for each in now.preferences)
            self._say("prefer_0", f"Saved meanwhile: {_in_words(theirs)}")
        if now.words != mine.words:
            said = f"“{Truncator(now.words).chars(SHOWN)}”" if now.words else "nothing."
            self.add_error("words", f"Saved meanwhile: {said}")
        for name in ("shared", "counts_in_city"):
            if getattr(now, name) != getattr(mine, name):
                ticked = "ticked." if getattr(now, name) else "not ticked."
                self.add_error(name, f"Saved meanwhile: {ticked}")

    def _say(self, name: str, words: str) -> None:
        """At the field, or above the form where nothing of it was sent."""
        self.add_error(name if name in self.fields else None, words)


def line_words(line: Line) -> str:
    """A threshold as a sentence: "up to £500, ask 2: …"."""
    start = "however much" if line.up_to is None else f"up to {in_pounds(line.up_to)}"
    return f"{start}, ask {line.ask}" + (f": {line.words}" if line.words else "")


def _in_words(rows: Any) -> str:
    return "; ".join(rows) or "nothing."


def _move(order: list[int], move: str) -> None:
    """Put one of the rows a place earlier or later; what is no such button does nothing."""
    way, _, number = move.partition("-")
    if way not in {"up", "down"} or not number.isascii() or not number.isdecimal():
        return
    if len(number) > 3 or int(number) not in order:
        return
    at = order.index(int(number))
    to = at - 1 if way == "up" else at + 1
    if 0 <= to < len(order):
        order[at], order[to] = order[to], order[at]


def _term_choices(rules: Rules) -> list[tuple[Any, Any]]:
    """Terms that are claimed, by facet; a retired one only where it stands already. One query."""
    kept = {each.term_id for each in rules.preferences}
    groups: dict[str, list[tuple[int, str]]] = {}
    for term in Term.objects.filter(facet__in=Term.CLAIMABLE).order_by("facet", "position"):
        if term.active or term.pk in kept:
            groups.setdefault(term.get_facet_display(), []).append((term.pk, term.label))
    return [("", "Nothing"), *groups.items()]
