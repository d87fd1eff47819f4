"""Addresses that may not ask any more."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from accounts.models import Organisation


class BlockedAskerQuerySet(models.QuerySet["BlockedAsker"]):
    """Reads of the block list."""

    def against(self, email: str) -> Self:
        """Blocks of this address, or of everybody at its host."""
        address = email.strip().lower()
        host = address.rpartition("@")[2]
        return self.annotate(who_in=Lower("who")).filter(who_in__in=[address, f"@{host}"])


class BlockedAsker(models.Model):
    """Somebody whose enquiries reach nobody, or not one provider.

    ``who`` is an address, or "@" and a host for everybody there, which only curators say.
    """

    who = models.CharField(max_length=254)
    # The provider that will not hear from them; empty: nobody will.
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, null=True, blank=True, related_name="blocked_askers"
    )
    why = models.TextField(max_length=1000, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created = models.DateTimeField(auto_now_add=True)

    objects = BlockedAskerQuerySet.as_manager()

    class Meta:
        ordering = ["-created", "-pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("who"),
                "organisation",
                nulls_distinct=False,
                name="blocked_asker_once",
                violation_error_message="This address is blocked already.",
            ),
            models.CheckConstraint(
                condition=~Q(who__startswith="@") | Q(organisation=None),
                name="blocked_host_for_all",
                violation_error_message="A provider blocks one address, not a host.",
            ),
        ]

    def __str__(self) -> str:
        return f"Block {self.pk}"
