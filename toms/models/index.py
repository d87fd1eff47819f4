"""The tables of the measure index (see ``tslsv.search.models`` for what each is)."""

from django.db import models

from tslsv.search.models import (
    Bitmap,
    Card,
    IndexRow,
    IndexValue,
    TextRow,
    Word,
    row_indexes,
    text_indexes,
    word_indexes,
)


class MeasureIndexRow(IndexRow):
    """One measure, as its current version reads."""

    # Themes, outcomes and measures in the order of the register, as one text.
    place_key = models.CharField(max_length=40)
    title_key = models.CharField(max_length=200)
    code_key = models.CharField(max_length=10)

    class Meta:
        indexes = [
            *row_indexes("measure"),
            models.Index(fields=["place_key", "ordinal"], name="measure_by_place"),
            models.Index(fields=["title_key", "ordinal"], name="measure_by_title"),
            models.Index(fields=["code_key"], name="measure_by_code"),
        ]


class MeasureText(TextRow):
    """A measure's text: code and title A, theme, outcome and unit B, what counts C, the rest D."""

    class Meta:
        indexes = text_indexes("measure")


class MeasureValue(IndexValue):
    """A value a measure can have."""


class MeasureBitmap(Bitmap):
    """Which measures have a value."""


class MeasureCard(Card):
    """What a measure's result shows."""


class MeasureWord(Word):
    """A word found in measures."""

    class Meta:
        indexes = word_indexes("measure")
