"""One search: which documents, how many with each value, and one page of them.

A search is a list of clauses. Inside a clause any one of its values is enough (OR); every clause
must hold (AND). Words, distance and number ranges become clauses like any facet, so that counting
is always the same AND of bitmaps. Three statements do it: ``opening`` looks up what has no bitmap
(rare words, circles, numbers between two steps), ``counting`` counts, ``paging`` reads one page.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tslsv.search.counting import Clause, Tally, count
from tslsv.search.opening import Circle, Opening, open_search
from tslsv.search.paging import RELEVANCE, Hit, read_ids, read_page
from tslsv.search.schema import EVERYTHING, TITLE_WORD, WORD, Position, Schema
from tslsv.search.spelling import correct
from tslsv.search.words import Words, fold, parse

TRIES = 3


@dataclass(frozen=True, slots=True)
class Search:
    """What is asked for."""

    text: str = ""
    # Facet to chosen values: any of them will do.
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)
    # Name of a declared range to the number wanted.
    numbers: Mapping[str, int] = field(default_factory=dict)
    circle: Circle | None = None
    # Facets whose values are to be counted.
    counted: Sequence[str] = ()
    # "relevance", "distance" or a declared order.
    order: str = ""
    # Where distances are measured from.
    origin: Position | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The answer: all its documents counted, one page of them read."""

    total: int
    groups: int
    # (facet, value) to documents; values that nothing found has may be missing.
    counts: Mapping[tuple[str, str], int]
    hits: Sequence[Hit]
    # Words that occur nowhere, with what was searched for instead.
    corrections: Mapping[str, str]
    clauses: Sequence[Clause]


def find(schema: Schema, search: Search, *, page: int, size: int) -> Found:
    """Run a search and read its page ``page`` (from 1); past the end there are no hits.

    Starts over when a rebuild switches the tables between two of its statements.
    """
    for _ in range(TRIES):
        found = _find(schema, search, page, size)
        if found is not None:
            return found
    raise RuntimeError(f"The index {schema.name} was switched {TRIES} times during one search.")


def without_each(schema: Schema, found: Found) -> dict[str, int]:
    """For each clause's key, how many documents there would be without it."""
    keys = sorted({clause.key for clause in found.clauses if clause.key})
    return {
        key: count(
            schema, [clause for clause in found.clauses if clause.key != key], counted=()
        ).total
        for key in keys
    }


def find_ids(schema: Schema, search: Search) -> list[int]:
    """The objects of everything that the search finds, without cards or counts, in no order."""
    for _ in range(TRIES):
        counted = _count(schema, search, ())
        ids = read_ids(schema, counted.tally) if counted else None
        if ids is not None:
            return ids
    raise RuntimeError(f"The index {schema.name} was switched {TRIES} times during one search.")


@dataclass(frozen=True, slots=True)
class _Counted:
    """What is known of a search before a page of it is read."""

    words: Words
    corrections: Mapping[str, str]
    clauses: Sequence[Clause]
    tally: Tally


def _count(schema: Schema, search: Search, facets: Sequence[str]) -> _Counted | None:
    """None when the index was switched meanwhile."""
    words = parse(search.text)
    opening = open_search(schema, words, search.numbers, search.circle)
    corrections: dict[str, str] = {}
    if opening.unknown_words:
        corrections = correct(schema, opening.unknown_words)
        if corrections:
            words = words.replaced(corrections)
            opening = open_search(schema, words, search.numbers, search.circle)
    clauses = _clauses(schema, search, opening)
    exact = fold(search.text) if search.order == RELEVANCE else ""
    tally = count(schema, clauses, facets, exact)
    if opening.generation is not None and tally.generation != opening.generation:
        return None
    return _Counted(words, corrections, tuple(clauses), tally)


def _find(schema: Schema, search: Search, page: int, size: int) -> Found | None:
    counted = _count(schema, search, search.counted)
    if counted is None:
        return None
    tally = counted.tally
    read = read_page(
        schema,
        tally,
        order=search.order,
        origin=search.origin,
        words=counted.words,
        offset=(page - 1) * size,
        size=size,
    )
    if read is None:
        return None
    return Found(
        tally.total, read.groups, tally.counts, read.hits, counted.corrections, counted.clauses
    )


def _clauses(schema: Schema, search: Search, opening: Opening) -> list[Clause]:
    clauses: list[Clause] = []

    def add(key: str, **kwargs: Any) -> None:
        clauses.append(Clause(number=len(clauses), key=key, **kwargs))

    for facet, values in search.choices.items():
        if values:
            add(facet, values=[(facet, value) for value in dict.fromkeys(values)])
    for name in search.numbers:
        step, ordinals = opening.numbers[name]
        facet = schema.ranges[name].facet
        add(
            name,
            values=[(facet, step)] if step is not None else (),
            ordinals=ordinals,
        )
    if search.circle is not None:
        add("circle", values=list(search.circle.or_values), ordinals=opening.circle)
    for word in opening.words:
        if not word.lexemes:
            continue  # A word such as "the" says nothing.
        known = [(WORD, word.lexemes[0])] if word.frequent else []
        titles = [(TITLE_WORD, word.lexemes[0])] if word.frequent else []
        add(
            "text",
            values=known + ([] if word.barred else opening.synonyms_of(word)),
            ordinals=word.ordinals,
            barred=word.barred,
            is_text=not word.barred,
            titles=titles,
            title_ordinals=word.titles,
        )
    if any(clause.barred for clause in clauses):
        # Something to leave them out of, whatever else a count leaves aside.
        add("", values=[EVERYTHING])
    return clauses
