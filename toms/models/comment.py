"""What somebody says of a release that is open for comment, and what is answered."""

import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation
from accounts.models.invitation import hash_of
from toms.models.measure import MeasureVersion
from toms.models.release import Release

CONFIRM_WITHIN = datetime.timedelta(days=7)
"""How long a link that confirms an address works; also when time for comment closes meanwhile, as
what was written in time counts.
"""


class CommentQuerySet(models.QuerySet["Comment"]):
    """Reads of comments."""

    def waiting(self) -> Self:
        """Those that a curator has to look at, oldest first."""
        return self.filter(state=Comment.State.WAITING).order_by("confirmed_at", "pk")

    def public(self) -> Self:
        """Those that anybody may read."""
        return self.filter(state=Comment.State.PUBLISHED)

    def unanswered(self) -> Self:
        """Published, and without a response."""
        return self.public().filter(outcome="")

    def with_token(self, token: str) -> Self:
        """What a mailed link opens, while it works."""
        since = timezone.now() - CONFIRM_WITHIN
        return self.filter(link_hash=hash_of(token), modified__gte=since)


class Comment(models.Model):
    """On a measure's version, or on the release as a whole.

    It waits until its writer has confirmed their address, then until a curator has looked at it.
    Never is the address public; the name is, with the organisation where they write for one.
    """

    MOST_WORDS = 4000

    class State(models.TextChoices):
        UNCONFIRMED = "unconfirmed", "Its address waits to be confirmed"
        WAITING = "waiting", "Waits for a curator"
        PUBLISHED = "published", "Public"
        REFUSED = "refused", "Not published"

    class Stance(models.TextChoices):
        SUPPORT = "support", "Support"
        CONCERN = "concern", "Concern"
        SUGGESTION = "suggestion", "Suggestion"

    class Sector(models.TextChoices):
        THIRD = "third", "Third sector"
        PUBLIC = "public", "Public sector"
        PRIVATE = "private", "Private sector"
        PERSON = "person", "Somebody for themselves"

    class Outcome(models.TextChoices):
        CHANGED = "changed", "Changed"
        KEPT = "kept", "Kept"
        LATER = "later", "For a later release"

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="comments")
    # Empty: the release as a whole.
    version = models.ForeignKey(
        MeasureVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="comments"
    )
    state = models.CharField(max_length=12, choices=State, default=State.UNCONFIRMED)
    stance = models.CharField(max_length=10, choices=Stance)
    text = models.TextField(max_length=MOST_WORDS)
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Where a member writes for it; its name as it was stays, whatever becomes of it.
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="toms_comments",
    )
    organisation_name = models.CharField(max_length=200, blank=True)
    sector = models.CharField(max_length=7, choices=Sector)

    link_hash = models.CharField(max_length=64, unique=True, null=True, blank=True, editable=False)
    # Of the form it was typed in: sent twice, it is found by this.
    start_hash = models.CharField(max_length=64, unique=True, null=True, blank=True, editable=False)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    looked_at = models.DateTimeField(null=True, blank=True)
    looked_at_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Why it is not published; its writer is told.
    refusal = models.TextField(max_length=1000, blank=True)

    outcome = models.CharField(max_length=7, choices=Outcome, blank=True)
    response = models.TextField(max_length=4000, blank=True)
    responded_at = models.DateTimeField(null=True, blank=True)
    responded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created = models.DateTimeField(auto_now_add=True)
    modified = models.DateTimeField(auto_now=True)

    objects = CommentQuerySet.as_manager()

    class Meta:
        ordering = ["created", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="unconfirmed") | Q(confirmed_at__isnull=False),
                name="comment_is_confirmed_first",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(refusal=""),
                name="comment_refused_says_why",
                violation_error_message="Say why it is not published.",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", response="", responded_at__isnull=True)
                | Q(state="published", responded_at__isnull=False)
                & ~Q(outcome="")
                & ~Q(response=""),
                name="comment_response_is_whole",
                violation_error_message="A response says what came of it, and why.",
            ),
            models.CheckConstraint(
                condition=Q(organisation__isnull=True) | ~Q(organisation_name=""),
                name="comment_names_organisation",
            ),
        ]

    def __str__(self) -> str:
        return f"Comment {self.pk}"

    def get_absolute_url(self) -> str:
        page = reverse("toms:consultation", args=[self.release.slug])
        return f"{page}#comment-{self.pk}"
