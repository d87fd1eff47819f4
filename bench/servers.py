"""Web servers on loopback, one worker each, and a client that keeps its connection open."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
READY_SECONDS = 60
ANSWER_SECONDS = 300


class Client:
    """One keep-alive connection, asking one thing at a time, as a browser would ask it."""

    def __init__(self, port: int, headers: Mapping[str, str] | None = None) -> None:
        self._connection = http.client.HTTPConnection(HOST, port, timeout=ANSWER_SECONDS)
        self._headers = {"Accept": "text/html", "Accept-Encoding": "gzip", **(headers or {})}

    def get(self, path: str) -> tuple[float, bytes]:
        """Milliseconds until the last byte, and the body. Raises RuntimeError unless it is 200, and
        TimeoutError after ``ANSWER_SECONDS``."""
        try:
            return self._ask(path)
        except TimeoutError:
            self._connection.close()
            raise
        except (http.client.RemoteDisconnected, ConnectionError):
            # The server has let go of a connection that was idle while others were asked.
            self._connection.close()
            return self._ask(path)

    def _ask(self, path: str) -> tuple[float, bytes]:
        start = time.perf_counter()
        self._connection.request("GET", path, headers=self._headers)
        response = self._connection.getresponse()
        body = response.read()
        spent = (time.perf_counter() - start) * 1000
        if response.status != http.HTTPStatus.OK:
            raise RuntimeError(f"{path} answers {response.status}: {body[:200]!r}")
        return spent, body


def free_port() -> int:
    with socket.create_server((HOST, 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def ours() -> Iterator[int]:
    """The site, with the bench's own addresses; yields its port."""
    port = free_port()
    command = [
        *(sys.executable, "-m", "gunicorn", "tslsv.wsgi", f"--bind={HOST}:{port}"),
        *("--workers=1", "--threads=1", "--worker-class=gthread", "--keep-alive=600"),
        *("--log-level=warning", "--no-control-socket", "--timeout=600"),
    ]
    with _running(command, port, "/healthz"):
        yield port


@contextmanager
def datasette(program: str, database: Path) -> Iterator[int]:
    """Datasette without the limits that would let it give up; yields its port."""
    port = free_port()
    settings = {
        # Longer than we wait: it must not answer with an error instead.
        "sql_time_limit_ms": 2 * ANSWER_SECONDS * 1000,
        "facet_time_limit_ms": 2 * ANSWER_SECONDS * 1000,
        "facet_suggest_time_limit_ms": 1,
        "suggest_facets": "off",
        "default_facet_size": 500,
        "max_returned_rows": 1000,
        "default_page_size": 20,
        "default_cache_ttl": 0,
    }
    command = [program, "serve", "--immutable", str(database), "--port", str(port)]
    for name, value in settings.items():
        command += ["--setting", name, str(value)]
    with _running(command, port, "/-/versions.json"):
        yield port


@contextmanager
def _running(command: Sequence[str], port: int, path: str) -> Iterator[None]:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "bench.settings"}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            _wait(process, port, path)
            yield
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait(process: subprocess.Popen[bytes], port: int, path: str) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(OSError, http.client.HTTPException, RuntimeError):
            Client(port).get(path)
            return
        time.sleep(0.1)
    raise RuntimeError(f"{process.args!r} did not answer")
