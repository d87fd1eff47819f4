"""What measures stand under and are counted in. Codes are permanent (a database trigger)."""

from django.core.validators import RegexValidator
from django.db import models

THEME_CODE = RegexValidator(
    r"\A[A-Z]{3}\Z", "A theme's code is three capital letters, such as WRK."
)
OUTCOME_CODE = RegexValidator(
    r"\ALT-[A-Z]{3}-[A-Z]\Z", "An outcome's code is like LT-WRK-A: the theme's, and a letter."
)
SHORT_CODE = RegexValidator(
    r"\A[A-Z][A-Z0-9-]{1,15}\Z", "A code is 2 to 16 capital letters, digits and hyphens."
)


class Theme(models.Model):
    """One of the few headings of the register."""

    code = models.CharField(max_length=3, unique=True, validators=[THEME_CODE])
    label = models.CharField(max_length=120)
    description = models.TextField(max_length=1000, blank=True)
    # Which of the city's ambitions it serves, by that ambition's name.
    ambition = models.CharField(max_length=60, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.label


class Outcome(models.Model):
    """What should become true in Leeds."""

    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, related_name="outcomes")
    code = models.CharField(max_length=8, unique=True, validators=[OUTCOME_CODE])
    label = models.CharField(max_length=200)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["theme", "position", "code"]

    def __str__(self) -> str:
        return self.label


class Unit(models.Model):
    """What quantities are counted in, such as HR for hours."""

    code = models.CharField(max_length=16, unique=True, validators=[SHORT_CODE])
    label = models.CharField(max_length=80)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.label


class OverlapGroup(models.Model):
    """Measures of which one alone counts the same thing: an hour is not money, too."""

    code = models.CharField(max_length=16, unique=True, validators=[SHORT_CODE])
    label = models.CharField(max_length=120)
    description = models.TextField(max_length=1000, blank=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.label
