"""Threads for tests: each with a database connection of its own."""

import threading
from collections.abc import Callable

from django.db import connection

WAIT = 20.0
"""Seconds after which a test gives up on a thread."""


class Worker(threading.Thread):
    """A thread with a database connection of its own; ``join`` raises what went wrong in it."""

    def __init__(self, work: Callable[[], object]) -> None:
        super().__init__(daemon=True)
        self._work = work
        self.error: BaseException | None = None
        self.start()

    def run(self) -> None:
        try:
            self._work()
        except BaseException as error:  # noqa: BLE001 (it is raised again by finish)
            self.error = error
        finally:
            connection.close()

    def finish(self) -> None:
        self.join(WAIT)
        assert not self.is_alive(), "the thread hangs"
        if self.error is not None:
            raise self.error
