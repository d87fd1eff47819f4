"""Throw-away clusters: a new one for each run of the tests, so no run can hurt another."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from tslsv.launch import folders, lock
from tslsv.launch.cluster import Cluster
from tslsv.launch.folders import Folders
from tslsv.launch.interrupts import Interrupts


@contextmanager
def running(where: Folders, interrupts: Interrupts, *, label: str) -> Iterator[str]:
    """A new cluster that is gone after the block; yields its URL."""
    parent = folders.make(where.scratch, where.passable)
    with ExitStack() as stack:
        # Held until the new cluster has its own lock: else somebody else's sweep could take it.
        with lock.held(parent / "lock", label=label, wait=True):
            _sweep(parent, where)
            home = Path(tempfile.mkdtemp(dir=parent, prefix="run-"))
            home.chmod(where.passable)
            stack.callback(shutil.rmtree, home)
            cluster = Cluster(home, where.binaries, where.account, careless=True)
            url = stack.enter_context(cluster.running(interrupts, label=label))
        yield url


def _sweep(parent: Path, where: Folders) -> None:
    """Removes what runs that were killed have left."""
    for home in parent.glob("run-*"):
        with suppress(lock.Busy), lock.held(home / "lock", label="Clearing up"):
            Cluster(home, where.binaries, where.account, careless=True).stop_orphan()
            shutil.rmtree(home)
