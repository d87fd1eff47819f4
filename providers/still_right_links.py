"""The link that a mail asks with whether listings are still right.

It needs no row: it holds which listings it is about and when each was last confirmed, signed. So it
dies by itself, for each listing alone, once that is confirmed, and for all of them after 90 days.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core import signing

from providers.models import Listing

SALT = "providers.still_right"
DAYS = 90


class DeadLink(ValueError):
    """Not a link of ours, or one that has run out."""


@dataclass(frozen=True, slots=True)
class Link:
    """One listing of the link, and when it was last confirmed, in seconds since 1970."""

    listing_id: int
    confirmed: int


def make(listings: Iterable[Listing]) -> str:
    """The token about these listings, published ones. 40 of them make about 1,000 characters."""
    rows = [[listing.pk, _seconds(listing)] for listing in listings]
    return signing.dumps(rows, salt=SALT, compress=True)


def read(token: str) -> list[Link]:
    """What the token is about, in the mail's order. Raises DeadLink."""
    try:
        rows = signing.loads(token, salt=SALT, max_age=DAYS * 24 * 3600)
    except (signing.BadSignature, ValueError, UnicodeError) as error:
        raise DeadLink from error
    return [Link(pk, confirmed) for pk, confirmed in rows]


def is_open(listing: Listing, link: Link) -> bool:
    """Whether the link may still say anything about the listing."""
    return listing.state == Listing.State.PUBLISHED and _seconds(listing) == link.confirmed


def _seconds(listing: Listing) -> int:
    return int(listing.confirmed_at.timestamp()) if listing.confirmed_at else 0
