"""A slow, plain search over the rows themselves, to hold the index against.

It reads listings through the ORM, filters them in Python and asks PostgreSQL whether one text
matches one word. It shares no code with ``tslsv.search`` or ``providers.listing_index``.
"""

import datetime
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import asin, cos, radians, sin, sqrt

from django.db import connection
from django.utils import timezone

from places.models import Ward
from providers.models import Claim, Listing, Synonym

CLAIMED = ("ethos", "edi_led", "edi_serves", "accreditation")


@dataclass(frozen=True, slots=True)
class Typed:
    """A word or a phrase of a query; ``barred`` when no result may have it."""

    text: str
    phrase: bool = False
    barred: bool = False

    def __str__(self) -> str:
        return f"{'-' if self.barred else ''}{f'"{self.text}"' if self.phrase else self.text}"


@dataclass(frozen=True, slots=True)
class Around:
    """At most ``miles`` from a point, or delivering to a ward."""

    latitude: float
    longitude: float
    miles: float
    ward: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for. ``whole`` is a query with "or" in it, instead of ``words``."""

    words: tuple[Typed, ...] = ()
    whole: str = ""
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)
    notice: int | None = None
    capacity: int | None = None
    around: Around | None = None
    # Where distances are measured from.
    origin: tuple[float, float] | None = None
    order: str = "name"


@dataclass(frozen=True, slots=True)
class Seen:
    """One findable listing and what it can be found by."""

    id: int
    organisation_id: int
    values: Mapping[str, frozenset[str]]
    notice: int | None
    capacity: int | None
    point: tuple[float, float] | None
    text: str
    name: str
    confirmed: datetime.date | None


@dataclass(frozen=True, slots=True)
class Answer:
    """All listings that match; ``keys`` are their sorting keys in the order asked for."""

    ids: frozenset[int]
    groups: int
    counts: Mapping[tuple[str, str], int]
    keys: Sequence[tuple[object, ...]]


def folded(text: str) -> str:
    """Lower case, without accents or doubled spaces."""
    letters = (c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join("".join(letters).casefold().split())


def miles_apart(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Haversine on the mean sphere of the IUGG."""
    lat1, lon1, lat2, lon2 = map(radians, (*one, *other))
    a = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * 6_371_008.8 * asin(sqrt(a)) / 1_609.344


