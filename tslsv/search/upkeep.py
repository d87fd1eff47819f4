"""Keeps an index true to its objects, in the transaction that changes them."""

import datetime
import json
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import Field
from psycopg import sql

from tslsv.search.known import Known, Value, ids_of, learn, make_words, recall
from tslsv.search.models import CHUNK_BITS, SearchState, Touched
from tslsv.search.prepared import as_array, run_prepared
from tslsv.search.reading import all_in_one_sql, made_documents, read_documents
from tslsv.search.schema import (
    EVERYTHING,
    PARTS,
    TEXT_CONFIGURATION,
    TITLE_WORD,
    WORD,
    Document,
    Schema,
)


def refresh(schema: Schema, object_ids: Iterable[int]) -> None:
    """Bring these objects' part of the index up to date.

    Call it once in a transaction, last, with every object touched: it takes the index's one lock,
    so writers queue here and cannot deadlock. Objects without a document leave the index.
    """
    ids = sorted(set(object_ids))
    if not ids:
        return
    with transaction.atomic(savepoint=False):
        state, place, documents = _open(schema, ids)
        write(schema, state, ids, documents, recall(schema, state, place))
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
_LOCK = f"SELECT {', '.join(_STATE_FIELDS)} FROM search_lock($1)"  # noqa: S608 (our names)


def _open(schema: Schema, ids: Collection[int]) -> tuple[SearchState, str, list[Document]]:
    """Take the lock and read the documents of ``ids``; the text says where the values are.

    One statement, though it sees the documents as they were before it had to wait for the lock: it
    also says which version it saw. Where that is the version under the lock, nobody has written
    since. Else the documents are read again.
    """
    asked = [as_array(ids), schema.table("value"), schema.name]
    rows = run_prepared(_open_sql(schema), asked)
    if not rows:
        lock(schema)
        rows = run_prepared(_open_sql(schema), asked)
    *fields, place, seen, written = rows[0]
    state = SearchState.from_db(connection.alias, _STATE_FIELDS, fields)
    if seen != state.version:
        return state, place, read_documents(schema, ids)
    return state, place, made_documents(schema, written)


def _open_sql(schema: Schema) -> str:
    return (
        f"SELECT {', '.join(_STATE_FIELDS)}, "  # noqa: S608 (our names)
        "concat(pg_relation_filenode($2::regclass), ' ', pg_postmaster_start_time()), "
        "(SELECT version FROM search_state WHERE name = $3), "
        f"{all_in_one_sql(schema)} FROM search_lock($3)"
    )


def values_of(schema: Schema, document: Document) -> set[Value]:
    """Every (facet, value) of a document, words aside."""
    found: set[Value] = {EVERYTHING}
    for facet, values in document.values.items():
        found.update((facet, value) for value in values)
    for number_range in schema.ranges.values():
        number = document.columns.get(number_range.column)
        found.update((number_range.facet, step) for step in number_range.steps_met(number))
    return found


def write(
    schema: Schema,
    state: SearchState,
    ids: Collection[int],
    documents: Sequence[Document],
    known: Known,
) -> None:
    """Write the documents of ``ids`` into the schema's tables; the caller holds the lock.

    Gives out ordinals from ``state``, and saves it with a new version. One statement, whatever the
    number of documents, when none leaves or moves in the index and no value or word is new.
    """
    gone = _remove(schema, {*ids}.difference(document.object_id for document in documents))
    values = [values_of(schema, document) for document in documents]
    new_ids = ids_of(schema, set().union(*values).difference(known.ids))
    id_of = {**known.ids, **new_ids} if new_ids else known.ids
    pieces = [known.new_pieces(" ".join(document.texts[:3])) for document in documents]
    make_words(schema, pieces)
    learn(known, new_ids, pieces)
    given = [
        {
            **_columns_of(document),
            **dict(zip("abcd", document.texts, strict=True)),
            "ids": [id_of[value] for value in its],
            "card": document.card,
        }
        for document, its in zip(documents, values, strict=True)
    ]
    state.version += 1
    ((state.next_ordinal, moved),) = run_prepared(
        _write_sql(schema),
        [
            _json(given),
            _json(gone) if gone else "[]",
            str(state.version),
            str(state.next_ordinal),
        ],
    )
    _delete(schema, ("text", "card"), moved)


