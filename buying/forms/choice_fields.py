"""The questions of a draft of a choice."""

from collections.abc import Sequence

from django import forms

from buying.models import ChoiceVersion, Considered
from providers.forms.offer import category_choices
from tslsv.ui.fields import Line, MoneyField, Words
from tslsv.ui.money import in_pounds

type Fields = dict[str, forms.Field]

NEW = "new"
"""In the place of a row's number: another provider."""
TOO_LONG = "Use at most %(limit_value)d characters. You have written %(show_value)d."
CHOOSE = "Choose one from the list."
DAY = "Enter a day, such as 26/11/2026."


def head_fields(draft: ChoiceVersion) -> Fields:
    """What was needed; of a correction, what it is for."""
    fields: Fields = {}
    if draft.number > 1:
        fields["correction"] = _words(
            "What is the correction for?", 1000, "It stands in the history of the record.", 3
        )
    fields["what"] = Line(
        label="What was needed?",
        required=False,
        max_length=300,
        help_text="For example: “Lunch for thirty on 3 December”.",
        error_messages={"max_length": TOO_LONG},
    )
    kept = [draft.category.code] if draft.category else []
    fields["category"] = forms.ChoiceField(
        label="Kind of purchase",
        required=False,
        choices=[("", "Choose one"), *category_choices(kept)],
        error_messages={"invalid_choice": CHOOSE},
    )
    if draft.number == 1:
        fields["own_reference"] = Line(
            label="Your own reference",
            required=False,
            max_length=60,
            help_text="An order or a payment, if you have a number for it. The same one is "
            "never recorded twice.",
            widget=forms.TextInput(attrs={"class": "w-s", "autocomplete": "off"}),
            error_messages={"max_length": TOO_LONG},
        )
    return fields


def row_fields(key: str, row: Considered | None) -> Fields:
    """One provider; None for another one that may be added."""
    fields: Fields = {}
    if row is None or row.is_typed:
        fields[f"name-{key}"] = Line(
            label="Name of the provider",
            required=False,
            max_length=200,
            initial=row.name if row else "",
            error_messages={"max_length": TOO_LONG},
        )
        fields[f"postcode-{key}"] = forms.CharField(
            label="Postcode",
            required=False,
            max_length=20,
            widget=forms.TextInput(attrs={"class": "w-s", "autocomplete": "off"}),
            initial=row.postcode if row else "",
            help_text="It says whether the money stays in Leeds.",
            error_messages={"max_length": "Enter the postcode, such as LS8 4AA."},
        )
    fields[f"answer-{key}"] = forms.ChoiceField(
        label="Its answer",
        required=False,
        choices=[("", "Choose one"), *Considered.Answer.choices],
        initial=row.answer if row else "",
        error_messages={"invalid_choice": CHOOSE},
    )
    fields[f"price-{key}"] = MoneyField(
        label="Its price, in pounds excluding VAT",
        required=False,
        initial=row.price if row else None,
    )
    fields[f"words-{key}"] = _words(
        "What it said", Considered.MOST_WORDS, "", 3, initial=row.words if row else ""
    )
    if row is not None:
        fields[f"drop-{key}"] = forms.BooleanField(label="Take it out", required=False)
    return fields


def rest_fields(rows: Sequence[Considered]) -> Fields:
    """What was decided, the rule, who sees it, and that it was checked."""
    fields: Fields = {}
    fields["chosen"] = forms.ChoiceField(
        label="Whom did you choose?",
        required=False,
        widget=forms.RadioSelect,
        choices=[
            *((str(row.pk), label_of(row)) for row in rows),
            (NEW, "The one that I add above"),
        ],
        error_messages={"invalid_choice": "Choose one of those who were considered."},
    )
    fields["amount"] = MoneyField(
        label="Amount, in pounds excluding VAT",
        required=False,
        help_text="Leave it empty to take the price of the one that you chose.",
    )
    fields["decided_on"] = forms.DateField(
        label="Day on which you chose",
        required=False,
        input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d %B %Y"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "w-s"}),
        error_messages={"invalid": DAY},
    )
    fields["reason"] = _words(
        "Why this provider?", 4000, "In your own words. Price need not be the reason.", 4
    )
    fields["conflict"] = forms.ChoiceField(
        label="Links between those who decided and the providers",
        required=False,
        widget=forms.RadioSelect,
        choices=ChoiceVersion.Conflict.choices,
        error_messages={"invalid_choice": "Choose one of the two."},
    )
    fields["conflict_words"] = _words(
        "Which link, and how it was dealt with", 2000, "Only if there is one.", 3
    )
    fields["rule_reason"] = _words("Why your own rule was not kept", 2000, "Only if it was not.", 3)
    fields["tells_provider"] = forms.BooleanField(
        label="Let the provider see that you chose it",
        required=False,
        help_text="It sees your name and the day, and nothing else: not the amount, not the "
        "reason, nobody who was considered. It gets one mail when you file this.",
    )
    fields["sure"] = forms.BooleanField(
        label="I have checked this. What is filed stays as it is; it can be corrected, and the "
        "record shows how.",
        required=False,
    )
    return fields


def label_of(row: Considered) -> str:
    """Such as "Burley Hall (said yes, £240.00)"."""
    price = f", {in_pounds(row.price)}" if row.price is not None else ""
    return f"{row.name} ({row.get_answer_display().lower()}{price})"


def _words(label: str, most: int, hint: str, rows: int, initial: str = "") -> Words:
    return Words(
        label=label,
        required=False,
        max_length=most,
        initial=initial,
        widget=forms.Textarea(attrs={"rows": rows}),
        help_text=hint,
        error_messages={"max_length": TOO_LONG},
    )
