"""What can be exchanged, and the skills that people bring to it: data, not code."""

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from brokerage.models.notice import Notice


class KindQuerySet(models.QuerySet["Kind"]):
    """Reads of kinds."""

    def active(self) -> Self:
        """Those that can still be asked for and offered."""
        return self.filter(active=True)

    def searched(self) -> Self:
        """The same, and those that something has kept."""
        return self.filter(Q(active=True) | Q(notices__isnull=False)).distinct()


class Kind(models.Model):
    """One item on the menu: a team day, a mentor, money, a room."""

    class Unit(models.TextChoices):
        PERSON_HOURS = "person-hours", "person-hours"
        POUNDS = "pounds", "pounds"
        ITEMS = "items", "items"
        ROOM_HOURS = "room-hours", "room-hours"

    class Schedule(models.TextChoices):
        SET = "set", "On set dates"
        FLEXIBLE = "flexible", "At a time that both sides find"
        OPEN = "open", "Over a longer time"

    class Check(models.TextChoices):
        """What has to be settled before both sides can agree."""

        DBS = "dbs", "DBS level"
        INSURANCE = "insurance", "Insurance"
        RISK = "risk", "Risk assessment"
        SUPERVISION = "supervision", "Supervision"
        EXPENSES = "expenses", "Expenses"

    code = models.SlugField(max_length=30, unique=True)
    label = models.CharField(max_length=60)
    description = models.CharField("what it is", max_length=300)
    asks_of_host = models.CharField("what it asks of the host", max_length=300)
    asks_of_giver = models.CharField("what it asks of the giver", max_length=300)
    gives = models.CharField("what it typically gives", max_length=300)
    benefit_to_host = models.CharField("an example of the benefit to the host", max_length=300)
    benefit_to_giver = models.CharField("an example of the benefit to the giver", max_length=300)
    unit = models.CharField(max_length=12, choices=Unit)
    schedule = models.CharField(max_length=8, choices=Schedule)
    checks = ArrayField(
        models.CharField(max_length=11, choices=Check), default=list, blank=True, size=5
    )
    position = models.PositiveIntegerField(default=0)
    active = models.BooleanField(default=True)

    objects = KindQuerySet.as_manager()

    class Meta:
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.label

    @property
    def takes_people(self) -> bool:
        """Whether places are asked for and held; else it is an amount of the unit."""
        return self.unit == self.Unit.PERSON_HOURS


class SkillQuerySet(models.QuerySet["Skill"]):
    """Reads of skills."""

    def active(self) -> Self:
        """Those that can still be asked for and offered."""
        return self.filter(active=True)

    def searched(self) -> Self:
        """The same, and those that something has kept."""
        return self.filter(Q(active=True) | Q(notice_links__isnull=False)).distinct()

    def offered_to(self, notice: "Notice | None") -> Self:
        """The same, and whatever else a need or an offer has already."""
        if notice is None:
            return self.active()
        return self.filter(Q(active=True) | Q(pk__in=notice.skill_links.values("skill")))


class Skill(models.Model):
    """A plain-language group of skills.

    ``ssc_code`` names the group of the UK Standard Skills Classification that it lies in or nearest
    to, and ``ssc_url`` where that stands; both are empty until a broker has looked it up there.
    """

    code = models.SlugField(max_length=30, unique=True)
    label = models.CharField(max_length=60)
    description = models.CharField(max_length=200)
    ssc_code = models.CharField(
        "code of the Standard Skills Classification", max_length=20, blank=True
    )
    ssc_url = models.URLField("where that stands", max_length=300, blank=True)
    position = models.PositiveIntegerField(default=0)
    active = models.BooleanField(default=True)

    objects = SkillQuerySet.as_manager()

    class Meta:
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.label
