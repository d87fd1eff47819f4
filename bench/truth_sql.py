"""The brute force for large sizes: plain SQL over the truth's tables, one statement a number."""

from collections.abc import Iterable
from typing import Any

from django.db import connection

from bench.truth import Item, Question, Truth, literal

RADIUS_MILES = 6_371_008.8 / 1_609.344


def answer(asked: Question, *, offset: int, size: int) -> Truth:
    """Total, groups, every count, and the page's ids where the order is not relevance."""
    clauses = _clauses(asked)
    _fill("bench_hit", clauses.values())
    total, groups = _row("SELECT count(*), count(DISTINCT org) FROM bench_hit")
    counts: dict[tuple[str, str], int] = {}
    plain = [facet for facet in asked.counted if facet not in clauses]
    counts.update(_counts("bench_hit", plain))
    for facet in asked.counted:
        if facet in clauses:
            _fill("bench_other", [sql for key, sql in clauses.items() if key != facet])
            counts.update(_counts("bench_other", [facet]))
    ids = None
    if asked.order != "relevance":
        order = "name_key"
        if asked.order == "confirmed":
            order = "confirmed DESC NULLS LAST, name_key"
        elif asked.order == "distance":
            order = f"{_miles(asked)} NULLS LAST, name_key"
        ids = [
            row[0]
            for row in _rows(
                f"SELECT d.id FROM bench_hit JOIN bench_doc d USING (id) "
                f"ORDER BY {order}, d.org, d.id OFFSET {offset} LIMIT {size}"
            )
        ]
    return Truth(total, groups, counts, ids)


def tiers(asked: Question, ids: list[int]) -> tuple[list[int], list[int]]:
    """How many listings found are of each kind, and the kind of each of ``ids``, -1 if not found.

    0: title or organisation is the query itself; 1: every word is in one of them; 2: some; 3: none.
    """
    words = [item.query for item in asked.items if not item.barred]
    every = " AND ".join(f"ts_filter(d.vector, '{{a}}') @@ {query}" for query in words) or "true"
    some = " OR ".join(f"ts_filter(d.vector, '{{a}}') @@ {query}" for query in words) or "true"
    text = literal(asked.text.lower())
    tier = (
        f"CASE WHEN {text} IN (lower(d.title), lower(d.name)) THEN 0 WHEN {every} THEN 1 "
        f"WHEN {some} THEN 2 ELSE 3 END"
    )
    found = dict(
        _rows(f"SELECT {tier}, count(*) FROM bench_hit JOIN bench_doc d USING (id) GROUP BY 1")
    )
    own = dict(
        _rows(
            f"SELECT d.id, {tier} FROM bench_hit JOIN bench_doc d USING (id) "
            f"WHERE d.id IN ({', '.join(map(str, ids)) or 'NULL'})"
        )
    )
    return [found.get(kind, 0) for kind in range(4)], [own.get(one, -1) for one in ids]


def _clauses(asked: Question) -> dict[str, str]:
    """SQL by key; a facet's key is its name."""
    clauses = {
        facet: _any((facet, value) for value in values) for facet, values in asked.choices.items()
    }
    if asked.notice is not None:
        clauses["#notice"] = f"d.notice <= {asked.notice}"
    if asked.capacity is not None:
        clauses["#capacity"] = f"d.capacity >= {asked.capacity}"
    if asked.within is not None:
        near = f"coalesce({_miles(asked)} <= {asked.within}, false)"
        clauses["#circle"] = f"({near} OR {_any(asked.or_values)})"
    for number, item in enumerate(asked.items):
        clauses[f"#text{number}"] = _item(item)
    return clauses


def _item(item: Item) -> str:
    if item.barred:
        return f"NOT d.vector @@ {item.query}"
    return f"(d.vector @@ {item.query} OR {_any(item.meanings)})"


def _any(values: Iterable[tuple[str, str]]) -> str:
    """True of listings with one of the values. All over Leeds means every ward."""
    pairs = list(values)
    if not pairs:
        return "false"
    listed = ", ".join(f"({literal(facet)}, {literal(value)})" for facet, value in pairs)
    leeds = " OR d.leeds" if any(facet == "delivers_to" for facet, _ in pairs) else ""
    return (
        f"(d.id IN (SELECT v.id FROM bench_value v WHERE (v.facet, v.value) IN ({listed})){leeds})"
    )


def _miles(asked: Question) -> str:
    """Haversine, in miles."""
    assert asked.centre is not None
    lat, lon = asked.centre.latitude, asked.centre.longitude
    return (
        f"({2 * RADIUS_MILES} * asin(least(1, sqrt(sin(radians(d.lat - {lat}) / 2) ^ 2 "
        f"+ cos(radians({lat})) * cos(radians(d.lat)) * sin(radians(d.lon - {lon}) / 2) ^ 2))))"
    )


def _fill(table: str, clauses: Iterable[str]) -> None:
    where = " AND ".join(clauses) or "true"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {table}")
        cursor.execute(
            f"CREATE TEMPORARY TABLE {table} AS SELECT d.id, d.org, d.leeds FROM bench_doc d "
            f"WHERE {where}"
        )
        cursor.execute(f"ANALYZE {table}")


def _counts(table: str, facets: list[str]) -> dict[tuple[str, str], int]:
    if not facets:
        return {}
    listed = ", ".join(map(literal, facets))
    counts = {
        (facet, value): count
        for facet, value, count in _rows(
            f"SELECT v.facet, v.value, count(*) FROM bench_value v JOIN {table} h USING (id) "
            f"WHERE v.facet IN ({listed}) GROUP BY 1, 2"
        )
    }
    if "delivers_to" in facets:
        (everywhere,) = _row(f"SELECT count(*) FROM {table} WHERE leeds")
        for (ward,) in _rows("SELECT code FROM places_ward"):
            key = ("delivers_to", ward)
            counts[key] = counts.get(key, 0) + everywhere
    return counts


def _rows(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _row(statement: str) -> tuple[Any, ...]:
    return _rows(statement)[0]
