"""Offers that somebody keeps together to choose from."""

import secrets
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from providers.models.listing import Listing


class ShortlistQuerySet(models.QuerySet["Shortlist"]):
    """Reads of shortlists."""

    def of(self, user: User | None, holder_hash: str) -> Self:
        """A person's own; of somebody who has not signed in, those that their session holds."""
        if user is not None:
            return self.filter(owner=user)
        return self.filter(owner=None, holder_hash=holder_hash) if holder_hash else self.none()

    def with_numbers(self) -> Self:
        """Each with ``number``: how many offers stand on it."""
        standing = models.Q(items__isnull=False, items__removed_at=None)
        return self.annotate(number=models.Count("items", filter=standing))

    def shared(self) -> Self:
        """Those whose link opens now."""
        return self.filter(shared_until__gt=timezone.now())


class Shortlist(models.Model):
    """A named list. It is a person's, or until somebody signs in, of whoever's session holds it."""

    MOST_LISTS = 20
    MOST_ITEMS = 50

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="shortlists",
    )
    # Of the secret in a session: one secret holds all lists of a visitor, so that two tabs cannot
    # make the session forget one.
    holder_hash = models.CharField(max_length=64, blank=True, editable=False)
    name = models.CharField(max_length=80)
    # Part of the link that shows the list to others (providers.share_links).
    share_key = models.CharField(max_length=43, unique=True, null=True, blank=True, editable=False)
    shared_until = models.DateTimeField(null=True, blank=True)
    created = models.DateTimeField(auto_now_add=True)
    modified = models.DateTimeField(auto_now=True)

    objects = ShortlistQuerySet.as_manager()

    class Meta:
        ordering = ["-modified", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(owner__isnull=False, holder_hash="")
                | (models.Q(owner__isnull=True) & ~models.Q(holder_hash="")),
                name="shortlist_has_one_holder",
                violation_error_message="A shortlist belongs to a person or to a session.",
            ),
            models.CheckConstraint(
                condition=models.Q(share_key__isnull=True, shared_until__isnull=True)
                | models.Q(share_key__isnull=False, shared_until__isnull=False),
                name="shortlist_link_ends",
                violation_error_message="A link to a shortlist has an end.",
            ),
            models.UniqueConstraint(
                "owner",
                Lower("name"),
                condition=models.Q(owner__isnull=False),
                name="shortlist_name_of_owner",
                violation_error_message="You have a list of this name already.",
            ),
            models.UniqueConstraint(
                "holder_hash",
                Lower("name"),
                condition=models.Q(owner__isnull=True),
                name="shortlist_name_of_holder",
                violation_error_message="You have a list of this name already.",
            ),
        ]
        indexes = [
            # Lists that nobody signed in for are forgotten after some time.
            models.Index(
                fields=["modified"],
                name="shortlist_unowned",
                condition=models.Q(owner__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("providers:shortlist_items", args=[self.pk])

    @property
    def is_shared(self) -> bool:
        return self.shared_until is not None and self.shared_until > timezone.now()


class ShortlistItem(models.Model):
    """An offer on a list, with a note. It stays when the offer goes, and says what it was."""

    MOST_WORDS = 1000

    shortlist = models.ForeignKey(Shortlist, on_delete=models.CASCADE, related_name="items")
    listing = models.ForeignKey(
        Listing, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # As they were when it was put on the list.
    title = models.CharField(max_length=120)
    organisation_name = models.CharField(max_length=200)
    note = models.TextField(max_length=MOST_WORDS, blank=True)
    # Taken off; it can be put back until the next night.
    removed_at = models.DateTimeField(null=True, blank=True)
    added = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["shortlist", "listing"],
                name="shortlist_item_once",
                violation_error_message="It is on this list already.",
            ),
        ]

    def __str__(self) -> str:
        return self.title


def new_share_key() -> str:
    """256 random bits, for a link."""
    return secrets.token_urlsafe(32)
