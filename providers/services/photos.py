"""Photos of a listing: adding, describing, ordering and removing them.

Which photos a listing shows is part of its content (``providers.content``), so what is said there
of drafts, trusted organisations and changes holds for photos, too. A photo's row is there as soon
as it was sent; it goes when neither what is live nor a change names it.
"""

from collections.abc import Callable
from typing import Any

from django.db import transaction

from accounts.refused import Overtaken, Refused
from providers import content
from providers.models import Listing, ListingChange, Photo
from providers.permissions import Author
from providers.pictures import Picture
from providers.services.listing_edits import current_content, open_change, save_content
from providers.services.locking import lock_to_write

type Shown = list[dict[str, Any]]

ENOUGH = f"There are {Photo.MOST} photos already. Remove one first."
GONE = "This photo is not here any more, so nothing was done."


@transaction.atomic
def add_photo(*, listing: Listing, picture: Picture, alt: str, author: Author) -> None:
    """Put it behind the others. The same picture sent twice is there once, with the newer words.

    Raises Refused when there are ``Photo.MOST``, and what ``save_content`` raises.
    """
    now = lock_to_write(listing.pk, author)
    shown = _shown(now)
    photo = Photo.objects.without_pictures().filter(listing=now, digest=picture.digest).first()
    others = [row for row in shown if photo is None or row["id"] != photo.pk]
    if len(others) >= Photo.MOST:
        raise Refused(ENOUGH)
    if photo is None:
        photo = Photo.objects.create(
            listing=now,
            alt=alt,
            width=picture.width,
            height=picture.height,
            digest=picture.digest,
            large=picture.large,
            small=picture.small,
        )
    here = {"id": photo.pk, "alt": alt}
    if len(others) == len(shown):
        shown.append(here)
    else:
        shown = [here if row["id"] == photo.pk else row for row in shown]
    _save(now, shown, author)


@transaction.atomic
def describe_photo(*, listing: Listing, photo_id: int, alt: str, author: Author) -> None:
    """Change what somebody who cannot see it reads."""

    def described(shown: Shown, place: int) -> None:
        shown[place] = {"id": photo_id, "alt": alt}

    _change(listing, photo_id, author, described)


@transaction.atomic
def move_photo(*, listing: Listing, photo_id: int, by: int, author: Author) -> None:
    """Put it one place earlier (-1) or later (1); at the end of the row it stays where it is."""

    def moved(shown: Shown, place: int) -> None:
        shown.insert(max(place + by, 0), shown.pop(place))

    _change(listing, photo_id, author, moved)


@transaction.atomic
def remove_photo(*, listing: Listing, photo_id: int, author: Author) -> None:
    """Take it out. What is live shows it until the change is accepted."""

    def removed(shown: Shown, place: int) -> None:
        del shown[place]

    _change(listing, photo_id, author, removed)


def _change(
    listing: Listing, photo_id: int, author: Author, act: Callable[[Shown, int], None]
) -> None:
    now = lock_to_write(listing.pk, author)
    shown = _shown(now)
    place = next((n for n, row in enumerate(shown) if row["id"] == photo_id), None)
    if place is None:
        raise Overtaken(GONE)
    act(shown, place)
    _save(now, shown, author)


def _shown(listing: Listing) -> Shown:
    return list(current_content(listing, open_change(listing))["photos"])


def _save(listing: Listing, shown: Shown, author: Author) -> None:
    change = save_content(listing=listing, values={"photos": shown}, author=author)
    _forget_unnamed(listing, change)


def _forget_unnamed(listing: Listing, change: ListingChange | None) -> None:
    """Delete those that waited to be shown, and will not be."""
    waiting = change.values.get("photos", []) if change else []
    listing.photos.filter(position=None).exclude(pk__in=[row["id"] for row in waiting]).delete()


def shown_photos(listing: Listing, values: content.Content) -> list[Photo]:
    """The photos that a content names, in its order and with its words, without their pictures."""
    rows = {photo.pk: photo for photo in listing.photos.without_pictures()}
    found = []
    for row in values["photos"]:
        if row["id"] in rows:
            photo = rows[row["id"]]
            photo.alt = row["alt"]
            found.append(photo)
    return found
