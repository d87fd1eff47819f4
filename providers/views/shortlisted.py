"""What a shortlist shows of each offer, as it is today."""

import datetime
from dataclasses import dataclass

from providers.models import Listing, Shortlist, ShortlistItem
from providers.permissions import open_listings
from providers.views import parts


@dataclass(frozen=True, slots=True)
class Row:
    """One offer of a list. ``listing`` is None when its page is not open to anybody.

    There is a contact only where the offer's own page shows it.
    """

    item: ShortlistItem
    listing: Listing | None
    title: str
    organisation: str
    ward: str = ""
    price: str = ""
    paused: bool = False
    hidden: bool = False
    contact: parts.Contact | None = None


def rows_of(shortlist: Shortlist, today: datetime.date) -> list[Row]:
    """In the order in which they were added. Two queries."""
    items = list(shortlist.items.filter(removed_at=None))
    found = {
        row.pk: row for row in open_listings().filter(pk__in=[item.listing_id for item in items])
    }
    return [_row(item, found.get(item.listing_id or 0), today) for item in items]


def _row(item: ShortlistItem, listing: Listing | None, today: datetime.date) -> Row:
    if listing is None:
        return Row(item, None, item.title, item.organisation_name)
    organisation = listing.organisation
    paused = listing.state == Listing.State.PAUSED
    return Row(
        item,
        listing,
        listing.title,
        organisation.name,
        ward=organisation.ward.name if organisation.ward else "",
        price=parts.price_text(listing),
        paused=paused,
        hidden=not paused and not listing.is_findable(today),
        contact=None if paused else parts.contact_of(organisation, listing),
    )
