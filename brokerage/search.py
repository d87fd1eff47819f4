"""From what was asked to what was found: one search of needs or of offers."""

from functools import cached_property
from typing import NamedTuple

from django.db import connection
from django.http import QueryDict

from brokerage.choices import CHOICES
from brokerage.filters import NoticeFilter
from brokerage.models import Notice
from brokerage.notice_index import SCHEMA, VOCABULARY, day_number
from places.lookup import PLACES, as_of
from places.near import AskedNear
from tslsv.search.opening import Circle
from tslsv.search.query import Found, Search, find, without_each
from tslsv.search.schema import Position

PAGE_SIZE = 20


class Versions(NamedTuple):
    """Of everything that a page rests on."""

    data: int
    vocabulary: int
    places: int


def versions() -> Versions:
    """The versions that hold now. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.version, v.version, w.version FROM search_state s "
            "LEFT JOIN search_state v ON v.name = %s "
            "LEFT JOIN search_state w ON w.name = %s WHERE s.name = %s",
            [VOCABULARY, PLACES, SCHEMA.name],
        )
        data, vocabulary, places = cursor.fetchone() or (0, 0, 0)
    as_of(places or 0)
    return Versions(data, vocabulary or 0, places or 0)


class NoticeSearch(AskedNear):
    """One search: its side, its cleaned filters, and what they find."""

    def __init__(self, side: Notice.Side, data: QueryDict, vocabulary_version: int) -> None:
        self.side = side
        self.choices = CHOICES.of(vocabulary_version)
        self.data = data
        super().__init__(NoticeFilter(data, choices=self.choices))

    @property
    def order(self) -> str:
        """The order in force: the one asked for where it makes sense, else the page's own."""
        asked = self.wanted.get("sort") or ""
        if asked in ("newest", "ending", "title") or (asked == "distance" and self.place):
            return asked
        return self.own_order

    @property
    def own_order(self) -> str:
        """The order of a page that was asked for none."""
        if self.text:
            return "relevance"
        return "distance" if self.place else "newest"

    @cached_property
    def search(self) -> Search:
        """The question as the index understands it."""
        wanted, origin, circle = self.wanted, None, None
        if self.place is not None:
            point = self.place.point
            origin = Position.at(point.latitude, point.longitude)
            if wanted.get("within"):
                # What is done remotely is near everywhere.
                remote = [("mode", "remote")]
                circle = Circle(origin, float(wanted["within"]), remote)
        numbers = {}
        if wanted.get("party") is not None:
            numbers = {"party": wanted["party"], "fewest": wanted["party"]}
        for name in ("since", "until"):
            if wanted.get(name) is not None:
                numbers[name] = max(day_number(wanted[name]), 0)
        return Search(
            text=self.text,
            choices={
                "side": [self.side.value],
                **{facet: wanted[facet] for facet in NoticeFilter.FACETS if wanted[facet]},
            },
            numbers=numbers,
            circle=circle,
            counted=NoticeFilter.FACETS,
            order=self.order,
            origin=origin,
        )

    def find(self, *, page: int, size: int = PAGE_SIZE) -> Found:
        """Run it and read one page."""
        return find(SCHEMA, self.search, page=page, size=size)

    def without_each(self, found: Found) -> dict[str, int]:
        """For each parameter in force, how many there would be without it."""
        names = {"text": "q", "circle": "within", "fewest": "party"}
        counts = {names.get(key, key): n for key, n in without_each(SCHEMA, found).items()}
        counts.pop("side", None)
        return counts
