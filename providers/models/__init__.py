"""What is offered: the vocabulary, claims, listings and their changes, where entries came from and
who asks for them, reports, the lists that people choose from, and how others stay in touch."""

from providers.models.alert import Alert
from providers.models.claim import Claim
from providers.models.embed_host import EmbedHost
from providers.models.empty_search import EmptySearch
from providers.models.entry_request import EntryRequest
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
from providers.models.listing_change import ListingChange
from providers.models.not_double import NotDouble
from providers.models.photo import Photo
from providers.models.problem_report import ProblemReport
from providers.models.register_entry import RegisterEntry
from providers.models.registration import Registration
from providers.models.shortlist import Shortlist, ShortlistItem
from providers.models.term import Synonym, Term

__all__ = [
    "Alert",
    "Claim",
    "EmbedHost",
    "EmptySearch",
    "EntryRequest",
    "FormerListingAddress",
    "Listing",
    "ListingBitmap",
    "ListingCard",
    "ListingChange",
    "ListingIndexRow",
    "ListingText",
    "ListingValue",
    "ListingWord",
    "NotDouble",
    "Photo",
    "ProblemReport",
    "RegisterEntry",
    "Registration",
    "Shortlist",
    "ShortlistItem",
    "Synonym",
    "Term",
]
