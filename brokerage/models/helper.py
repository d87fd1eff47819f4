"""People who can help: relationship managers and brokers, with their consent."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.models import Organisation


class HelperQuerySet(models.QuerySet["Helper"]):
    """Reads of people who can help."""

    def shown(self) -> Self:
        """Those who agreed to be shown."""
        return self.filter(consented_at__isnull=False)

    def for_sector(self, sector: str) -> Self:
        """Those who help this sector, or every one."""
        return self.filter(Q(sectors__contains=[sector]) | Q(sectors=[]))

    def for_ward(self, code: str) -> Self:
        """Those who help in this ward, or all over Leeds."""
        return self.filter(Q(wards=code) | Q(wards=None)).distinct()


class Helper(models.Model):
    """Somebody whom employers or communities may ask. Nothing of them is shown until they agree."""

    name = models.CharField(max_length=120)
    role = models.CharField(max_length=120, blank=True)
    organisation_name = models.CharField(max_length=200, blank=True)
    helps_with = models.CharField(max_length=300, blank=True)
    # Empty means all.
    sectors = ArrayField(
        models.CharField(max_length=8, choices=Organisation.Sector), default=list, blank=True
    )
    wards = models.ManyToManyField("places.Ward", blank=True, related_name="+")
    email = models.EmailField()
    phone = models.CharField(max_length=30, blank=True)
    # Of the link that asks them, and lets them take it back later. A row is gone once they do.
    link_hash = models.CharField(max_length=64, unique=True, null=True, blank=True, editable=False)
    asked_at = models.DateTimeField(null=True, blank=True, editable=False)
    consented_at = models.DateTimeField(null=True, blank=True, editable=False)
    is_example = models.BooleanField(default=False)
    created = models.DateTimeField(auto_now_add=True)
    modified = models.DateTimeField(auto_now=True)

    LINK_DAYS = 30
    """So long after they were asked they can agree."""

    objects = HelperQuerySet.as_manager()
    AUDIT_NAME = "name"

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def sector_labels(self) -> list[str]:
        """None for all."""
        labels = dict(Organisation.Sector.choices)
        return [str(labels[sector]) for sector in self.sectors if sector in labels]
