"""A version of a choice in words: on its page, on paper, and beside the version before."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils.formats import date_format

from buying.models import Choice, ChoiceVersion, Considered
from tslsv.ui.money import in_pounds


@dataclass(frozen=True, slots=True)
class Fact:
    """A question about a version and its answer; ``name`` is the field it comes from."""

    name: str
    question: str
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What one version says otherwise than the one before."""

    question: str
    before: str
    after: str


def facts_of(version: ChoiceVersion) -> list[Fact]:
    """What a version says, in the order of its page. Up to four queries."""
    return list(_facts(version))


def _facts(version: ChoiceVersion) -> Iterator[Fact]:
    day = version.decided_on
    yield Fact("what", "What was needed", version.what)
    yield Fact("category", "Kind of purchase", str(version.category or ""))
    yield Fact("supplier", "Chosen", version.supplier_name)
    yield Fact("amount", "Amount, excluding VAT", _price(version.amount))
    yield Fact("decided_on", "Chosen on", date_format(day, "j F Y") if day else "")
    yield Fact("reason", "Why this provider", version.reason)
    yield Fact("conflict", "Links with providers", version.get_conflict_display())
    if version.conflict_words:
        yield Fact("conflict_words", "How that was dealt with", version.conflict_words)
    yield Fact("rule", "Your own rule", rule_words(version))
    if version.rule_reason:
        yield Fact("rule_reason", "Why it was not kept", version.rule_reason)
    yield Fact("tells_provider", "The provider sees", _told(version))
    if version.filed_at:
        yield Fact("supplier_then", "The provider on the day it was filed", _then(version))


def rule_words(version: ChoiceVersion) -> str:
    """The line of the rules that applied, and whether it was kept."""
    if version.rule_ask is None:
        return "None that speaks of this amount"
    up_to = (
        "However much" if version.rule_up_to is None else f"Up to {in_pounds(version.rule_up_to)}"
    )
    kept = {True: " Kept.", False: " Not kept.", None: ""}[version.rule_met]
    words = f" {version.rule_words}" if version.rule_words else ""
    return f"{up_to}, ask {version.rule_ask}.{words}{kept}"


def _price(amount: Decimal | None) -> str:
    return "" if amount is None else in_pounds(amount)


def _told(version: ChoiceVersion) -> str:
    return "That it was chosen" if version.tells_provider else "Nothing of this"


def _then(version: ChoiceVersion) -> str:
    """Sector, place and claims, one a line."""
    inside = {True: "In Leeds", False: "Outside Leeds", None: "Place not known"}
    place = inside[version.supplier_in_leeds]
    if version.supplier_ward:
        place = f"{place}, {version.supplier_ward.name}"
    kind = [
        version.get_supplier_sector_display() or "Sector not known",
        version.get_supplier_legal_form_display(),
        version.supplier_number,
    ]
    claims = [f"{row.term.label} ({row.level})" for row in version.claims_then.all()]
    place = " ".join(filter(None, [place, version.supplier_postcode]))
    return "\n".join(filter(None, [", ".join(filter(None, kind)), place, "; ".join(claims)]))


def considered_words(row: Considered) -> str:
    """One provider as a sentence: "Said yes, £240.00, chosen: Delivery is in it."."""
    parts = [row.get_answer_display(), _price(row.price), "chosen" if row.chosen else ""]
    said = ", ".join(filter(None, parts))
    return f"{said}: {row.words}" if row.words else said


def differences(before: ChoiceVersion, after: ChoiceVersion) -> list[Difference]:
    """What changed from one version to the next, with who was considered."""
    old, new = (dict(_lines(version)) for version in (before, after))
    found = [
        Difference(question, old.get(question, ""), new.get(question, ""))
        for question in dict.fromkeys([*new, *old])
        if old.get(question, "") != new.get(question, "")
    ]
    if before.void != after.void:
        said = {False: "It happened", True: "It never happened"}
        found.insert(0, Difference("The purchase", said[before.void], said[after.void]))
    return found


def _lines(version: ChoiceVersion) -> Iterator[tuple[str, str]]:
    for fact in _facts(version):
        yield fact.question, fact.text
    seen: dict[str, int] = {}
    for row in version.considered.all():
        seen[row.name] = seen.get(row.name, 0) + 1
        again = f" ({seen[row.name]})" if seen[row.name] > 1 else ""
        yield f"Considered: {row.name}{again}", considered_words(row)


def history_of(choice: Choice) -> list[ChoiceVersion]:
    """Every filed version with all that its page shows, the newest first."""
    return list(
        choice.versions.filed()
        .select_related("category", "supplier", "supplier_ward", "filed_by")
        .defer("supplier_ward__outline")
        .prefetch_related("considered", "claims_then__term")
        .order_by("-number")
    )
