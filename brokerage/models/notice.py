"""What a host needs and what a giver offers: notices on the board, in mirror image."""

import datetime
import uuid
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.deleting import goes_with_examples
from accounts.models import Organisation, User
from brokerage.models.choices import Access, Cause, Mode, Requirement
from brokerage.models.kind import Kind, Skill
from places.distance import Point


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Reads of needs and offers."""

    def published(self) -> Self:
        """Those that everybody can find."""
        return self.filter(state=Notice.State.PUBLISHED)

    def findable(self, today: datetime.date) -> Self:
        """Those that a search finds on this day; the same as ``is_findable``."""
        return self.published().filter(
            Q(last_day__isnull=True) | Q(last_day__gte=today), expires_on__gte=today
        )

    def known(self) -> Self:
        """Those whose page exists for everybody: they are, or were, on the board."""
        return self.filter(published_at__isnull=False).exclude(
            state__in=[Notice.State.DRAFT, Notice.State.SUBMITTED, Notice.State.RETURNED]
        )

    def of(self, organisation: Organisation) -> Self:
        """An organisation's own, what was touched last first."""
        return self.filter(organisation=organisation).order_by("-modified", "-pk")

    def written_by(self, user: User) -> Self:
        """Of every organisation that this person acts for."""
        return self.filter(organisation__memberships__user=user)

    def submitted(self) -> Self:
        """Those that a broker has to look at, the longest-waiting first."""
        return self.filter(state=Notice.State.SUBMITTED).order_by("submitted_at", "pk")


