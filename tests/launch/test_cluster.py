"""Clusters with a real PostgreSQL: nothing is lost or left running, and nobody else gets in."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from tslsv.launch import lock
from tslsv.launch.account import Account
from tslsv.launch.cluster import Cluster
from tslsv.launch.errors import LaunchError, Stopped
from tslsv.launch.interrupts import Interrupts

from .conftest import AS_ROOT, process_table, query

# Starting PostgreSQL forks; pytest-xdist keeps a thread that the launcher does not have.
pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")


def is_running(pid: int) -> bool:
    return pid in process_table()


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "waited for ten seconds"
        time.sleep(0.02)


@contextmanager
def launcher_elsewhere(
    cluster_home: Path, programs: Path, account: Account | None
) -> Iterator[int]:
    """Another process that owns the cluster; yields its id and kills it at the end."""
    code = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from tslsv.launch.account import Account\n"
        "from tslsv.launch.cluster import Cluster\n"
        "from tslsv.launch.interrupts import Interrupts\n"
        f"home, programs = Path({str(cluster_home)!r}), Path({str(programs)!r})\n"
        f"cluster = Cluster(home, programs, {account!r}, careless=True)\n"
        "with cluster.running(Interrupts(), label='elsewhere'):\n"
        "    print('up', flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        yield process.pid
        process.kill()


def test_first_start_and_restart(new_cluster: Cluster, interrupts: Interrupts) -> None:
    began = time.monotonic()
    with new_cluster.running(interrupts, label="first") as url:
        cold = time.monotonic() - began
        query(url, "CREATE TABLE kept AS SELECT 'here' AS word")
        assert new_cluster.process is not None
        first = new_cluster.process.pid
        assert is_running(first)
    assert not is_running(first)
    assert not (new_cluster.data / "postmaster.pid").exists()

    began = time.monotonic()
    with new_cluster.running(interrupts, label="second") as url:
        warm = time.monotonic() - began
        assert query(url, "SELECT word FROM kept") == "here"
    # Measured at 0.9 s and 0.2 s; here with room for a machine that is busy with other tests.
    assert cold < 10
    assert warm < 5


def test_access(cluster: Cluster, interrupts: Interrupts) -> None:
    with cluster.running(interrupts, label="test") as url:
        assert query(url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
        assert query(url, "SHOW listen_addresses") == "127.0.0.1"
        password = urlsplit(url).password
        assert password
        for wrong in (
            url.replace(password, ""),
            url.replace(password, "x" * len(password)),
            url.replace("//tslsv:", "//postgres:"),
        ):
            with pytest.raises(psycopg.OperationalError):
                psycopg.connect(wrong)
    assert (cluster.home / "password").stat().st_mode & 0o077 == 0
    assert (cluster.home / "log").stat().st_mode & 0o077 == 0
    assert cluster.data.stat().st_mode & 0o077 == 0
    assert cluster.data.stat().st_uid != 0


def test_language(cluster: Cluster, interrupts: Interrupts) -> None:
    """Letters with accents are letters, extensions we use are there, and logs keep no rows."""
    with cluster.running(interrupts, label="test") as url:
        assert query(url, "SHOW server_encoding") == "UTF8"
        assert query(url, "SELECT lower('ÉÑ')") == "éñ"
        assert query(url, "SELECT to_tsvector('simple', 'Zoë–café')::text") == "'café':2 'zoë':1"
        query(url, "CREATE EXTENSION pg_trgm; CREATE EXTENSION unaccent")
        assert query(url, "SELECT unaccent('Zoë')") == "Zoe"
        assert query(url, "SELECT cardinality(show_trgm('é–'))") == 2
        query(url, "CREATE TABLE people (email text UNIQUE)")
        query(url, "INSERT INTO people VALUES ('a.person@example.org')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            query(url, "INSERT INTO people VALUES ('a.person@example.org')")
    log = (cluster.home / "log").read_text()
    assert "duplicate key" in log
    assert "a.person" not in log


def test_killed_server_keeps_what_was_committed(
    new_cluster: Cluster, interrupts: Interrupts
) -> None:
    with new_cluster.running(interrupts, label="first") as url:
        query(url, "CREATE TABLE kept AS SELECT 42 AS number")
        assert new_cluster.process is not None
        new_cluster.process.kill()
        new_cluster.process.wait()
    assert (new_cluster.data / "postmaster.pid").exists()
    with new_cluster.running(interrupts, label="second") as url:
        assert query(url, "SELECT number FROM kept") == 42


def test_id_of_killed_server_now_somebody_elses(
    cluster: Cluster, interrupts: Interrupts, account: Account | None
) -> None:
    with cluster.running(interrupts, label="first"):
        assert cluster.process is not None
        cluster.process.kill()
        cluster.process.wait()
    pid_file = cluster.data / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    # Of the same account: of another, PostgreSQL would notice by itself.
    with subprocess.Popen(["sleep", "60"], user=account.uid if account else None) as bystander:
        pid_file.write_text("\n".join([str(bystander.pid), *lines[1:]]) + "\n")
        with cluster.running(interrupts, label="second") as url:
            assert query(url, "SELECT 1") == 1
            assert bystander.poll() is None
        bystander.kill()


def test_torn_pid_file(cluster: Cluster, interrupts: Interrupts) -> None:
    with cluster.running(interrupts, label="first"):
        pass
    (cluster.data / "postmaster.pid").write_text("\0\0\0\0")
    with cluster.running(interrupts, label="second") as url:
        assert query(url, "SELECT 1") == 1


def test_interrupted_making(new_cluster: Cluster, interrupts: Interrupts) -> None:
    half = new_cluster.home / "new-abc" / "data"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    with new_cluster.running(interrupts, label="test") as url:
        assert query(url, "SELECT 1") == 1
    assert not list(new_cluster.home.glob("new-*"))


def test_making_that_fails_leaves_nothing_that_counts(
    new_cluster: Cluster, interrupts: Interrupts, folder: Path
) -> None:
    new_cluster.binaries = folder / "broken"
    new_cluster.binaries.mkdir()
    broken = new_cluster.binaries / "initdb"
    broken.write_text("#!/bin/sh\necho no room left; exit 1\n")
    broken.chmod(0o755)
    with (
        pytest.raises(LaunchError, match="no room left"),
        new_cluster.running(interrupts, label="test"),
    ):
        pass
    assert not new_cluster.data.exists()


def test_second_owner_is_refused_and_a_killed_owner_leaves_nothing(
    cluster: Cluster, interrupts: Interrupts, programs: Path, account: Account | None
) -> None:
    with launcher_elsewhere(cluster.home, programs, account) as owner:
        server = int((cluster.data / "postmaster.pid").read_text().splitlines()[0])
        with (
            pytest.raises(lock.Busy, match=rf"elsewhere \(process {owner}\)"),
            cluster.running(interrupts, label="test"),
        ):
            pass
        assert query(cluster.wait_until_ready(interrupts), "SELECT 1") == 1
    if sys.platform == "linux":
        wait_until(lambda: not is_running(server))
    assert lock.holder(cluster.lock_file) is None


def test_server_that_outlived_its_launcher(
    cluster: Cluster, interrupts: Interrupts, account: Account | None
) -> None:
    with cluster.running(interrupts, label="first"):
        pass
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    orphan = subprocess.Popen(
        [cluster.binaries / "postgres", "-D", cluster.data, "-p", str(port),
         "-c", "unix_socket_directories="],
        cwd="/",
        stderr=subprocess.DEVNULL,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        start_new_session=True,
    )  # fmt: skip
    pid_file = cluster.data / "postmaster.pid"
    wait_until(lambda: pid_file.exists() and "ready" in pid_file.read_text())
    with cluster.running(interrupts, label="second") as url:
        assert orphan.wait(1) == 0
        assert query(url, "SELECT 1") == 1


def test_data_of_another_version(new_cluster: Cluster, interrupts: Interrupts) -> None:
    new_cluster.data.mkdir()
    (new_cluster.data / "PG_VERSION").write_text("17\n")
    with (
        pytest.raises(LaunchError, match="is of PostgreSQL 17, and the one installed is"),
        new_cluster.running(interrupts, label="test"),
    ):
        pass


def test_asked_to_stop_while_starting(cluster: Cluster, interrupts: Interrupts) -> None:
    interrupts.count = 1
    with pytest.raises(Stopped), cluster.running(interrupts, label="test"):
        pass
    assert cluster.process is not None
    assert cluster.process.poll() is not None


@pytest.mark.skipif(not AS_ROOT, reason="needs root, to act as another account")
def test_other_accounts_read_nothing(cluster: Cluster, interrupts: Interrupts) -> None:
    with cluster.running(interrupts, label="test"):
        pass
    for name in ("password", "log", "lock", "data/PG_VERSION"):
        answer = subprocess.run(
            ["cat", cluster.home / name], check=False, capture_output=True, user=65533, group=65533,
            extra_groups=[], cwd="/",
        )  # fmt: skip
        assert b"Permission denied" in answer.stderr, name
