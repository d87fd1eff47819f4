"""What a word that occurs nowhere was probably meant to be."""

from difflib import SequenceMatcher

from django.db import connection
from psycopg import sql

from tslsv.search.schema import Schema

CANDIDATES = 12
CLOSE_ENOUGH = 0.7


def correct(schema: Schema, unknown: list[str]) -> dict[str, str]:
    """The likeliest known word for each unknown one, where there is a likely one.

    Trigrams find candidates fast; the order of letters (and, between equals, how common the word
    is) decides among them.
    """
    wanted = [word for word in dict.fromkeys(unknown) if 3 <= len(word) <= 60]
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(
                """
                SELECT u.typed, k.word, k.documents
                FROM unnest(%s::text[]) AS u(typed)
                CROSS JOIN LATERAL (
                    SELECT w.word, w.documents FROM {} w
                    WHERE w.word %% lower(u.typed)
                    ORDER BY similarity(w.word, lower(u.typed)) DESC, w.documents DESC, w.word
                    LIMIT %s
                ) k
                """
            ).format(sql.Identifier(schema.table("word"))),
            [wanted, CANDIDATES],
        )
        candidates: dict[str, list[tuple[float, int, str]]] = {}
        for typed, word, documents in cursor.fetchall():
            likeness = SequenceMatcher(None, typed.lower(), word).ratio()
            candidates.setdefault(typed, []).append((round(likeness, 2), documents, word))
    best = {typed: max(found) for typed, found in candidates.items()}
    return {typed: word for typed, (likeness, _, word) in best.items() if likeness >= CLOSE_ENOUGH}
