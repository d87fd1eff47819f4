"""What is true, worked out from the listings' own tables with nothing of the search engine.

``Tables`` derives, in plain SQL, what each findable listing is found by. On top of it stand two
brute forces: ``bench.truth_python`` goes through every row, ``bench.truth_sql`` asks plain SQL.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import connection
from django.utils import timezone

from places.distance import Point
from providers.filters import ListingFilter
from providers.search import ListingSearch

CLAIMS = ("ethos", "edi_led", "edi_serves", "accreditation")
CONFIGURATION = "search_english"

_TABLES = """
DROP TABLE IF EXISTS bench_value, bench_doc, bench_claim;

CREATE UNLOGGED TABLE bench_claim AS
SELECT c.organisation_id AS org, t.facet, t.code, c.level, t.position,
    CASE t.facet WHEN 'edi_led' THEN 'Led by ' WHEN 'edi_serves' THEN 'Serves ' ELSE '' END
    || CASE WHEN t.facet NOT IN ('edi_led', 'edi_serves')
                OR substr(t.label, 2, 1) <> lower(substr(t.label, 2, 1)) THEN t.label
            ELSE lower(substr(t.label, 1, 1)) || substr(t.label, 2) END AS label
FROM providers_claim c JOIN providers_term t ON t.id = c.term_id
WHERE c.withdrawn_at IS NULL AND (c.valid_to IS NULL OR c.valid_to >= %(today)s);
CREATE INDEX ON bench_claim (org);

CREATE UNLOGGED TABLE bench_doc AS
SELECT l.id, o.id AS org, l.title, o.name, l.delivery = 'leeds' AS leeds,
    regexp_replace(lower(regexp_replace(normalize(l.title || ' ' || o.name, NFKD),
        '[\\u0300-\\u036f]', '', 'g')), '\\s+', ' ', 'g') AS name_key,
    CASE WHEN l.origin <> 'register'
        THEN (l.confirmed_at AT TIME ZONE 'Europe/London')::date END AS confirmed,
    l.notice_days AS notice, l.capacity, o.public_latitude AS lat, o.public_longitude AS lon,
    setweight(to_tsvector('search_english', l.title || ' ' || o.name), 'A')
    || setweight(to_tsvector('search_english', concat_ws(' ',
        (SELECT string_agg(concat_ws(' ', t.label, p.label), ' ' ORDER BY t.position)
         FROM providers_listing_categories lc JOIN providers_term t ON t.id = lc.term_id
         LEFT JOIN providers_term p ON p.id = t.parent_id WHERE lc.listing_id = l.id),
        (SELECT string_agg(t.label, ' ' ORDER BY t.position)
         FROM providers_listing_access_features la JOIN providers_term t ON t.id = la.term_id
         WHERE la.listing_id = l.id),
        (SELECT string_agg(c.label, ' ' ORDER BY c.facet, c.position, c.label)
         FROM bench_claim c WHERE c.org = o.id))), 'B')
    || setweight(to_tsvector('search_english', l.summary || ' ' || o.summary), 'C')
    || setweight(to_tsvector('search_english', l.description), 'D') AS vector
FROM providers_listing l JOIN accounts_organisation o ON o.id = l.organisation_id
WHERE l.state = 'published' AND (l.origin = 'register'
    OR (l.confirmed_at AT TIME ZONE 'Europe/London')::date
        >= (%(today)s::date - interval '12 months')::date);
ALTER TABLE bench_doc ADD PRIMARY KEY (id);
CREATE INDEX ON bench_doc USING gin (vector);

