"""What a host can take and what a giver can spare: limits, not notes."""

import datetime
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from accounts.models import Organisation


class HostCapacity(models.Model):
    """What a host can take; empty means that it has not said, and sets no limit.

    Its row is what every exchange of the host is locked by before anything is counted.
    """

    MOST_PENDING = 3

    organisation = models.OneToOneField(
        Organisation, on_delete=models.CASCADE, related_name="host_capacity"
    )
    groups_a_month = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MaxValueValidator(500)]
    )
    largest_party = models.PositiveIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(10_000)]
    )
    supervisors = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MaxValueValidator(1000)]
    )
    people_per_supervisor = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    # Nothing new is proposed to it; what is agreed goes on.
    paused = models.BooleanField(default=False)
    # Proposals that wait for an answer at one time.
    most_pending = models.PositiveSmallIntegerField(
        default=MOST_PENDING, validators=[MinValueValidator(1), MaxValueValidator(1000)]
    )
    modified = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "host capacities"

    def __str__(self) -> str:
        return f"Capacity of {self.organisation}"

    @property
    def most_at_once(self) -> int | None:
        """The largest party it can take: what it says, or as many as its supervisors can look
        after, whichever is less; None where it has said neither.
        """
        by_supervisors = (
            self.supervisors * self.people_per_supervisor
            if self.supervisors is not None and self.people_per_supervisor is not None
            else None
        )
        said = [limit for limit in (self.largest_party, by_supervisors) if limit is not None]
        return min(said) if said else None


class BlackoutQuerySet(models.QuerySet["Blackout"]):
    """Reads of days on which a host takes nobody."""

    def touching(self, first: datetime.date, last: datetime.date) -> Self:
        """Those that share a day with the days from ``first`` to ``last``, both included."""
        return self.filter(first_day__lte=last, last_day__gte=first)


class Blackout(models.Model):
    """Days on which a host takes nobody; both ends included."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="blackouts"
    )
    first_day = models.DateField()
    last_day = models.DateField()
    reason = models.CharField(max_length=120, blank=True)

    objects = BlackoutQuerySet.as_manager()

    class Meta:
        ordering = ["first_day", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(first_day__lte=F("last_day")),
                name="blackout_days_in_order",
                violation_error_message="The last day cannot be before the first.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_day} to {self.last_day}"


class HostMonth(models.Model):
    """How many groups a host has in a month, proposed ones included: counted when an exchange
    holds a place, so that the limit can be judged by one row.
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="host_months"
    )
    # The first day of the month.
    month = models.DateField()
    groups_held = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["month"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "month"], name="host_month_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="host_month_begins"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%B %Y}"


class ReleasedHoursQuerySet(models.QuerySet["ReleasedHours"]):
    """Reads of hours that givers released."""

    def on(self, day: datetime.date) -> Self:
        """Those of the period in which the day lies."""
        return self.filter(first_day__lte=day, last_day__gte=day)


class ReleasedHours(models.Model):
    """Person-hours that a giver releases in a period, and what exchanges hold of them."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="released_hours"
    )
    first_day = models.DateField()
    last_day = models.DateField()
    hours = models.DecimalField(max_digits=9, decimal_places=2, validators=[MinValueValidator(0)])
    hours_held = models.DecimalField(max_digits=9, decimal_places=2, default=0, editable=False)
    modified = models.DateTimeField(auto_now=True)

    objects = ReleasedHoursQuerySet.as_manager()

    class Meta:
        ordering = ["first_day", "pk"]
        verbose_name_plural = "released hours"
        constraints = [
            models.CheckConstraint(
                condition=Q(first_day__lte=F("last_day")),
                name="released_days_in_order",
                violation_error_message="The last day cannot be before the first.",
            ),
            models.CheckConstraint(
                condition=Q(hours__gte=0, hours_held__gte=0), name="released_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hours} hours, {self.first_day} to {self.last_day}"
