"""What a process remembers of an index, so that a save does not look it up again.

The ids of values and the words for spelling are only ever added to, until a rebuild makes their
tables anew. So what a process has once seen there stands, as long as the tables are the same ones;
what it has not seen may still be there, put by another process. Nothing is remembered before the
transaction that read or made it has committed.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import partial

from django.db import connection, transaction

from tslsv.search.models import SearchState
from tslsv.search.prepared import run_prepared
from tslsv.search.schema import TITLE_WORD, WORD, Schema

Value = tuple[str, str]

SHORTEST, LONGEST = 3, 60
"""Characters of a word that spelling knows."""

MOST_PIECES = 50_000
"""Pieces of text to remember; a few MB. Then it starts again with none."""


@dataclass(slots=True)
class Known:
    """Ids by (facet, value), frequent words aside, and the words for spelling."""

    # Which tables they were read from: the index's generation, and the file that its values are in
    # with the time at which the server started. Tables that were emptied, or put back from a
    # backup, may have the same generation, but not the same file in the same run of the server.
    tables: tuple[int, str]
    ids: dict[Value, int]
    words: set[str]
    # Pieces between spaces, as they were written, whose words are all known.
    pieces: set[str] = field(default_factory=set)

    def new_pieces(self, text: str) -> set[str]:
        """The pieces of a text in which there may be a word that is not known.

        What a word is, PostgreSQL says; here it is only told that a piece is one and known.
        """
        new: set[str] = set()
        for piece in {*text.split()} - self.pieces:
            if self._is_known(_bare(piece)):
                self._keep({piece})
            else:
                new.add(piece)
        return new

    def _is_known(self, bare: str) -> bool:
        # What has digits is no word, and PostgreSQL parts words at an apostrophe.
        return bare.isdigit() or all(
            len(part) < SHORTEST or part in self.words for part in bare.split("’")
        )

    def add(self, ids: dict[Value, int], pieces: Collection[set[str]]) -> None:
        self.ids.update(ids)
        for some in pieces:
            self._keep(some)
            # One run of letters is one word, however it is written.
            self.words |= {bare for piece in some if (bare := _bare(piece)).isalpha()}

    def _keep(self, pieces: set[str]) -> None:
        if len(self.pieces) > MOST_PIECES:
            self.pieces = set()
        self.pieces |= pieces


def _bare(piece: str) -> str:
    return piece.strip(".,;:!?()'\"“”‘’").lower()


_known: dict[str, Known] = {}


def recall(schema: Schema, state: SearchState, place: str) -> Known:
    """What this process knows of the index; the caller holds its lock.

    ``place`` says where the values are. They are read when that is not where they were.
    """
    tables = (state.generation, place)
    found = _known.get(schema.name)
    if found is None or found.tables != tables:
        found = read_known(schema, tables)
        transaction.on_commit(partial(_known.__setitem__, schema.name, found))
    return found


def read_known(schema: Schema, tables: tuple[int, str] = (0, "")) -> Known:
    """What the schema's tables hold."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT facet, value, id FROM {schema.table('value')} "  # noqa: S608 (our names)
            "WHERE facet NOT IN (%s, %s)",
            [WORD, TITLE_WORD],
        )
        ids = {(facet, value): number for facet, value, number in cursor.fetchall()}
        cursor.execute(f"SELECT word FROM {schema.table('word')}")  # noqa: S608 (our names)
        return Known(tables, ids, {word for (word,) in cursor.fetchall()})


def learn(known: Known, ids: dict[Value, int], pieces: Collection[set[str]]) -> None:
    """Remember these too, once the transaction commits."""
    if ids or any(pieces):
        transaction.on_commit(partial(known.add, ids, pieces))


# Another process may have made some of them since this one looked.
_MAKE = """
WITH wanted AS MATERIALIZED (
    SELECT w.facet, w.value, v.id
    FROM jsonb_to_recordset($1::jsonb) AS w(facet text, value text)
    LEFT JOIN {value} v ON v.facet = w.facet AND v.value = w.value
), made AS (
    INSERT INTO {value} (facet, value, documents)
    SELECT facet, value, 0 FROM wanted WHERE id IS NULL
    RETURNING facet, value, id
)
SELECT facet, value, id FROM wanted WHERE id IS NOT NULL UNION ALL SELECT * FROM made
"""


def ids_of(schema: Schema, values: Collection[Value]) -> dict[Value, int]:
    """The ids of values that this process does not know; values that nobody had get one."""
    if not values:
        return {}
    wanted = json.dumps([{"facet": facet, "value": value} for facet, value in values])
    rows = run_prepared(_MAKE.format(value=schema.table("value")), [wanted])
    return {(facet, value): number for facet, value, number in rows}


_MAKE_WORDS = f"""
INSERT INTO {{word}} (word, documents)
SELECT DISTINCT lexeme, 1
FROM jsonb_array_elements_text($1::jsonb) AS p(text), unnest(to_tsvector('simple', p.text))
WHERE length(lexeme) BETWEEN {SHORTEST} AND {LONGEST} AND lexeme !~ '[0-9]'
ON CONFLICT DO NOTHING
"""  # noqa: S608 (our numbers)


def make_words(schema: Schema, pieces: Collection[set[str]]) -> None:
    """Let spelling know the words of these pieces, each document's apart."""
    if any(pieces):
        texts = json.dumps([" ".join(some) for some in pieces if some])
        run_prepared(_MAKE_WORDS.format(word=schema.table("word")), [texts])
