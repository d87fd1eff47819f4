"""A measure, and its versions: what is counted, in what unit, and how it adds up."""

import re
from typing import NamedTuple, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from toms.models.framework import Outcome, OverlapGroup, Unit

MEASURE_CODE = RegexValidator(
    r"\ALT-[A-Z]{3}-[0-9]{2,3}\Z", "A measure's code is like LT-WRK-01: the theme's, and a number."
)


class Number(NamedTuple):
    """``X.Y.Z``: X is the series, Y says how to count in it, Z is wording alone."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"

    @classmethod
    def parse(cls, text: str) -> "Number":
        """Raises ValueError, in words, for anything but three whole numbers with full stops."""
        if not re.fullmatch(r"(0|[1-9]\d{0,3})(\.(0|[1-9]\d{0,3})){2}", text):
            raise ValueError(f"“{text}” is no version: it is three numbers, such as 1.2.0.")
        return cls(*map(int, text.split(".")))


class Measure(models.Model):
    """Something that can be counted. It and its code are permanent; all else is its versions'."""

    outcome = models.ForeignKey(Outcome, on_delete=models.PROTECT, related_name="measures")
    code = models.CharField(max_length=10, unique=True, validators=[MEASURE_CODE])
    position = models.PositiveSmallIntegerField(default=0)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["outcome", "position", "code"]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        """The page of its current version."""
        return reverse("toms:measure", args=[self.code])


class MeasureVersionQuerySet(models.QuerySet["MeasureVersion"]):
    """Reads of versions."""

    def public(self) -> Self:
        """What anybody may read: all that stand in a release, and all that are no drafts any more.

        The register is drafted in the open, but what a curator has begun to write stands in no
        release yet.
        """
        listed = self.model._meta.get_field("items").related_model._default_manager.filter(
            version=models.OuterRef("pk")
        )
        return self.filter(~Q(state=MeasureVersion.State.DRAFT) | models.Exists(listed))

    def open(self) -> Self:
        """What is still being written: at most one of a measure."""
        return self.filter(state__in=MeasureVersion.OPEN_STATES)

    def adopted(self) -> Self:
        """What stands: at most one of a measure."""
        return self.filter(state=MeasureVersion.State.ADOPTED)

    def current(self) -> Self:
        """Of each measure the one version that its address shows: what is adopted, else the open
        draft, else what was retired or withdrawn last. Call it on what may be read.
        """
        state = MeasureVersion.State
        return (
            self.annotate(
                standing=models.Case(
                    models.When(state=state.ADOPTED, then=0),
                    models.When(state__in=MeasureVersion.OPEN_STATES, then=1),
                    models.When(state=state.RETIRED, then=2),
                    default=3,
                )
            )
            .order_by("measure_id", "standing", "-major", "-minor", "-patch")
            .distinct("measure_id")
        )

    def numbered(self, number: Number) -> Self:
        return self.filter(major=number.major, minor=number.minor, patch=number.patch)

    def newest_first(self) -> Self:
        return self.order_by("-major", "-minor", "-patch")


