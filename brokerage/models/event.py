"""The history of an exchange."""

from django.db import models
from django.utils import timezone

from brokerage.models.exchange import Exchange
from brokerage.models.version import ExchangeVersion


class ExchangeEvent(models.Model):
    """What happened to an exchange, for its two sides to read. It is never changed."""

    class Who(models.TextChoices):
        HOST = "host", "The host"
        GIVER = "giver", "The giver"
        BROKER = "broker", "A broker"
        VERIFIER = "verifier", "Somebody by a signed link"
        TIME = "time", "By itself"

    exchange = models.ForeignKey(Exchange, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField(default=timezone.now)
    who = models.CharField(max_length=8, choices=Who)
    # Such as "introduced", "proposed a change", "reduced the places".
    verb = models.CharField(max_length=60)
    from_state = models.CharField(max_length=13, choices=Exchange.State, blank=True)
    to_state = models.CharField(max_length=13, choices=Exchange.State)
    reason = models.CharField(max_length=1000, blank=True)
    version = models.ForeignKey(
        ExchangeVersion, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_who_display()} {self.verb}"
