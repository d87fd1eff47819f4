"""Keeps an index true to its objects, in the transaction that changes them."""

import datetime
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from psycopg import sql

from tslsv.search.models import CHUNK_BITS, SearchState, Touched
from tslsv.search.schema import (
    EVERYTHING,
    TEXT_CONFIGURATION,
    TITLE_WORD,
    WORD,
    Document,
    Schema,
)

Value = tuple[str, str]


def refresh(schema: Schema, object_ids: Iterable[int]) -> None:
    """Bring these objects' part of the index up to date.

    Call it once in a transaction, last, with every object touched: it takes the index's one lock,
    so writers queue here and cannot deadlock. Objects without a document leave the index.
    """
    ids = sorted(set(object_ids))
    if not ids:
        return
    with transaction.atomic(savepoint=False):
        state = lock(schema)
        write(schema, state, ids)
        if state.rebuilding:
            Touched.objects.bulk_create([Touched(index=schema.name, object_id=i) for i in ids])


def refresh_due(schema: Schema, today: datetime.date) -> int:
    """Refresh what time alone has changed by ``today``; returns how many. Safe to repeat."""
    due = list(
        schema.row._default_manager.filter(due_on__lte=today).values_list("object_id", flat=True)
    )
    refresh(schema, due)
    return len(due)


def touch(schema: Schema) -> None:
    """Say that something a page shows has changed, though no document has."""
    with transaction.atomic():
        state = lock(schema)
        state.version += 1
        state.save(update_fields=["version"])


def lock(schema: Schema) -> SearchState:
    """Take the index's lock until the transaction ends; returns its state, made when missing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"search:{schema.name}"]
        )
    # Read after the lock is held: a statement sees what was committed before it began.
    state, _ = SearchState.objects.get_or_create(name=schema.name)
    return state


def values_of(schema: Schema, document: Document) -> set[Value]:
    """Every (facet, value) of a document, words aside."""
    found: set[Value] = {EVERYTHING}
    for facet, values in document.values.items():
        found.update((facet, value) for value in values)
    for number_range in schema.ranges.values():
        number = document.columns.get(number_range.column)
        found.update((number_range.facet, step) for step in number_range.steps_met(number))
    return found


def write(schema: Schema, state: SearchState, ids: Collection[int]) -> None:
    """Write the documents of ``ids`` into the schema's tables; the caller holds the lock.

    Gives out ordinals from ``state``, and saves it with a new version. Four statements, whatever
    the number of documents, when none leaves the index or has a value that is new to it.
    """
    documents = {document.object_id: document for document in schema.documents(ids)}
    old = _old_rows(schema, ids)
    change = _Change()
    ordinals: dict[int, int] = {}
    for object_id, (ordinal, group_id, value_ids) in old.items():
        document = documents.get(object_id)
        # Another group means another ordinal, since ordinals of a group stand side by side.
        if document is not None and document.group_id == group_id:
            ordinals[object_id] = ordinal
        else:
            change.gone.append(ordinal)
            change.off(ordinal, value_ids)
    for object_id in documents:
        if object_id not in ordinals:
            ordinals[object_id] = state.next_ordinal
            state.next_ordinal += 1
    plain = {object_id: values_of(schema, document) for object_id, document in documents.items()}
    _delete(schema, change.gone)
    value_ids_of = _write_texts(schema, ordinals, documents, plain)
    state.version += 1
    columns = row_columns(schema)
    for object_id, document in documents.items():
        ordinal = ordinals[object_id]
        new = value_ids_of[object_id]
        before = old.get(object_id)
        stood = set(before[2]) if before and before[0] == ordinal else set()
        change.on(ordinal, new - stood)
        change.off(ordinal, stood - new)
        row = row_tuple(schema, document, ordinal, sorted(new))
        change.rows.append(dict(zip(columns, row, strict=True)))
        change.cards.append({"ordinal": ordinal, "version": state.version, "card": document.card})
    _write_change(schema, state, change)


@dataclass(slots=True)
class _Change:
    """What one write does to the tables."""

    # Ordinals that leave the index.
    gone: list[int] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    cards: list[dict[str, Any]] = field(default_factory=list)
    # (value id, ordinal, whether its bit goes on)
    bits: list[tuple[int, int, bool]] = field(default_factory=list)

    def on(self, ordinal: int, values: Iterable[int]) -> None:
        self.bits.extend((value, ordinal, True) for value in values)

    def off(self, ordinal: int, values: Iterable[int]) -> None:
        self.bits.extend((value, ordinal, False) for value in values)


def _old_rows(schema: Schema, ids: Collection[int]) -> dict[int, tuple[int, int, list[int]]]:
    """What stands in the index: (ordinal, group, value ids) by object id."""
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(
                "SELECT object_id, ordinal, group_id, value_ids FROM {} WHERE object_id = ANY(%s)"
            ).format(sql.Identifier(schema.table("row"))),
            [list(ids)],
        )
        return {row[0]: (row[1], row[2], row[3]) for row in cursor.fetchall()}


def _delete(schema: Schema, gone: list[int]) -> None:
    """Take out what stands at these ordinals. Before anything is written, as a document that moved
    to another ordinal has its old row's unique id."""
    if not gone:
        return
    with connection.cursor() as cursor:
        for part in ("row", "text", "card"):
            cursor.execute(
                sql.SQL("DELETE FROM {} WHERE ordinal = ANY(%s)").format(
                    sql.Identifier(schema.table(part))
                ),
                [gone],
            )


