"""The tables of the notice index (see ``tslsv.search.models`` for what each is)."""

from django.db import models

from tslsv.search.models import (
    Bitmap,
    Card,
    IndexRow,
    IndexValue,
    TextRow,
    Word,
    number_indexes,
    row_indexes,
    text_indexes,
    word_indexes,
)


class NoticeIndexRow(IndexRow):
    """One need or offer that is on the board."""

    title_key = models.CharField(max_length=120)
    published_on = models.IntegerField()
    ends_on = models.IntegerField()

    class Meta:
        indexes = [
            *row_indexes("notice"),
            models.Index(fields=["title_key", "ordinal"], name="notice_by_title"),
            models.Index(fields=["-published_on", "title_key", "ordinal"], name="notice_by_newest"),
            models.Index(fields=["ends_on", "title_key", "ordinal"], name="notice_by_end"),
        ]


class NoticeText(TextRow):
    """A notice's text: title and organisation A, kind, skills and causes B, description C, the
    rest D.
    """

    class Meta:
        indexes = text_indexes("notice")


class NoticeValue(IndexValue):
    """A value a notice can have."""


class NoticeBitmap(Bitmap):
    """Which notices have a value."""


class NoticeCard(Card):
    """What a notice's result shows."""

    # How large a party it has room for, and how small a one it has use for; empty where it is not
    # counted in people.
    places_left = models.IntegerField(null=True)
    fewest = models.IntegerField(null=True)
    # Days since 1970 between which it can happen; an open end is as far away as can be.
    first_day = models.IntegerField()
    last_day = models.IntegerField()

    class Meta:
        indexes = number_indexes("notice", "places_left", "fewest", "first_day", "last_day")


class NoticeWord(Word):
    """A word found in notices."""

    class Meta:
        indexes = word_indexes("notice")
