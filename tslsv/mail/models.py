"""A mail as a row: written with what caused it, and kept until long after it was sent."""

import datetime

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob


class OutgoingMailQuerySet(models.QuerySet["OutgoingMail"]):
    def waiting(self) -> "OutgoingMailQuerySet":
        """Neither sent nor given up."""
        return self.filter(sent_at=None, given_up_at=None)

    def due(self, at: datetime.datetime) -> "OutgoingMailQuerySet":
        """Waiting, and to be tried by that moment."""
        return self.waiting().filter(next_attempt_at__lte=at)

    def without_a_job(self) -> "OutgoingMailQuerySet":
        """Those that no job, waiting or at work, is going to send."""
        jobs = ProcrastinateJob.objects.filter(pk=OuterRef("job_id"), status__in=["todo", "doing"])
        return self.exclude(Exists(jobs))

    def addressed_to(self, address: str) -> "OutgoingMailQuerySet":
        """Everything to one address, however its letters are cased: for a person's own data."""
        return self.filter(to__iexact=address)


class OutgoingMail(models.Model):
    """One mail to one address."""

    reference = models.CharField(max_length=10, unique=True)
    to = models.EmailField()
    template = models.CharField(max_length=60)
    subject = models.TextField()
    text = models.TextField()
    html = models.TextField()
    # What a second request to queue the same mail is known by; empty for "never the same".
    key = models.CharField(max_length=200, blank=True)
    # Where one POST stops further mails of this kind (RFC 8058); empty for mails that are answers.
    unsubscribe_url = models.CharField(max_length=500, blank=True)
    # What it belongs to, such as one conversation: its reader's program shows these mails together.
    thread = models.CharField(max_length=60, blank=True)
    # Where an answer goes; empty: to the site's own address.
    reply_to = models.CharField(max_length=254, blank=True)
    # An invitation (RFC 5546) for the reader's calendar program; empty for most.
    calendar = models.TextField(blank=True)
    # Its words let somebody in, so they go as soon as they are sent.
    secret = models.BooleanField(default=False)
    queued_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    # The class of the last error. Its words may hold addresses, so they are kept nowhere.
    last_error = models.CharField(max_length=100, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)
    # The job that is to send it. Jobs are cleared away when they are done, so this is no key.
    job_id = models.BigIntegerField(null=True, blank=True)

    objects = OutgoingMailQuerySet.as_manager()

    class Meta:
        verbose_name = "mail"
        ordering = ["-queued_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["to", "key"],
                condition=~Q(key=""),
                name="mail_once_per_key",
                violation_error_message="This mail has already been queued.",
            ),
            models.CheckConstraint(
                condition=Q(sent_at=None) | Q(given_up_at=None),
                name="mail_sent_or_given_up",
                violation_error_message="A mail that was sent was not given up.",
            ),
        ]
        indexes = [
            # The few that wait, among the many that were sent.
            models.Index(
                F("next_attempt_at"),
                condition=Q(sent_at=None, given_up_at=None),
                name="mail_waiting",
            ),
            models.Index(fields=["sent_at"], name="mail_sent_at"),
        ]

    def __str__(self) -> str:
        return self.reference