def row_columns(schema: Schema) -> list[str]:
    """The row table's columns, in the order of ``row_tuple``."""
    return [str(field.column) for field in schema.row._meta.concrete_fields]


def row_tuple(
    schema: Schema, document: Document, ordinal: int, value_ids: list[int]
) -> tuple[Any, ...]:
    """A row for the database, in the order of ``row_columns``."""
    position = document.position
    known: dict[str, Any] = {
        "ordinal": ordinal,
        "object_id": document.object_id,
        "group_id": document.group_id,
        "value_ids": value_ids,
        "x": position.x if position else None,
        "y": position.y if position else None,
        "z": position.z if position else None,
        "due_on": document.due_on,
        **document.columns,
    }
    return tuple(known[column] for column in row_columns(schema))


def vector_sql(alias: str) -> sql.Composed:
    """The weighted vector of the text columns a, b, c and d of ``alias``."""
    return sql.SQL(" || ").join(
        sql.SQL("setweight(to_tsvector({}, {}), {})").format(
            sql.Literal(TEXT_CONFIGURATION),
            sql.Identifier(alias, weight),
            sql.Literal(weight.upper()),
        )
        for weight in "abcd"
    )


# One statement: store the vectors and any new word, and name the ids of every document's values,
# frequent words among them.
_WRITE_TEXTS = """
WITH given AS MATERIALIZED (
    SELECT * FROM unnest(%(ordinals)s::int[], %(a)s::text[], %(b)s::text[], %(c)s::text[],
                         %(d)s::text[]) AS g(ordinal, a, b, c, d)
), written AS (
    INSERT INTO {text} (ordinal, vector) SELECT given.ordinal, {vector} FROM given
    ON CONFLICT (ordinal) DO UPDATE SET vector = EXCLUDED.vector
    RETURNING ordinal, vector
), words AS (
    INSERT INTO {word} (word, documents)
    SELECT DISTINCT lexeme, 1
    FROM given, unnest(to_tsvector('simple', concat_ws(' ', a, b, c)))
    WHERE length(lexeme) BETWEEN 3 AND 60 AND lexeme !~ '[0-9]'
    ON CONFLICT (word) DO NOTHING
)
SELECT w.ordinal, NULL::int, v.id
FROM written w
JOIN {value} v
  ON v.facet = {word_facet} AND v.value = ANY(tsvector_to_array(w.vector))
  OR v.facet = {title_facet} AND v.value = ANY(tsvector_to_array(ts_filter(w.vector, '{{a}}')))
UNION ALL
SELECT NULL, n.place::int, v.id
FROM unnest(%(facets)s::text[], %(values)s::text[]) WITH ORDINALITY AS n(facet, value, place)
JOIN {value} v ON v.facet = n.facet AND v.value = n.value
"""


def _write_texts(
    schema: Schema,
    ordinals: Mapping[int, int],
    documents: Mapping[int, Document],
    plain: Mapping[int, set[Value]],
) -> dict[int, set[int]]:
    """Store the texts; returns the ids of each document's values, words among them."""
    names = list({value for values in plain.values() for value in values})
    order = list(documents)
    texts = [documents[object_id].texts for object_id in order]
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(_WRITE_TEXTS).format(
                text=sql.Identifier(schema.table("text")),
                word=sql.Identifier(schema.table("word")),
                value=sql.Identifier(schema.table("value")),
                vector=vector_sql("given"),
                word_facet=sql.Literal(WORD),
                title_facet=sql.Literal(TITLE_WORD),
            ),
            {
                "ordinals": [ordinals[object_id] for object_id in order],
                **{weight: [text[i] for text in texts] for i, weight in enumerate("abcd")},
                "facets": [facet for facet, _ in names],
                "values": [value for _, value in names],
            },
        )
        by_ordinal = {ordinals[object_id]: object_id for object_id in order}
        ids: dict[Value, int] = {}
        found: dict[int, set[int]] = {object_id: set() for object_id in order}
        for ordinal, place, value_id in cursor.fetchall():
            if place is None:
                found[by_ordinal[ordinal]].add(value_id)
            else:
                ids[names[place - 1]] = value_id
    missing = [value for value in names if value not in ids]
    if missing:
        ids |= _make_values(schema, missing)
    for object_id, values in plain.items():
        found[object_id].update(ids[value] for value in values)
    return found


