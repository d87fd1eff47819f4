"""Searches that found nothing, for curators to learn from."""

from django.db import models


class EmptySearch(models.Model):
    """Words that found nothing, and how often. Never who asked, nor where they are."""

    words = models.CharField(max_length=100, unique=True)
    times = models.PositiveIntegerField(default=1)
    first_on = models.DateField(auto_now_add=True)
    last_on = models.DateField(auto_now=True)

    class Meta:
        ordering = ["-times", "words"]
        verbose_name_plural = "empty searches"

    def __str__(self) -> str:
        return self.words
