"""Organisations that use a release."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Membership, Organisation
from toms.models.release import Release


class AdoptionQuerySet(models.QuerySet["Adoption"]):
    """Reads of adoptions."""

    def standing(self) -> Self:
        """Those that were not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)

    def shown_as_former(self, release: Release) -> Self:
        """Who used it once and does no more, one row each. Of an organisation that was closed
        nothing stays public, so somebody has to act for it still.
        """
        acted_for = Membership.objects.filter(organisation=models.OuterRef("organisation"))
        later = Adoption.objects.filter(
            Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=models.OuterRef("withdrawn_at")),
            organisation=models.OuterRef("organisation"),
            release=release,
        )
        return self.filter(
            models.Exists(acted_for),
            ~models.Exists(later),
            release=release,
            withdrawn_at__isnull=False,
        ).order_by("-withdrawn_at", "-pk")


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
