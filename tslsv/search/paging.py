"""The third statement: the documents of one page, in order, with their cards."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from itertools import chain, islice
from math import asin, sqrt
from typing import Any

from django.db import connection
from psycopg import sql

from tslsv.search.bits import OrdinalSet
from tslsv.search.counting import Tally
from tslsv.search.opening import square_sql
from tslsv.search.prepared import as_array
from tslsv.search.schema import (
    EARTH_RADIUS_METRES,
    METRES_PER_MILE,
    TEXT_CONFIGURATION,
    Position,
    Schema,
)
from tslsv.search.words import Words

RANKED = 2_000
"""At most so many candidates are ranked; the rest follow, title matches first."""

RELEVANCE, DISTANCE = "relevance", "distance"


@dataclass(frozen=True, slots=True)
class Hit:
    """One document of a page. ``miles`` is its great-circle distance, where both ends are known."""

    object_id: int
    # Cards with the same key are equal for ever, so a drawn card can be kept under it.
    key: tuple[int, int, int]
    card: dict[str, Any]
    miles: float | None


@dataclass(frozen=True, slots=True)
class Page:
    """One page, and the number of groups that the whole answer has."""

    hits: list[Hit]
    groups: int


def read_page(
    schema: Schema,
    tally: Tally,
    *,
    order: str,
    origin: Position | None,
    words: Words,
    offset: int,
    size: int,
) -> Page | None:
    """The hits from ``offset`` on; no hits past the end. None when the index was switched."""
    reader = _Reader(schema, tally, origin, offset + size)
    limit = sql.SQL("LIMIT {} OFFSET {}").format(sql.Literal(size), sql.Literal(offset))
    if order == RELEVANCE and words:
        ranked = _by_tiers(tally)
        head = list(islice(ranked, RANKED))
        if offset < len(head):
            # A page that begins among the ranked ones may end among the rest.
            rest = list(islice(ranked, max(offset + size - len(head), 0)))
            return reader.read(_ranked_sql(reader, words, head, rest, limit))
        chosen = list(islice(ranked, offset - len(head), offset - len(head) + size))
        return reader.read(_listed_sql(chosen))
    if order == DISTANCE and origin is not None:
        # Far on, most have to be measured anyway; and on the last page those without a place.
        if reader.walks and offset + size <= min(RANKED, tally.total // 2):
            page = reader.read(_nearest_sql(reader, origin, offset + size, limit))
            if page is None or len(page.hits) == min(size, max(tally.total - offset, 0)):
                return page
            # Fewer places are known than the page needs: those without one come last.
        by_distance = sql.SQL("{} NULLS LAST, {}").format(
            square_sql(origin), sql.SQL(schema.tie_order)
        )
        return reader.read(reader.ordered(by_distance, limit))
    # Words that say nothing ("the", "&") leave nothing to be relevant to.
    declared = schema.orders.get(order, schema.tie_order)
    return reader.read(reader.ordered(sql.SQL(declared), limit))


def read_ids(schema: Schema, tally: Tally) -> list[int] | None:
    """The objects of all documents of a tally. None when the index was switched."""
    statement = sql.SQL(
        """
        SELECT r.object_id, s.generation FROM search_state s
        LEFT JOIN {row} r ON r.ordinal = ANY({ordinals})
        WHERE s.name = {name}
        """
    ).format(
        row=sql.Identifier(schema.table("row")),
        ordinals=_integers(list(tally.members)),
        name=sql.Literal(schema.name),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)
        rows = cursor.fetchall()
    if any(generation != tally.generation for _, generation in rows):
        return None
    return [object_id for object_id, _ in rows if object_id is not None]


def read_cards(schema: Schema, object_ids: Collection[int]) -> list[tuple[int, dict[str, Any]]]:
    """Each object with its card, for those that are in the index, in the order of names."""
    statement = sql.SQL(
        "SELECT r.object_id, c.card FROM {row} r JOIN {card} c USING (ordinal) "
        "WHERE r.object_id = ANY({ids}) ORDER BY {tie}, r.ordinal"
    ).format(
        row=sql.Identifier(schema.table("row")),
        card=sql.Identifier(schema.table("card")),
        ids=sql.SQL("{}::bigint[]").format(sql.Literal(list(object_ids))),
        tie=sql.SQL(schema.tie_order),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return [(object_id, json.loads(card)) for object_id, card in cursor.fetchall()]


class _Reader:
    """Reads one page of a tally's documents, given SQL that puts ordinals in order."""

    def __init__(self, schema: Schema, tally: Tally, origin: Position | None, wanted: int) -> None:
        self.schema = schema
        self.tally = tally
        self.origin = origin
        self.row = sql.Identifier(schema.table("row"))
        self.walks = tally.unfiltered or walking_pays(tally, wanted)

    @property
    def members(self) -> sql.Composable:
        """SQL that is true of the rows found."""
        if self.tally.unfiltered:
            return sql.SQL("true")
        if not self.walks:
            return sql.SQL("r.ordinal = ANY({})").format(_integers(list(self.tally.members)))
        return _has_bit(self.tally.members, "r")

    def ordered(self, order: sql.Composable, limit: sql.Composable) -> sql.Composed:
        """Ordinals of the rows found, by a declared order."""
        return sql.SQL(
            "SELECT r.ordinal, row_number() OVER () AS place FROM (SELECT r.ordinal FROM {row} r "
            "WHERE {members} ORDER BY {order}, r.ordinal {limit}) r"
        ).format(row=self.row, members=self.members, order=order, limit=limit)

    def read(self, places: sql.Composable) -> Page | None:
        """The page whose ordinals, each with its place, ``places`` selects."""
        square: sql.Composable = sql.SQL("NULL::float8")
        if self.origin is not None:
            square = square_sql(self.origin)
        head = self.tally.members.below(self.tally.tail_from)
        tail = list(self.tally.members - head)
        statement = sql.SQL(
            """
            WITH page AS MATERIALIZED ({places})
            SELECT p.place, r.object_id, c.version, c.card, {square}, s.generation, {tail_groups}
            FROM search_state s
            LEFT JOIN (page p JOIN {row} r USING (ordinal) JOIN {card} c USING (ordinal)) ON true
            WHERE s.name = {name}
            ORDER BY p.place
            """
        ).format(
            places=places,
            square=square,
            row=self.row,
            card=sql.Identifier(self.schema.table("card")),
            name=sql.Literal(self.schema.name),
            tail_groups=self._tail_groups(head, tail),
        )
        with connection.cursor() as cursor:
            cursor.execute(statement)
            rows = cursor.fetchall()
        if not rows:
            return Page([], 0)
        if rows[0][5] != self.tally.generation:
            return None
        hits = [
            Hit(
                object_id=object_id,
                key=(generation, object_id, version),
                card=json.loads(card),
                miles=_miles(square),
            )
            for place, object_id, version, card, square, generation, _ in rows
            if place is not None
        ]
        return Page(hits, self.tally.groups + rows[0][6])

    def _tail_groups(self, head: OrdinalSet, tail: list[int]) -> sql.Composable:
        """SQL counting the groups whose only documents found stand after the last rebuild's."""
        if not tail:
            return sql.SQL("0")
        return sql.SQL(
            """
            (SELECT count(DISTINCT t.group_id)::int FROM {row} t WHERE t.ordinal = ANY({tail})
             AND NOT EXISTS (SELECT FROM {row} h WHERE h.group_id = t.group_id AND {in_head}))
            """
        ).format(row=self.row, tail=_integers(tail), in_head=_has_bit(head, "h"))


