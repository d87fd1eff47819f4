"""The same rows in SQLite, with full-text search, for Datasette to serve with the same facets."""

import json
import sqlite3
from collections import defaultdict
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.db import connection

from bench.queries import Query
from bench.truth_sql import RADIUS_MILES
from providers.filters import ListingFilter

SINGLE = ("ward", "sector", "legal_form", "price", "origin")
CLAIMS = ("ethos", "edi_led", "edi_serves", "accreditation")
LISTS = ("category", "access", "pay", "delivers_to", *CLAIMS)
CHECKED = tuple(f"{facet}_checked" for facet in CLAIMS)


def export(path: Path) -> None:
    """Write what the truth's tables hold."""
    values: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    with connection.cursor() as cursor:
        cursor.execute("SELECT code FROM places_ward ORDER BY code")
        wards = [code for (code,) in cursor.fetchall()]
        cursor.execute("SELECT id, facet, value FROM bench_value")
        for listing, facet, value in cursor.fetchall():
            values[listing][facet.replace("@", "_")].append(value)
        cursor.execute(
            "SELECT d.id, d.title, d.name, l.summary, l.description, d.name_key, d.confirmed::text,"
            " d.notice, d.capacity, d.lat, d.lon, d.leeds "
            "FROM bench_doc d JOIN providers_listing l ON l.id = d.id ORDER BY d.id"
        )
        rows = cursor.fetchall()
    plain = ("id", "title", "organisation", "summary", "description", "name_key", "confirmed",
             "notice", "capacity", "lat", "lon")  # fmt: skip
    columns = (*plain, *SINGLE, *LISTS, *CHECKED)
    with sqlite3.connect(path) as database:
        database.execute(f"CREATE TABLE listings ({', '.join(columns)}, PRIMARY KEY (id))")
        database.executemany(
            f"INSERT INTO listings VALUES ({', '.join('?' * len(columns))})",
            (_row(row, values[row[0]], wards) for row in rows),
        )
        for column in ("name_key", "confirmed", "notice", "capacity", *SINGLE):
            database.execute(f"CREATE INDEX by_{column} ON listings ({column})")
        database.execute(
            "CREATE VIRTUAL TABLE listings_fts USING fts5 (title, organisation, summary, "
            "description, category, content=listings, content_rowid=id, "
            "tokenize='porter unicode61')"
        )
        database.execute("INSERT INTO listings_fts (listings_fts) VALUES ('rebuild')")
        database.execute("ANALYZE")


def _row(row: tuple[Any, ...], values: dict[str, list[str]], wards: list[str]) -> list[Any]:
    single = [next(iter(values[facet]), None) for facet in SINGLE]
    if row[-1]:
        values["delivers_to"] = wards
    return [*row[:-1], *single, *(json.dumps(values[facet]) for facet in (*LISTS, *CHECKED))]


def address(query: Query) -> str:
    """The same search, page and facets. Synonyms and spelling are beyond it and are left out."""
    wanted = query.parameters
    checked = "checked" in wanted
    parameters: list[tuple[str, str]] = [("_size", "20")]
    for facet in ListingFilter.FACETS:
        column = f"{facet}_checked" if checked and facet in CLAIMS else facet
        parameters.append(("_facet_array" if facet in LISTS else "_facet", column))
        if values := query.values(facet):
            listed = ", ".join(f"'{value}'" for value in values)
            among = f"{column} IN ({listed})"
            if facet in LISTS:
                among = f"EXISTS (SELECT 1 FROM json_each({column}) j WHERE j.value IN ({listed}))"
            parameters.append(("_where", among))
    for words in query.values("q"):
        parameters += [("_search", _words(words)), ("_searchmode", "raw")]
    for days in query.values("notice"):
        parameters.append(("notice__lte", days))
    for people in query.values("capacity"):
        parameters.append(("capacity__gte", people))
    if within := query.values("within"):
        parameters.append(("_where", _circle(query, float(within[0]))))
    order = "".join(query.values("sort"))
    if order == "confirmed":
        parameters.append(("_sort_desc", "confirmed"))
    elif not query.values("q"):
        parameters.append(("_sort", "name_key"))
    return f"/listings/listings?{urlencode(parameters)}"


def _words(text: str) -> str:
    """As FTS5 writes it."""
    text = text.replace(" or ", " OR ").replace("'", " ").replace("&", " ")
    return text.replace(" -", " NOT ")


def _circle(query: Query, miles: float) -> str:
    """Within so many miles, on a plane that touches Leeds; SQLite has no sines."""
    place = query.asked().place
    assert place is not None
    degree = RADIUS_MILES * 3.141592653589793 / 180
    return (
        f"((lat - {place.point.latitude}) * {degree}) * ((lat - {place.point.latitude}) * {degree})"
        f" + ((lon - {place.point.longitude}) * {degree * 0.59})"
        f" * ((lon - {place.point.longitude}) * {degree * 0.59}) <= {miles * miles}"
    )
