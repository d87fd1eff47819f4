"""The second statement: which documents a search finds, and how many have each value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from psycopg import sql

from tslsv.search.bits import OrdinalSet, chunks_of
from tslsv.search.models import CHUNK_BITS
from tslsv.search.schema import EVERYTHING, GROUP_ENDS, Schema

Value = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Clause:
    """Documents with any of the values, or among the ordinals; with ``barred``, all others.

    Clauses with the same key are counted out of their own facet: the key of a facet's clause is
    the facet's name.
    """

    number: int
    key: str
    values: Sequence[Value] = ()
    ordinals: Sequence[int] | None = None
    barred: bool = False
    # For ranking: the clause is a word, and these values or ordinals say that a title has it.
    is_text: bool = False
    titles: Sequence[Value] = ()
    title_ordinals: Sequence[int] | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """The answer's documents as a set, and the counts of the facets asked for."""

    members: OrdinalSet
    total: int
    groups: int
    counts: Mapping[Value, int]
    generation: int
    # From this ordinal on, the documents of one group may stand apart.
    tail_from: int
    unfiltered: bool
    # How many documents the index has.
    everything: int
    # Documents whose name is the query, word for word.
    exact: OrdinalSet
    # Clause number to the documents whose title has the clause's word.
    titles: Mapping[int, OrdinalSet] = field(default_factory=dict)


# Group 0 holds every clause; each facet with a clause of its own is counted in a group of all
# the others, so that its values say what choosing them as well would give.
_COUNT = """
WITH piece AS MATERIALIZED (
    SELECT clause, chunk, bit_or(bits) AS bits
    FROM (
        SELECT c.clause, b.chunk, b.bits
        FROM unnest(%(clause)s::int[], %(facet)s::text[], %(value)s::text[])
            AS c(clause, facet, value)
        JOIN {value} v ON v.facet = c.facet AND v.value = c.value
        JOIN {bitmap} b ON b.value = v.id
        UNION ALL
        SELECT clause, chunk, bits::bit varying
        FROM unnest(%(own_clause)s::int[], %(own_chunk)s::int[], %(own_bits)s::text[])
            AS o(clause, chunk, bits)
    ) any_of
    GROUP BY clause, chunk
), barred AS MATERIALIZED (
    SELECT chunk, bit_or(bits) AS bits FROM piece
    WHERE clause = ANY(%(barred)s::int[]) GROUP BY chunk
), base AS MATERIALIZED (
    SELECT g.grp, p.chunk,
        bit_and(p.bits) & coalesce(~bit_or(x.bits), ~0::bit({size})) AS bits
    FROM unnest(%(grp)s::int[], %(grp_clause)s::int[], %(grp_size)s::int[])
        AS g(grp, clause, clauses)
    JOIN piece p ON p.clause = g.clause
    LEFT JOIN barred x ON x.chunk = p.chunk
    GROUP BY g.grp, p.chunk, g.clauses
    HAVING count(*) = g.clauses
)
SELECT 'count', facet, value, sum(bits)::int, NULL::bytea
FROM (
    SELECT v.facet, v.value, bit_count(b.bits & base.bits) AS bits
    FROM unnest(%(counted_grp)s::int[], %(counted)s::text[]) AS c(grp, facet)
    JOIN {value} v ON v.facet = c.facet
    JOIN {bitmap} b ON b.value = v.id
    JOIN base ON base.grp = c.grp AND base.chunk = b.chunk
    OFFSET 0
) one
GROUP BY facet, value
UNION ALL
SELECT 'member', NULL, NULL, chunk, varbit_send(bits) FROM base WHERE grp = 0
UNION ALL
SELECT 'title', c.clause::text, NULL, b.chunk, varbit_send(b.bits)
FROM unnest(%(title_clause)s::int[], %(title_facet)s::text[], %(title)s::text[])
    AS c(clause, facet, value)
JOIN {value} v ON v.facet = c.facet AND v.value = c.value
JOIN {bitmap} b ON b.value = v.id
"""

_STORED = """
SELECT 'count', v.facet, v.value, v.documents, NULL::bytea FROM {value} v
WHERE v.facet = ANY(%(stored)s::text[])
"""

_EVERYTHING = """
UNION ALL
SELECT 'member', NULL, NULL, b.chunk, varbit_send(b.bits) FROM {bitmap} b
WHERE b.value = (SELECT id FROM {value} WHERE facet = {f} AND value = {everything})
"""

_EXACT = """
UNION ALL
SELECT 'exact', NULL, NULL, ordinal, NULL FROM {row} WHERE {column} = %(exact)s
"""

_STATE = """
UNION ALL
SELECT 'end', NULL, NULL, b.chunk, varbit_send(b.bits) FROM {bitmap} b
WHERE b.value = (SELECT id FROM {value} WHERE facet = {f} AND value = {ends})
UNION ALL
SELECT 'state', next_ordinal::text, tail_from::text, generation, NULL
FROM search_state WHERE name = {name}
UNION ALL
SELECT 'everything', NULL, NULL, documents, NULL FROM {value}
WHERE facet = {f} AND value = {everything}
"""


