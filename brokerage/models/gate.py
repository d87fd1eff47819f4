"""What has to be settled before both sides of an exchange can agree."""

import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from brokerage.models.choices import Side
from brokerage.models.exchange import Exchange
from brokerage.models.kind import Kind


class GateQuerySet(models.QuerySet["Gate"]):
    """Reads of checks."""

    def unmet(self, day: datetime.date) -> Self:
        """Those that are not settled for something that ends on this day."""
        return self.filter(
            Q(met_on__isnull=True) | Q(valid_to__isnull=False, valid_to__lt=day), waived_because=""
        )


class Gate(models.Model):
    """One thing that has to be settled before both sides can agree: that it is, when, until when
    and in what words; never a certificate.
    """

    class Level(models.TextChoices):
        """Of DBS checks; the host says which, and why."""

        NONE = "none", "No check is needed"
        BASIC = "basic", "Basic"
        STANDARD = "standard", "Standard"
        ENHANCED = "enhanced", "Enhanced"
        ENHANCED_BARRED = "barred", "Enhanced with barred lists"

    exchange = models.ForeignKey(Exchange, on_delete=models.CASCADE, related_name="gates")
    check_of = models.CharField(max_length=11, choices=Kind.Check)
    level = models.CharField(max_length=8, choices=Level, blank=True)
    # Why this DBS level; who insures; who supervises; who pays expenses, and how much at most.
    words = models.CharField(max_length=300, blank=True)
    met_on = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    met_by = models.CharField(max_length=5, choices=Side, blank=True)
    # A broker's reason for going on without it.
    waived_because = models.CharField(max_length=300, blank=True)
    # That it runs out before the end was said in good time.
    warned_at = models.DateTimeField(null=True, blank=True, editable=False)
    modified = models.DateTimeField(auto_now=True)

    objects = GateQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["exchange", "check_of"], name="gate_once"),
            models.CheckConstraint(
                condition=~Q(check_of="dbs") | Q(met_on__isnull=True) | ~Q(level="") & ~Q(words=""),
                name="gate_dbs_has_level_and_reason",
                violation_error_message="Say which DBS level, and why.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_check_of_display())

    def is_met(self, day: datetime.date) -> bool:
        """Whether it is settled for something that ends on this day; the same as ``unmet``."""
        if self.waived_because:
            return True
        return self.met_on is not None and (self.valid_to is None or self.valid_to >= day)
