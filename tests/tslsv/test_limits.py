"""Counting how often, for several processes at once; and where a request came from."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import RequestFactory
from fakeredis import TcpFakeServer
from pytest_django import Settings

from tslsv import limits
from tslsv import settings as production


@pytest.fixture
def shared_cache(settings: Settings, db: None) -> None:
    """The cache as the site has it without Redis: a table."""
    settings.CACHES = production.CACHES
    assert "DatabaseCache" in str(production.CACHES)
    cache.clear()


def test_so_many_times_and_no_more(shared_cache: None) -> None:
    assert [limits.allow("knock", "somebody", 3, 60) for _ in range(5)] == [True] * 3 + [False] * 2
    assert limits.allow("knock", "somebody else", 3, 60)
    assert limits.allow("ring", "somebody", 3, 60)


@pytest.fixture
def redis_cache(settings: Settings) -> Iterator[None]:
    """The cache as the site has it with REDIS_URL, and a server of its own that speaks Redis."""
    server = TcpFakeServer(("127.0.0.1", 0))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_address[1]
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": f"redis://127.0.0.1:{port}/0",
        }
    }
    yield
    cache.close()
    server.shutdown()
    server.server_close()


def test_redis_counts_alike(redis_cache: None) -> None:
    assert [limits.allow("knock", "somebody", 3, 60) for _ in range(5)] == [True] * 3 + [False] * 2
    said = ["a", "a", "b", "a", "c", "b"]
    allowed = [limits.allow("say", "somebody", 2, 60, same=word) for word in said]
    assert allowed == [True, True, True, True, False, True]
    with ThreadPoolExecutor(8) as threads:
        knocks = list(threads.map(lambda _: limits.allow("ring", "somebody", 5, 60), range(40)))
    assert sum(knocks) == 5


def test_the_same_thing_again_needs_no_second_slot(shared_cache: None) -> None:
    said = ["a", "a", "b", "a", "c", "b"]
    allowed = [limits.allow("say", "somebody", 2, 60, same=word) for word in said]
    assert allowed == [True, True, True, True, False, True]


def test_a_slot_frees_itself(shared_cache: None) -> None:
    assert limits.allow("knock", "somebody", 1, 60)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cache SET expires = now() - interval '1 second'")
    assert limits.allow("knock", "somebody", 1, 60)


def test_a_slot_stays_as_long_as_was_said(shared_cache: None) -> None:
    """Django's own counter would cut an hour down to five minutes."""
    for _ in range(3):
        limits.allow("knock", "somebody", 3, 3600)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cache WHERE expires > now() + interval '59 minutes'")
        assert cursor.fetchone() == (3,)


def test_nothing_is_kept_in_clear(shared_cache: None) -> None:
    limits.allow("report", "203.0.113.9", 1, 60, same="Mrs Smith was rude")
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, decode(value, 'base64') FROM cache")
        kept = str([(key, bytes(value)) for key, value in cursor.fetchall()])
    assert kept
    assert "203.0.113" not in kept
    assert "Smith" not in kept


@pytest.mark.django_db(transaction=True)
def test_many_at_once_never_get_more(settings: Settings) -> None:
    """Eight threads, each with a connection of its own, as web processes have."""
    settings.CACHES = production.CACHES
    cache.clear()
    start = threading.Barrier(8)

    def knock(_: int) -> bool:
        try:
            start.wait(20)
            return limits.allow("race", "somebody", 3, 60)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        allowed = sum(threads.map(knock, range(8)))
    cache.clear()
    assert 1 <= allowed <= 3
    # A thread whose slot was taken under its eyes tries the next one, so none is left over.
    assert allowed == 3


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, None, "203.0.113.9"),
        # Without a proxy of ours the header is whatever the sender makes up.
        (0, "1.2.3.4", "203.0.113.9"),
        (1, "1.2.3.4, 198.51.100.7", "198.51.100.7"),
        (1, "1.2.3.4,198.51.100.7:4711", "198.51.100.7"),
        (1, "[2001:db8:1:2:3:4:5:6]:4711", "2001:db8:1:2:3:4:5:6"),
        (1, "nonsense", limits.UNKNOWN_ADDRESS),
        (1, None, "203.0.113.9"),
        (1, "", "203.0.113.9"),
        (2, "1.2.3.4, 198.51.100.7, 10.0.0.1", "198.51.100.7"),
        # It did not come through both of them, so nothing in it is vouched for.
        (2, "1.2.3.4", "203.0.113.9"),
    ],
)
def test_where_a_request_came_from(
    rf: RequestFactory, settings: Settings, proxies: int, forwarded: str | None, address: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    request = rf.get("/", headers=headers, REMOTE_ADDR="203.0.113.9")
    assert limits.client_ip(request) == address


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", limits.UNKNOWN_ADDRESS),
    ],
)
def test_who_is_counted_together(rf: RequestFactory, address: str, network: str) -> None:
    assert limits.client_network(rf.get("/", REMOTE_ADDR=address)) == network