def count(
    schema: Schema, clauses: Sequence[Clause], counted: Sequence[str], exact: str = ""
) -> Tally:
    """Find the documents of the clauses, and count the values of the facets ``counted``.

    ``exact`` is the query, folded, when names equal to it are to be known for ranking.
    """
    names: dict[str, sql.Composable] = {
        "value": sql.Identifier(schema.table("value")),
        "bitmap": sql.Identifier(schema.table("bitmap")),
        "size": sql.SQL(str(CHUNK_BITS)),
        "f": sql.Literal(EVERYTHING[0]),
        "everything": sql.Literal(EVERYTHING[1]),
        "ends": sql.Literal(GROUP_ENDS[1]),
        "name": sql.Literal(schema.name),
        "row": sql.Identifier(schema.table("row")),
    }
    parameters = _parameters(clauses, counted) | {"exact": exact}
    body = _COUNT + " UNION ALL " + _STORED if clauses else _STORED + _EVERYTHING
    statement = sql.SQL(body + _STATE).format(**names)
    if exact:
        for column in schema.exact_columns:
            statement += sql.SQL(_EXACT).format(column=sql.Identifier(column), **names)
    answer = _Answer()
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        for row in cursor.fetchall():
            answer.add(*row)
    return answer.tally(clauses)


class _Answer:
    """Collects the rows of the counting statement."""

    def __init__(self) -> None:
        self.counts: dict[Value, int] = {}
        self.members: dict[int, bytes] = {}
        self.ends: dict[int, bytes] = {}
        self.titles: dict[int, dict[int, bytes]] = {}
        self.exact: list[int] = []
        self.generation = self.next_ordinal = self.tail_from = self.everything = 0

    def add(self, kind: str, one: Any, two: Any, number: int, data: Any) -> None:
        """Take in one row; what its columns mean depends on its kind."""
        # varbit_send puts the length in four bytes before the bits.
        match kind:
            case "count":
                self.counts[one, two] = number
            case "member":
                self.members[number] = bytes(data[4:])
            case "end":
                self.ends[number] = bytes(data[4:])
            case "title":
                self.titles.setdefault(int(one), {})[number] = bytes(data[4:])
            case "exact":
                self.exact.append(number)
            case "everything":
                self.everything = number
            case "state":
                self.generation, self.next_ordinal, self.tail_from = number, int(one), int(two)

    def tally(self, clauses: Sequence[Clause]) -> Tally:
        """Everything together."""
        chunks = -(-self.next_ordinal // CHUNK_BITS)
        size = chunks * CHUNK_BITS
        members = OrdinalSet.from_chunks(self.members, chunks)
        titles = {i: OrdinalSet.from_chunks(bits, chunks) for i, bits in self.titles.items()}
        for clause in clauses:
            if clause.is_text and clause.title_ordinals is not None:
                known = [ordinal for ordinal in clause.title_ordinals if ordinal < size]
                titles[clause.number] = OrdinalSet.from_ordinals(known, chunks)
        return Tally(
            members=members,
            total=len(members),
            groups=members.below(self.tail_from).groups(OrdinalSet.from_chunks(self.ends, chunks)),
            counts=self.counts,
            generation=self.generation,
            tail_from=self.tail_from,
            unfiltered=not clauses,
            everything=self.everything,
            exact=OrdinalSet.from_ordinals([o for o in self.exact if o < size], chunks),
            titles=titles,
        )


def _parameters(clauses: Sequence[Clause], counted: Sequence[str]) -> dict[str, Any]:
    chosen = [(c.number, facet, value) for c in clauses for facet, value in c.values]
    own = [
        (clause.number, chunk, "x" + bits.hex())
        for clause in clauses
        if clause.ordinals
        for chunk, bits in chunks_of(clause.ordinals).items()
    ]
    positive = [clause for clause in clauses if not clause.barred]
    groups = {0: positive}
    group_of: dict[str, int] = {}
    stored: list[str] = []
    for facet in counted:
        others = [clause for clause in positive if clause.key != facet]
        if len(others) == len(positive):
            group_of[facet] = 0
        elif others:
            group_of[facet] = len(groups)
            groups[group_of[facet]] = others
        else:
            stored.append(facet)
    if not clauses:
        group_of, stored = {}, list(counted)
    pairs = [
        (number, clause.number, len(members))
        for number, members in groups.items()
        for clause in members
    ]
    titles = [(c.number, facet, value) for c in clauses for facet, value in c.titles]
    return {
        "clause": [row[0] for row in chosen],
        "facet": [row[1] for row in chosen],
        "value": [row[2] for row in chosen],
        "own_clause": [row[0] for row in own],
        "own_chunk": [row[1] for row in own],
        "own_bits": [row[2] for row in own],
        "barred": [clause.number for clause in clauses if clause.barred],
        "grp": [row[0] for row in pairs],
        "grp_clause": [row[1] for row in pairs],
        "grp_size": [row[2] for row in pairs],
        "counted_grp": list(group_of.values()),
        "counted": list(group_of),
        "title_clause": [row[0] for row in titles],
        "title_facet": [row[1] for row in titles],
        "title": [row[2] for row in titles],
        "stored": stored,
    }
