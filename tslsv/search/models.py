"""The tables of a search index. An app makes each abstract one concrete, beside its own models.

One index has six tables:

- a narrow **row** per document, for counting and ordering;
- a **text** vector per document, apart, so that rows stay narrow;
- the **values** that documents can have, each with how many have it;
- the **bitmaps**: for each value and chunk of ordinals, one bit a document;
- the **cards**: what a result shows, read for one page only, and the numbers of ranges;
- the **words** that occur, for spelling.
"""

from django.contrib.postgres.indexes import GinIndex, GistIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from tslsv.search.fields import BitsField, IntegersField

CHUNK_BITS = 31_744
"""Bits of one bitmap row: with the row's head they fill half a page of PostgreSQL."""

FILL_FACTORS = {"row": 85, "text": 90, "value": 90, "bitmap": 50, "card": 80, "word": 100}
"""How full a rebuild makes the pages of each table, in per cent.

What a save changes then finds room on its own page, and no index has to be told where it went. A
page of bitmaps has one of them, and room for the next state of it.
"""


class SearchState(models.Model):
    """One row an index: its data version, and the next ordinal to give out."""

    name = models.CharField(max_length=40, primary_key=True)
    # Grows with every change; the ETag of a search page rests on it.
    version = models.BigIntegerField(default=1)
    # Ordinals are bit positions. They are never used again until a rebuild numbers all anew.
    next_ordinal = models.IntegerField(default=0)
    # Grows with every rebuild: a search that began on the tables before it starts over.
    generation = models.IntegerField(default=0)
    # Below this ordinal the documents of a group stand side by side; later ones come as they come.
    tail_from = models.IntegerField(default=0)
    rebuilding = models.BooleanField(default=False)

    class Meta:
        db_table = "search_state"

    def __str__(self) -> str:
        return self.name


class Touched(models.Model):
    """A document that changed while its index was being rebuilt, to be done again."""

    index = models.CharField(max_length=40)
    object_id = models.BigIntegerField()

    class Meta:
        db_table = "search_touched"
        indexes = [models.Index(fields=["index", "object_id"], name="search_touched_index")]

    def __str__(self) -> str:
        return f"{self.index} {self.object_id}"


class IndexRow(models.Model):
    """What is needed to filter and order; subclasses add their ordering columns."""

    ordinal = models.IntegerField(primary_key=True)
    object_id = models.BigIntegerField(unique=True)
    # Whose document it is: the heading counts documents and their groups ("12 offers from 9").
    group_id = models.BigIntegerField(db_index=True)
    value_ids = IntegersField()
    # Metres from the middle of the earth. Chord length grows with great-circle distance, so
    # comparing chords compares distances exactly, without trigonometry in the query.
    x = models.FloatField(null=True)
    y = models.FloatField(null=True)
    z = models.FloatField(null=True)
    # The first day on which time alone changes this row (a claim runs out, an entry is hidden).
    due_on = models.DateField(null=True)

    class Meta:
        abstract = True


class TextRow(models.Model):
    """The weighted text vector of one document."""

    ordinal = models.IntegerField(primary_key=True)
    vector = SearchVectorField()

    class Meta:
        abstract = True


class IndexValue(models.Model):
    """One value of one facet, and how many documents have it: the unfiltered count, stored.

    Frequent words and steps of number ranges are values too: a filter is a filter.
    """

    id = models.AutoField(primary_key=True)
    facet = models.CharField(max_length=40)
    value = models.CharField(max_length=100)
    documents = models.IntegerField(default=0)

    class Meta:
        abstract = True
        constraints = [models.UniqueConstraint(fields=["facet", "value"], name="%(class)s_unique")]


class Bitmap(models.Model):
    """Which documents of a chunk have a value: bit ``ordinal % CHUNK_BITS``."""

    pk = models.CompositePrimaryKey("value", "chunk")
    value = models.IntegerField()
    chunk = models.IntegerField()
    bits = BitsField()

    class Meta:
        abstract = True


class Card(models.Model):
    """What a result shows, ready to draw; ``version`` changes with it.

    Subclasses add a column for each range. Every save writes a card, while a row may stay where it
    is: were the numbers and their indexes with the row, a number that changes would have it moved,
    and all the row's indexes told.
    """

    ordinal = models.IntegerField(primary_key=True)
    version = models.BigIntegerField()
    card = models.JSONField()

    class Meta:
        abstract = True


class Word(models.Model):
    """A word as people write it, with the number of documents that have it."""

    word = models.CharField(max_length=60, primary_key=True)
    documents = models.IntegerField(default=0)

    class Meta:
        abstract = True


def row_indexes(prefix: str) -> list[models.Index]:
    """The indexes every row table needs; ``prefix`` keeps their names apart."""
    return [
        GistIndex(models.Func("y", "z", function="point"), name=f"{prefix}_point"),
        # Everything a circle asks, so that it is answered from the index alone.
        models.Index(fields=["y", "z", "x", "ordinal"], name=f"{prefix}_circle"),
        models.Index(fields=["due_on"], name=f"{prefix}_due"),
    ]


def text_indexes(prefix: str) -> list[models.Index]:
    """The text table's index. New entries wait in a short list, so that a save is quick; searches
    read the list too, and it is put away when it reaches so many kB."""
    return [GinIndex(fields=["vector"], name=f"{prefix}_vector", gin_pending_list_limit=64)]


def word_indexes(prefix: str) -> list[models.Index]:
    """The word table's trigram index."""
    return [GinIndex(OpClass("word", name="gin_trgm_ops"), name=f"{prefix}_trigram")]


def number_indexes(prefix: str, *columns: str) -> list[models.Index]:
    """The card table's indexes: between two steps of a range they alone are asked."""
    return [
        models.Index(fields=[column, "ordinal"], name=f"{prefix}_by_{column}") for column in columns
    ]
