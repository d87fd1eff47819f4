"""Keeps an index true to its objects, in the transaction that changes them."""

import datetime
import json
from collections.abc import Collection, Iterable
from typing import Any

from django.db import connection, transaction
from psycopg import sql

from tslsv.search.models import CHUNK_BITS, SearchState, Touched
from tslsv.search.prepared import as_array, run_prepared
from tslsv.search.schema import (
    EVERYTHING,
    PARTS,
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
    rows = run_prepared(_LOCK, [schema.name])
    if not rows:
        return SearchState.objects.create(name=schema.name)
    return SearchState.from_db(connection.alias, _STATE_FIELDS, rows[0])


_STATE_FIELDS = [field.attname for field in SearchState._meta.concrete_fields]
_LOCK = f"SELECT {', '.join(_STATE_FIELDS)} FROM search_lock(%s)"  # noqa: S608 (our names)


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

    Gives out ordinals from ``state``, and saves it with a new version. Three statements, whatever
    the number of documents, when none leaves the index.
    """
    documents = {document.object_id: document for document in schema.documents(ids)}
    old = _old_rows(schema, ids)
    gone: list[int] = []
    ordinals: dict[int, int] = {}
    for object_id, (ordinal, group_id, _) in old.items():
        document = documents.get(object_id)
        # Another group means another ordinal, since ordinals of a group stand side by side.
        if document is not None and document.group_id == group_id:
            ordinals[object_id] = ordinal
        else:
            gone.append(ordinal)
    given: list[dict[str, Any]] = []
    for object_id, document in documents.items():
        if object_id not in ordinals:
            ordinals[object_id] = state.next_ordinal
            state.next_ordinal += 1
        values = values_of(schema, document)
        given.append(
            {
                **_row_of(document, ordinals[object_id]),
                **dict(zip("abcd", document.texts, strict=True)),
                "facets": [facet for facet, _ in values],
                "values": [value for _, value in values],
                "card": document.card,
            }
        )
    _delete(schema, gone)
    state.version += 1
    run_prepared(
        _write_sql(schema),
        {
            "given": _json(given),
            "stood": _json([{"ordinal": row[0], "ids": row[2]} for row in old.values()]),
            "version": str(state.version),
            "next_ordinal": str(state.next_ordinal),
        },
    )


def _old_rows(schema: Schema, ids: Collection[int]) -> dict[int, tuple[int, int, list[int]]]:
    """What stands in the index: (ordinal, group, value ids) by object id."""
    rows = run_prepared(
        f"SELECT object_id, ordinal, group_id, value_ids FROM {schema.table('row')} "  # noqa: S608
        "WHERE object_id = ANY(%s::bigint[])",
        [as_array(ids)],
    )
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


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


def _typed_columns(schema: Schema) -> sql.Composed:
    """The row table's columns with their types, but for the values."""
    return sql.SQL(", ").join(
        sql.SQL("{} {}").format(
            sql.Identifier(str(field.column)), sql.SQL(str(field.db_type(connection)))
        )
        for field in schema.row._meta.concrete_fields
        if field.column != "value_ids"
    )


def row_tuple(
    schema: Schema, document: Document, ordinal: int, value_ids: list[int]
) -> tuple[Any, ...]:
    """A row for the database, in the order of ``row_columns``."""
    known = {**_row_of(document, ordinal), "value_ids": value_ids}
    return tuple(known[column] for column in row_columns(schema))


def _row_of(document: Document, ordinal: int) -> dict[str, Any]:
    """The row of a document by column, but for its values."""
    position = document.position
    return {
        "ordinal": ordinal,
        "object_id": document.object_id,
        "group_id": document.group_id,
        "x": position.x if position else None,
        "y": position.y if position else None,
        "z": position.z if position else None,
        "due_on": document.due_on,
        **document.columns,
    }


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


# One statement for everything, since the lock keeps others from writing: what does not exist is
# made, what does is changed, and never the same row twice. ``stood`` are the ids of the values
# that the documents had in the index so far. OFFSET 0 keeps a lookup of each row a lookup; joined,
# the whole table would be read.
_WRITE = """
WITH given AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(%(given)s::jsonb) AS g(
        {typed_columns}, a text, b text, c text, d text,
        facets text[], "values" text[], card jsonb)
), vector AS MATERIALIZED (
    SELECT ordinal, {vector} AS vector FROM given
), text_written AS (
    INSERT INTO {text} (ordinal, vector) SELECT ordinal, vector FROM vector
    ON CONFLICT (ordinal) DO UPDATE SET vector = EXCLUDED.vector
    WHERE {text}.vector <> EXCLUDED.vector
), word_made AS (
    INSERT INTO {word} (word, documents)
    SELECT DISTINCT lexeme, 1
    FROM given, unnest(to_tsvector('simple', concat_ws(' ', a, b, c)))
    WHERE length(lexeme) BETWEEN 3 AND 60 AND lexeme !~ '[0-9]'
      AND NOT EXISTS (SELECT FROM {word} known WHERE known.word = lexeme OFFSET 0)
), named AS MATERIALIZED (
    SELECT g.ordinal, n.facet, n.value, v.id
    FROM given g
    CROSS JOIN unnest(g.facets, g."values") AS n(facet, value)
    LEFT JOIN {value} v ON v.facet = n.facet AND v.value = n.value
), value_made AS (
    INSERT INTO {value} (facet, value, documents)
    SELECT facet, value, count(*) FROM named WHERE id IS NULL GROUP BY facet, value
    RETURNING id, facet, value
), carried AS MATERIALIZED (
    SELECT ordinal, id FROM named WHERE id IS NOT NULL
    UNION ALL
    SELECT n.ordinal, m.id FROM value_made m JOIN named n USING (facet, value)
    UNION ALL
    SELECT t.ordinal, v.id
    FROM vector t
    JOIN {value} v
      ON v.facet = {word_facet} AND v.value = ANY(tsvector_to_array(t.vector))
      OR v.facet = {title_facet} AND v.value = ANY(tsvector_to_array(ts_filter(t.vector, '{{a}}')))
), stood AS (
    SELECT ordinal, id
    FROM jsonb_to_recordset(%(stood)s::jsonb) AS s(ordinal int, ids int[]), unnest(ids) AS id
), bit AS MATERIALIZED (
    SELECT id AS value, ordinal, s.id IS NULL AS goes_on
    FROM carried c FULL JOIN stood s USING (ordinal, id)
    WHERE c.id IS NULL OR s.id IS NULL
), row_written AS (
    INSERT INTO {row} ({columns})
    SELECT {columns}
    FROM given
    JOIN (SELECT ordinal, array_agg(id) AS value_ids FROM carried GROUP BY ordinal) c
    USING (ordinal)
    ON CONFLICT (ordinal) DO UPDATE SET {row_set}
), card_written AS (
    INSERT INTO {card} (ordinal, version, card) SELECT ordinal, %(version)s::bigint, card FROM given
    ON CONFLICT (ordinal) DO UPDATE SET version = EXCLUDED.version, card = EXCLUDED.card
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
      AND NOT EXISTS (
          SELECT FROM {bitmap} b WHERE b.value = m.value AND b.chunk = m.chunk OFFSET 0)
), counted AS (
    UPDATE {value} v
    SET documents = v.documents
        + (SELECT sum(CASE WHEN goes_on THEN 1 ELSE -1 END) FROM bit b WHERE b.value = v.id)
    WHERE v.id = ANY(ARRAY(SELECT value FROM bit))
)
UPDATE search_state SET version = %(version)s::bigint, next_ordinal = %(next_ordinal)s::int
WHERE name = {name}
"""


_json = json.JSONEncoder(default=str).encode
_written_out: dict[str, str] = {}


def _write_sql(schema: Schema) -> str:
    """The statement for this schema's tables, put together once."""
    key = f"{schema.name}{schema.suffix} {CHUNK_BITS}"
    if key not in _written_out:
        columns = row_columns(schema)
        _written_out[key] = (
            sql.SQL(_WRITE)
            .format(
                **{part: sql.Identifier(schema.table(part)) for part in PARTS},
                name=sql.Literal(schema.name),
                size=sql.Literal(CHUNK_BITS),
                zero=sql.SQL(f"0::bit({CHUNK_BITS})"),
                vector=vector_sql("given"),
                word_facet=sql.Literal(WORD),
                title_facet=sql.Literal(TITLE_WORD),
                columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
                typed_columns=_typed_columns(schema),
                row_set=sql.SQL(", ").join(
                    sql.SQL("{0} = EXCLUDED.{0}").format(sql.Identifier(column))
                    for column in columns
                    if column != "ordinal"
                ),
            )
            .as_string(None)
        )
    return _written_out[key]
