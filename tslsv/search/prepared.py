"""Statements that PostgreSQL plans once for each connection.

Planning a statement of the index's upkeep takes longer than running it.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Self

from django.db import connection
from psycopg import RawCursor


class _PreparingCursor(RawCursor[tuple[Any, ...]]):
    """Prepares at once. Left to count, psycopg forgets a statement that a hundred others follow,
    as they do between two saves on a busy site."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Self:
        return super().execute(query, params, prepare=True, **options)


def run_prepared(statement: str, parameters: Sequence[str]) -> list[tuple[Any, ...]]:
    """Run a statement with its parameters apart, so that it is planned once; returns its rows.

    Parameters are written $1, $2 and so on, as PostgreSQL has them: looking for other marks in a
    long statement takes psycopg as long as a short one takes to run. It is prepared only where the
    database's options set ``prepare_threshold``, and for the types of its parameters, which
    therefore are text that the statement casts.
    """
    connection.ensure_connection()
    unwrapped = _PreparingCursor(connection.connection)
    make: Any = (
        connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    )
    with make(unwrapped) as cursor:
        cursor.execute(statement, parameters)
        # Not its description: that makes an object of each column, at every call.
        answer = unwrapped.pgresult
        return unwrapped.fetchall() if answer is not None and answer.nfields else []


def as_array(numbers: Iterable[int]) -> str:
    """Numbers as a PostgreSQL array in text, whose type does not hang on how large they are."""
    return f"{{{','.join(map(str, numbers))}}}"