CREATE UNLOGGED TABLE bench_value AS
SELECT d.id, v.facet, v.value
FROM bench_doc d
JOIN providers_listing l ON l.id = d.id
JOIN accounts_organisation o ON o.id = d.org
CROSS JOIN LATERAL (
    SELECT 'category' AS facet, t.code AS value
    FROM providers_listing_categories lc
    JOIN providers_term own ON own.id = lc.term_id
    JOIN providers_term t ON t.id IN (own.id, own.parent_id)
    WHERE lc.listing_id = l.id
    UNION SELECT 'access', t.code
    FROM providers_listing_access_features la JOIN providers_term t ON t.id = la.term_id
    WHERE la.listing_id = l.id
    UNION SELECT c.facet, c.code FROM bench_claim c WHERE c.org = d.org
    UNION SELECT c.facet || '@checked', c.code FROM bench_claim c
    WHERE c.org = d.org AND c.level = 'checked'
    UNION SELECT 'delivers_to', w.ward_id FROM providers_listing_delivery_wards w
    WHERE w.listing_id = l.id AND l.delivery = 'wards'
    UNION SELECT 'ward', o.ward_id WHERE o.ward_id IS NOT NULL
    UNION SELECT 'sector', o.sector WHERE o.sector <> ''
    UNION SELECT 'legal_form', o.legal_form WHERE o.legal_form <> ''
    UNION SELECT 'origin', l.origin
    UNION SELECT 'pay', p FROM unnest(l.payment) p
    -- A register entry that asks for nothing has no price: its register does not know one.
    UNION SELECT 'price', CASE WHEN l.pricing <> 'priced' THEN l.pricing
        WHEN l.price_from < b.low THEN 'low' WHEN l.price_from < b.medium THEN 'medium'
        ELSE 'high' END
    FROM (VALUES ('', 0, 0), ('head', 8, 15), ('hour', 20, 45), ('session', 80, 200),
          ('day', 150, 350), ('item', 10, 40), ('job', 100, 400)) b (unit, low, medium)
    WHERE b.unit = l.price_unit AND NOT (l.origin = 'register' AND l.pricing = 'ask')
) v;
CREATE INDEX ON bench_value (id, facet);
CREATE INDEX ON bench_value (facet, value);
VACUUM ANALYZE bench_doc;
VACUUM ANALYZE bench_value;
"""


def make_tables() -> None:
    """Derive the truth of today anew."""
    today = f"'{timezone.localdate()}'"
    with connection.cursor() as cursor:
        for statement in _TABLES.replace("%(today)s", today).split(";\n"):
            if statement.strip():
                cursor.execute(statement)


@dataclass(frozen=True, slots=True)
class Item:
    """A word or phrase of a query, the listings that hold it, and what it also means."""

    text: str
    barred: bool
    # SQL of the tsquery.
    query: str
    # (facet, value) of the synonyms that it is part of.
    meanings: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A search in the terms of the brute forces. Clauses of one key are left out together."""

    choices: dict[str, list[str]]
    items: list[Item]
    notice: int | None
    capacity: int | None
    centre: Point | None
    within: float | None
    or_values: Sequence[tuple[str, str]]
    counted: list[str]
    order: str
    text: str


@dataclass(slots=True)
class Truth:
    """The answer. ``ids`` are one page's in order, or None by relevance, where tiers decide."""

    total: int
    groups: int
    counts: dict[tuple[str, str], int]
    ids: list[int] | None
    matching: set[int] = field(default_factory=set)


def question(asked: ListingSearch, text: str) -> Question:
    """``text`` is the query with any correction made."""
    wanted = asked.wanted
    checked = bool(wanted.get("checked"))

    def searched(facet: str) -> str:
        return f"{facet}@checked" if checked and facet in CLAIMS else facet

    circle = asked.search.circle
    return Question(
        choices={searched(f): list(wanted[f]) for f in ListingFilter.FACETS if wanted[f]},
        items=_items(text),
        notice=wanted.get("notice"),
        capacity=wanted.get("capacity"),
        centre=asked.place.point if asked.place else None,
        within=float(wanted["within"]) if circle else None,
        or_values=circle.or_values if circle else (),
        counted=[searched(facet) for facet in ListingFilter.FACETS],
        order=asked.order,
        text=text,
    )


def literal(text: str) -> str:
    """Text as SQL."""
    return "'" + text.replace("'", "''") + "'"


def _items(text: str) -> list[Item]:
    """The words of a query: each has to be found, or any of its synonyms' values."""
    if re.search(r"\s(or|OR)\s", text):
        return [Item(text, False, f"websearch_to_tsquery('{CONFIGURATION}', {literal(text)})")]
    parts: list[tuple[str, bool, bool]] = []
    for minus, quoted, word in re.findall(r'(-?)"([^"]+)"|(\S+)', text):
        if quoted:
            parts.append((quoted, True, minus == "-"))
        elif stripped := word.strip("-.,;:!?()'\""):
            parts.append((stripped, False, word.startswith("-")))
    lexemes = [_lexemes(part) for part, _, _ in parts]
    # Quotes ask for the very words, and barred words are not asked for: neither means more.
    plain = [
        own
        for (_, quoted, barred), own in zip(parts, lexemes, strict=True)
        if not quoted and not barred
    ]
    known = set().union(*plain) if plain else set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.words, t.facet, t.code FROM providers_synonym s "
            "JOIN providers_synonym_terms st ON st.synonym_id = s.id "
            "JOIN providers_term t ON t.id = st.term_id WHERE t.active"
        )
        rows = cursor.fetchall()
    by_words = {words: _lexemes(words) for words in {row[0] for row in rows} if known}
    meanings = [
        (by_words[words], (facet, code))
        for words, facet, code in rows
        if known and by_words[words] and by_words[words] <= known
    ]
    return [
        Item(
            part,
            barred,
            f"{'phraseto' if quoted else 'plainto'}_tsquery('{CONFIGURATION}', {literal(part)})",
            [] if barred or quoted else sorted({v for words, v in meanings if words & own}),
        )
        for (part, quoted, barred), own in zip(parts, lexemes, strict=True)
        if own
    ]


_LEXEMES: dict[str, frozenset[str]] = {}


def _lexemes(text: str) -> frozenset[str]:
    if text not in _LEXEMES:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT tsvector_to_array(to_tsvector(%s::regconfig, %s))", [CONFIGURATION, text]
            )
            _LEXEMES[text] = frozenset(cursor.fetchone()[0])
    return _LEXEMES[text]
