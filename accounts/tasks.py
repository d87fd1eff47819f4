"""What is forgotten by itself."""

import datetime

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from accounts.models import User
from accounts.services.retention import retain


@app.periodic(cron="17 3 * * *")
@app.task(queueing_lock="forget_sign_ins")
def forget_sign_ins(timestamp: int) -> None:
    """Sessions that ran out with what is known of them, and sign-ups that nobody completed."""
    now = timezone.now()
    Session.objects.filter(expire_date__lt=now).delete()
    UserSession.objects.filter(
        ~Exists(Session.objects.filter(session_key=OuterRef("session_key")))
    ).delete()
    since = now - datetime.timedelta(days=settings.UNPROVED_ACCOUNT_DAYS)
    User.objects.never_proved().filter(date_joined__lt=since).delete()


@app.periodic(cron="35 3 * * *")
@app.task(
    queueing_lock="remove_what_is_too_old",
    retry=RetryStrategy(max_attempts=5, exponential_wait=60),
)
def remove_what_is_too_old(timestamp: int) -> int:
    """What every app keeps only for so long; returns how many rows went."""
    return sum(retain(timezone.localdate()).values())