def walking_pays(tally: Tally, wanted: int) -> bool:
    """Whether to walk an ordering index until ``wanted`` hits are met, instead of sorting all.

    Walking meets a hit every everything/total rows; sorting fetches the total.
    """
    return tally.total**2 > wanted * tally.everything


def _has_bit(members: OrdinalSet, alias: str) -> sql.Composed:
    """SQL that is true of rows in the set; rows numbered since it was counted are not in it."""
    if not members:
        return sql.SQL("false").format()
    return sql.SQL(
        "CASE WHEN {ordinal} < {size} THEN get_bit({bits}::bit varying, {ordinal}) = 1 "
        "ELSE false END"
    ).format(
        ordinal=sql.Identifier(alias, "ordinal"),
        size=sql.Literal(members.size),
        bits=sql.Literal(members.hexadecimal()),
    )


def _by_tiers(tally: Tally) -> "chain[int]":
    """The documents found: exact names, then all words in the title, some of them, none."""
    exact = tally.exact & tally.members
    every = some = None
    for title in tally.titles.values():
        every = title if every is None else every & title
        some = title if some is None else some | title
    left = tally.members - exact
    tiers = [exact]
    for tier in (every, some):
        if tier is not None:
            tiers.append(left & tier)
            left = left - tier
    tiers.append(left)
    return chain.from_iterable(tiers)


