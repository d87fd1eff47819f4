"""Placing every organisation again, after the postcodes or wards have changed."""

from itertools import batched

from django.db import transaction

from accounts.models import Organisation
from accounts.services.place import PLACE_FIELDS, place_organisations
from places.distance import Point
from providers import listing_index
from providers.models import Listing

BATCH = 2_000
REBUILD_FROM = 1_000
"""From so many moved listings on, rebuilding the index is quicker than refreshing it."""


@transaction.atomic
def place_all_again() -> int:
    """Work out every organisation's ward and points anew; returns how many moved.

    A point that stands stays the exact one: it came from a register, or from the same postcode.
    An organisation whose postcode cannot be read keeps what it has.
    """
    moved: list[Organisation] = []
    everybody = Organisation.objects.order_by("pk").iterator(chunk_size=BATCH)
    for organisations in batched(everybody, BATCH):
        before = [_place(organisation) for organisation in organisations]
        points = [
            None
            if organisation.latitude is None or organisation.longitude is None
            else Point(organisation.latitude, organisation.longitude)
            for organisation in organisations
        ]
        unreadable = {
            id(misplaced.organisation)
            for misplaced in place_organisations(organisations, exact=points)
        }
        moved += [
            organisation
            for organisation, stood in zip(organisations, before, strict=True)
            if id(organisation) not in unreadable and _place(organisation) != stood
        ]
    Organisation.objects.bulk_update(moved, PLACE_FIELDS, batch_size=500)
    listings = Listing.objects.filter(organisation__in=moved).values_list("pk", flat=True)
    if len(listings) >= REBUILD_FROM:
        listing_index.rebuild()
    else:
        listing_index.refresh(listings)
    return len(moved)


def _place(organisation: Organisation) -> tuple[object, ...]:
    return tuple(
        getattr(organisation, "ward_id" if field == "ward" else field) for field in PLACE_FIELDS
    )
