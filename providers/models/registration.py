"""An organisation that puts itself on the list, from the first question to a confirmed address."""

from typing import Self

from django.conf import settings
from django.db import models

from accounts.identifiers import SCHEMES
from accounts.models.invitation import hash_of
from providers.models.listing import Listing


class RegistrationQuerySet(models.QuerySet["Registration"]):
    """Reads of registrations."""

    def unfinished(self) -> Self:
        """Those whose address nobody has confirmed."""
        return self.filter(email_confirmed_at__isnull=True)

    def with_token(self, token: str) -> Self:
        return self.filter(link_hash=hash_of(token))


class Registration(models.Model):
    """Somebody without an account writes a listing of a new organisation.

    Whoever's session holds it, or who opens the link that was mailed, may go on writing. Nobody is
    a member of the organisation until the address is confirmed; then its person is the owner, and
    this row only remembers how they came. The register number waits here too: an ``Identifier`` is
    unique, and nobody may take one by typing it.
    """

    listing = models.OneToOneField(Listing, on_delete=models.CASCADE, related_name="registration")
    email = models.EmailField(blank=True)
    # Of the newest link mailed. It opens as often as needed until the address is confirmed.
    link_hash = models.CharField(max_length=64, unique=True, null=True, blank=True, editable=False)
    link_sent_at = models.DateTimeField(null=True, blank=True)
    email_confirmed_at = models.DateTimeField(null=True, blank=True)
    # The owner, once the address is confirmed.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    scheme = models.CharField(
        max_length=8, choices=[(s.code, s.label) for s in SCHEMES], blank=True
    )
    number = models.CharField(max_length=20, blank=True)
    # Of the form it began with and the answers in it: sent twice, it is found by this.
    start_hash = models.CharField(max_length=64, unique=True, null=True, blank=True, editable=False)
    created = models.DateTimeField(auto_now_add=True)
    modified = models.DateTimeField(auto_now=True)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        ordering = ["-created", "-pk"]
        indexes = [
            # Unfinished ones are forgotten after some time.
            models.Index(
                fields=["modified"],
                name="registration_unfinished",
                condition=models.Q(email_confirmed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"Registration {self.pk}"
