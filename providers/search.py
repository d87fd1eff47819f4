"""From what was asked to what was found: one search of the provider list."""

import datetime
from copy import copy
from dataclasses import dataclass
from functools import cached_property

from django.db import connection
from django.http import QueryDict

from places.distance import miles_between
from places.lookup import PLACES, as_of, likely_ward, ward_at
from places.lookup import Found as Place
from places.models import Postcode
from places.near import AskedNear
from providers.choices import CHOICES, OfListings
from providers.filters import ListingFilter, typed_unit
from providers.listing_index import CHECKED, CLAIM_FACETS, SCHEMA, VOCABULARY
from tslsv.search.opening import Circle
from tslsv.search.query import Found, Search, find, find_ids, without_each
from tslsv.search.schema import Position
from tslsv.ui.filtering import tag_of

PAGE_SIZE = 20
FAR = 3.0
"""Miles from a ward's label beyond which a place is surely not in that ward."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What a page needs to know first: the data's versions, and where a typed postcode is."""

    version: int
    vocabulary: int
    places: int
    unit: Postcode | None


_OPENING = """
SELECT s.version, v.version, w.version, p.latitude, p.longitude, p.ward_id
FROM search_state s
LEFT JOIN search_state v ON v.name = %s
LEFT JOIN search_state w ON w.name = %s
LEFT JOIN places_postcode p ON p.unit = %s
WHERE s.name = %s
"""


def open_page(near: str) -> Opening:
    """One query: the versions that the page rests on, and the postcode typed as ``near``."""
    unit = typed_unit(near)
    with connection.cursor() as cursor:
        cursor.execute(_OPENING, [VOCABULARY, PLACES, unit, SCHEMA.name])
        row = cursor.fetchone()
    if row is None:
        return Opening(0, 0, 0, None)
    version, vocabulary, places, latitude, longitude, ward = row
    as_of(places or 0)
    postcode = None
    if unit is not None and latitude is not None:
        postcode = Postcode(unit=unit, latitude=latitude, longitude=longitude, ward_id=ward)
    return Opening(version, vocabulary or 0, places or 0, postcode)


class ListingSearch(AskedNear):
    """One search: its cleaned filters, and what they found."""

    def __init__(self, data: QueryDict, opening: Opening) -> None:
        self.choices = CHOICES.of(opening.vocabulary)
        self.data = _in_todays_codes(data, self.choices)
        super().__init__(ListingFilter(self.data, choices=self.choices, unit=opening.unit))

    @property
    def checked_only(self) -> bool:
        return bool(self.wanted.get("checked"))

    @property
    def order(self) -> str:
        """The order in force: the one asked for where it makes sense, else the page's own."""
        asked = self.wanted.get("sort") or ""
        if asked in ("name", "confirmed"):
            return asked
        if asked == "distance" and self.place:
            return asked
        return self.own_order

    @property
    def own_order(self) -> str:
        """The order of a page that was asked for none."""
        if self.text:
            return "relevance"
        return "distance" if self.place else "name"

    @cached_property
    def search(self) -> Search:
        """The question as the index understands it."""
        origin = None
        circle = None
        if self.place is not None:
            point = self.place.point
            origin = Position.at(point.latitude, point.longitude)
            if self.wanted.get("within"):
                ward = self._ward_around(self.place)
                circle = Circle(
                    origin,
                    float(self.wanted["within"]),
                    [("delivers_to", ward)] if ward else [],
                )
        return Search(
            text=self.text,
            choices={
                self.facet_searched(facet): self.wanted[facet]
                for facet in ListingFilter.FACETS
                if self.wanted[facet]
            },
            numbers={
                name: self.wanted[name]
                for name in ("notice", "capacity")
                if self.wanted.get(name) is not None
            },
            circle=circle,
            counted=[self.facet_searched(facet) for facet in ListingFilter.FACETS],
            order=self.order,
            origin=origin,
        )

    def _ward_around(self, place: Place) -> str | None:
        """The ward that the place lies in, for "or delivering there"; the likeliest if unsure."""
        known = place.ward_code or ward_at(place.point) or likely_ward(place.text)
        if known:
            return known
        # A district on a fresh install: the ward whose label is nearest, if that is at all near.
        nearest = min(
            ((miles_between(place.point, at), code) for code, at in self.choices.wards.items()),
            default=(FAR, None),
        )
        return nearest[1] if nearest[0] < FAR else None

    def facet_searched(self, facet: str) -> str:
        """The index's facet: claims narrow to checked ones when only those are wanted."""
        return facet + CHECKED if self.checked_only and facet in CLAIM_FACETS else facet

    def find(self, *, page: int, size: int = PAGE_SIZE) -> Found:
        """Run it and read one page."""
        return find(SCHEMA, self.search, page=page, size=size)

    def ids(self) -> list[int]:
        """The listings that it finds, all of them, in no order."""
        return find_ids(SCHEMA, self.search)

    def without_each(self, found: Found) -> dict[str, int]:
        """For each parameter in force, how many listings there would be without it."""
        names = {"text": "q", "circle": "within"}
        names |= {facet + CHECKED: facet for facet in CLAIM_FACETS}
        return {names.get(key, key): n for key, n in without_each(SCHEMA, found).items()}


def search_of(query: str) -> tuple[ListingSearch, Opening]:
    """The search that a stored query asks for today, and the versions that it rests on."""
    data = QueryDict(query)
    opening = open_page(data.get("near", ""))
    return ListingSearch(data, opening), opening


def _in_todays_codes(data: QueryDict, choices: OfListings) -> QueryDict:
    """The parameters, with the terms that others have taken in named by those."""
    for facet, codes in choices.merged.items():
        asked = data.getlist(facet)
        if any(code in codes for code in asked):
            data = copy(data)
            data.setlist(facet, list(dict.fromkeys(codes.get(code, code) for code in asked)))
    return data


def etag(opening: Opening, day: datetime.date, url: str, build: str) -> str:
    """A page's tag: it changes with the data, the day, the address and the program."""
    return tag_of(opening.version, opening.vocabulary, opening.places, day, url, build)
