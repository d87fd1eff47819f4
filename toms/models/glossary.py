"""Words that the register explains."""

from django.db import models
from django.db.models.functions import Lower


class GlossaryTerm(models.Model):
    """A word and what it means here."""

    slug = models.SlugField(max_length=80, unique=True)
    words = models.CharField(max_length=80)
    meaning = models.TextField(max_length=1000)

    class Meta:
        ordering = [Lower("words")]

    def __str__(self) -> str:
        return self.words
