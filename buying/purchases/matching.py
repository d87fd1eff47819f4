"""Which provider on the list a purchase was made from: by number, then by name and place.

Nothing here decides: a person says of each match whether it is the same.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import QuerySet

from accounts.models import Identifier, Organisation
from buying.models import PurchaseLine
from buying.purchases.columns import SCHEMES
from providers.matching import (
    ALIKE,
    SAME_POSTCODE,
    SAME_SECTOR,
    Who,
    alike,
    compared,
    score,
    with_number,
)
from providers.permissions import open_organisations


def on_the_list(buyer: Organisation) -> QuerySet[Organisation]:
    """Those that a buyer may have bought from: examples from examples, and nobody from itself."""
    return open_organisations().filter(is_example=buyer.is_example).exclude(pk=buyer.pk)


def candidates(buyer: Organisation, who: Who) -> list[Organisation]:
    """Those that a typed provider may be, the likeliest first. Two queries."""
    found = with_number(who, on_the_list(buyer))
    return [found] if found is not None else alike(who, on_the_list(buyer))


@dataclass(slots=True)
class Listed:
    """Everybody on the list, for finding many providers at once."""

    by_number: dict[tuple[str, str], Organisation] = field(default_factory=dict)
    by_name: dict[str, list[Organisation]] = field(default_factory=lambda: defaultdict(list))
    by_place: dict[str, list[Organisation]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def for_buyer(cls, buyer: Organisation, values: Iterable[Mapping[str, str]]) -> "Listed":
        """Those who can be meant by these lines. Two queries."""
        listed = cls()
        wanted = [
            (scheme, line[name])
            for line in values
            for name, scheme in SCHEMES.items()
            if line.get(name)
        ]
        rows = {row.pk: row for row in on_the_list(buyer)}
        numbers = Identifier.objects.filter(
            scheme__in=SCHEMES.values(), value__in={value for _, value in wanted}
        )
        for number in numbers:
            if (row := rows.get(number.organisation_id)) is not None:
                listed.by_number[number.scheme, number.value] = row
        for row in rows.values():
            listed.by_name[compared(row.name)].append(row)
            # Of one whose address is not public, the sector is all that may count.
            listed.by_place[row.public_postcode].append(row)
        return listed

    def find(self, line: Mapping[str, str]) -> tuple[Organisation | None, str]:
        """The one that a line seems to mean, and by what."""
        for name, scheme in SCHEMES.items():
            if row := self.by_number.get((scheme, line.get(name, ""))):
                return row, PurchaseLine.Match.NUMBER
        if row := self._by_name(line.get("supplier", ""), line.get("postcode", "")):
            return row, PurchaseLine.Match.NAME
        return None, PurchaseLine.Match.NONE

    def _by_name(self, name: str, postcode: str) -> Organisation | None:
        """Somebody of nearly this name in this place, else the only one of this very name."""
        likeliest, most = None, ALIKE
        for place, counts in ((postcode, SAME_POSTCODE), (postcode[:-2], SAME_SECTOR)):
            for row in self.by_place.get(place, ()) if place else ():
                points = score(Who(name, ""), row) + counts
                if points >= most:
                    likeliest, most = row, points
        if likeliest is not None:
            return likeliest
        same = self.by_name.get(compared(name), [])
        return same[0] if len(same) == 1 and compared(name) else None
