"""A list of versions that is put to the city together."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from toms.models.measure import MeasureVersion


class ReleaseQuerySet(models.QuerySet["Release"]):
    """Reads of releases."""

    def adopted(self) -> Self:
        """The newest first; only one stands."""
        return self.filter(state=Release.State.ADOPTED).order_by("-adopted_on", "-pk")

    def open_for_comment(self) -> Self:
        today = timezone.localdate()
        return self.filter(
            state=Release.State.CONSULTATION, opens_on__lte=today, closes_on__gte=today
        )


class Release(models.Model):
    """Which version of each measure belongs together.

    An adopted release and what it lists never change (a database trigger).
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        CONSULTATION = "consultation", "Open for comment"
        ADOPTED = "adopted", "Adopted"
        WITHDRAWN = "withdrawn", "Withdrawn"

    # In its address: "2026", "2027-spring".
    slug = models.SlugField(max_length=40, unique=True)
    title = models.CharField(max_length=120)
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    introduction = models.TextField(max_length=4000, blank=True)
    opens_on = models.DateField(null=True, blank=True)
    closes_on = models.DateField(null=True, blank=True)
    adopted_on = models.DateField(null=True, blank=True)
    adopted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created = models.DateTimeField(auto_now_add=True)
    modified = models.DateTimeField(auto_now=True)

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        ordering = ["-created", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="consultation")
                | Q(opens_on__isnull=False, closes_on__gte=models.F("opens_on")),
                name="release_comment_has_dates",
                violation_error_message="Say from when to when it is open for comment.",
            ),
            models.CheckConstraint(
                condition=~Q(state="adopted") | Q(adopted_on__isnull=False),
                name="release_adopted_has_day",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("toms:release", args=[self.slug])

    @property
    def is_open_for_comment(self) -> bool:
        """Whether comments are taken today; the first and the last day are both included."""
        return (
            self.state == Release.State.CONSULTATION
            and self.opens_on is not None
            and self.closes_on is not None
            and self.opens_on <= timezone.localdate() <= self.closes_on
        )

    @property
    def comment_is_over(self) -> bool:
        """Whether there was time for comment, and it has passed."""
        return self.closes_on is not None and self.closes_on < timezone.localdate()


class ReleaseItem(models.Model):
    """A version in a release, at its place."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="items")
    version = models.ForeignKey(MeasureVersion, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["release", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["release", "version"],
                name="release_item_once",
                violation_error_message="This version is in the release already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.release_id}: {self.version_id}"
