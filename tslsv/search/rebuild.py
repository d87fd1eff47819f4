"""Making an index anew beside the live one, and switching.

The tables that people search stay whole and readable until one short transaction renames the new
ones into their place. What was written meanwhile is done again in the new tables before that.
"""

import dataclasses
import time
from collections.abc import Iterator, Sequence
from itertools import batched
from typing import Any

from django.db import OperationalError, connection, transaction
from psycopg import sql
from psycopg.types.json import Jsonb

from tslsv.search.bits import CHUNK_BYTES
from tslsv.search.known import LONGEST, SHORTEST, Value, read_known
from tslsv.search.models import CHUNK_BITS, FILL_FACTORS, SearchState, Touched
from tslsv.search.reading import read_documents
from tslsv.search.schema import EVERYTHING, GROUP_ENDS, PARTS, TITLE_WORD, WORD, Document, Schema
from tslsv.search.upkeep import (
    lock,
    refresh,
    row_columns,
    row_tuple,
    values_of,
    vector_sql,
    write,
)

BATCH = 2_000
FREQUENT_SHARE = 0.015
"""A word in more than this share of the documents gets a bitmap of its own."""
FREQUENT_LEAST = 20

CLOSE_MILLISECONDS = 250
PAUSE_SECONDS = 0.5
PATIENCE_SECONDS = 3600
"""How long a switch waits for readers: a moment at a time, for an hour in all."""


def rebuild(schema: Schema) -> int:
    """Rebuild the whole index; returns the number of documents.

    Outside a transaction writers go on meanwhile, and what they touched is replayed. Inside one
    (an import) they wait for its end, since nothing can be announced to them before it commits.
    """
    if connection.in_atomic_block:
        return _rebuild_inside(schema)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [_rebuild_key(schema)])
    try:
        return _rebuild_beside(schema)
    finally:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [_rebuild_key(schema)]
            )


def _rebuild_key(schema: Schema) -> str:
    return f"search rebuild:{schema.name}"


def _rebuild_beside(schema: Schema) -> int:
    new = dataclasses.replace(schema, suffix="_new")
    # Whoever held the lock has committed, and whoever takes it next sees the flag.
    _collect_touched(schema, True)
    try:
        with transaction.atomic():
            built = build(new)
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                with transaction.atomic():
                    state = lock(schema)
                    state.next_ordinal = built
                    _replay(schema, new, state)
                    _close(schema)
                    _switch(schema, new, state, tail_from=built)
                return built
            except OperationalError:
                if time.monotonic() > end:
                    raise
            time.sleep(PAUSE_SECONDS)
    except BaseException:
        _collect_touched(schema, False)
        raise


def _collect_touched(schema: Schema, on: bool) -> None:
    """Begin to note what is written meanwhile, or give that up."""
    with transaction.atomic():
        state = lock(schema)
        state.rebuilding = on
        state.save(update_fields=["rebuilding"])
        Touched.objects.filter(index=schema.name).delete()


def _rebuild_inside(schema: Schema) -> int:
    new = dataclasses.replace(schema, suffix="_new")
    with transaction.atomic():
        state = lock(schema)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [_rebuild_key(schema)]
            )
            (alone,) = cursor.fetchone() or (False,)
        if not alone:
            # Another rebuild is under way. It would wait for us, so we cannot wait for it: write
            # into the live index, as a save does, and it will do the same in its own.
            return _refresh_everything(schema)
        built = build(new)
        state.next_ordinal = built
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                with transaction.atomic():
                    _close(schema)
                break
            except OperationalError:
                if time.monotonic() > end:
                    raise
            time.sleep(PAUSE_SECONDS)
        _switch(schema, new, state, tail_from=built)
        return built


def _refresh_everything(schema: Schema) -> int:
    listed = schema.row._default_manager.values_list("object_id", flat=True)
    ids = sorted({*listed, *schema.all_ids()})
    for some in batched(ids, BATCH):
        refresh(schema, some)
    return schema.row._default_manager.count()


