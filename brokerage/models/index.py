"""The tables of the notice index (see ``tslsv.search.models`` for what each is)."""

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


class NoticeIndexRow(IndexRow):
    """One need or offer that is on the board."""

    # The largest party it can take or send, the smallest, and how many places are left.
    places_max = models.IntegerField(null=True)
    places_min = models.IntegerField(null=True)
    # Days since 1970 between which it can happen; open ends are the ends of the number line.
    first_day = models.IntegerField()
    last_day = models.IntegerField()
    title_key = models.CharField(max_length=120)
    published_key = models.BigIntegerField()
    ends_key = models.IntegerField()

    class Meta:
        indexes = [
            *row_indexes("notice"),
            models.Index(fields=["title_key", "ordinal"], name="notice_by_title"),
            models.Index(fields=["published_key", "ordinal"], name="notice_by_published"),
            models.Index(fields=["ends_key", "ordinal"], name="notice_by_ends"),
        ]


class NoticeText(TextRow):
    """A notice's text: title A, organisation, kind and skills B, description C, the rest D."""

    class Meta:
        indexes = text_indexes("notice")


class NoticeValue(IndexValue):
    """A value a notice can have."""


class NoticeBitmap(Bitmap):
    """Which notices have a value."""


class NoticeCard(Card):
    """What a notice's result shows."""


class NoticeWord(Word):
    """A word found in notices."""

    class Meta:
        indexes = word_indexes("notice")
