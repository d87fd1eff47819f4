"""Addresses (slugs) of an organisation's listings."""

from collections.abc import Collection

from django.utils.text import slugify

from accounts.models import Organisation
from accounts.slugs import RESERVED
from providers.models import FormerListingAddress, Listing

ROOM = 80


def free_slug(organisation: Organisation, title: str) -> str:
    """An address made of the title that no listing of the organisation has, or once had.

    Lock the organisation first. Two queries.
    """
    base = (slugify(title) or "offer")[:ROOM].strip("-") or "offer"
    taken = set(Listing.objects.filter(organisation=organisation).values_list("slug", flat=True))
    taken |= set(
        FormerListingAddress.objects.filter(organisation_slug=organisation.slug).values_list(
            "slug", flat=True
        )
    )
    return first_free(base, taken | RESERVED)


def first_free(slug: str, taken: Collection[str]) -> str:
    """The slug itself, or with the lowest number behind it that makes it a new one."""
    free, number = slug, 1
    while free in taken:
        number += 1
        ending = f"-{number}"
        free = slug[: ROOM - len(ending)].rstrip("-") + ending
    return free
