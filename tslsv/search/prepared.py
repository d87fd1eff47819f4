"""Statements that PostgreSQL plans once for each connection.

Planning a statement of the index's upkeep takes longer than running it.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.utils import CursorWrapper


@contextmanager
def prepared_cursor() -> Iterator[CursorWrapper]:
    """A cursor that sends parameters apart from the statement, so that psycopg can prepare it.

    It does so after a few times, where the database's options set ``prepare_threshold``. A
    statement is prepared for the types of its parameters, so they should be the same every time:
    text, which the statement casts.
    """
    connection.ensure_connection()
    unwrapped: Any = ServerBindingCursor(connection.connection)  # type: ignore[call-arg]
    with connection.make_cursor(unwrapped) as cursor:
        yield cursor


def as_array(numbers: Iterable[int]) -> str:
    """Numbers as a PostgreSQL array in text, whose type does not hang on how large they are."""
    return f"{{{','.join(map(str, numbers))}}}"