def _remove(schema: Schema, ids: Collection[int]) -> list[dict[str, Any]]:
    """Take objects that have no document out, but for their bits, which ``write`` clears."""
    if not ids:
        return []
    rows = run_prepared(
        f"SELECT ordinal, value_ids FROM {schema.table('row')} "  # noqa: S608 (our names)
        "WHERE object_id = ANY($1::bigint[])",
        [as_array(ids)],
    )
    _delete(schema, ("row", "text", "card"), [ordinal for ordinal, _ in rows])
    return [{"ordinal": ordinal, "ids": value_ids} for ordinal, value_ids in rows]


def _delete(schema: Schema, parts: Iterable[str], ordinals: list[int]) -> None:
    if not ordinals:
        return
    with connection.cursor() as cursor:
        for part in parts:
            cursor.execute(
                sql.SQL("DELETE FROM {} WHERE ordinal = ANY(%s)").format(
                    sql.Identifier(schema.table(part))
                ),
                [ordinals],
            )


def row_columns(schema: Schema) -> list[str]:
    """The row table's columns, in the order of ``row_tuple``."""
    return [str(field.column) for field in schema.row._meta.concrete_fields]


def _given_fields(schema: Schema) -> "list[Field[Any, Any]]":
    """The fields that a document gives: the row's, but for the ordinal and values, and numbers."""
    own = [*schema.row._meta.concrete_fields]
    return [field for field in own if field.column not in ("ordinal", "value_ids")] + [
        field
        for field in schema.card._meta.concrete_fields
        if field.column in schema.number_columns
    ]


def row_tuple(
    schema: Schema, document: Document, ordinal: int, value_ids: list[int]
) -> tuple[Any, ...]:
    """A row for the database, in the order of ``row_columns``."""
    known = {**_columns_of(document), "ordinal": ordinal, "value_ids": value_ids}
    return tuple(known[column] for column in row_columns(schema))


