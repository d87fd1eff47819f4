"""Shortlists: making, filling, renaming, sharing, deleting, and taking them along at sign-in.

They are somebody's own notes, so nothing of them is written to the audit (docs/adr/0011).
"""

import datetime
from collections.abc import Sequence

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from accounts.refused import Refused
from providers.models import Listing, Shortlist, ShortlistItem
from providers.models.shortlist import new_share_key
from providers.permissions import Holder, open_listings, shortlists_of

SHARED_DAYS = 30
"""How long a link to a list opens."""

GONE = "This list is not here any more."
ITEM_GONE = "This offer is not on the list any more."
FULL = (
    "A list holds up to {most} offers, and this one has {number}. Take some off, or begin another."
)
TOO_MANY_LISTS = (
    "You have {most} lists, and more are not possible. Delete one that you no longer need."
)
TAKEN = "You have a list of this name already."


@transaction.atomic
def begin_shortlist(*, holder: Holder, name: str) -> Shortlist:
    """A new list; the one of that name if there is one, so that a form sent twice makes one.

    Raises Refused when they have as many as are possible.
    """
    _lock_names(holder)
    mine = shortlists_of(holder)
    known = mine.filter(name__iexact=name).first()
    if known is not None:
        return known
    if mine.count() >= Shortlist.MOST_LISTS:
        raise Refused(TOO_MANY_LISTS.format(most=Shortlist.MOST_LISTS))
    return Shortlist.objects.create(
        owner=holder.user, holder_hash="" if holder.user else holder.holder_hash, name=name
    )


@transaction.atomic
def add_listings(*, shortlist: Shortlist, holder: Holder, listings: Sequence[Listing]) -> int:
    """Put offers on the list; returns how many were not on it before. Raises Refused.

    One that was taken off comes back with its note; one that is not public any more is left out.
    """
    row = _lock(shortlist, holder)
    # Read again and locked, as one that was deleted at this moment cannot be pointed at.
    there = {
        listing.pk: listing
        for listing in open_listings()
        .select_for_update(of=("self",), no_key=True)
        .filter(pk__in=[listing.pk for listing in listings])
        .order_by("pk")
    }
    items = {item.listing_id: item for item in row.items.all()}
    standing = sum(item.removed_at is None for item in items.values())
    new = [
        there[pk]
        for pk in (listing.pk for listing in listings)
        if pk in there and (pk not in items or items[pk].removed_at is not None)
    ]
    if standing + len(new) > Shortlist.MOST_ITEMS:
        raise Refused(FULL.format(most=Shortlist.MOST_ITEMS, number=standing))
    for listing in new:
        ShortlistItem.objects.update_or_create(
            shortlist=row,
            listing=listing,
            defaults={
                "title": listing.title,
                "organisation_name": listing.organisation.name,
                "removed_at": None,
            },
        )
    row.save(update_fields=["modified"])
    return len(new)


@transaction.atomic
def write_note(*, item: ShortlistItem, holder: Holder, note: str) -> None:
    """Raises Refused when the item has gone."""
    row = _lock(item.shortlist, holder)
    if not row.items.filter(pk=item.pk).update(note=note):
        raise Refused(ITEM_GONE)
    row.save(update_fields=["modified"])


@transaction.atomic
def take_off(*, item: ShortlistItem, holder: Holder) -> None:
    """It can be put back until the next night. Done twice, it is done once."""
    row = _lock(item.shortlist, holder)
    row.items.filter(pk=item.pk, removed_at=None).update(removed_at=timezone.now())
    row.save(update_fields=["modified"])


@transaction.atomic
def put_back(*, item: ShortlistItem, holder: Holder) -> None:
    """Raises Refused when it has gone for good, or the list is full meanwhile."""
    row = _lock(item.shortlist, holder)
    there = ShortlistItem.objects.filter(shortlist=row, pk=item.pk).first()
    if there is None:
        raise Refused(ITEM_GONE)
    if there.removed_at is None:
        return
    standing = row.items.filter(removed_at=None).count()
    if standing >= Shortlist.MOST_ITEMS:
        raise Refused(FULL.format(most=Shortlist.MOST_ITEMS, number=standing))
    there.removed_at = None
    there.save(update_fields=["removed_at"])
    row.save(update_fields=["modified"])


@transaction.atomic
def rename(*, shortlist: Shortlist, holder: Holder, name: str) -> None:
    """Raises Refused when another list of theirs has that name."""
    _lock_names(holder)
    row = _lock(shortlist, holder)
    if shortlists_of(holder).filter(name__iexact=name).exclude(pk=row.pk).exists():
        raise Refused(TAKEN)
    row.name = name
    row.save(update_fields=["name", "modified"])


@transaction.atomic
def delete_shortlist(*, shortlist: Shortlist, holder: Holder) -> None:
    """With all notes, for good; a link to it opens no more."""
    shortlists_of(holder).filter(pk=shortlist.pk).delete()


@transaction.atomic
def share(*, shortlist: Shortlist, holder: Holder, anew: bool = False) -> None:
    """Make the link, or let the one there is last from today; ``anew`` ends an old one.

    Raises Refused.
    """
    row = _lock(shortlist, holder)
    if anew or not row.is_shared:
        row.share_key = new_share_key()
    row.shared_until = timezone.now() + datetime.timedelta(days=SHARED_DAYS)
    row.save(update_fields=["share_key", "shared_until", "modified"])


@transaction.atomic
def stop_sharing(*, shortlist: Shortlist, holder: Holder) -> None:
    """The link opens no more, for ever. Raises Refused."""
    row = _lock(shortlist, holder)
    row.share_key = row.shared_until = None
    row.save(update_fields=["share_key", "shared_until", "modified"])


@transaction.atomic
def take_along(*, user: User, holder_hash: str) -> None:
    """What a session held before its person signed in becomes theirs, even beyond the limit.

    A name that they have already gets a number.
    """
    _lock_names(Holder(user))
    taken = {name.lower() for name in user.shortlists.values_list("name", flat=True)}
    held = Shortlist.objects.of(None, holder_hash).select_for_update().order_by("pk")
    for row in held:
        row.name = free_name(row.name, taken)
        taken.add(row.name.lower())
        row.owner, row.holder_hash = user, ""
        row.save(update_fields=["name", "owner", "holder_hash"])


def free_name(name: str, taken: set[str]) -> str:
    """The name, or the first of "name 2", "name 3"… that is not taken (in lower case)."""
    found, number = name, 1
    while found.lower() in taken:
        number += 1
        end = f" {number}"
        found = f"{name[: 80 - len(end)]}{end}"
    return found


def _lock(shortlist: Shortlist, holder: Holder) -> Shortlist:
    row = shortlists_of(holder).select_for_update().filter(pk=shortlist.pk).first()
    if row is None:
        raise Refused(GONE)
    return row


def _lock_names(holder: Holder) -> None:
    """Nobody else makes or names a list of this holder until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"shortlists {holder.key}"]
        )
