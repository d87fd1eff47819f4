"""The brute force for small sizes: loops over every listing, in Python alone.

PostgreSQL is asked one thing only: which texts hold a word, since the stemming is its own.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date

from django.db import connection

from bench.truth import Question, Truth
from places.distance import Point, miles_between


@dataclass(frozen=True, slots=True)
class _Row:
    id: int
    org: int
    name_key: str
    confirmed: date | None
    notice: int | None
    capacity: int | None
    place: Point | None
    values: frozenset[tuple[str, str]]


class Listings:
    """Every findable listing, in memory."""

    def __init__(self) -> None:
        values: dict[int, set[tuple[str, str]]] = defaultdict(set)
        with connection.cursor() as cursor:
            cursor.execute("SELECT id, facet, value FROM bench_value")
            for listing, facet, value in cursor.fetchall():
                values[listing].add((facet, value))
            cursor.execute("SELECT code FROM places_ward")
            everywhere = {("delivers_to", code) for (code,) in cursor.fetchall()}
            cursor.execute(
                "SELECT id, org, name_key, confirmed, notice, capacity, lat, lon, leeds "
                "FROM bench_doc"
            )
            self.rows = [
                _Row(
                    row[0], row[1], row[2], row[3], row[4], row[5],
                    Point(row[6], row[7]) if row[6] is not None else None,
                    frozenset(values[row[0]] | (everywhere if row[8] else set())),
                )
                for row in cursor.fetchall()
            ]  # fmt: skip

    def answer(self, asked: Question, *, offset: int, size: int) -> Truth:
        """Total, groups, every count, and the page's ids where the order is not relevance."""
        failed = {row.id: self._failed(asked, row) for row in self._with_words(asked)}
        found = [row for row in self.rows if row.id in failed and not failed[row.id]]
        counts: Counter[tuple[str, str]] = Counter()
        for row in self.rows:
            if row.id in failed and len(failed[row.id]) <= 1:
                counts.update(
                    (facet, value)
                    for facet, value in row.values
                    if facet in asked.counted and failed[row.id] <= {facet}
                )
        ids = None
        if asked.order != "relevance":
            found.sort(key=lambda row: (*_order(asked, row), row.name_key, row.org, row.id))
            ids = [row.id for row in found[offset : offset + size]]
        return Truth(
            len(found),
            len({row.org for row in found}),
            dict(counts),
            ids,
            {row.id for row in found},
        )

    def _with_words(self, asked: Question) -> list[_Row]:
        rows = self.rows
        for item in asked.items:
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT id FROM bench_doc WHERE vector @@ {item.query}")
                holding = {row[0] for row in cursor.fetchall()}
            meanings = set(item.meanings)
            if item.barred:
                rows = [row for row in rows if row.id not in holding]
            else:
                rows = [row for row in rows if row.id in holding or meanings & row.values]
        return rows

    @staticmethod
    def _failed(asked: Question, row: _Row) -> set[str]:
        """The filters that the listing does not pass."""
        failed = {
            facet
            for facet, wanted in asked.choices.items()
            if not any((facet, value) in row.values for value in wanted)
        }
        if asked.notice is not None and (row.notice is None or row.notice > asked.notice):
            failed.add("#notice")
        if asked.capacity is not None and (row.capacity is None or row.capacity < asked.capacity):
            failed.add("#capacity")
        if asked.within is not None and asked.centre is not None:
            near = row.place and miles_between(row.place, asked.centre) <= asked.within
            if not near and not row.values & set(asked.or_values):
                failed.add("#circle")
        return failed


def _order(asked: Question, row: _Row) -> tuple[float, ...]:
    if asked.order == "confirmed":
        return (-row.confirmed.toordinal() if row.confirmed else 1.0,)
    if asked.order == "distance" and asked.centre is not None:
        return (miles_between(row.place, asked.centre) if row.place else float("inf"),)
    return ()
