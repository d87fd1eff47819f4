"""What an exchange is to be: the terms that one side proposes and both confirm."""

import datetime
from decimal import Decimal
from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from brokerage.models.choices import Mode, Side
from brokerage.models.exchange import Exchange


class ExchangeVersionQuerySet(models.QuerySet["ExchangeVersion"]):
    """Reads of versions."""

    def pending(self) -> Self:
        """The one that is proposed and not yet confirmed by both."""
        return self.filter(status=ExchangeVersion.Status.PENDING)

    def agreed(self) -> Self:
        """The one that stands."""
        return self.filter(status=ExchangeVersion.Status.AGREED)


class ExchangeVersion(models.Model):
    """When, where, how many: what one side proposes and both confirm. Its terms never change; a
    change is another version.
    """

    class Status(models.TextChoices):
        PENDING = "pending", "Proposed"
        AGREED = "agreed", "Agreed"
        REPLACED = "replaced", "Replaced"
        REFUSED = "refused", "Not taken"

    exchange = models.ForeignKey(Exchange, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=8, choices=Status, default=Status.PENDING)
    by = models.CharField(max_length=5, choices=Side)
    # Both ends included. Empty while the day is still to be found.
    first_day = models.DateField(null=True, blank=True)
    last_day = models.DateField(null=True, blank=True)
    start_time = models.TimeField(null=True, blank=True)
    end_time = models.TimeField(null=True, blank=True)
    # Of what goes on for long: when both look at how it goes.
    review_on = models.DateField(null=True, blank=True)
    seats = models.PositiveIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(10_000)]
    )
    hours_each = models.DecimalField(
        "hours for each person",
        max_digits=6,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    amount = models.DecimalField(
        max_digits=12, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    mode = models.CharField(max_length=9, choices=Mode, default=Mode.IN_PERSON)
    place = models.CharField(max_length=200, blank=True)
    postcode = models.CharField(max_length=8, blank=True)
    cost_contribution = models.DecimalField(
        "contribution to the host's costs, in pounds",
        max_digits=10,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    note = models.TextField(max_length=2000, blank=True)
    host_confirmed_at = models.DateTimeField(null=True, blank=True)
    giver_confirmed_at = models.DateTimeField(null=True, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created = models.DateTimeField(default=timezone.now)

    objects = ExchangeVersionQuerySet.as_manager()

    TERMS = (
        "first_day",
        "last_day",
        "start_time",
        "end_time",
        "review_on",
        "seats",
        "hours_each",
        "amount",
        "mode",
        "place",
        "postcode",
        "cost_contribution",
        "note",
    )
    """What both sides confirm, by the names of the columns."""

    class Meta:
        ordering = ["exchange", "number"]
        constraints = [
            models.UniqueConstraint(fields=["exchange", "number"], name="version_number_once"),
            models.UniqueConstraint(
                fields=["exchange"], condition=Q(status="pending"), name="version_one_pending"
            ),
            models.UniqueConstraint(
                fields=["exchange"], condition=Q(status="agreed"), name="version_one_agreed"
            ),
            models.CheckConstraint(
                condition=~Q(status="agreed")
                | Q(host_confirmed_at__isnull=False, giver_confirmed_at__isnull=False),
                name="version_agreed_by_both",
            ),
            models.CheckConstraint(
                condition=Q(first_day__isnull=True, last_day__isnull=True)
                | Q(first_day__lte=F("last_day")),
                name="version_days_in_order",
                violation_error_message="The last day cannot be before the first.",
            ),
        ]

    def __str__(self) -> str:
        return f"Version {self.number}"

    @property
    def person_hours(self) -> Decimal | None:
        """Places times hours for each; None where either is open."""
        if self.seats is None or self.hours_each is None:
            return None
        return self.seats * self.hours_each

    @property
    def months(self) -> list[datetime.date]:
        """First days of the months in which it begins: a group takes one turn, in its first month.
        Empty while no day is set.
        """
        return [self.first_day.replace(day=1)] if self.first_day else []

    @property
    def is_long(self) -> bool:
        """A week or more: it has other days, so it neither clashes nor stops for a holiday."""
        first, last = self.first_day, self.last_day
        return first is not None and last is not None and (last - first).days >= 7

    def confirmed_at(self, side: Side) -> datetime.datetime | None:
        return self.host_confirmed_at if side == Side.HOST else self.giver_confirmed_at
