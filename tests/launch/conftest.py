"""Folders that PostgreSQL's account may enter, and a small checkout to launch."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from tslsv.launch import binaries
from tslsv.launch.account import Account
from tslsv.launch.cluster import Cluster
from tslsv.launch.folders import CHECKOUT
from tslsv.launch.interrupts import Interrupts

AS_ROOT = os.geteuid() == 0


@pytest.fixture(autouse=True)
def _own_environment(system_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the launcher that runs these tests has set is not meant for the ones they start."""
    monkeypatch.setenv("TSLSV_SYSTEM_DIR", str(system_folder))
    for name in ("DATABASE_URL", "DATA_DIR", "SECRET_KEY", "PORT", "TSLSV_LOOPBACK", "PYTHON"):
        monkeypatch.delenv(name, raising=False)


def _new_folder() -> Path:
    """Open to every account, unlike pytest's own; its name has a space, as people's folders do."""
    folder = Path(tempfile.mkdtemp(prefix="tslsv launch-"))
    folder.chmod(0o755)
    return folder


@pytest.fixture
def folder() -> Iterator[Path]:
    made = _new_folder()
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="session")
def system_folder() -> Iterator[Path]:
    """Stands for /var/lib/tslsv; shared, so that PostgreSQL's programs are copied there once."""
    made = _new_folder()
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="session")
def account() -> Account | None:
    return Account.unprivileged() if AS_ROOT else None


@pytest.fixture(scope="session")
def programs(system_folder: Path) -> Path:
    return binaries.copied(system_folder) if AS_ROOT else binaries.shipped()


@pytest.fixture(scope="session")
def made_home(programs: Path, account: Account | None) -> Iterator[Path]:
    """A cluster that was made, and never started since."""
    parent = _new_folder()
    with Cluster(_home(parent), programs, account, careless=True).running(Interrupts(), label="x"):
        pass
    yield _home(parent)
    shutil.rmtree(parent)


def _home(parent: Path) -> Path:
    home = parent / "cluster home"
    home.mkdir(exist_ok=True)
    return home


@pytest.fixture
def new_cluster(folder: Path, programs: Path, account: Account | None) -> Cluster:
    """A cluster for real data, not made yet."""
    return Cluster(_home(folder), programs, account)


@pytest.fixture
def cluster(made_home: Path, folder: Path, programs: Path, account: Account | None) -> Cluster:
    """A careless cluster with nothing in it, to be started at once."""
    subprocess.run(["cp", "-a", made_home, folder], check=True)
    return Cluster(_home(folder), programs, account, careless=True)


@pytest.fixture
def interrupts() -> Interrupts:
    return Interrupts()


@pytest.fixture(scope="session")
def checkout() -> Iterator[Path]:
    """A checkout that nobody else may enter, with the launcher and a site of a few lines."""
    folder = _new_folder()
    root = folder / "my checkout"
    root.mkdir(mode=0o700)
    shutil.copytree(CHECKOUT / "tslsv" / "launch", root / "tslsv" / "launch")
    (root / "tslsv" / "__init__.py").touch()
    (root / "tslsv" / "wsgi.py").write_text(
        "def application(environ, start_response):\n"
        "    start_response('200 OK', [('Content-Type', 'text/plain')])\n"
        "    return [b'well']\n"
    )
    (root / "manage.py").write_text(
        "import os, signal, sys\n"
        "print('manage.py', *sys.argv[1:], os.environ['DATABASE_URL'], flush=True)\n"
        "if sys.argv[1] == 'procrastinate':\n"
        "    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))\n"
        "    signal.pause()\n"
        "sys.exit(os.environ.get('MANAGE_FAILS'))\n"
    )
    yield root
    shutil.rmtree(folder)


@dataclass(frozen=True)
class Row:
    parent: int
    command: str


def process_table() -> dict[int, Row]:
    """Every living process by its id; one that only waits to be counted is dead."""
    answer = subprocess.run(
        ["ps", "-A", "-ww", "-o", "pid=,ppid=,stat=,command="],
        check=True,
        capture_output=True,
        text=True,
    )
    rows = [line.split(maxsplit=3) for line in answer.stdout.splitlines()]
    return {
        int(pid): Row(int(parent), " ".join(command))
        for pid, parent, state, *command in rows
        if not state.startswith("Z")
    }


def query(url: str, statement: str) -> object:
    """The first value that a statement gives, committed; None when it gives none."""
    with psycopg.connect(url) as connection:
        cursor = connection.execute(statement)
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None
