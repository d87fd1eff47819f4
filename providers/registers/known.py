"""Organisations that are on the list already, by other means than the register being imported."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q

from accounts.models import Identifier, Organisation
from providers.models import RegisterEntry
from providers.registers.facts import Candidate

# What a register adds to a name and its bearer often leaves out.
_ENDING = re.compile(
    r"(?:\b(?:limited|ltd|cyfyngedig|cyf|cic|community interest company|llp|plc)\b\W*)+$"
)
_BETWEEN = re.compile(r"[\W_]+")


def plain_name(name: str) -> str:
    """A name for comparing: lower case, one space between words, without "the" and "limited"."""
    words = _BETWEEN.sub(" ", name.casefold().replace("&", " and ").replace("'", "")).strip()
    return _ENDING.sub("", words.removeprefix("the ")).strip()


@dataclass(slots=True)
class KnownOrganisations:
    """Organisations by register number, and by name and postcode. Examples do not count."""

    by_number: dict[tuple[str, str], Organisation] = field(default_factory=dict)
    by_name: dict[tuple[str, str], Organisation] = field(default_factory=dict)

    @classmethod
    def for_candidates(cls, candidates: Sequence[Candidate]) -> "KnownOrganisations":
        """All that could be one of the candidates, before any of them is saved. Two queries."""
        known = cls()
        values = {value for one in candidates for _, value in one.facts.identifiers}
        numbers = Identifier.objects.filter(value__in=values).select_related("organisation")
        for number in numbers:
            known.by_number[number.scheme, number.value] = number.organisation
        postcodes = {one.facts.postcode for one in candidates} - {""}
        # Two rows of one name and place may be two shops, but what somebody has claimed, or had
        # removed, must not come back through another register.
        entries = RegisterEntry.objects.filter(organisation=OuterRef("pk"))
        settled = entries.filter(Q(claimed_at__isnull=False) | Q(removed_at__isnull=False))
        for organisation in Organisation.objects.filter(
            Exists(settled) | ~Exists(entries), postcode__in=postcodes, is_example=False
        ).order_by("-pk"):
            key = plain_name(organisation.name), organisation.postcode
            known.by_name[key] = organisation
        return known

    def find(self, candidate: Candidate) -> tuple[Organisation | None, str]:
        """The organisation that the candidate is, and how that is known."""
        facts = candidate.facts
        for scheme, value in facts.identifiers:
            if organisation := self.by_number.get((scheme, value)):
                return organisation, f"already on the list as {organisation.name} ({value})"
        if facts.postcode and (
            organisation := self.by_name.get((plain_name(facts.name), facts.postcode))
        ):
            return organisation, f"already on the list as {organisation.name}, {facts.postcode}"
        return None, ""