def _close(schema: Schema) -> None:
    """Take the live tables for ourselves, to switch them; raises OperationalError when in use.

    Readers queue behind a lock that is waited for. A long read (somebody's download) would close
    the search for everybody, so we wait a moment only, let them by, and try again.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{CLOSE_MILLISECONDS}ms'")
        cursor.execute(
            sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(
                sql.SQL(", ").join(sql.Identifier(schema.table(part)) for part in PARTS)
            )
        )
        cursor.execute("SET LOCAL lock_timeout = DEFAULT")


def _replay(schema: Schema, new: Schema, state: SearchState) -> None:
    touched = sorted(
        set(Touched.objects.filter(index=schema.name).values_list("object_id", flat=True))
    )
    for ids in batched(touched, BATCH):
        write(new, state, ids, read_documents(new, ids), read_known(new))
    Touched.objects.filter(index=schema.name).delete()


class _Numbers:
    """Gives ids to values, and counts the documents of each."""

    def __init__(self) -> None:
        self.ids: dict[Value, int] = {}
        self.documents: dict[int, int] = {}
        self.of(EVERYTHING)
        self.of(GROUP_ENDS)

    def of(self, value: Value) -> int:
        number = self.ids.get(value)
        if number is None:
            number = self.ids[value] = len(self.ids) + 1
            self.documents[number] = 0
        return number


class _BitmapWriter:
    """Collects the bits of one chunk at a time and writes them out when the next one begins."""

    def __init__(self, schema: Schema, numbers: _Numbers) -> None:
        self._table = schema.table("bitmap")
        self._numbers = numbers
        self._chunk = 0
        self._bits: dict[int, bytearray] = {}

    def add(self, ordinal: int, values: Sequence[int]) -> None:
        chunk, bit = divmod(ordinal, CHUNK_BITS)
        if chunk != self._chunk:
            self.flush()
            self._chunk = chunk
        byte, mask = bit >> 3, 128 >> (bit & 7)
        for value in values:
            bits = self._bits.get(value)
            if bits is None:
                bits = self._bits[value] = bytearray(CHUNK_BYTES)
            bits[byte] |= mask
            self._numbers.documents[value] += 1

    def flush(self) -> None:
        with (
            connection.cursor() as cursor,
            cursor.copy(
                sql.SQL("COPY {} (value, chunk, bits) FROM STDIN").format(
                    sql.Identifier(self._table)
                )
            ) as copy,
        ):
            for value, bits in self._bits.items():
                copy.write_row((value, self._chunk, "x" + bits.hex()))
        self._bits = {}


def build(new: Schema) -> int:
    """Fill the tables of ``new``, beside the live ones; returns how many documents they hold."""
    numbers = _Numbers()
    _make_tables(new)
    built = _load_documents(new, numbers)
    _load_words(new, numbers, built)
    with connection.cursor() as cursor:
        with cursor.copy(
            _sql("COPY {} (id, facet, value, documents) FROM STDIN", new.table("value"))
        ) as copy:
            for (facet, value), number in numbers.ids.items():
                copy.write_row((number, facet, value, numbers.documents[number]))
        # A replay may bring values that nobody had before.
        cursor.execute(
            _sql(
                "SELECT setval(pg_get_serial_sequence(%s, 'id'), (SELECT max(id) FROM {}))",
                new.table("value"),
            ),
            [new.table("value")],
        )
        _make_indexes(new)
        for part in PARTS:
            cursor.execute(_sql("ANALYZE {}", new.table(part)))
    return built


def _make_tables(new: Schema) -> None:
    live = dataclasses.replace(new, suffix="")
    with connection.cursor() as cursor:
        for part in PARTS:
            cursor.execute(_sql("DROP TABLE IF EXISTS {}", new.table(part)))
            cursor.execute(
                sql.SQL(
                    "CREATE TABLE {} (LIKE {} INCLUDING DEFAULTS INCLUDING STORAGE "
                    "INCLUDING IDENTITY) WITH (fillfactor = {})"
                ).format(
                    sql.Identifier(new.table(part)),
                    sql.Identifier(live.table(part)),
                    sql.Literal(FILL_FACTORS[part]),
                )
            )
        # Rows wait here for the ids of their frequent words, which are known only at the end.
        cursor.execute("DROP TABLE IF EXISTS search_stage_row, search_stage_text")
        cursor.execute(
            _sql(
                "CREATE TEMPORARY TABLE search_stage_row (LIKE {}) ON COMMIT DROP",
                live.table("row"),
            )
        )
        cursor.execute(
            "CREATE TEMPORARY TABLE search_stage_text "
            "(ordinal int, a text, b text, c text, d text) ON COMMIT DROP"
        )


def _load_documents(new: Schema, numbers: _Numbers) -> int:
    """Number the documents and copy everything but words; returns how many there are."""
    bitmaps = _BitmapWriter(new, numbers)
    everything_ends = numbers.ids[GROUP_ENDS]
    ordinal = 0
    last_group: int | None = None
    columns = sql.SQL(", ").join(map(sql.Identifier, row_columns(new)))
    for documents in _documents(new):
        rows: list[tuple[Any, ...]] = []
        for number, document in enumerate(documents, start=ordinal):
            if last_group is not None and document.group_id != last_group:
                bitmaps.add(number - 1, [everything_ends])
            last_group = document.group_id
            ids = sorted(numbers.of(value) for value in values_of(new, document))
            bitmaps.add(number, ids)
            rows.append(row_tuple(new, document, number, ids))
        with connection.cursor() as cursor:
            _copy(cursor, sql.SQL("COPY search_stage_row ({}) FROM STDIN").format(columns), rows)
            _copy(
                cursor,
                sql.SQL("COPY search_stage_text FROM STDIN"),
                [(number, *document.texts) for number, document in enumerate(documents, ordinal)],
            )
            _copy(
                cursor,
                sql.SQL("COPY {} ({}) FROM STDIN").format(
                    sql.Identifier(new.table("card")),
                    sql.SQL(", ").join(
                        map(sql.Identifier, ["ordinal", "version", "card", *new.number_columns])
                    ),
                ),
                [
                    (
                        number,
                        0,
                        Jsonb(document.card),
                        *(document.columns[column] for column in new.number_columns),
                    )
                    for number, document in enumerate(documents, ordinal)
                ],
            )
        ordinal += len(documents)
    if last_group is not None:
        bitmaps.add(ordinal - 1, [everything_ends])
    bitmaps.flush()
    return ordinal


def _documents(schema: Schema) -> Iterator[list[Document]]:
    """Documents in the order of groups, a batch at a time."""
    for ids in batched(schema.all_ids(), BATCH):
        by_id = {document.object_id: document for document in read_documents(schema, ids)}
        yield [by_id[object_id] for object_id in ids if object_id in by_id]


def _load_words(new: Schema, numbers: _Numbers, built: int) -> None:
    """Make the vectors, find the frequent words, and give rows and bitmaps their share of them."""
    least = max(FREQUENT_LEAST, int(built * FREQUENT_SHARE))
    text = new.table("text")
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(
                "INSERT INTO {} (ordinal, vector) SELECT d.ordinal, {} FROM search_stage_text d"
            ).format(sql.Identifier(text), vector_sql("d"))
        )
        cursor.execute(
            "SELECT word FROM ts_stat(%s) WHERE ndoc >= %s AND length(word) <= 100",
            [_sql("SELECT vector FROM {}", text).as_string(None), least],
        )
        for (word,) in cursor.fetchall():
            numbers.of((WORD, word))
            # However seldom in titles: it is never looked up, so only this says which they are.
            numbers.of((TITLE_WORD, word))
        cursor.execute(
            _sql(
                "INSERT INTO {} (word, documents) SELECT word, ndoc FROM ts_stat("  # noqa: S608 (our numbers)
                "$$SELECT to_tsvector('simple', concat_ws(' ', a, b, c)) FROM search_stage_text$$) "
                f"WHERE length(word) BETWEEN {SHORTEST} AND {LONGEST} AND word !~ '[0-9]'",
                new.table("word"),
            )
        )
        cursor.execute(
            "CREATE TEMPORARY TABLE search_stage_words (ordinal int, ids int[]) ON COMMIT DROP"
        )
    _load_word_bits(new, numbers)
    columns = sql.SQL(", ").join(map(sql.Identifier, row_columns(new)))
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(
                "INSERT INTO {row} ({columns}) SELECT {chosen} FROM search_stage_row r "
                "LEFT JOIN search_stage_words w USING (ordinal) ORDER BY r.ordinal"
            ).format(
                row=sql.Identifier(new.table("row")),
                columns=columns,
                chosen=sql.SQL(", ").join(
                    sql.SQL("r.value_ids || coalesce(w.ids, '{}')")
                    if column == "value_ids"
                    else sql.Identifier("r", column)
                    for column in row_columns(new)
                ),
            )
        )
        cursor.execute("DROP TABLE search_stage_row, search_stage_text, search_stage_words")


def _load_word_bits(new: Schema, numbers: _Numbers) -> None:
    words = {value: number for (facet, value), number in numbers.ids.items() if facet == WORD}
    titles = {
        value: number for (facet, value), number in numbers.ids.items() if facet == TITLE_WORD
    }
    bitmaps = _BitmapWriter(new, numbers)
    with transaction.atomic(), connection.chunked_cursor() as reader:
        reader.execute(
            _sql(
                "SELECT ordinal, tsvector_to_array(vector), "
                "tsvector_to_array(ts_filter(vector, '{{a}}')) FROM {} ORDER BY ordinal",
                new.table("text"),
            )
        )
        while rows := reader.fetchmany(BATCH):
            staged: list[tuple[int, list[int]]] = []
            for ordinal, lexemes, title_lexemes in rows:
                ids = [words[word] for word in lexemes if word in words]
                ids += [titles[word] for word in title_lexemes if word in titles]
                bitmaps.add(ordinal, ids)
                staged.append((ordinal, ids))
            with connection.cursor() as cursor:
                _copy(cursor, sql.SQL("COPY search_stage_words FROM STDIN"), staged)
    bitmaps.flush()


def _make_indexes(new: Schema) -> None:
    """The live tables' indexes and constraints, on the new tables, under passing names."""
    live = dataclasses.replace(new, suffix="")
    with connection.cursor() as cursor:
        for part in PARTS:
            for name, definition, constraint in _indexes(live.table(part)):
                cursor.execute(
                    definition.replace(f"INDEX {name} ", f'INDEX "{name}_new" ', 1).replace(
                        f" ON public.{live.table(part)} ", f" ON {new.table(part)} ", 1
                    )
                )
                if constraint is not None:
                    cursor.execute(
                        sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {} USING INDEX {}").format(
                            sql.Identifier(new.table(part)),
                            sql.Identifier(f"{name}_new"),
                            sql.SQL("PRIMARY KEY" if constraint == "p" else "UNIQUE"),
                            sql.Identifier(f"{name}_new"),
                        )
                    )


