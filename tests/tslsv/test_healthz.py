"""Health: an answer in time whether the database answers, refuses or hangs."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from tslsv import health


class FakeConnection:
    """Stands for the default connection; ``execute`` does what the test says."""

    def __init__(self, execute: Callable[[str], None]) -> None:
        self.execute = execute
        self.closed = threading.Event()

    def cursor(self) -> "FakeConnection":
        return self

    def __enter__(self) -> "FakeConnection":
        return self

    def __exit__(self, *args: object) -> None:
        pass

    def fetchone(self) -> tuple[int]:
        return (1,)

    def close(self) -> None:
        self.closed.set()


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[str], None]], FakeConnection]:
    def use(execute: Callable[[str], None]) -> FakeConnection:
        connection = FakeConnection(execute)
        monkeypatch.setattr(health, "connections", {"default": connection})
        return connection

    return use


def refuse(sql: str) -> None:
    raise OperationalError("connection refused")


def test_ok_when_the_database_answers(client: Client, database: Any) -> None:
    asked: list[str] = []
    connection = database(asked.append)
    response = client.get("/healthz")
    assert (response.status_code, response.text) == (200, "ok")
    assert asked == ["SELECT 1"]
    assert connection.closed.wait(1)
    assert "no-store" in response["Cache-Control"]
    assert "Vary" not in response
    assert not response.cookies


def test_503_when_it_refuses(client: Client, database: Any) -> None:
    connection = database(refuse)
    assert client.get("/healthz").status_code == 503
    assert connection.closed.wait(1)


def test_503_in_time_when_it_hangs_and_one_question_at_a_time(database: Any) -> None:
    release = threading.Event()
    hanging = database(lambda sql: release.wait(10))
    started = time.monotonic()
    assert not health.database_answers(0.1)
    assert not health.database_answers(0.1)
    assert time.monotonic() - started < 1
    assert len([thread for thread in threading.enumerate() if thread.name == "healthz"]) == 1
    release.set()
    assert hanging.closed.wait(1)
    database(lambda sql: None)
    assert health.database_answers(1)


def test_patience_is_well_below_five_seconds() -> None:
    assert 2 * health.PATIENCE_SECONDS < 5


def test_only_reading_is_allowed(client: Client) -> None:
    assert client.post("/healthz").status_code == 405


@pytest.mark.django_db
def test_the_real_database_answers(client: Client) -> None:
    assert client.get("/healthz").text == "ok"