class Brute:
    """The findable listings of one day, as they stand in the database now."""

    def __init__(self, today: datetime.date) -> None:
        self.today = today
        self.wards = frozenset(Ward.objects.values_list("code", flat=True))
        rows = Listing.objects.select_related("organisation").prefetch_related(
            "categories__parent",
            "access_features",
            "delivery_wards",
            "organisation__claims__term",
        )
        self.seen = [self._see(row) for row in rows if self._findable(row)]
        self.by_id = {seen.id: seen for seen in self.seen}
        self._matching: dict[tuple[str, str], frozenset[int]] = {}
        self._lexemes: dict[str, frozenset[str]] = {}
        self._synonyms = [
            (self._lexemes_of(synonym.words), (term.facet, term.code))
            for synonym in Synonym.objects.prefetch_related("terms")
            for term in synonym.terms.all()
            if term.active
        ]
        self._rank = self._name_ranks()

    def search(self, wanted: Wanted) -> Answer:
        """Everything that matches, counted and sorted."""
        found = self._matches(wanted, without="")
        counts: dict[tuple[str, str], int] = {}
        for facet in self.facets:
            others = self._matches(wanted, without=facet) if wanted.choices.get(facet) else found
            tally = Counter(value for seen in others for value in seen.values[facet])
            counts |= {(facet, value): number for value, number in tally.items()}
        return Answer(
            ids=frozenset(seen.id for seen in found),
            groups=len({seen.organisation_id for seen in found}),
            counts=counts,
            keys=sorted(self.key(seen.id, wanted) for seen in found),
        )

    @property
    def facets(self) -> tuple[str, ...]:
        return (
            "category", "ward", "sector", "legal_form", "access", "price", "pay", "delivers_to",
            "origin", *CLAIMED, *(f"{facet}@checked" for facet in CLAIMED),
        )  # fmt: skip

    def key(self, listing_id: int, wanted: Wanted) -> tuple[object, ...]:
        """What a listing is sorted by; equal keys may come in any order."""
        seen = self.by_id[listing_id]
        name = self._rank[seen.name]
        if wanted.order == "confirmed":
            day = -seen.confirmed.toordinal() if seen.confirmed else 0
            return (seen.confirmed is None, day, name)
        if wanted.order == "distance":
            miles = self.miles(listing_id, wanted)
            return (miles is None, round(miles or 0, 5), name)
        return (name,)

    def miles(self, listing_id: int, wanted: Wanted) -> float | None:
        """How far a listing is from where the search measures from."""
        point = self.by_id[listing_id].point
        if point is None or wanted.origin is None:
            return None
        return miles_apart(point, wanted.origin)

    # -- which listings ----------------------------------------------------------------------

    def _matches(self, wanted: Wanted, without: str) -> list[Seen]:
        texts = self._text_matches(wanted)
        return [
            seen
            for seen in self.seen
            if seen.id in texts
            and all(
                seen.values.get(facet, frozenset()) & set(values)
                for facet, values in wanted.choices.items()
                if values and facet != without
            )
            and (
                wanted.notice is None or (seen.notice is not None and seen.notice <= wanted.notice)
            )
            and (
                wanted.capacity is None
                or (seen.capacity is not None and seen.capacity >= wanted.capacity)
            )
            and (wanted.around is None or self._is_around(seen, wanted.around))
        ]

    @staticmethod
    def _is_around(seen: Seen, around: Around) -> bool:
        if around.ward and around.ward in seen.values["delivers_to"]:
            return True
        if seen.point is None:
            return False
        return miles_apart(seen.point, (around.latitude, around.longitude)) <= around.miles

    def _text_matches(self, wanted: Wanted) -> set[int]:
        found = set(self.by_id)
        if wanted.whole:
            return found & self._matching_ids("websearch_to_tsquery", wanted.whole)
        asked = frozenset[str]().union(
            *(
                self._lexemes_of(word.text)
                for word in wanted.words
                if not word.barred and not word.phrase
            )
        )
        for word in wanted.words:
            lexemes = self._lexemes_of(word.text)
            if not lexemes:
                continue  # "the" asks for nothing
            function = "phraseto_tsquery" if word.phrase else "plainto_tsquery"
            matching = self._matching_ids(function, word.text)
            if word.barred:
                found -= matching
                continue
            meant = {
                value
                for meaning, value in self._synonyms
                if meaning and meaning <= asked and meaning & lexemes and not word.phrase
            }
            found &= matching | {
                seen.id
                for seen in self.seen
                if any(value in seen.values[facet] for facet, value in meant)
            }
        return found

    def _matching_ids(self, function: str, text: str) -> frozenset[int]:
        known = self._matching.get((function, text))
        if known is None:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT id FROM unnest(%s::int[], %s::text[]) AS l(id, text) "
                    "WHERE to_tsvector('search_english', text) "
                    f"@@ {function}('search_english', %s)",
                    [[s.id for s in self.seen], [s.text for s in self.seen], text],
                )
                known = frozenset(row[0] for row in cursor.fetchall())
            self._matching[function, text] = known
        return known

    def _lexemes_of(self, text: str) -> frozenset[str]:
        known = self._lexemes.get(text)
        if known is None:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT tsvector_to_array(to_tsvector('search_english', %s))", [text]
                )
                row = cursor.fetchone()
            known = self._lexemes[text] = frozenset(row[0] if row else [])
        return known

    def _name_ranks(self) -> dict[str, int]:
        """Names in the database's own order, which depends on its collation."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT DISTINCT name FROM unnest(%s::text[]) AS n(name) ORDER BY name",
                [[seen.name for seen in self.seen]],
            )
            return {row[0]: place for place, row in enumerate(cursor.fetchall())}

    # -- one listing -------------------------------------------------------------------------

    def _findable(self, row: Listing) -> bool:
        if row.state != "published" or row.confirmed_at is None:
            return False
        if row.origin == "register":
            return True
        day = 28 if (self.today.month, self.today.day) == (2, 29) else self.today.day
        year_ago = self.today.replace(year=self.today.year - 1, day=day)
        return timezone.localdate(row.confirmed_at) >= year_ago

    def _see(self, row: Listing) -> Seen:
        organisation = row.organisation
        claims = [claim for claim in organisation.claims.all() if self._stands(claim)]
        categories = list(row.categories.all())
        categories += [term.parent for term in categories if term.parent is not None]
        access = list(row.access_features.all())
        values = {
            "category": {term.code for term in categories},
            "ward": {organisation.ward_id or ""},
            "sector": {organisation.sector},
            "legal_form": {organisation.legal_form},
            "access": {term.code for term in access},
            # A register says nothing of prices, so "ask" is nobody's word there.
            "price": set()
            if (row.origin, row.pricing) == ("register", "ask")
            else {row.price_band},
            "pay": set(row.payment),
            "delivers_to": {
                "leeds": self.wards,
                "wards": {ward.code for ward in row.delivery_wards.all()},
                "address": set[str](),
            }[row.delivery],
            "origin": {row.origin},
        }
        for facet in CLAIMED:
            own = [claim for claim in claims if claim.term.facet == facet]
            values[facet] = {claim.term.code for claim in own}
            values[f"{facet}@checked"] = {
                claim.term.code for claim in own if claim.level == "checked"
            }
        point = None
        if organisation.public_latitude is not None and organisation.public_longitude is not None:
            point = (organisation.public_latitude, organisation.public_longitude)
        labels = [term.label for term in (*categories, *access)]
        labels += [f"{_PREFIXES.get(c.term.facet, '')}{c.term.label}" for c in claims]
        return Seen(
            id=row.pk,
            organisation_id=organisation.pk,
            values={facet: frozenset(found) - {""} for facet, found in values.items()},
            notice=row.notice_days,
            capacity=row.capacity,
            point=point,
            text=" | ".join(
                (row.title, organisation.name, *labels, row.summary, organisation.summary,
                 row.description)
            ),
            name=folded(f"{row.title} {organisation.name}"),
            confirmed=(
                timezone.localdate(row.confirmed_at)
                if row.confirmed_at is not None and row.origin != "register"
                else None
            ),
        )  # fmt: skip

    def _stands(self, claim: Claim) -> bool:
        return claim.withdrawn_at is None and (
            claim.valid_to is None or claim.valid_to >= self.today
        )


_PREFIXES = {"edi_led": "Led by ", "edi_serves": "Serves "}
