"""Mails about what is new in a view of the list."""

import datetime
import secrets
from collections.abc import Collection
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import MD5, Lower
from django.urls import reverse
from django.utils import timezone

from accounts.models import User

MORNING = 7
"""The hour, in Leeds, from which mails that come once a day or once a week are made."""


class AlertQuerySet(models.QuerySet["Alert"]):
    """Reads of alerts."""

    def of(self, user: User, addresses: Collection[str]) -> Self:
        """A person's own, and those of their confirmed addresses, given in lower case, which were
        asked for without signing in.
        """
        theirs = Q(address_in__in=addresses, user=None)
        return self.annotate(address_in=Lower("email")).filter(Q(user=user) | theirs)

    def at(self, email: str) -> Self:
        """Those of an address that were asked for without signing in."""
        return self.filter(user=None, email__iexact=email)

    def standing(self) -> Self:
        """Confirmed and not stopped; they may be paused."""
        return self.filter(confirmed_at__isnull=False, stopped_at=None)

    def sending(self) -> Self:
        """Those that mails go out for now."""
        return self.standing().filter(Q(user=None) | Q(user__is_active=True), paused_at=None)

    def due(self, now: datetime.datetime) -> Self:
        """Those whose time to look again has come."""
        due = Q()
        for pace in Alert.Pace:
            due |= Q(pace=pace, looked_at__lt=last_time(pace, now))
        return self.sending().filter(due)


class Alert(models.Model):
    """Somebody wants to be told of offers that are new in one view.

    It is a person's, or an address's for which nobody has signed in. ``seen`` are the listings that
    were there when it began, or that it has told of since: whatever happens to them, it never tells
    of them again.
    """

    MOST = 20
    """Standing ones of a person, or of an address."""

    class Pace(models.TextChoices):
        AT_ONCE = "once", "At once"
        DAILY = "daily", "Once a day"
        WEEKLY = "weekly", "Once a week"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="alerts",
    )
    # Empty for a person's own: their mails follow them to a new address.
    email = models.EmailField(blank=True)
    # The parameters of the view, as ``providers.views.search.clean_query`` writes them, unordered.
    query = models.TextField(blank=True)
    pace = models.CharField(max_length=6, choices=Pace, default=Pace.DAILY)
    # Part of the links in its mails (providers.alert_links).
    key = models.CharField(max_length=43, unique=True, editable=False)
    seen = ArrayField(models.BigIntegerField(), default=list, editable=False)
    # The version of the index that it last looked at: nothing is new in the same one.
    seen_version = models.BigIntegerField(default=0, editable=False)
    created = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    looked_at = models.DateTimeField(default=timezone.now)
    told_at = models.DateTimeField(null=True, blank=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        ordering = ["-created", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, email="") | (Q(user__isnull=True) & ~Q(email="")),
                name="alert_has_one_reader",
                violation_error_message="Mails go to a person or to an address.",
            ),
            models.UniqueConstraint(
                "user",
                MD5("query"),
                condition=Q(user__isnull=False),
                name="alert_once_for_a_person",
                violation_error_message="You have these mails already.",
            ),
            models.UniqueConstraint(
                Lower("email"),
                MD5("query"),
                condition=Q(user__isnull=True),
                name="alert_once_for_an_address",
                violation_error_message="You have these mails already.",
            ),
        ]
        indexes = [
            # The job that runs every few minutes asks for these.
            models.Index(
                fields=["pace", "looked_at"],
                name="alert_sending",
                condition=Q(
                    confirmed_at__isnull=False, stopped_at__isnull=True, paused_at__isnull=True
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"Alert {self.pk}"

    def get_absolute_url(self) -> str:
        """The page of a person's own."""
        return reverse("alerts:my_alert", args=[self.pk])

    @property
    def address(self) -> str:
        """Where its mails go."""
        return self.user.email if self.user else self.email

    @property
    def view_url(self) -> str:
        """The path of the view that it watches."""
        page = reverse("providers:search")
        return f"{page}?{self.query}" if self.query else page


def last_time(pace: str, now: datetime.datetime) -> datetime.datetime:
    """The last moment up to ``now`` at which alerts of this pace were to look.

    At once: now. Once a day: seven in the morning in Leeds. Once a week: then on a Monday.
    """
    if pace == Alert.Pace.AT_ONCE:
        return now
    local = timezone.localtime(now)
    morning = local.replace(hour=MORNING, minute=0, second=0, microsecond=0)
    back = local.weekday() if pace == Alert.Pace.WEEKLY else 0
    day = 7 if pace == Alert.Pace.WEEKLY else 1
    morning -= datetime.timedelta(days=back)
    return morning if morning <= local else morning - datetime.timedelta(days=day)


def new_alert_key() -> str:
    """256 random bits, for a link."""
    return secrets.token_urlsafe(32)
