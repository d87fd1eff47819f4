"""Workers for tests: programs of their own on the test's database, that can be killed."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection

from tests.conftest import CHECKOUT


@contextmanager
def job_worker(*arguments: str, **environment: str) -> "Iterator[subprocess.Popen[bytes]]":
    """A worker that is gone after the block; ``environment`` goes before the loopback run's."""
    database = connection.settings_dict
    url = (
        f"postgresql://{database['USER']}:{database['PASSWORD']}"
        f"@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    )
    worker = subprocess.Popen(
        [sys.executable, "manage.py", "procrastinate", "worker", *arguments],
        cwd=CHECKOUT,
        env={
            **os.environ,
            "DATABASE_URL": url,
            "SECRET_KEY": settings.SECRET_KEY,
            "TSLSV_LOOPBACK": "1",
            **environment,
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield worker
    finally:
        worker.kill()
        worker.wait(timeout=10)


def forget_heartbeats() -> None:
    """Let all workers seem silent for an hour, instead of waiting for it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'"
        )


def wait_until(holds: Callable[[], bool], seconds: float = 90) -> None:
    """Returns when it holds; fails when that takes longer."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)
