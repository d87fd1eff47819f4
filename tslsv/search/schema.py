"""How an app declares what it can be searched by."""

import datetime
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from math import cos, radians, sin
from typing import Any

from tslsv.search.models import (
    Bitmap,
    Card,
    IndexRow,
    IndexValue,
    TextRow,
    Word,
)

EARTH_RADIUS_METRES = 6_371_008.8  # mean radius, IUGG
METRES_PER_MILE = 1_609.344


@dataclass(frozen=True, slots=True)
class Position:
    """A place as metres from the middle of the earth along three axes."""

    x: float
    y: float
    z: float

    @classmethod
    def at(cls, latitude: float, longitude: float) -> "Position":
        """From WGS84 degrees, on the mean sphere."""
        lat, lon = radians(latitude), radians(longitude)
        return cls(
            EARTH_RADIUS_METRES * cos(lat) * cos(lon),
            EARTH_RADIUS_METRES * cos(lat) * sin(lon),
            EARTH_RADIUS_METRES * sin(lat),
        )


def chord_of(miles: float) -> float:
    """The straight line, in metres, between two points that are ``miles`` apart on the sphere."""
    angle = min(miles * METRES_PER_MILE / EARTH_RADIUS_METRES, 3.14159)
    return 2 * EARTH_RADIUS_METRES * sin(angle / 2)


@dataclass(frozen=True, slots=True)
class Document:
    """What the index keeps of one object."""

    object_id: int
    group_id: int
    # Facet name to values. A document counts once for each value.
    values: Mapping[str, Collection[str]]
    # Weighted A, B, C and D.
    texts: tuple[str, str, str, str]
    position: Position | None
    # The row's own ordering columns, and the card's numbers.
    columns: Mapping[str, Any]
    # The first day on which time alone changes the document.
    due_on: datetime.date | None
    card: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Range:
    """A number of the card that people filter by "at least" or "at most".

    Each step of the ladder is a value with a bitmap; only the documents between the wanted number
    and the next step are looked up one by one.
    """

    column: str
    ladder: tuple[int, ...]
    at_least: bool

    @property
    def facet(self) -> str:
        return f"range:{self.column}"

    @lru_cache(maxsize=4096)  # noqa: B019 (there are few, and for ever)
    def steps_met(self, number: int | None) -> tuple[str, ...]:
        """The steps that a document with this number satisfies."""
        if number is None:
            return ()
        return tuple(
            str(step)
            for step in self.ladder
            if (number >= step if self.at_least else number <= step)
        )

    def split(self, wanted: int) -> tuple[str | None, tuple[int, int] | None]:
        """The step that surely satisfies ``wanted``, and the numbers (low, high) left to look up.

        Low and high are inclusive; None where nothing is left on that side.
        """
        if self.at_least:
            above = [step for step in self.ladder if step >= wanted]
            step = min(above) if above else None
            high = step - 1 if step is not None else 2_147_483_647
            rest = (wanted, high) if wanted <= high else None
        else:
            below = [step for step in self.ladder if step <= wanted]
            step = max(below) if below else None
            low = step + 1 if step is not None else 0
            rest = (low, wanted) if low <= wanted else None
        return (str(step) if step is not None else None), rest


@dataclass(frozen=True, slots=True)
class Schema:
    """One index: its tables, facets, numbers and orders, and where documents come from."""

    name: str
    row: type[IndexRow]
    text: type[TextRow]
    value: type[IndexValue]
    bitmap: type[Bitmap]
    card: type[Card]
    word: type[Word]
    facets: tuple[str, ...]
    # SQL giving a JSON value for each of the objects $1, an array written out.
    documents_sql: str
    # The document of such a value, or None when the object is not to be found.
    document: Callable[[Any], Document | None]
    # The ids of every object that may be found, in the order (group, id).
    all_ids: Callable[[], Iterable[int]]
    ranges: Mapping[str, Range] = field(default_factory=dict)
    # SQL ORDER BY terms over the row table, unique through the ordinal that is added last.
    orders: Mapping[str, str] = field(default_factory=dict)
    # What settles equal relevance and equal distance, before the ordinal.
    tie_order: str = "r.ordinal"
    # Columns that hold a whole name, folded: a query that equals one comes first by relevance.
    exact_columns: tuple[str, ...] = ()
    # SQL giving (vector, facet, value) for each meaning of each synonym, or nothing.
    synonyms: str = ""
    # Set only while a rebuild fills its tables beside the live ones.
    suffix: str = ""

    @property
    def number_columns(self) -> list[str]:
        """The card's columns that ranges ask for."""
        return sorted({number_range.column for number_range in self.ranges.values()})

    def table(self, part: str) -> str:
        """The database name of one of the tables: row, text, value, bitmap, card or word."""
        return f"{getattr(self, part)._meta.db_table}{self.suffix}"


PARTS = ("row", "text", "value", "bitmap", "card", "word")
"""The tables of an index."""

EVERYTHING = ("", "everything")
"""The value that every document has."""

GROUP_ENDS = ("", "group ends")
"""Not a property: the last ordinal of each group, for counting groups."""

WORD, TITLE_WORD = "word", "title word"
"""The facets of frequent words, anywhere and in the A-weighted text."""

TEXT_CONFIGURATION = "search_english"
