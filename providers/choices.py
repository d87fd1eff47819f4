"""What each filter of the search page can be set to: terms, wards and fixed lists."""

from collections.abc import Mapping
from dataclasses import dataclass

from accounts.models import Organisation
from places.distance import Point
from places.models import Ward
from providers.models import Listing, Term
from tslsv.ui.choices import Choice, Choices, Newest


@dataclass(frozen=True, slots=True, eq=False)
class OfListings(Choices):
    """The choices of the search page, with what else the vocabulary says."""

    # Where the label of each ward stands.
    wards: Mapping[str, Point]
    # By facet, codes of terms that were merged, and the codes that they mean now.
    merged: Mapping[str, Mapping[str, str]]


def _read(version: int) -> OfListings:
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
    return OfListings(
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


CHOICES = Newest(_read)
"""By version of the vocabulary: two queries when it has changed, else none."""
