"""Which part of another framework a measure serves: a code and a link, never its text."""

from django.db import models

from toms.models.measure import Measure


class PolicyLink(models.Model):
    """A measure and a part of something else, with how near they are (SKOS mapping relations)."""

    class Framework(models.TextChoices):
        COMPACT = "compact", "Compact for Leeds"
        COMMISSIONING = "commissioning-code", "Commissioning code of practice"
        AMBITION = "ambition", "Leeds ambition"
        OTHER = "other", "Another framework"

    class Match(models.TextChoices):
        EXACT = "exact", "The same"
        CLOSE = "close", "Nearly the same"
        BROAD = "broad", "Part of something wider there"
        NARROW = "narrow", "Wider than what is there"
        RELATED = "related", "Related"

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="policy_links")
    framework = models.CharField(max_length=20, choices=Framework)
    # Of another framework: whose it is.
    framework_name = models.CharField(max_length=120, blank=True)
    code = models.CharField(max_length=80)
    url = models.URLField(max_length=300, blank=True)
    match = models.CharField(max_length=8, choices=Match, default=Match.RELATED)

    class Meta:
        ordering = ["measure", "framework", "framework_name", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "framework", "framework_name", "code"],
                name="policy_link_once",
                violation_error_message="This measure has this link already.",
            ),
            models.CheckConstraint(
                condition=~models.Q(framework="other") | ~models.Q(framework_name=""),
                name="policy_link_names_another",
                violation_error_message="Say which framework it is.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_framework_display()} {self.code}"
