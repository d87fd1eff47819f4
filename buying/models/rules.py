"""How an organisation buys, in its own words."""

from typing import Self

from django.core.validators import MinValueValidator
from django.db import models

from accounts.models import Organisation
from providers.models import Term


class BuyingRulesQuerySet(models.QuerySet["BuyingRules"]):
    """Reads of buying rules."""

    def with_all(self) -> Self:
        """With everything that is in them."""
        return self.select_related("organisation").prefetch_related(
            "thresholds", "preferences__term"
        )

    def shared(self) -> Self:
        """Those that anybody may read, by name, with everything that is in them."""
        return self.filter(shared=True).with_all().order_by("organisation__name", "pk")


class BuyingRules(models.Model):
    """Written by the organisation's owners. A choice is held against them, and never stopped."""

    organisation = models.OneToOneField(
        Organisation, on_delete=models.CASCADE, related_name="buying_rules"
    )
    words = models.TextField(max_length=4000, blank=True)
    # On the page "How partners choose".
    shared = models.BooleanField(default=False)
    # Its purchases count in the figures of the whole city.
    counts_in_city = models.BooleanField(default=False)
    created = models.DateTimeField(auto_now_add=True)
    modified = models.DateTimeField(auto_now=True)

    objects = BuyingRulesQuerySet.as_manager()

    class Meta:
        ordering = ["organisation"]
        verbose_name = verbose_name_plural = "buying rules"

    def __str__(self) -> str:
        return f"Rules {self.pk}"


class Threshold(models.Model):
    """Up to an amount, so many providers are asked."""

    rules = models.ForeignKey(BuyingRules, on_delete=models.CASCADE, related_name="thresholds")
    # Pounds excluding VAT, included; empty: however much.
    up_to = models.DecimalField(
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    ask = models.PositiveSmallIntegerField(validators=[MinValueValidator(1)])
    words = models.CharField(max_length=500, blank=True)

    class Meta:
        # The one without an end comes last, as PostgreSQL sorts.
        ordering = ["rules", "up_to"]
        constraints = [
            models.UniqueConstraint(
                fields=["rules", "up_to"],
                nulls_distinct=False,
                name="threshold_once",
                violation_error_message="There is a line for this amount already.",
            ),
            models.CheckConstraint(
                condition=models.Q(ask__gte=1),
                name="threshold_asks_somebody",
                violation_error_message="Ask at least one provider.",
            ),
        ]

    def __str__(self) -> str:
        return f"Threshold {self.pk}"


class Preference(models.Model):
    """What it prefers, first things first."""

    rules = models.ForeignKey(BuyingRules, on_delete=models.CASCADE, related_name="preferences")
    position = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=300)
    # What on the provider list shows it, if anything does.
    term = models.ForeignKey(
        Term, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["rules", "position", "pk"]

    def __str__(self) -> str:
        return self.words
