"""How long the database of a fresh machine takes to be there, and to be there again."""

import os
import shutil
import tempfile
import time
from pathlib import Path

from tslsv.launch import folders
from tslsv.launch.cluster import Cluster
from tslsv.launch.interrupts import Interrupts


def seconds() -> tuple[float, float]:
    """Cold (made and started) and warm (started). The durable kind, not the one for tests."""
    where = folders.choose(os.environ)
    parent = folders.make(where.scratch, where.passable)
    home = Path(tempfile.mkdtemp(dir=parent, prefix="bench-"))
    home.chmod(where.passable)
    try:
        cold = _start(Cluster(home, where.binaries, where.account))
        warm = min(_start(Cluster(home, where.binaries, where.account)) for _ in range(3))
    finally:
        shutil.rmtree(home)
    return cold, warm


def _start(cluster: Cluster) -> float:
    begin = time.perf_counter()
    with cluster.running(Interrupts(), label="The bench"):
        return time.perf_counter() - begin
