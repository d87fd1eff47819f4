"""What is offered: the vocabulary, claims, listings, where entries came from, and reports."""

from providers.models.claim import Claim
from providers.models.empty_search import EmptySearch
from providers.models.former_address import FormerListingAddress
from providers.models.index import (
    ListingBitmap,
    ListingCard,
    ListingIndexRow,
    ListingText,
    ListingValue,
    ListingWord,
)
from providers.models.listing import Listing
from providers.models.problem_report import ProblemReport
from providers.models.register_entry import RegisterEntry
from providers.models.term import Synonym, Term

__all__ = [
    "Claim",
    "EmptySearch",
    "FormerListingAddress",
    "Listing",
    "ListingBitmap",
    "ListingCard",
    "ListingIndexRow",
    "ListingText",
    "ListingValue",
    "ListingWord",
    "ProblemReport",
    "RegisterEntry",
    "Synonym",
    "Term",
]
