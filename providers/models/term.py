"""The curated vocabulary: categories, ethos, EDI, accreditations, access features."""

from typing import Self

from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models


class TermQuerySet(models.QuerySet["Term"]):
    """Reads of the vocabulary."""

    def active(self) -> Self:
        return self.filter(active=True)

    def on_offer_or_merged(self) -> Self:
        """Those whose code can be asked for: it means the term, or the one that took it in."""
        return self.filter(models.Q(active=True) | models.Q(successor__active=True))

    def of(self, facet: "str | Term.Facet") -> Self:
        return self.filter(facet=facet)


class Term(models.Model):
    """One word of a facet. Its code never changes; a term is retired, never deleted."""

    class Facet(models.TextChoices):
        CATEGORY = "category", "Category"
        ETHOS = "ethos", "Ethos"
        EDI_LED = "edi_led", "Led or owned by"
        EDI_SERVES = "edi_serves", "Serves"
        ACCREDITATION = "accreditation", "Accreditation"
        ACCESS = "access", "Access"

    CLAIMABLE = (Facet.ETHOS, Facet.EDI_LED, Facet.EDI_SERVES, Facet.ACCREDITATION)

    facet = models.CharField(max_length=13, choices=Facet)
    code = models.SlugField(max_length=60)
    label = models.CharField(max_length=80)
    description = models.CharField(max_length=240)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    position = models.PositiveSmallIntegerField(default=0)
    active = models.BooleanField(default=True, help_text="Turn off to retire the term.")
    # The term that it was merged into: its code then means that one.
    successor = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="predecessors"
    )

    objects = TermQuerySet.as_manager()

    class Meta:
        ordering = ["facet", "position", "label"]
        constraints = [
            models.UniqueConstraint(
                fields=["facet", "code"],
                name="term_unique",
                violation_error_message="This facet already has a term with this code.",
            ),
            models.CheckConstraint(
                condition=models.Q(successor__isnull=True) | models.Q(active=False),
                name="term_merged_is_retired",
                violation_error_message="A term that was merged into another one is retired.",
            ),
        ]

    def __str__(self) -> str:
        return self.label


class Synonym(models.Model):
    """Words people type that mean a term: "lunch" means catering. Read when a query is read."""

    words = models.CharField(
        max_length=60, unique=True, help_text="One word or a short phrase, in lower case."
    )
    terms = models.ManyToManyField(Term, related_name="synonyms")
    # Its lexemes, so that "lunches" finds the synonym "lunch".
    vector = models.GeneratedField(
        expression=SearchVector("words", config="search_english"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        ordering = ["words"]

    def __str__(self) -> str:
        return self.words

    def clean(self) -> None:
        super().clean()
        self.words = " ".join(self.words.lower().split())
