"""What the home page says of the provider list."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils import timezone

from providers.models import Listing, ListingValue, Term


@dataclass(frozen=True, slots=True)
class CategoryCount:
    """A main category and how many offers it has."""

    code: str
    label: str
    description: str
    count: int


@dataclass(frozen=True, slots=True)
class HomeSummary:
    """How much is on the list, and how much of it is example data or from a register."""

    listings: int
    organisations: int
    example_listings: int
    register_listings: int
    categories: Sequence[CategoryCount]


def home_summary() -> HomeSummary:
    """The figures of the home page: three queries, the counts of categories from the index."""
    totals = Listing.objects.findable(timezone.localdate()).aggregate(
        listings=Count("pk"),
        organisations=Count("organisation", distinct=True),
        examples=Count("pk", filter=Q(organisation__is_example=True)),
        register=Count("pk", filter=Q(origin=Listing.Origin.REGISTER)),
    )
    counts = dict(ListingValue.objects.filter(facet="category").values_list("value", "documents"))
    main = Term.objects.active().of(Term.Facet.CATEGORY).filter(parent=None)
    return HomeSummary(
        listings=totals["listings"],
        organisations=totals["organisations"],
        example_listings=totals["examples"],
        register_listings=totals["register"],
        categories=[
            CategoryCount(term.code, term.label, term.description, counts.get(term.code, 0))
            for term in main
        ],
    )
