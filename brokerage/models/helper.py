"""People who can help: relationship managers and brokers, with their consent."""

import datetime
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Organisation


class HelperQuerySet(models.QuerySet["Helper"]):
    """Reads of people who can help."""

    def shown(self) -> Self:
        """Those who agreed to be shown, and did not leave it unanswered when asked anew; the same
        as ``Helper.is_shown``.
        """
        answered = Q(asked_anew_at=None) | Q(asked_anew_at__gte=_days_ago(Helper.LINK_DAYS))
        return self.filter(answered, consented_at__isnull=False)

    def to_ask_anew(self, now: datetime.datetime) -> Self:
        """Those who agreed a year ago, and were not asked since. Nobody made up is asked."""
        agreed = now - datetime.timedelta(days=Helper.CONSENT_DAYS)
        return self.filter(consented_at__lte=agreed, asked_anew_at=None, is_example=False)

    def to_remind(self, now: datetime.datetime) -> Self:
        """Those who were asked anew a while ago, are still shown, and were not reminded."""
        asked = now - datetime.timedelta(days=Helper.REMINDER_DAYS)
        return self.shown().filter(asked_anew_at__lte=asked, reminded_at=None)

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
    # Whether it still holds, a year after they agreed; empty again once they have said so.
    asked_anew_at = models.DateTimeField(null=True, blank=True, editable=False)
    reminded_at = models.DateTimeField(null=True, blank=True, editable=False)
    is_example = models.BooleanField(default=False)
    created = models.DateTimeField(auto_now_add=True)
    modified = models.DateTimeField(auto_now=True)

    LINK_DAYS = 30
    """So long after they were asked they can agree; asked anew, so long they are still shown."""
    CONSENT_DAYS = 365
    """So long after they agreed they are asked anew."""
    REMINDER_DAYS = 14
    """So long after that they are reminded."""

    objects = HelperQuerySet.as_manager()
    AUDIT_NAME = "name"

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_shown(self) -> bool:
        """Whether everybody sees them; the same as ``shown``."""
        anew = self.asked_anew_at
        return self.consented_at is not None and (anew is None or anew >= _days_ago(self.LINK_DAYS))

    @property
    def asked_last_at(self) -> datetime.datetime | None:
        """When they were asked, or asked anew."""
        return self.asked_anew_at or self.asked_at

    @property
    def answer_by(self) -> datetime.datetime | None:
        """Until when they can agree by their link."""
        asked = self.asked_last_at
        return asked + datetime.timedelta(days=self.LINK_DAYS) if asked else None

    @property
    def ask_anew_from(self) -> datetime.datetime | None:
        """When a year is over since they agreed."""
        agreed = self.consented_at
        return agreed + datetime.timedelta(days=self.CONSENT_DAYS) if agreed else None

    @property
    def sector_labels(self) -> list[str]:
        """None for all."""
        labels = dict(Organisation.Sector.choices)
        return [str(labels[sector]) for sector in self.sectors if sector in labels]


def _days_ago(days: int) -> datetime.datetime:
    return timezone.now() - datetime.timedelta(days=days)