def _make_values(schema: Schema, values: list[Value]) -> dict[Value, int]:
    """Give ids to values that are new to the index."""
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(
                "INSERT INTO {} (facet, value, documents) "
                "SELECT facet, value, 0 FROM unnest(%s::text[], %s::text[]) AS n(facet, value) "
                "RETURNING facet, value, id"
            ).format(sql.Identifier(schema.table("value"))),
            [[facet for facet, _ in values], [value for _, value in values]],
        )
        return {(facet, value): value_id for facet, value, value_id in cursor.fetchall()}


# One statement for everything else. The bitmap rows that exist are updated, the others made: never
# the same one twice, and nobody else writes while the lock is held.
_WRITE_CHANGE = """
WITH row_written AS (
    INSERT INTO {row} SELECT r.* FROM jsonb_populate_recordset(NULL::{row}, %(rows)s::jsonb) r
    ON CONFLICT (ordinal) DO UPDATE SET {row_set}
), card_written AS (
    INSERT INTO {card} (ordinal, version, card)
    SELECT c.*
    FROM jsonb_to_recordset(%(cards)s::jsonb) AS c(ordinal int, version bigint, card jsonb)
    ON CONFLICT (ordinal) DO UPDATE SET version = EXCLUDED.version, card = EXCLUDED.card
), bit AS MATERIALIZED (
    SELECT * FROM unnest(%(values)s::int[], %(ordinals)s::int[], %(ons)s::boolean[])
        AS b(value, ordinal, goes_on)
), mask AS MATERIALIZED (
    SELECT value, ordinal / {size} AS chunk,
        bit_or(set_bit({zero}, ordinal %% {size}, 1)) FILTER (WHERE goes_on) AS goes_on,
        bit_or(set_bit({zero}, ordinal %% {size}, 1)) FILTER (WHERE NOT goes_on) AS goes_off
    FROM bit GROUP BY 1, 2
), bitmap_changed AS (
    UPDATE {bitmap} b
    SET bits = b.bits & ~coalesce(m.goes_off, {zero}) | coalesce(m.goes_on, {zero})
    FROM mask m WHERE b.value = m.value AND b.chunk = m.chunk
), bitmap_made AS (
    INSERT INTO {bitmap} (value, chunk, bits)
    SELECT value, chunk, goes_on FROM mask m
    WHERE goes_on IS NOT NULL
      AND NOT EXISTS (SELECT FROM {bitmap} b WHERE b.value = m.value AND b.chunk = m.chunk)
), counted AS (
    UPDATE {value} v SET documents = v.documents + d.change
    FROM (
        SELECT value, sum(CASE WHEN goes_on THEN 1 ELSE -1 END) AS change FROM bit GROUP BY value
    ) d
    WHERE v.id = d.value AND d.change <> 0
)
UPDATE search_state SET version = %(version)s, next_ordinal = %(next_ordinal)s WHERE name = %(name)s
"""


def _write_change(schema: Schema, state: SearchState, change: _Change) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(_WRITE_CHANGE).format(
                row=sql.Identifier(schema.table("row")),
                card=sql.Identifier(schema.table("card")),
                bitmap=sql.Identifier(schema.table("bitmap")),
                value=sql.Identifier(schema.table("value")),
                size=sql.Literal(CHUNK_BITS),
                zero=sql.SQL(f"0::bit({CHUNK_BITS})"),
                row_set=sql.SQL(", ").join(
                    sql.SQL("{0} = EXCLUDED.{0}").format(sql.Identifier(column))
                    for column in row_columns(schema)
                    if column != "ordinal"
                ),
            ),
            {
                "rows": json.dumps(change.rows, default=str),
                "cards": json.dumps(change.cards),
                "values": [value for value, _, _ in change.bits],
                "ordinals": [ordinal for _, ordinal, _ in change.bits],
                "ons": [goes_on for _, _, goes_on in change.bits],
                "version": state.version,
                "next_ordinal": state.next_ordinal,
                "name": schema.name,
            },
        )
