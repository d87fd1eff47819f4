"""What each filter of the search page can be set to: terms, wards and fixed lists."""

from collections.abc import Mapping
from dataclasses import dataclass

from accounts.models import Organisation
from places.distance import Point
from places.models import Ward
from providers.models import Listing, Term


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter; ``parent`` is the value it lies under, in the category tree."""

    value: str
    label: str
    description: str = ""
    parent: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Choices:
    """Every filter's values in the order of the page, by facet, as of one vocabulary version."""

    version: int
    by_facet: Mapping[str, Mapping[str, Choice]]
    # Where the label of each ward stands.
    wards: Mapping[str, Point]
    # By facet, codes of terms that were merged, and the codes that they mean now.
    merged: Mapping[str, Mapping[str, str]]

    def label(self, facet: str, value: str) -> str:
        """How people read a value; the value itself where it is unknown."""
        choice = self.by_facet[facet].get(value)
        return choice.label if choice else value


class _Kept:
    """The newest choices this process has read. Replaced as a whole, so threads need no lock."""

    choices: Choices | None = None


def current(version: int) -> Choices:
    """The choices of the vocabulary's ``version``: two queries when it has changed, else none."""
    kept = _Kept.choices
    if kept is None or kept.version != version:
        kept = _Kept.choices = _read(version)
    return kept


def forget() -> None:
    """Drop what this process remembers, for tests that rebuild the database."""
    _Kept.choices = None


def _read(version: int) -> Choices:
    facets: dict[str, dict[str, Choice]] = {facet: {} for facet in Term.Facet.values}
    merged: dict[str, dict[str, str]] = {}
    for term in Term.objects.on_offer_or_merged().select_related("parent", "successor"):
        if term.successor:
            merged.setdefault(term.facet, {})[term.code] = term.successor.code
            continue
        facets[term.facet][term.code] = Choice(
            term.code, term.label, term.description, term.parent.code if term.parent else ""
        )
    points: dict[str, Point] = {}
    wards: dict[str, Choice] = {}
    for ward in Ward.objects.defer("outline"):
        points[ward.code] = ward.point
        wards[ward.code] = Choice(ward.code, ward.name)
    fixed = {
        "sector": Organisation.Sector,
        "legal_form": Organisation.LegalForm,
        "price": Listing.PriceBand,
        "pay": Listing.Payment,
        "origin": Listing.Origin,
    }
    return Choices(
        version,
        {
            **facets,
            "ward": wards,
            "delivers_to": wards,
            **{
                facet: {value: Choice(value, str(label)) for value, label in kinds.choices}
                for facet, kinds in fixed.items()
            },
        },
        points,
        merged,
    )
