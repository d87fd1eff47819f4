"""The same facts of several offers, side by side."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, prefetch_related_objects
from django.utils.formats import date_format
from django.utils.timezone import localtime

from places.models import Ward
from providers.models import Claim, Listing, Term
from providers.views import parts

MOST = 4
"""More columns than these nobody can read. Pages say "four"."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What one offer says to one question. ``level`` is a claim's, else empty."""

    text: str
    level: str = ""

    @property
    def known(self) -> bool:
        return self.text != parts.NOT_STATED


@dataclass(frozen=True, slots=True)
class Line:
    """One question and what each offer says to it, in the order of the offers."""

    name: str
    cells: list[Cell]

    @property
    def differs(self) -> bool:
        """Two of them say different things; that one says nothing is no difference."""
        return len({cell.text for cell in self.cells if cell.known}) > 1


@dataclass(frozen=True, slots=True)
class Comparison:
    """``facts`` are the same for whatever offers; ``claims`` are those that any of them makes."""

    facts: list[Line]
    claims: list[Line]

    @property
    def differing(self) -> list[str]:
        return [line.name for line in [*self.facts, *self.claims] if line.differs]


def compare(listings: Sequence[Listing], today: datetime.date) -> Comparison:
    """``listings`` come with organisation and ward. Four queries, however many they are."""
    prefetch_related_objects(
        listings,
        "categories",
        "access_features",
        Prefetch("delivery_wards", parts.without_outlines(Ward.objects.all())),
    )
    columns = [_facts(listing) for listing in listings]
    facts = [
        Line(name, [Cell(column[place][1]) for column in columns])
        for place, (name, _) in enumerate(columns[0])
    ]
    return Comparison(facts, _claim_lines(listings, today))


def _facts(listing: Listing) -> list[tuple[str, str]]:
    organisation = listing.organisation
    categories = ", ".join(term.label for term in listing.categories.all())
    return [
        ("Category", categories or parts.NOT_STATED),
        *parts.listing_facts(listing, listing.delivery_wards.all()),
        ("Sector", organisation.get_sector_display() or parts.NOT_STATED),
        ("Ward", organisation.ward.name if organisation.ward else parts.NOT_STATED),
        ("Confirmed", _confirmed(listing)),
    ]


def _confirmed(listing: Listing) -> str:
    if listing.origin == Listing.Origin.REGISTER or listing.confirmed_at is None:
        return "Not yet, from a public register"
    return date_format(localtime(listing.confirmed_at), "j M Y")


def _claim_lines(listings: Iterable[Listing], today: datetime.date) -> list[Line]:
    """One line for each claim that any of them makes, in the order of tags."""
    made: dict[tuple[int, int, str], dict[int, Claim]] = {}
    organisations = [listing.organisation_id for listing in listings]
    standing = Claim.objects.standing(today).filter(organisation__in=organisations)
    for claim in standing.select_related("term"):
        facet = parts.FACET_ORDER.index(Term.Facet(claim.term.facet))
        line = made.setdefault((facet, claim.term.position, claim.label), {})
        line[claim.organisation_id] = claim
    return [
        Line(label, [_claim_cell(line.get(pk)) for pk in organisations])
        for (_, _, label), line in sorted(made.items(), key=lambda pair: pair[0])
    ]


def _claim_cell(claim: Claim | None) -> Cell:
    if claim is None:
        return Cell(parts.NOT_STATED)
    return Cell(claim.get_level_display(), claim.level)
