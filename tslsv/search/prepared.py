"""Statements that PostgreSQL plans once for each connection.

Planning a statement of the index's upkeep takes longer than running it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

from django.db import connection
from psycopg import Cursor


class _PreparingCursor(Cursor[tuple[Any, ...]]):
    """Prepares at once. Left to count, psycopg forgets a statement that a hundred others follow,
    as they do between two saves on a busy site."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Self:
        return super().execute(query, params, prepare=True, **options)


def run_prepared(
    statement: str, parameters: Sequence[str] | Mapping[str, str]
) -> list[tuple[Any, ...]]:
    """Run a statement with its parameters apart, so that it is planned once; returns its rows.

    It is prepared only where the database's options set ``prepare_threshold``, and for the types
    of its parameters, which therefore are text that the statement casts.
    """
    connection.ensure_connection()
    unwrapped: Any = _PreparingCursor(connection.connection)
    with connection.make_cursor(unwrapped) as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []


def as_array(numbers: Iterable[int]) -> str:
    """Numbers as a PostgreSQL array in text, whose type does not hang on how large they are."""
    return f"{{{','.join(map(str, numbers))}}}"