class Notice(models.Model):
    """A need or an offer. It is never deleted: once it was on the board, it ends as closed or
    expired, so that whoever reads our feeds learns that it has gone.

    Empty means "not said", which no search and no match takes for a no. ``seats_held`` and
    ``amount_held`` are what exchanges hold of it at present; the database refuses to raise them
    beyond ``places_max`` and ``amount`` (migration ``limits_hold``).
    """

    MOST_PLACES = 10_000

    class Side(models.TextChoices):
        NEED = "need", "Need"
        OFFER = "offer", "Offer"

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        SUBMITTED = "submitted", "With a broker"
        RETURNED = "returned", "Returned"
        PUBLISHED = "published", "On the board"
        PAUSED = "paused", "Paused"
        CLOSED = "closed", "Closed"
        EXPIRED = "expired", "Run out"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    side = models.CharField(max_length=5, choices=Side)
    reference = models.CharField(max_length=8, unique=True, editable=False)
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    # Where it came from, and by what name it goes there; a later import finds it by both.
    source = models.CharField(max_length=40, default="site")
    external_id = models.CharField(max_length=120, blank=True)
    organisation = models.ForeignKey(
        Organisation, on_delete=goes_with_examples, related_name="notices"
    )
    kind = models.ForeignKey(Kind, on_delete=models.PROTECT, related_name="notices")

    title = models.CharField(max_length=120)
    description = models.TextField(max_length=4000, blank=True)
    benefit_to_host = models.TextField("benefit to the host", max_length=1000, blank=True)
    benefit_to_giver = models.TextField("benefit to the giver", max_length=1000, blank=True)
    skills = models.ManyToManyField(
        Skill, through="NoticeSkill", related_name="notices", blank=True
    )
    causes = ArrayField(models.CharField(max_length=16, choices=Cause), default=list, blank=True)
    # What there is of access at a host's place; what a giver's people need.
    access = ArrayField(models.CharField(max_length=10, choices=Access), null=True, blank=True)
    # What a host asks for; what a giver's people have.
    requirements = ArrayField(
        models.CharField(max_length=13, choices=Requirement), null=True, blank=True
    )

    # People, of kinds that take people.
    places_min = models.PositiveIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(MOST_PLACES)]
    )
    places_max = models.PositiveIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(MOST_PLACES)]
    )
    hours_each = models.DecimalField(
        "hours for each person",
        max_digits=6,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    # Pounds, items or room-hours, of the other kinds.
    amount = models.DecimalField(
        max_digits=12, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    cost_contribution = models.DecimalField(
        "contribution to the host's costs, in pounds",
        max_digits=10,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )

    # The window in which it can happen; both ends included. Empty: at any time.
    first_day = models.DateField(null=True, blank=True)
    last_day = models.DateField(null=True, blank=True)
    # ISO weekdays, 1 is Monday; empty means any.
    weekdays = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True, size=7)
    when_words = models.CharField("when, in words", max_length=200, blank=True)

    mode = models.CharField(max_length=9, choices=Mode, default=Mode.IN_PERSON)
    postcode = models.CharField(max_length=8, blank=True)
    ward = models.ForeignKey(
        "places.Ward", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Where the public may know it to be: the middle of the postcode's sector.
    latitude = models.FloatField(null=True, blank=True, editable=False)
    longitude = models.FloatField(null=True, blank=True, editable=False)

    # Told to the other side of an exchange once it is introduced, and to nobody else.
    contact_name = models.CharField(max_length=120, blank=True)
    contact_email = models.EmailField(blank=True)
    contact_phone = models.CharField(max_length=30, blank=True)

    seats_held = models.PositiveIntegerField(default=0, editable=False)
    amount_held = models.DecimalField(max_digits=12, decimal_places=2, default=0, editable=False)

    expires_on = models.DateField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True, editable=False)
    submitted_at = models.DateTimeField(null=True, blank=True, editable=False)
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    # What a broker said when it was returned.
    returned_because = models.TextField(max_length=1000, blank=True)
    # When somebody was last introduced through it: help is to spread.
    connected_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Of the form it began with: sent twice, it is found by this.
    form_key = models.CharField(max_length=64, blank=True, editable=False)
    # Which version people saw that they edit: two at once are told.
    revision = models.PositiveIntegerField(default=1, editable=False)
    created = models.DateTimeField(auto_now_add=True)
    modified = models.DateTimeField(auto_now=True)

    objects = NoticeQuerySet.as_manager()
    AUDIT_NAME = "reference"

    class Meta:
        ordering = ["-created", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=~Q(external_id=""),
                name="notice_external_once",
                violation_error_message="This came in already.",
            ),
            models.CheckConstraint(
                condition=Q(places_min__isnull=True)
                | Q(places_max__isnull=True)
                | Q(places_min__lte=F("places_max")),
                name="notice_places_in_order",
                violation_error_message="The fewest people cannot be more than the most.",
            ),
            models.CheckConstraint(
                condition=Q(first_day__isnull=True)
                | Q(last_day__isnull=True)
                | Q(first_day__lte=F("last_day")),
                name="notice_days_in_order",
                violation_error_message="The last day cannot be before the first.",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "returned", "closed"])
                | ~Q(benefit_to_host="") & ~Q(benefit_to_giver=""),
                name="notice_benefits_both",
                violation_error_message="Say what each side gains.",
            ),
            models.CheckConstraint(
                condition=~Q(state="published")
                | Q(published_at__isnull=False, expires_on__isnull=False),
                name="notice_published_runs_out",
                violation_error_message="What is on the board needs a day on which it runs out.",
            ),
            models.CheckConstraint(
                condition=Q(amount_held__gte=0), name="notice_amount_held_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__isnull=False, longitude__isnull=False),
                name="notice_point_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["expires_on"], name="notice_open", condition=Q(state="published")),
            models.Index(fields=["modified", "id"], name="notice_changes"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse(f"brokerage:{self.side}", args=[self.reference])

    @property
    def is_need(self) -> bool:
        return self.side == self.Side.NEED

    def is_findable(self, today: datetime.date) -> bool:
        """On the board, not run out, and with a day left on which it can happen."""
        return (
            self.state == self.State.PUBLISHED
            and self.expires_on is not None
            and self.expires_on >= today
            and (self.last_day is None or self.last_day >= today)
        )

    @property
    def point(self) -> Point | None:
        """The point that may be shown and measured from."""
        if self.latitude is None or self.longitude is None:
            return None
        return Point(self.latitude, self.longitude)

    @property
    def seats_left(self) -> int | None:
        """How many places are neither held nor taken; None where no limit was said.

        Never below 0, even where the limit was lowered under what was agreed.
        """
        if self.places_max is None:
            return None
        return max(self.places_max - self.seats_held, 0)


class NoticeSkillQuerySet(models.QuerySet["NoticeSkill"]):
    """Reads of what skills are asked for or offered."""

    def must(self) -> Self:
        return self.filter(must=True)


class NoticeSkill(models.Model):
    """A skill that a need must have or would like, or that an offer brings."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="skill_links")
    skill = models.ForeignKey(Skill, on_delete=models.PROTECT, related_name="notice_links")
    # Of a need alone: without it the offer is of no use.
    must = models.BooleanField(default=False)

    objects = NoticeSkillQuerySet.as_manager()

    class Meta:
        ordering = ["-must", "skill__position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["notice", "skill"], name="notice_skill_once")
        ]

    def __str__(self) -> str:
        return str(self.skill)
