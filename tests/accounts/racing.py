"""Two requests at once, for certain: both wait for the same row, then both go on."""

import time
from collections.abc import Callable

from django.db import connection, transaction
from django.db.models import Model

from accounts.refused import Refused
from tests.search.worker import WAIT, Worker

type Outcome = object


def race(row: Model, *works: Callable[[], object]) -> list[Outcome]:
    """Run each in a thread of its own while the row is locked, then let go.

    Returns what each returned or the Refused that it raised, in the order given. Each has a
    transaction of its own, so the test needs ``django_db(transaction=True)``.
    """
    outcomes: list[Outcome] = [None] * len(works)

    def run(number: int, work: Callable[[], object]) -> None:
        try:
            outcomes[number] = work()
        except Refused as refused:
            outcomes[number] = refused

    with transaction.atomic():
        type(row)._default_manager.select_for_update().get(pk=row.pk)
        workers = [
            Worker(lambda number=number, work=work: run(number, work))  # type: ignore[misc]
            for number, work in enumerate(works)
        ]
        until_blocked(len(works))
    for worker in workers:
        worker.finish()
    return outcomes


def until_blocked(number: int) -> None:
    """Come back once so many other connections to this database wait for a lock."""
    until = time.monotonic() + WAIT
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            # Within a transaction PostgreSQL would show who waited when it was first asked.
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
                "AND datname = current_database() AND pid <> pg_backend_pid()"
            )
            (waiting,) = cursor.fetchone()
        if waiting >= number:
            return
        time.sleep(0.01)
    raise AssertionError(f"fewer than {number} threads wait for the row")
