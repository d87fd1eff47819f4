"""What an organisation wants to change on a listing that is public."""

from typing import Self

from django.conf import settings
from django.db import models

from providers.models.listing import Listing


class ListingChangeQuerySet(models.QuerySet["ListingChange"]):
    """Reads of changes."""

    def open(self) -> Self:
        """Those that nobody has decided on or given up; a listing has one at most."""
        return self.filter(state__in=ListingChange.OPEN)

    def waiting(self) -> Self:
        """Those that wait for a curator, the longest-waiting first."""
        return self.filter(state=ListingChange.State.SUBMITTED).order_by("submitted_at", "pk")


class ListingChange(models.Model):
    """New values for a published or paused listing, which keeps its live version meanwhile.

    ``values`` and ``before`` have the shape of ``providers.content``, and of it only the fields
    that change. ``before`` is what was live when each was first changed: where that is not live
    any more, somebody else was quicker.
    """

    AUDIT_NAME = "listing__title"

    class State(models.TextChoices):
        DRAFT = "draft", "Being written"
        SUBMITTED = "submitted", "Waiting for a curator"
        RETURNED = "returned", "Sent back"
        ACCEPTED = "accepted", "Accepted"
        WITHDRAWN = "withdrawn", "Given up"

    OPEN = (State.DRAFT, State.SUBMITTED, State.RETURNED)

    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="changes")
    values = models.JSONField(default=dict)
    before = models.JSONField(default=dict)
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    return_reason = models.TextField(max_length=2000, blank=True)
    created = models.DateTimeField(auto_now_add=True)
    modified = models.DateTimeField(auto_now=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = ListingChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-created", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["listing"],
                condition=models.Q(state__in=["draft", "submitted", "returned"]),
                name="listing_change_once_open",
                violation_error_message="This listing has a change that waits already.",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="submitted") | models.Q(submitted_at__isnull=False),
                name="listing_change_submitted_has_time",
                violation_error_message="A change that is sent in needs its time.",
            ),
        ]

    def __str__(self) -> str:
        return f"Change {self.pk} of {self.listing_id}"
