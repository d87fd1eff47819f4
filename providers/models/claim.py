"""What an organisation says of itself, and how well that is known."""

import datetime
from typing import Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models

from accounts.models import Organisation
from providers.models.term import Term


class ClaimQuerySet(models.QuerySet["Claim"]):
    """Reads of claims."""

    def standing(self, on: datetime.date) -> Self:
        """Neither withdrawn nor past ``valid_to`` on the day given."""
        return self.filter(withdrawn_at__isnull=True).filter(
            models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=on)
        )


class Claim(models.Model):
    """An organisation and a term of ethos, EDI or accreditation, with the level of proof."""

    AUDIT_NAME = "term__label"

    class Level(models.TextChoices):
        DECLARED = "declared", "Declared"
        EVIDENCED = "evidenced", "Evidenced"
        CHECKED = "checked", "Checked"

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="claims")
    term = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="claims")
    level = models.CharField(max_length=9, choices=Level, default=Level.DECLARED)
    reference = models.CharField(
        max_length=80, blank=True, help_text="A certificate or membership number."
    )
    evidence = models.CharField(
        max_length=300, blank=True, help_text="What it rests on, in words for the public."
    )
    valid_to = models.DateField(null=True, blank=True)
    checked_on = models.DateField(null=True, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Where the setting asks for two curators: who would raise it to "checked", when, and with what
    # words and last day. The public sees these once the second has agreed.
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    proposed_on = models.DateField(null=True, blank=True)
    proposed_evidence = models.CharField(max_length=300, blank=True)
    proposed_valid_to = models.DateField(null=True, blank=True)
    # When a curator last judged its reference and evidence; empty again when these change.
    looked_at = models.DateTimeField(null=True, blank=True)
    # When its organisation was told that it runs out.
    warned_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        ordering = ["term__facet", "term__position"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "term"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="claim_once",
                violation_error_message="The organisation already makes this claim.",
            ),
            models.CheckConstraint(
                condition=~models.Q(level="checked") | models.Q(checked_on__isnull=False),
                name="claim_checked_has_date",
                violation_error_message="A checked claim needs the date of the check.",
            ),
        ]
        indexes = [
            # The daily refresh asks which claims have run out.
            models.Index(fields=["valid_to"], name="claim_valid_to"),
        ]

    def __str__(self) -> str:
        return f"{self.term}: {self.get_level_display()}"

    def clean(self) -> None:
        super().clean()
        if self.term_id and self.term.facet not in Term.CLAIMABLE:
            raise ValidationError({"term": "Only ethos, EDI and accreditation terms are claimed."})

    @property
    def label(self) -> str:
        """How the tag reads."""
        return claim_label(self.term.facet, self.term.label)


_PREFIXES = {Term.Facet.EDI_LED.value: "Led by ", Term.Facet.EDI_SERVES.value: "Serves "}


def claim_label(facet: str, label: str) -> str:
    """How a tag reads: a led-by or serves term says which of the two it is."""
    prefix = _PREFIXES.get(facet)
    if prefix is None:
        return label
    # "LGBTQ+ people" keeps its capitals.
    return prefix + (label if label[1:2].isupper() else label[0].lower() + label[1:])
