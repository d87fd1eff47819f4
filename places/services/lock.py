"""One writer of places at a time."""

from django.db import connection

# Any fixed number that nothing else in the database locks; these are the letters "places".
KEY = int.from_bytes(b"places")


def wait_for_lock() -> None:
    """Hold the lock until the transaction ends, waiting for another writer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [KEY])


def try_lock() -> bool:
    """Hold the lock until the transaction ends; False at once when another writer has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [KEY])
        (held,) = cursor.fetchone()
    return bool(held)
