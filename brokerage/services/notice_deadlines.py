"""Needs and offers whose day comes: each is judged again under its own lock, and done once."""

import datetime

from django.conf import settings

from brokerage.models import Notice
from brokerage.services.notice import expire, remind


def remind_who_is_due(today: datetime.date) -> int:
    """Ask about those that leave the board soon; returns how many were asked about."""
    soon = today + datetime.timedelta(days=settings.NOTICE_REMINDER_DAYS)
    due = Notice.objects.published().filter(expires_on__lte=soon, reminded_at=None)
    return sum(remind(notice=notice) for notice in due.order_by("pk"))


def expire_who_is_due(today: datetime.date) -> int:
    """Take off the board what has run out; returns how many."""
    over = Notice.objects.filter(
        state__in=[Notice.State.PUBLISHED, Notice.State.PAUSED], expires_on__lt=today
    )
    return sum(expire(notice=notice) for notice in over.order_by("pk"))
