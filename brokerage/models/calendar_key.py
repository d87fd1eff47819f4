"""Secret addresses of calendar feeds."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Organisation


class CalendarKey(models.Model):
    """The key of one feed, a person's or an organisation's. Made anew, the former opens nothing."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="calendar_key",
    )
    organisation = models.OneToOneField(
        Organisation,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="calendar_key",
    )
    # How often it was made anew: part of what the address is made from.
    round = models.PositiveIntegerField(default=1)
    link_hash = models.CharField(max_length=64, unique=True, null=True, blank=True, editable=False)
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, organisation__isnull=True)
                | Q(user__isnull=True, organisation__isnull=False),
                name="calendar_of_one",
            )
        ]

    def __str__(self) -> str:
        return f"Calendar of {self.user or self.organisation}"