def _indexes(table: str) -> list[tuple[str, str, str | None]]:
    """(name, definition, constraint kind or None) of a table's indexes."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.relname, pg_get_indexdef(i.indexrelid), k.contype::text
            FROM pg_index i
            JOIN pg_class c ON c.oid = i.indexrelid
            LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.contype IN ('p', 'u')
            WHERE i.indrelid = %s::regclass
            ORDER BY c.relname
            """,
            [table],
        )
        return [(row[0], row[1], row[2]) for row in cursor.fetchall()]


def _switch(schema: Schema, new: Schema, state: SearchState, *, tail_from: int) -> None:
    with connection.cursor() as cursor:
        for part in PARTS:
            names = [name for name, _, _ in _indexes(schema.table(part))]
            cursor.execute(_sql("DROP TABLE {}", schema.table(part)))
            cursor.execute(
                sql.SQL("ALTER TABLE {} RENAME TO {}").format(
                    sql.Identifier(new.table(part)), sql.Identifier(schema.table(part))
                )
            )
            for name in names:
                cursor.execute(
                    sql.SQL("ALTER INDEX {} RENAME TO {}").format(
                        sql.Identifier(f"{name}_new"), sql.Identifier(name)
                    )
                )
    state.version += 1
    state.generation += 1
    state.tail_from = tail_from
    state.rebuilding = False
    state.save()


def _copy(cursor: Any, statement: sql.Composable, rows: Sequence[tuple[Any, ...]]) -> None:
    with cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _sql(statement: str, table: str) -> sql.Composed:
    return sql.SQL(statement).format(sql.Identifier(table))
