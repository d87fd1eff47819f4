"""Files that only one process may hold. The system lets go of them when the process dies."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tslsv.launch.errors import LaunchError


class Busy(LaunchError):
    """Somebody else holds the lock."""


@contextmanager
def held(path: Path, *, label: str, wait: bool = False) -> Iterator[None]:
    """Holds the lock file inside the block, with our process id and `label` in it.

    Raises Busy when another process has it and `wait` is not set.
    """
    # Not inherited by children: a server that outlives us must not go on holding our lock.
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if not _locked(descriptor, tries=None if wait else 5):
            raise Busy(f"{holder(path) or 'Another process'} is using {path.parent}.")
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{label} (process {os.getpid()})".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _locked(descriptor: int, *, tries: int | None) -> bool:
    """Takes the lock; several tries, for `holder` of another process takes it for an instant."""
    if tries is None:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        return True
    for attempt in range(tries):
        if attempt:
            time.sleep(0.02)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        return True
    return False


def holder(path: Path) -> str | None:
    """Who holds the lock file, in words; None when nobody does. Changes nothing."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return os.pread(descriptor, 200, 0).decode() or "Another process"
    finally:
        os.close(descriptor)
    return None
