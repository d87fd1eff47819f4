"""The whole site as it is served in public: hashed and compressed files, a process of its own."""

import http.client
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

CHECKOUT = Path(__file__).resolve().parents[2]
PATIENCE = 60
"""Seconds until the server has to answer."""


@contextmanager
def running(name: str, data_dir: Path) -> Iterator[str]:
    """A server on a new database called ``name``, gone after the block; yields its address."""
    with _database(name) as url:
        environ = _environment(url, data_dir)
        _run([sys.executable, "-m", "tests.browser.rows"], environ)
        with _server(environ) as address:
            yield address


@contextmanager
def _database(name: str) -> Iterator[str]:
    with psycopg.connect(named("postgres"), autocommit=True) as server:
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        server.execute(drop)
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield named(name)
        finally:
            server.execute(drop)


def named(name: str) -> str:
    """The URL of another database on the server that the tests use."""
    before, mark, options = os.environ["DATABASE_URL"].partition("?")
    return f"{before.rpartition('/')[0]}/{name}{mark}{options}"


def _environment(url: str, data_dir: Path) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not _sets_the_site(name)}
    return {
        **inherited,
        "DJANGO_SETTINGS_MODULE": "tslsv.settings",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "DATABASE_URL": url,
        "DATA_DIR": str(data_dir),
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "TSLSV_LOOPBACK": "1",
        "OPERATOR_NAME": "The Browser Tests",
        "SUPPORT_EMAIL": "help@example.org",
    }


def _sets_the_site(name: str) -> bool:
    return name in (
        "DEBUG", "BEHIND_PROXY", "BUILD", "OIDC_PROVIDERS", "PASSWORD_BREACH_URL", "REDIS_URL"
    ) or name.startswith("MAP_TILES")  # fmt: skip


def _run(command: list[str], environ: dict[str, str]) -> None:
    done = subprocess.run(
        command, cwd=CHECKOUT, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def _server(environ: dict[str, str]) -> Iterator[str]:
    # The server inherits a socket that listens already, so nobody else can take its port.
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        command = [
            *(sys.executable, "-m", "gunicorn", "tslsv.wsgi", "--threads=4", "--no-control-socket"),
            *(f"--bind=fd://{listening.fileno()}", "--log-level=warning"),
        ]
        process = subprocess.Popen(
            command, cwd=CHECKOUT, env=environ, pass_fds=[listening.fileno()]
        )
        try:
            _wait(process, port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE)


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    end = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < end:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status == http.HTTPStatus.OK:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    raise AssertionError("The site under test did not start.")
