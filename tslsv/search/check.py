"""Comparing an index with what a rebuild would make of the same objects."""

import dataclasses

from django.db import connection, transaction
from psycopg import sql

from tslsv.search.models import CHUNK_BITS
from tslsv.search.rebuild import build
from tslsv.search.schema import GROUP_ENDS, TITLE_WORD, WORD, Schema
from tslsv.search.upkeep import lock, row_columns

# Which words are frequent is settled at a rebuild, so a live index may rightly differ in those.
_ROWS = """
SELECT r.object_id, {columns},
    (SELECT array_agg(v.facet || ':' || v.value ORDER BY v.facet, v.value)
     FROM {value} v WHERE v.id = ANY(r.value_ids) AND v.facet <> ALL(%(words)s)),
    t.vector, {numbers}c.card
FROM {row} r JOIN {text} t USING (ordinal) JOIN {card} c USING (ordinal)
"""

_BITS_MISSING = """
SELECT count(*) FROM {row} r CROSS JOIN unnest(r.value_ids) AS u(value)
LEFT JOIN {bitmap} b ON b.value = u.value AND b.chunk = r.ordinal / {size}
WHERE coalesce(get_bit(b.bits, r.ordinal %% {size}), 0) = 0
"""

_COUNTS_WRONG = """
SELECT count(*) FROM {value} v
LEFT JOIN (SELECT value, sum(bit_count(bits)) AS bits FROM {bitmap} GROUP BY value) b
  ON b.value = v.id
LEFT JOIN (
    SELECT u.value, count(*) AS rows FROM {row} r, unnest(r.value_ids) AS u(value) GROUP BY u.value
) r ON r.value = v.id
WHERE (v.facet, v.value) <> (%(ends_facet)s, %(ends)s)
  AND (coalesce(b.bits, 0) <> v.documents OR coalesce(r.rows, 0) <> v.documents)
"""


def differences(schema: Schema) -> list[str]:
    """What is wrong with the index, in words; nothing when it is right. Changes nothing.

    Writers wait meanwhile. Takes as long as a rebuild, and the same room while it runs.
    """
    new = dataclasses.replace(schema, suffix="_new")
    found: list[str] = []
    with transaction.atomic():
        lock(schema)
        build(new)
        live_rows, new_rows = _statement(_ROWS, schema), _statement(_ROWS, new)
        for words, one, other in (
            ("listed as no rebuild would", live_rows, new_rows),
            ("missing or listed wrongly", new_rows, live_rows),
        ):
            statement = sql.SQL("SELECT count(*) FROM (({}) EXCEPT ({})) d").format(one, other)
            found += _counted(statement, f"documents {words}")
        found += _counted(_statement(_BITS_MISSING, schema), "bits missing")
        found += _counted(_statement(_COUNTS_WRONG, schema), "values counted wrongly")
        transaction.set_rollback(True)
    return found


def _statement(text: str, schema: Schema) -> sql.Composed:
    own = [
        sql.Identifier("r", column)
        for column in row_columns(schema)
        if column not in ("ordinal", "object_id", "value_ids")
    ]
    parts = {part: sql.Identifier(schema.table(part)) for part in ("row", "text", "card", "value")}
    return sql.SQL(text).format(
        columns=sql.SQL(", ").join(own),
        numbers=sql.SQL("").join(
            sql.SQL("{}, ").format(sql.Identifier("c", column)) for column in schema.number_columns
        ),
        bitmap=sql.Identifier(schema.table("bitmap")),
        size=sql.Literal(CHUNK_BITS),
        **parts,
    )


def _counted(statement: sql.Composed, words: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            {"words": [WORD, TITLE_WORD], "ends_facet": GROUP_ENDS[0], "ends": GROUP_ENDS[1]},
        )
        (number,) = cursor.fetchone() or (0,)
    return [f"{number} {words}"] if number else []
