"""Organisations that use a release."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Organisation
from toms.models.release import Release


class AdoptionQuerySet(models.QuerySet["Adoption"]):
    """Reads of adoptions."""

    def standing(self) -> Self:
        """Those that were not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)


class Adoption(models.Model):
    """“We use these”: an organisation, a release, since when and, once withdrawn, until when.

    Withdrawing keeps the row; adopting again makes another.
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="toms_adoptions"
    )
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="adoptions")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    since = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = AdoptionQuerySet.as_manager()

    class Meta:
        ordering = ["-since", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "release"],
                condition=Q(withdrawn_at__isnull=True),
                name="adoption_once",
                violation_error_message="Your organisation uses this release already.",
            ),
        ]

    def __str__(self) -> str:
        return f"Adoption {self.pk}"
