"""Somebody says that an organisation on the list is theirs."""

from typing import Self

from django.conf import settings
from django.db import models

from accounts.models import Organisation
from accounts.models.invitation import hash_of


class EntryRequestQuerySet(models.QuerySet["EntryRequest"]):
    """Reads of requests."""

    def waiting(self) -> Self:
        """Those that wait for a curator, the longest-waiting first."""
        return self.filter(state=EntryRequest.State.WAITING).order_by("created", "pk")

    def with_token(self, token: str) -> Self:
        return self.filter(link_hash=hash_of(token))


class EntryRequest(models.Model):
    """To act for an organisation that is here already, or to have it taken off the list.

    A mail to an address at the organisation's own website settles it at once (``MAILED``); all
    others wait for a curator. Where somebody acts for the organisation already, wanting to act for
    it too is a dispute, which only a curator settles.
    """

    class Wants(models.TextChoices):
        CLAIM = "claim", "To act for it"
        REMOVE = "remove", "To be taken off the list"
        DISPUTE = "dispute", "To act for it, though others do"

    class State(models.TextChoices):
        MAILED = "mailed", "A link was mailed"
        WAITING = "waiting", "Waiting for a curator"
        GRANTED = "granted", "Granted"
        REFUSED = "refused", "Refused"

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="entry_requests"
    )
    wants = models.CharField(max_length=7, choices=Wants)
    state = models.CharField(max_length=7, choices=State)
    email = models.EmailField()
    name = models.CharField(max_length=120, blank=True)
    # How they belong to it, and how a curator can find out that they do.
    text = models.TextField(max_length=2000, blank=True)
    # Whoever asked while signed in, or answered the mail.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Of the link that proves the address, or lets the person in once a curator has granted it.
    link_hash = models.CharField(max_length=64, unique=True, null=True, blank=True, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(max_length=2000, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created = models.DateTimeField(auto_now_add=True)
    modified = models.DateTimeField(auto_now=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = EntryRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-created", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state__in=["granted", "refused"])
                | models.Q(decided_at__isnull=False),
                name="entry_request_decided_has_time",
                violation_error_message="A decided request needs the time of the decision.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_wants_display()}: {self.organisation_id}"
