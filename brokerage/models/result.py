"""What came of an exchange, as its sides say it, and who confirms that."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from brokerage.models.choices import Side
from brokerage.models.exchange import Exchange


class Actual(models.Model):
    """What happened, as one side says it. The one that is confirmed is the exchange's result."""

    class By(models.TextChoices):
        HOST = "host", "The host"
        GIVER = "giver", "The giver"
        VERIFIER = "verifier", "Somebody by a signed link"
        BROKER = "broker", "A broker"

    exchange = models.ForeignKey(Exchange, on_delete=models.CASCADE, related_name="actuals")
    by = models.CharField(max_length=8, choices=By)
    people = models.PositiveIntegerField(null=True, blank=True)
    # Person-hours: of the giver's people; of the host's staff and volunteers for hosting.
    giver_hours = models.DecimalField(
        max_digits=9, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    host_hours = models.DecimalField(
        max_digits=9, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    # Pounds, items or room-hours, of the other kinds.
    amount = models.DecimalField(
        max_digits=12, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    # Pounds that hosting cost, and that the giver paid towards it.
    host_cost = models.DecimalField(
        max_digits=10, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    contribution = models.DecimalField(
        max_digits=10, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    # On which day it happened, or ended.
    happened_on = models.DateField()
    words = models.TextField(max_length=2000, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    confirmed_by = models.CharField(max_length=8, choices=By, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    # A broker's reason for a figure that neither side gave, or that is above what was agreed.
    reason = models.CharField(max_length=300, blank=True)
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["created", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by="")
                | Q(confirmed_at__isnull=False) & ~Q(confirmed_by=""),
                name="actual_confirmed_by_somebody",
            ),
            # Nobody confirms their own word; a broker's own figure is one that they decided.
            models.CheckConstraint(
                condition=~Q(confirmed_by=F("by")) | Q(by="broker"),
                name="actual_confirmed_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.giver_hours or self.amount or 0} on {self.happened_on}"


class VerifierLink(models.Model):
    """A link by which somebody without an account confirms a result, once."""

    actual = models.ForeignKey(Actual, on_delete=models.CASCADE, related_name="verifier_links")
    name = models.CharField(max_length=120)
    email = models.EmailField()
    link_hash = models.CharField(max_length=64, unique=True, null=True, blank=True, editable=False)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-created", "-pk"]

    def __str__(self) -> str:
        return self.name


class Feedback(models.Model):
    """How it was, as one side says. Brokers read it, and the other side where its writer lets it;
    the public never.
    """

    class Went(models.TextChoices):
        WELL = "well", "It went well"
        MIXED = "mixed", "Some of it did not go well"
        BADLY = "badly", "It did not go well"

    exchange = models.ForeignKey(Exchange, on_delete=models.CASCADE, related_name="feedback")
    side = models.CharField(max_length=5, choices=Side)
    went = models.CharField(max_length=5, choices=Went)
    again = models.BooleanField("would do it again", null=True, blank=True)
    words = models.TextField(max_length=2000, blank=True)
    shared = models.BooleanField("the other side may read it", default=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["created", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["exchange", "side"], name="feedback_of_side_once")
        ]

    def __str__(self) -> str:
        return str(self.get_went_display())
