"""Whether the database answers, found out within a fixed time."""

import queue
import threading

from django.db import Error, connections

# A probe gets an answer, yes or no, well before the usual five seconds of a load balancer.
PATIENCE_SECONDS = 2.0

# One question at a time: a database that hangs must not collect a thread for each probe.
_asking = threading.Lock()


def database_answers(seconds: float = PATIENCE_SECONDS) -> bool:
    """True when ``SELECT 1`` comes back within ``seconds``.

    The question is asked in a thread of its own, because nothing else ends in time: a connection
    pool waits 30 seconds for a server that is down, and a frozen server never closes the line.
    """
    if not _asking.acquire(timeout=seconds):
        return False
    answer: queue.SimpleQueue[bool] = queue.SimpleQueue()
    threading.Thread(target=_ask, args=(answer,), name="healthz", daemon=True).start()
    try:
        return answer.get(timeout=seconds)
    except queue.Empty:
        return False


def _ask(answer: queue.SimpleQueue[bool]) -> None:
    connection = connections["default"]
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            answer.put(cursor.fetchone() == (1,))
    except (Error, RuntimeError):
        # RuntimeError: the driver's pool is closed, or a test forbids the database.
        answer.put(False)
    finally:
        connection.close()
        _asking.release()