class MeasureVersion(models.Model):
    """A measure as it reads in one version.

    Once adopted its content never changes (a database trigger): only its state, its successor and
    the reason may move on. Versions of different X are different series, never added together.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        CONSULTATION = "consultation", "Open for comment"
        ADOPTED = "adopted", "Adopted"
        RETIRED = "retired", "Retired"
        WITHDRAWN = "withdrawn", "Withdrawn before adoption"

    OPEN_STATES = (State.DRAFT, State.CONSULTATION)

    class ValueKind(models.TextChoices):
        FLOW = "flow", "Counted over a period"
        STOCK = "stock", "How many there are at a time"
        STATE = "state", "True or not at a time"

    class AggTime(models.TextChoices):
        SUM = "sum", "Added up"
        MEAN = "mean", "The mean of the periods"
        LAST = "last", "The last one counts"
        MAX = "max", "The largest, which is a lower bound"
        RATIO = "ratio", "All that count over all in scope"

    class AggEntity(models.TextChoices):
        SUM = "sum", "Added up"
        SUM_FLAG_OVERLAP = "sum_flag_overlap", "Added up, and may overlap"
        RATIO = "ratio", "All that count over all in scope"
        COUNT_TRUE = "count_true", "How many say yes, and their share"

    class Basis(models.TextChoices):
        NEW = "new", "New"
        SUSTAINED = "sustained", "Sustained"

    class Suits(models.TextChoices):
        CONTRACT = "contract", "Contract"
        GRANT = "grant", "Grant"
        PURCHASE = "purchase", "Purchase"
        VOLUNTEERING = "volunteering", "Volunteering"
        ASSET = "asset", "Asset"

    class Profile(models.TextChoices):
        ALL = "all", "Everybody"
        PEOPLE_SERVICES = "people_services", "Services for people"
        BUYERS = "buyers", "Buyers"

    class Step(models.TextChoices):
        NEW = "new", "A new measure"
        MAJOR = "major", "A new series: the unit or what counts has changed"
        MINOR = "minor", "Guidance or evidence has changed; still comparable"
        PATCH = "patch", "Wording alone"

    # The fields that each step is for; a change to any of an earlier group asks for that step.
    SERIES_FIELDS = (
        "unit",
        "unit_words",
        "value_kind",
        "agg_time",
        "agg_entity",
        "basis_allowed",
        "at_risk",
        "what_counts",
        "does_not_count",
        "overlap_group",
    )
    GUIDANCE_FIELDS = (
        "existing_value_rule",
        "evidence",
        "evidence_small",
        "level",
        "baseline",
        "suits",
        "profile",
    )
    WORDING_FIELDS = ("title", "example", "concern")
    CONTENT_FIELDS = SERIES_FIELDS + GUIDANCE_FIELDS + WORDING_FIELDS

    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="versions")
    major = models.PositiveSmallIntegerField()
    minor = models.PositiveSmallIntegerField()
    patch = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)

    title = models.CharField(max_length=200)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    # The unit in this measure's words: "% of invoices".
    unit_words = models.CharField(max_length=80)
    value_kind = models.CharField(max_length=5, choices=ValueKind)
    agg_time = models.CharField(max_length=5, choices=AggTime)
    agg_entity = models.CharField(max_length=16, choices=AggEntity)
    overlap_group = models.ForeignKey(
        OverlapGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="versions"
    )
    profile = models.CharField(max_length=16, choices=Profile, default=Profile.ALL)
    baseline = models.BooleanField(default=False)
    level = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(4)]
    )
    basis_allowed = ArrayField(models.CharField(max_length=9, choices=Basis))
    # Whether the part of what is sustained that is at risk is asked for.
    at_risk = models.BooleanField(default=False)
    what_counts = models.TextField(max_length=2000)
    existing_value_rule = models.TextField(max_length=2000)
    does_not_count = models.TextField(max_length=2000, blank=True)
    evidence = models.TextField(max_length=2000)
    # What is enough of an organisation with fewer than ten staff, where that is less.
    evidence_small = models.TextField(max_length=2000, blank=True)
    suits = ArrayField(models.CharField(max_length=12, choices=Suits))
    example = models.TextField(max_length=2000, blank=True)
    # What was said in Leeds that the measure answers to.
    concern = models.TextField(max_length=1000, blank=True)

    # What changed against the version before, and why, in a curator's words.
    step = models.CharField(max_length=5, choices=Step, default=Step.NEW)
    reason = models.TextField(max_length=2000, blank=True)
    # Where to go instead, once it is retired or withdrawn.
    successor = models.ForeignKey(
        Measure, on_delete=models.PROTECT, null=True, blank=True, related_name="succeeds"
    )
    ended_reason = models.TextField(max_length=2000, blank=True)
    adopted_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created = models.DateTimeField(auto_now_add=True)
    modified = models.DateTimeField(auto_now=True)

    objects = MeasureVersionQuerySet.as_manager()

    class Meta:
        ordering = ["measure", "major", "minor", "patch"]
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "major", "minor", "patch"],
                name="measure_version_once",
                violation_error_message="This measure has a version of this number already.",
            ),
            models.UniqueConstraint(
                fields=["measure"],
                condition=Q(state__in=["draft", "consultation"]),
                name="measure_one_open_version",
                violation_error_message="A new version of this measure is begun already.",
            ),
            models.UniqueConstraint(
                fields=["measure"],
                condition=Q(state="adopted"),
                name="measure_one_adopted_version",
                violation_error_message="One version of a measure is adopted at a time.",
            ),
            models.CheckConstraint(
                condition=Q(level__gte=1, level__lte=4),
                name="measure_level_1_to_4",
                violation_error_message="A level is 1 to 4.",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["adopted", "retired"]) | Q(adopted_on__isnull=False),
                name="measure_adopted_has_day",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["retired", "withdrawn"])
                | Q(ended_on__isnull=False) & ~Q(ended_reason=""),
                name="measure_ended_says_why",
                violation_error_message="Say why it ends.",
            ),
            models.CheckConstraint(
                condition=Q(at_risk=False) | Q(basis_allowed__contains=["sustained"]),
                name="measure_at_risk_of_sustained",
                violation_error_message="Only what is sustained can be at risk.",
            ),
            models.CheckConstraint(
                condition=(Q(agg_time="ratio") & Q(agg_entity="ratio"))
                | (~Q(agg_time="ratio") & ~Q(agg_entity="ratio")),
                name="measure_ratio_both_ways",
                violation_error_message="A ratio stays one over time and across organisations.",
            ),
            models.CheckConstraint(
                condition=(Q(value_kind="state") & Q(agg_entity="count_true", agg_time="last"))
                | (~Q(value_kind="state") & ~Q(agg_entity="count_true")),
                name="measure_yes_or_no_is_counted",
                violation_error_message="A yes or no is counted, by its last answer.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The page of exactly this version; until it has a number to stay, the measure's."""
        if not self.major:
            return self.measure.get_absolute_url()
        return reverse("toms:measure_version", args=[self.measure.code, self.number])

    @property
    def number(self) -> Number:
        return Number(self.major, self.minor, self.patch)
