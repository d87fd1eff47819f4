"""What an hour is reckoned to be worth: dated, cited, and for brokers to change."""

from django.core.validators import MinValueValidator
from django.db import models


class HourlyRate(models.Model):
    """Pounds for an hour, as somebody published them."""

    code = models.SlugField(max_length=30)
    label = models.CharField(max_length=80)
    pounds = models.DecimalField(max_digits=7, decimal_places=2, validators=[MinValueValidator(0)])
    source = models.CharField(max_length=200)
    source_url = models.URLField(max_length=300, blank=True)
    # The first day for which it holds.
    holds_from = models.DateField()
    # The one with which a business case opens.
    is_default = models.BooleanField(default=False)

    class Meta:
        ordering = ["code", "-holds_from"]
        constraints = [
            models.UniqueConstraint(fields=["code", "holds_from"], name="rate_once"),
        ]

    def __str__(self) -> str:
        return f"{self.label}, £{self.pounds}"
