"""The launcher as a person uses it: addresses, exit codes, one sentence when something is wrong."""

import http.client
import os
import pty
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from .conftest import AS_ROOT, process_table


def launch(checkout: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tslsv.launch", *arguments],
        check=False,
        cwd=checkout,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        number: int = listener.getsockname()[1]
        return number


class Serving:
    """`run` in a terminal of its own."""

    def __init__(self, checkout: Path, port: int) -> None:
        self._terminal, inside = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-c", START_IN_TERMINAL],
            cwd=checkout,
            env={**os.environ, "PORT": str(port)},
            stdin=inside,
            stdout=inside,
            stderr=inside,
            start_new_session=True,
        )
        os.close(inside)
        self.output = ""

    def read_until(self, words: str) -> None:
        while words not in self.output:
            assert self._read(), f"{words!r} never came: {self.output}"

    def read_to_the_end(self) -> int:
        while self._read():
            pass
        return self.process.wait(20)

    def _read(self) -> bool:
        """Adds to the output; False when the other end is closed."""
        assert select.select([self._terminal], [], [], 30)[0], f"silent for 30 s: {self.output}"
        try:
            data = os.read(self._terminal, 4096)
        except OSError:  # Linux's way to say so
            return False
        self.output += data.decode()
        return bool(data)

    def press_control_c(self) -> None:
        os.write(self._terminal, b"\x03")

    def children(self) -> list[int]:
        return [pid for pid, row in process_table().items() if row.parent == self.process.pid]


# The terminal has to be the controlling one, or Ctrl-C in it is only a character.
START_IN_TERMINAL = (
    "import fcntl, os, sys, termios\n"
    "fcntl.ioctl(0, termios.TIOCSCTTY, 0)\n"
    "os.execv(sys.executable, [sys.executable, '-m', 'tslsv.launch', 'run'])\n"
)


@contextmanager
def serving(checkout: Path, port: int) -> Iterator[Serving]:
    run = Serving(checkout, port)
    try:
        run.read_until("Ctrl-C stops it.")
        yield run
    finally:
        if run.process.poll() is None:
            run.process.terminate()
            run.read_to_the_end()


def fetch(host: str, port: int) -> bytes:
    connection = http.client.HTTPConnection(host, port, timeout=10)
    connection.request("GET", "/")
    body = connection.getresponse().read()
    connection.close()
    return body


def test_serving(checkout: Path, port: int) -> None:
    """Up with the address printed; joined by manage; refused to a second; gone with Ctrl-C."""
    with serving(checkout, port) as run:
        assert f"    http://localhost:{port}\r\n" in run.output
        assert f"http://localhost:{port}/mailbox/" in run.output
        assert "manage.py prepare --examples --example-people" in run.output
        assert fetch("127.0.0.1", port) == b"well"
        children = run.children()
        assert len(children) == 3

        second = launch(checkout, "run", PORT="1")
        assert second.returncode == 1
        assert second.stderr.startswith(f"make run (process {run.process.pid}) is using the data")
        assert second.stderr.count("\n") == 1

        manage = launch(checkout, "manage", "--", "import", "a file")
        assert manage.returncode == 0, manage.stderr
        url = run.output.split("--example-people ")[1].split()[0]
        assert manage.stdout == f"manage.py import a file {url}\n"

        run.press_control_c()
        assert run.read_to_the_end() == 0
        assert "Traceback" not in run.output
        assert not {*children} & {*process_table()}
    with pytest.raises(ConnectionRefusedError):
        fetch("127.0.0.1", port)


@pytest.mark.parametrize("victim", ["gunicorn", "postgres"])
def test_all_ends_with_each(checkout: Path, port: int, victim: str) -> None:
    with serving(checkout, port) as run:
        table = process_table()
        for pid in run.children():
            # The launcher ends its other children as soon as it notices that one is gone.
            if pid in table and victim in table[pid].command:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        assert run.read_to_the_end() == 1
        assert "ended by itself (exit code -9), so everything else was stopped." in run.output
    with socket.create_server(("127.0.0.1", port)):
        pass


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the next start clears up")
def test_killed_launcher_takes_all_along(checkout: Path, port: int) -> None:
    with serving(checkout, port) as run:
        children = run.children()
        run.process.kill()
        run.process.wait()
        deadline = time.monotonic() + 15
        while {*children} & {*process_table()}:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    with serving(checkout, port):
        assert fetch("127.0.0.1", port) == b"well"


def test_taken_port_is_told_before_anything_is_made(checkout: Path, folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
        answer = launch(checkout, "run", PORT=port, DATA_DIR=str(folder / "data"))
    assert answer.returncode == 1
    assert answer.stderr == (
        f"Port {port} is taken by another program: stop that, or choose another port, "
        "as in PORT=8001.\n"
    )
    assert not (folder / "data").exists()


@pytest.mark.parametrize("port", ["x", "0", "65536", "-1"])
def test_port_that_is_none(checkout: Path, port: str) -> None:
    answer = launch(checkout, "run", PORT=port)
    assert answer.returncode == 1
    assert answer.stderr == f"PORT has to be a number from 1 to 65535, and is {port!r}.\n"


def test_failed_preparation_ends_the_run(checkout: Path, port: int) -> None:
    answer = launch(checkout, "run", PORT=str(port), MANAGE_FAILS="no such table")
    assert answer.returncode == 1
    assert answer.stderr.endswith("manage.py prepare failed with exit code 1; see above.\n")


def test_scratch_passes_exit_code_on_and_leaves_nothing(checkout: Path, folder: Path) -> None:
    data_dir = folder / "data"
    code = "import os, sys; print(os.environ['DATABASE_URL']); sys.exit(5)"
    answer = launch(checkout, "scratch", "--", sys.executable, "-c", code, DATA_DIR=str(data_dir))
    assert answer.returncode == 5
    assert answer.stdout.startswith("postgresql://tslsv:")
    assert [path.name for path in (data_dir / "scratch").iterdir()] == ["lock"]


def test_database_that_somebody_brings(checkout: Path, folder: Path) -> None:
    """No server of ours is started, and manage.py gets the URL as it is."""
    brought = {"DATABASE_URL": "postgresql://elsewhere/x", "DATA_DIR": str(folder / "data")}
    answer = launch(checkout, "manage", "--", "check", **brought)
    assert answer.stdout == "manage.py check postgresql://elsewhere/x\n"
    assert [path.name for path in (folder / "data").iterdir()] == ["secret-key"]


def test_help_lists_every_command(checkout: Path) -> None:
    answer = launch(checkout, "--help")
    assert answer.returncode == 0
    for command in ("run", "dev", "test", "bench", "manage", "database", "scratch"):
        assert f"  {command} " in answer.stdout
    assert launch(checkout, "rum").returncode == 2


@pytest.mark.skipif(not AS_ROOT, reason="needs root")
def test_root_with_a_data_folder_that_is_closed(
    checkout: Path, folder: Path, system_folder: Path
) -> None:
    """The data goes to the system folder, nobody's folder is opened, and one line says so."""
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    answer = launch(checkout, "manage", "--", "check", DATA_DIR=str(closed / "data"))
    note, _, said = answer.stdout.partition("\n")
    assert note.startswith(f"PostgreSQL's account cannot enter {closed}/data: the database is in ")
    assert said.startswith("manage.py check")
    assert Path(note.partition(" is in ")[2].rstrip(".")).parent == system_folder
    assert closed.stat().st_mode & 0o777 == 0o700
    assert checkout.stat().st_mode & 0o777 == 0o700
