"""Offers that an address names: ``?listing=12&listing=34``."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict

from providers.models import Listing, Shortlist
from providers.permissions import open_listings

NAME = "listing"
LARGEST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Chosen:
    """The offers that can be shown, in the order of the address, and how many others it names.

    Of the others nothing is known: whether they are gone, not public or never were looks alike.
    """

    listings: list[Listing]
    unknown: int


def read_chosen(data: QueryDict) -> Chosen:
    """What the address names, each once. One query; none when it names nothing."""
    # One more than fit on a list, so that the list can say that it is too many.
    values = list(dict.fromkeys(value for value in data.getlist(NAME) if value.strip()))
    values = values[: Shortlist.MOST_ITEMS + 1]
    ids = [int(value) for value in values if _is_id(value)]
    found = {row.pk: row for row in open_listings().filter(pk__in=ids)} if ids else {}
    listings = [found[pk] for pk in dict.fromkeys(ids) if pk in found]
    return Chosen(listings, len(values) - len(listings))


def query_of(listings: Iterable[Listing]) -> str:
    """The query string that names them."""
    return urlencode([(NAME, listing.pk) for listing in listings])


def _is_id(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) < 11 and int(value) <= LARGEST
