"""What an hour is reckoned to be worth: dated, cited, and for brokers to change."""

import datetime

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.formats import date_format


class HourlyRateQuerySet(models.QuerySet["HourlyRate"]):
    """Reads of rates."""

    def usual_on(self, day: datetime.date) -> "HourlyRate | None":
        """Of the usual series the newest that holds by this day, else the first; None for none."""
        usual = self.filter(is_default=True)
        held = usual.filter(holds_from__lte=day).order_by("-holds_from").first()
        return held or usual.order_by("holds_from").first()


class HourlyRate(models.Model):
    """Pounds for an hour, as somebody published them. Rows of one code are a series."""

    code = models.SlugField(max_length=30)
    label = models.CharField(max_length=80)
    pounds = models.DecimalField(max_digits=7, decimal_places=2, validators=[MinValueValidator(0)])
    source = models.CharField(max_length=200)
    source_url = models.URLField(max_length=300, blank=True)
    # The first day for which it holds.
    holds_from = models.DateField()
    # Business cases open with this series.
    is_default = models.BooleanField(default=False)

    objects = HourlyRateQuerySet.as_manager()

    class Meta:
        ordering = ["code", "-holds_from"]
        constraints = [
            models.UniqueConstraint(fields=["code", "holds_from"], name="rate_once"),
        ]

    def __str__(self) -> str:
        return f"{self.label}, £{self.pounds} from {date_format(self.holds_from, 'j F Y')}"
