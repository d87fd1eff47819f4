"""What is here already with a buyer's own references, compared with lines of a file."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Prefetch

from accounts.models import Organisation
from buying.models import Choice, ChoiceVersion, PurchaseLine
from providers.matching import compared
from providers.models.listing import pounds
from tslsv.ui.templatetags.ui import uk_date

NEVER = "Here it says that this purchase never happened."
DRAFT = "It is begun here, and not filed yet."
State = PurchaseLine.State


@dataclass(slots=True)
class Already:
    """Choices of a buyer by its own reference, with what stands of each."""

    choices: dict[str, Choice] = field(default_factory=dict)

    @classmethod
    def here(cls, buyer: Organisation, references: Iterable[str]) -> "Already":
        """Two queries, or one where there are none."""
        standing = ChoiceVersion.objects.filter(stands=True).select_related("category")
        found = Choice.objects.filter(
            organisation=buyer, own_reference__in=set(references)
        ).prefetch_related(Prefetch("versions", queryset=standing, to_attr="standing"))
        return cls({choice.own_reference: choice for choice in found})

    def choice_of(self, line: PurchaseLine) -> Choice | None:
        return self.choices.get(line.values["own_reference"])

    def compare(self, line: PurchaseLine) -> None:
        """Set, but do not save, what a good line is: new, here already, or here and different."""
        choice = self.choice_of(line)
        if choice is None:
            line.state, line.differences = State.NEW, []
            return
        line.choice = choice
        version = self._standing(choice)
        if version is None:
            line.state, line.differences = State.SAME, [DRAFT]
            return
        line.differences = _differences(line, version)
        line.state = State.DIFFERS if line.differences else State.SAME

    def same_provider(self, line: PurchaseLine) -> bool:
        """Whether what stands names the provider of the line."""
        choice = self.choice_of(line)
        version = self._standing(choice) if choice else None
        return version is not None and _same_provider(line, version)

    def _standing(self, choice: Choice) -> ChoiceVersion | None:
        rows: list[ChoiceVersion] = getattr(choice, "standing", [])
        return rows[0] if rows else None


def _same_provider(line: PurchaseLine, version: ChoiceVersion) -> bool:
    if line.supplier_id is not None and line.supplier_id == version.supplier_id:
        return True
    return compared(line.values["supplier"]) == compared(version.supplier_name)


def _differences(line: PurchaseLine, version: ChoiceVersion) -> list[str]:
    """A sentence for each thing that a line says otherwise."""
    values = line.values
    found = []
    if version.void:
        found.append(NEVER)
    here, there = version.amount or Decimal(0), Decimal(values["amount"])
    if here != there:
        found.append(_differs("amount", pounds(here), pounds(there)))
    day = datetime.date.fromisoformat(values["decided_on"])
    if day != version.decided_on:
        found.append(_differs("day", uk_date(version.decided_on), uk_date(day)))
    if values["what"] != version.what:
        found.append(_differs("words", f"“{version.what}”", f"“{values['what']}”"))
    if not _same_provider(line, version):
        found.append(_differs("provider", version.supplier_name, values["supplier"]))
    code = version.category.code if version.category else ""
    if values.get("category") and values["category"] != code:
        found.append(_differs("category", code or "none", values["category"]))
    return found


def _differs(what: str, here: str, there: str) -> str:
    return f"The {what}: filed is {here}, the file says {there}."