def _columns_of(document: Document) -> dict[str, Any]:
    """What a document's row and card hold by column, but for its ordinal, values and the card."""
    position = document.position
    return {
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
# made, what does is changed, and never the same row twice. A document keeps its ordinal; one that
# has none, or has it among another group's, gets the next, as ordinals of a group stand side by
# side. Bits that change are turned over, whichever way. $1 are the documents, $2 those that left,
# $3 the version and $4 the next ordinal. OFFSET 0 keeps a lookup of each row a lookup; joined, the
# whole table would be read.
_WRITE = """
WITH given AS MATERIALIZED (
    SELECT {given_columns}, a, b, c, d, ids, card,
        CASE WHEN r.group_id = g.group_id THEN r.ordinal
             ELSE $4::int - 1 + (count(*) FILTER (WHERE r.group_id IS DISTINCT FROM g.group_id)
                                 OVER (ROWS UNBOUNDED PRECEDING))::int END AS ordinal,
        r.ordinal AS stood_at, r.value_ids AS stood_with
    FROM jsonb_to_recordset($1::jsonb) AS g(
        {typed_columns}, a text, b text, c text, d text, ids int[], card jsonb)
    LEFT JOIN LATERAL (
        SELECT ordinal, group_id, value_ids FROM {row} r WHERE r.object_id = g.object_id OFFSET 0
    ) r ON true
), vector AS MATERIALIZED (
    SELECT ordinal, {vector} AS vector FROM given
), text_written AS (
    INSERT INTO {text} (ordinal, vector) SELECT ordinal, vector FROM vector
    ON CONFLICT (ordinal) DO UPDATE SET vector = EXCLUDED.vector
    WHERE {text}.vector <> EXCLUDED.vector
), carried AS MATERIALIZED (
    SELECT ordinal, unnest(ids) AS id FROM given
    UNION ALL
    SELECT t.ordinal, v.id
    FROM vector t
    JOIN {value} v
      ON v.facet = {word_facet} AND v.value = ANY(tsvector_to_array(t.vector))
      OR v.facet = {title_facet} AND v.value = ANY(tsvector_to_array(ts_filter(t.vector, '{{a}}')))
), stood AS (
    SELECT stood_at AS ordinal, unnest(stood_with) AS id FROM given
    UNION ALL
    SELECT ordinal, unnest(ids)
    FROM jsonb_to_recordset($2::jsonb) AS s(ordinal int, ids int[])
), bit AS MATERIALIZED (
    SELECT id AS value, ordinal, sum(number) AS number
    FROM (SELECT ordinal, id, 1 AS number FROM carried
          UNION ALL SELECT ordinal, id, -1 FROM stood) both_ways
    GROUP BY id, ordinal HAVING sum(number) <> 0
), row_written AS (
    INSERT INTO {row} ({columns})
    SELECT {columns}
    FROM given
    JOIN (SELECT ordinal, array_agg(id) AS value_ids FROM carried GROUP BY ordinal) c
    USING (ordinal)
    ON CONFLICT (object_id) DO UPDATE SET {row_set}
), card_written AS (
    INSERT INTO {card} ({card_columns}) SELECT ordinal, $3::bigint, card{numbers} FROM given
    ON CONFLICT (ordinal) DO UPDATE SET {card_set}
), bits_written AS (
    INSERT INTO {bitmap} AS b (value, chunk, bits)
    SELECT value, ordinal / {size}, bit_or(set_bit({zero}, ordinal % {size}, 1))
    FROM bit GROUP BY 1, 2
    ON CONFLICT (value, chunk) DO UPDATE SET bits = b.bits # EXCLUDED.bits
), counted AS (
    UPDATE {value} v
    SET documents = v.documents + (SELECT sum(number) FROM bit b WHERE b.value = v.id)
    WHERE v.id = ANY(ARRAY(SELECT value FROM bit))
)
UPDATE search_state
SET version = $3::bigint,
    next_ordinal = greatest($4::int, (SELECT max(ordinal) + 1 FROM given))
WHERE name = {name}
RETURNING next_ordinal, ARRAY(SELECT stood_at FROM given WHERE stood_at <> ordinal)
"""


_json = json.JSONEncoder(default=str).encode
_written_out: dict[str, str] = {}


def _write_sql(schema: Schema) -> str:
    """The statement for this schema's tables, put together once."""
    key = f"{schema.name}{schema.suffix} {CHUNK_BITS}"
    if key not in _written_out:
        columns, fields = row_columns(schema), _given_fields(schema)
        card_columns = ["ordinal", "version", "card", *schema.number_columns]
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
                given_columns=sql.SQL(", ").join(
                    sql.Identifier("g", str(field.column)) for field in fields
                ),
                typed_columns=sql.SQL(", ").join(
                    sql.SQL("{} {}").format(
                        sql.Identifier(str(field.column)), sql.SQL(str(field.db_type(connection)))
                    )
                    for field in fields
                ),
                card_columns=sql.SQL(", ").join(map(sql.Identifier, card_columns)),
                numbers=sql.SQL("").join(
                    sql.SQL(", {}").format(sql.Identifier(column))
                    for column in schema.number_columns
                ),
                row_set=_taken(columns),
                card_set=_taken(card_columns[1:]),
            )
            .as_string(None)
        )
    return _written_out[key]


def _taken(columns: Iterable[str]) -> sql.Composed:
    """SQL that gives these columns of a row that was there what the new one brought."""
    return sql.SQL(", ").join(
        sql.SQL("{0} = EXCLUDED.{0}").format(sql.Identifier(column)) for column in columns
    )