def _ranked_sql(
    reader: _Reader, words: Words, head: list[int], rest: list[int], limit: sql.Composable
) -> sql.Composed:
    """Ordinals of ``head`` by relevance, then those of ``rest`` as they stand."""
    schema, tally = reader.schema, reader.tally
    query: sql.Composable
    if words.items:
        query = sql.SQL(" || ").join(
            sql.SQL("{}({}, {})").format(
                sql.SQL("phraseto_tsquery" if item.phrase else "plainto_tsquery"),
                sql.Literal(TEXT_CONFIGURATION),
                sql.Literal(item.text),
            )
            for item in words.items
            if not item.barred
        )
    else:
        query = sql.SQL("websearch_to_tsquery({}, {})").format(
            sql.Literal(TEXT_CONFIGURATION), sql.Literal(words.whole)
        )
    return sql.SQL(
        """
        SELECT ordinal, row_number() OVER () AS place FROM (
            SELECT r.ordinal
            FROM unnest({ordinals}) AS o(ordinal)
            JOIN {row} r USING (ordinal) JOIN {text} t USING (ordinal)
            ORDER BY array_position({rest}, r.ordinal) NULLS FIRST,
                r.ordinal = ANY({exact}) DESC, ts_rank(t.vector, {query}) DESC, {tie}, r.ordinal
            {limit}
        ) r
        """
    ).format(
        row=sql.Identifier(schema.table("row")),
        text=sql.Identifier(schema.table("text")),
        ordinals=_integers(head + rest),
        rest=_integers(rest),
        exact=_integers(list(tally.exact & tally.members)),
        query=query if words.whole or any(not i.barred for i in words.items) else sql.SQL("''"),
        tie=sql.SQL(schema.tie_order),
        limit=limit,
    )


def _listed_sql(ordinals: list[int]) -> sql.Composed:
    return sql.SQL("SELECT * FROM unnest({}) WITH ORDINALITY AS u(ordinal, place)").format(
        _integers(ordinals)
    )


def _nearest_sql(
    reader: _Reader, origin: Position, wanted: int, limit: sql.Composable
) -> sql.Composed:
    """Ordinals by distance, without measuring them all.

    The farthest of any ``wanted`` rows is at least as far as the ``wanted``-th nearest. The point
    index gives good ones fast, in its flattened order; then only the box up to that distance is
    measured and sorted exactly.
    """
    return sql.SQL(
        """
        SELECT ordinal, row_number() OVER () AS place FROM (
            SELECT r.ordinal
            FROM (
                SELECT sqrt(max(square)) + 1e-6 AS reach FROM (
                    SELECT {square} AS square FROM {row} r
                    WHERE {members} AND r.y IS NOT NULL
                    ORDER BY point(y, z) <-> point({y0}, {z0}) LIMIT {wanted}
                ) near
            ) bound
            JOIN {row} r ON point(y, z) <@ box(
                point({y0} - reach, {z0} - reach), point({y0} + reach, {z0} + reach))
            WHERE {members} AND {square} <= reach ^ 2
            ORDER BY {square}, {tie}, r.ordinal
            {limit}
        ) r
        """
    ).format(
        square=square_sql(origin),
        row=reader.row,
        members=reader.members,
        y0=sql.Literal(origin.y),
        z0=sql.Literal(origin.z),
        wanted=sql.Literal(wanted),
        tie=sql.SQL(reader.schema.tie_order),
        limit=limit,
    )


def _integers(numbers: list[int]) -> sql.Composable:
    # As one text: psycopg writes out a list number by number, which takes ten times as long.
    return sql.SQL("{}::int[]").format(sql.Literal(as_array(numbers)))


def _miles(square: float | None) -> float | None:
    if square is None:
        return None
    half = min(sqrt(square) / (2 * EARTH_RADIUS_METRES), 1.0)
    return 2 * EARTH_RADIUS_METRES * asin(half) / METRES_PER_MILE
