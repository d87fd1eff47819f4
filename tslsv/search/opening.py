"""The first statement: everything a search needs that no bitmap holds."""

import sys
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from psycopg import sql

from tslsv.search.schema import TEXT_CONFIGURATION, WORD, Position, Schema, chord_of
from tslsv.search.words import Words

Value = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Circle:
    """At most ``miles`` from ``centre``, or having one of ``or_values``."""

    centre: Position
    miles: float
    or_values: Sequence[Value] = ()


@dataclass(frozen=True, slots=True)
class FoundWord:
    """One item of the query: its lexemes, and where it occurs unless a bitmap says so."""

    text: str
    barred: bool
    phrase: bool
    lexemes: list[str]
    frequent: bool
    ordinals: list[int] | None
    # Those of the ordinals whose title has it.
    titles: list[int] | None


@dataclass(slots=True)
class Opening:
    """What ``open_search`` found out. ``generation`` is None when there was nothing to ask."""

    generation: int | None = None
    words: list[FoundWord] = field(default_factory=list)
    # (lexemes of the synonym, the values it means)
    synonyms: list[tuple[frozenset[str], Value]] = field(default_factory=list)
    # Range name to the step that surely holds, and the ordinals between it and the number.
    numbers: dict[str, tuple[str | None, Sequence[int]]] = field(default_factory=dict)
    circle: Sequence[int] = ()

    def synonyms_of(self, word: FoundWord) -> list[Value]:
        """The values that stand for this word: those of every synonym it is part of."""
        if word.phrase:
            return []  # Quotes ask for these very words.
        lexemes = set(word.lexemes)
        return [value for meaning, value in self.synonyms if meaning & lexemes]

    @property
    def unknown_words(self) -> list[str]:
        """Words to find that occur nowhere and mean nothing: typing slips, most likely."""
        return [
            word.text
            for word in self.words
            if word.lexemes
            and not word.barred
            and not word.frequent
            and not word.ordinals
            and " " not in word.text
            and not self.synonyms_of(word)
        ]


# There may be as many as documents: as bytes they are sent and read in half the time.
_SENT = sql.SQL("string_agg(int4send(ordinal), ''::bytea)")


def _received(sent: bytes | None) -> Sequence[int]:
    """The ordinals that ``_SENT`` packed: four bytes each, the highest of them first."""
    ordinals = array("i", sent or b"")
    if sys.byteorder == "little":
        ordinals.byteswap()
    return ordinals


def open_search(
    schema: Schema, words: Words, numbers: Mapping[str, int], circle: Circle | None
) -> Opening:
    """Look up words, numbers between steps and the circle, in one statement or in none."""
    opening = Opening()
    rests: list[tuple[str, int, int]] = []
    for name, wanted in numbers.items():
        step, rest = schema.ranges[name].split(wanted)
        opening.numbers[name] = (step, [])
        if rest is not None:
            rests.append((name, *rest))
    if not words and not rests and circle is None:
        return opening
    parts: list[sql.Composable] = [
        sql.SQL(
            "SELECT 'state', 0, NULL::text[], NULL::text, NULL::text, false, NULL::int[], "
            "NULL::bytea, (SELECT generation FROM search_state WHERE name = {name})"
        ).format(name=sql.Literal(schema.name))
    ]
    prefix: sql.Composable = sql.SQL("")
    if words:
        prefix = _word_table(schema, words)
        parts.append(
            sql.SQL(
                """
                SELECT 'word', i, lexemes, NULL, NULL, frequent,
                    CASE WHEN NOT frequent AND (whole OR cardinality(lexemes) > 0) THEN
                        ARRAY(SELECT CASE WHEN ts_filter(t.vector, '{{a}}') @@ known.query
                                     THEN -1 - t.ordinal ELSE t.ordinal END
                              FROM {text} t WHERE t.vector @@ known.query)
                    END, NULL, NULL
                FROM known
                """
            ).format(text=sql.Identifier(schema.table("text")))
        )
        if schema.synonyms:
            parts.append(
                sql.SQL(
                    """
                    SELECT 'synonym', 0, tsvector_to_array(s.vector), s.facet, s.value, false,
                        NULL, NULL, NULL
                    FROM ({synonyms}) s (vector, facet, value)
                    WHERE s.vector <> '' AND tsvector_to_array(s.vector)
                        <@ ARRAY(SELECT unnest(lexemes) FROM known
                                 WHERE NOT whole AND NOT barred AND NOT phrase)
                    """
                ).format(synonyms=sql.SQL(schema.synonyms))
            )
    for name, low, high in rests:
        parts.append(
            sql.SQL(
                "SELECT 'number', 0, NULL, {name}, NULL, false, NULL, (SELECT {sent} FROM {card} "
                "WHERE {column} BETWEEN {low} AND {high}), NULL"
            ).format(
                sent=_SENT,
                name=sql.Literal(name),
                card=sql.Identifier(schema.table("card")),
                column=sql.Identifier(schema.ranges[name].column),
                low=sql.Literal(low),
                high=sql.Literal(high),
            )
        )
    if circle is not None:
        parts.append(
            sql.SQL(
                "SELECT 'circle', 0, NULL, NULL, NULL, false, NULL, "
                "(SELECT {sent} FROM {row} WHERE {within}), NULL"
            ).format(
                sent=_SENT,
                row=sql.Identifier(schema.table("row")),
                within=within_sql(circle.centre, chord_of(circle.miles)),
            )
        )
    with connection.cursor() as cursor:
        cursor.execute(prefix + sql.SQL(" UNION ALL ").join(parts))
        found = cursor.fetchall()
    _fill(opening, words, found)
    return opening


