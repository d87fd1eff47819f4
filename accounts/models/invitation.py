"""Asking somebody, by email, to act for an organisation."""

import datetime
import hashlib
import secrets
from collections.abc import Collection
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.models.membership import Role
from accounts.models.organisation import Organisation

LASTS = datetime.timedelta(days=14)
"""How long the link in an invitation opens."""


def new_token() -> str:
    """A secret for a link: 256 bits. Only its hash is kept."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    """What the database keeps of a token. It is random, so a plain hash cannot be guessed back."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Reads of invitations."""

    def unanswered(self) -> Self:
        """Neither accepted, declined nor taken back; the time may have run out."""
        return self.filter(
            accepted_at__isnull=True, declined_at__isnull=True, revoked_at__isnull=True
        )

    def open(self) -> Self:
        """Those whose link still works."""
        return self.unanswered().filter(expires_at__gt=timezone.now())

    def for_organisation(self, organisation: Organisation) -> Self:
        """What waits for an answer, oldest first; those that ran out too, to be sent again."""
        return (
            self.unanswered()
            .filter(organisation=organisation)
            .select_related("invited_by")
            .order_by("created", "pk")
        )

    def sent_to(self, addresses: Collection[str]) -> Self:
        """Those that went to one of these addresses, given in lower case."""
        return (
            self.annotate(address=Lower("email"))
            .filter(address__in=addresses)
            .order_by("sent_at", "pk")
        )

    def with_token(self, token: str) -> Self:
        return self.filter(token_hash=hash_of(token))


class Invitation(models.Model):
    """One email address is asked to act for one organisation, once, within 14 days."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="invitations"
    )
    email = models.EmailField()
    role = models.CharField(max_length=6, choices=Role, default=Role.EDITOR)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    sent_at = models.DateTimeField()
    times_sent = models.PositiveSmallIntegerField(default=1)
    accepted_at = models.DateTimeField(null=True, blank=True)
    # The address invited may be another than the one they sign in with, so erasing this person
    # has to find the row from here.
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    declined_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-created", "-pk"]
        constraints = [
            models.UniqueConstraint(
                "organisation",
                Lower("email"),
                condition=models.Q(
                    accepted_at__isnull=True, declined_at__isnull=True, revoked_at__isnull=True
                ),
                name="invitation_once_unanswered",
                violation_error_message="This address has an invitation already.",
            ),
            models.CheckConstraint(
                condition=models.Q(accepted_at__isnull=True, declined_at__isnull=True)
                | models.Q(accepted_at__isnull=True, revoked_at__isnull=True)
                | models.Q(declined_at__isnull=True, revoked_at__isnull=True),
                name="invitation_answered_once",
                violation_error_message="An invitation is answered once.",
            ),
        ]
        indexes = [
            # What waits for the person who signs in with this address.
            models.Index(Lower("email"), name="invitation_email"),
        ]

    def __str__(self) -> str:
        return f"Invitation {self.pk}"

    @property
    def expired(self) -> bool:
        return self.expires_at <= timezone.now()
