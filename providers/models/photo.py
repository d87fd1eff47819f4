"""Pictures of what is offered."""

from typing import Self

from django.db import models

from providers.models.listing import Listing

LARGE = 1600
SMALL = 640
"""Pixels of the longer side, at most."""


class PhotoQuerySet(models.QuerySet["Photo"]):
    """Reads of photos."""

    def live(self) -> Self:
        """Those that the listing shows, in their order."""
        return self.filter(position__isnull=False).order_by("position", "pk")

    def without_pictures(self) -> Self:
        """Leave the pictures themselves where they are: they are read to be sent, one at a time."""
        return self.defer("large", "small")


class Photo(models.Model):
    """One picture, re-encoded by us and free of what its camera wrote into it.

    It stands in the database, like everything else: one place to back up, and a photo comes and
    goes in the transaction that shows or removes it. ``position`` is empty while it waits in a
    ``ListingChange`` to be shown.
    """

    MOST = 4

    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="photos")
    position = models.PositiveSmallIntegerField(null=True, blank=True)
    # What somebody who cannot see it should know.
    alt = models.CharField(max_length=200)
    # Of ``large``, in pixels. ``small`` has the same shape.
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    # SHA-256 of ``large``: its address for browsers, which may then keep it for ever.
    digest = models.CharField(max_length=64)
    large = models.BinaryField()
    small = models.BinaryField()
    created = models.DateTimeField(auto_now_add=True)

    objects = PhotoQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["listing", "digest"],
                name="photo_once",
                violation_error_message="This listing has this photo already.",
            ),
            models.CheckConstraint(
                condition=~models.Q(alt=""),
                name="photo_has_alt",
                violation_error_message="Say what the photo shows.",
            ),
        ]

    def __str__(self) -> str:
        return self.alt

    @property
    def small_width(self) -> int:
        """Of ``small``, in pixels."""
        longer = max(self.width, self.height)
        return max(1, round(self.width * min(1, SMALL / longer)))