def within_sql(centre: Position, chord: float) -> sql.Composed:
    """SQL that is true of rows at most ``chord`` metres, straight through the earth, from here."""
    # A hair's breadth more, so that "2 miles" holds a point that is 2 miles away to the last bit.
    reach = chord + 1e-6
    return sql.SQL(
        "y BETWEEN {y0} AND {y1} AND z BETWEEN {z0} AND {z1} AND {square} <= {reach}"
    ).format(
        y0=sql.Literal(centre.y - reach),
        z0=sql.Literal(centre.z - reach),
        y1=sql.Literal(centre.y + reach),
        z1=sql.Literal(centre.z + reach),
        square=square_sql(centre),
        reach=sql.Literal(reach * reach),
    )


def square_sql(centre: Position) -> sql.Composed:
    """SQL for the square of the chord between a row and ``centre``, in square metres.

    Multiplied out, as PostgreSQL's power takes as long as all the rest.
    """
    return sql.SQL(
        "((x - {x}) * (x - {x}) + (y - {y}) * (y - {y}) + (z - {z}) * (z - {z}))"
    ).format(x=sql.Literal(centre.x), y=sql.Literal(centre.y), z=sql.Literal(centre.z))


def _word_table(schema: Schema, words: Words) -> sql.Composed:
    texts = [item.text for item in words.items] or [words.whole]
    return sql.SQL(
        """
        WITH word AS MATERIALIZED (
            SELECT i, {whole} AS whole, phrase, barred,
                CASE WHEN {whole} THEN websearch_to_tsquery({config}, word)
                     WHEN phrase THEN phraseto_tsquery({config}, word)
                     ELSE plainto_tsquery({config}, word) END AS query,
                CASE WHEN {whole} THEN ARRAY[word]
                     ELSE tsvector_to_array(to_tsvector({config}, word)) END AS lexemes
            FROM unnest({texts}::text[], {phrases}::boolean[], {barred}::boolean[])
                WITH ORDINALITY AS u(word, phrase, barred, i)
        ), known AS MATERIALIZED (
            SELECT w.i::int, w.whole, w.barred, w.phrase, w.query, w.lexemes,
                v.id IS NOT NULL AS frequent
            FROM word w LEFT JOIN {value} v
              ON v.facet = {facet} AND NOT w.phrase AND NOT w.whole
             AND cardinality(w.lexemes) = 1 AND v.value = w.lexemes[1]
        )
        """
    ).format(
        whole=sql.Literal(not words.items),
        config=sql.Literal(TEXT_CONFIGURATION),
        texts=sql.Literal(texts),
        phrases=sql.Literal([item.phrase for item in words.items] or [False]),
        barred=sql.Literal([item.barred for item in words.items] or [False]),
        value=sql.Identifier(schema.table("value")),
        facet=sql.Literal(WORD),
    )


def _fill(opening: Opening, words: Words, rows: list[tuple[Any, ...]]) -> None:
    found: dict[int, FoundWord] = {}
    for kind, i, lexemes, facet, value, frequent, ordinals, sent, generation in rows:
        match kind:
            case "state":
                opening.generation = generation or 0
            case "word":
                item = words.items[i - 1] if words.items else None
                # A title's match comes as a negative number, so that one array tells both.
                titles = None if ordinals is None else [-1 - n for n in ordinals if n < 0]
                found[i] = FoundWord(
                    text=item.text if item else words.whole,
                    barred=item.barred if item else False,
                    phrase=item.phrase if item else False,
                    lexemes=lexemes,
                    frequent=bool(frequent),
                    ordinals=None if titles is None else titles + [n for n in ordinals if n >= 0],
                    titles=titles,
                )
            case "synonym":
                opening.synonyms.append((frozenset(lexemes), (facet, value)))
            case "number":
                step, _ = opening.numbers[facet]
                opening.numbers[facet] = (step, _received(sent))
            case "circle":
                opening.circle = _received(sent)
    opening.words = [found[i] for i in sorted(found)]
