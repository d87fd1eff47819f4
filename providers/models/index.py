"""The tables of the listing index (see ``tslsv.search.models`` for what each is)."""

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


class ListingIndexRow(IndexRow):
    """One findable listing."""

    # "Alpha Café" and "alpha cafe" stand together: lower case, without accents.
    name_key = models.CharField(max_length=330)
    title_key = models.CharField(max_length=200)
    organisation_key = models.CharField(max_length=200)
    confirmed_on = models.DateField(null=True)

    class Meta:
        indexes = [
            *row_indexes("listing"),
            models.Index(
                fields=["name_key", "ordinal"], include=["object_id"], name="listing_by_name"
            ),
            models.Index(
                models.F("confirmed_on").desc(nulls_last=True),
                "name_key",
                "ordinal",
                name="listing_by_confirmed",
            ),
            models.Index(fields=["title_key"], name="listing_by_title"),
            models.Index(fields=["organisation_key"], name="listing_by_organisation"),
        ]


class ListingText(TextRow):
    """A listing's text: title and organisation A, category words B, summary C, description D."""

    class Meta:
        indexes = text_indexes("listing")


class ListingValue(IndexValue):
    """A value a listing can have."""


class ListingBitmap(Bitmap):
    """Which listings have a value."""


class ListingCard(Card):
    """What a listing's result shows."""

    notice_days = models.IntegerField(null=True)
    capacity = models.IntegerField(null=True)

    class Meta:
        indexes = number_indexes("listing", "notice_days", "capacity")


class ListingWord(Word):
    """A word found in listings."""

    class Meta:
        indexes = word_indexes("listing")
