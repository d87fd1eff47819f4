"""How long a page takes, ours and others'."""

import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from shutil import which
from statistics import median

from django.db import connection
from django.test import Client as DjangoClient
from django.urls import reverse

from bench import peer_admin, peer_datasette, servers
from bench.queries import Query

PAGE, COLD, CONSTANT = "our page", "our page, cards cold", "constant page"
SEARCH, INSIDE = "our search", "our search, inside the server"
DATASETTE, ADMIN = "Datasette", "Django admin"
PEERS = (DATASETTE, ADMIN)
PATIENCE_SECONDS = 120
PEER_PATIENCE_SECONDS = 300
"""No system begins a search later than that in a block; what is not answered is left out."""
SLOW_MILLISECONDS = 1000
"""What takes longer needs no warming up."""
STRIDE = 5

Ask = Callable[[Query], float]


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds of one system: for each search its median, over all repetitions."""

    by_query: Mapping[str, float]

    @property
    def p50(self) -> float:
        return median(self.by_query.values())

    @property
    def p95(self) -> float:
        """The smallest time that at least 95 % of the searches keep to."""
        ordered = sorted(self.by_query.values())
        return ordered[-(-len(ordered) * 95 // 100) - 1]


def measure(
    queries: Sequence[Query], *, repetitions: int, datasette: str, admin: bool
) -> dict[str, Times]:
    """Time every system in blocks, there and back again; peers that are not there are left out."""
    with ExitStack() as stack:
        systems = _systems(stack, datasette, admin=admin)
        spent: dict[str, dict[str, list[float]]] = {name: {} for name in systems}
        for back in (False, True):
            for name in reversed(systems) if back else systems:
                block = (
                    _peer_block(systems[name], queries, spent[name], back=back)
                    if name in PEERS
                    else _block(systems[name], queries, repetitions)
                )
                for query, milliseconds in block:
                    spent[name].setdefault(query, []).append(milliseconds)
    return {
        name: Times({query: median(times) for query, times in by_query.items()})
        for name, by_query in spent.items()
        if by_query
    }


def _block(ask: Ask, queries: Sequence[Query], repetitions: int) -> Iterator[tuple[str, float]]:
    """The whole mix over and over; the first round warms up."""
    start = time.monotonic()
    for number in range(repetitions + 1):
        for query in queries:
            if time.monotonic() - start > PATIENCE_SECONDS:
                return
            milliseconds = ask(query)
            if number:
                yield query.name, milliseconds


def _peer_block(
    ask: Ask, queries: Sequence[Query], answered: Collection[str], *, back: bool
) -> Iterator[tuple[str, float]]:
    """Each search once, warmed up by asking twice unless that is slow.

    A peer may be too slow for the whole mix. So searches come from all over it, on the way back
    from its other end, and only those that had no answer yet, as long as there are any.
    """
    start = time.monotonic()
    spread = [query for first in range(STRIDE) for query in queries[first::STRIDE]]
    if back:
        spread.reverse()
    for query in [query for query in spread if query.name not in answered] or spread:
        if time.monotonic() - start > PEER_PATIENCE_SECONDS:
            return
        try:
            milliseconds = ask(query)
            if milliseconds <= SLOW_MILLISECONDS:
                milliseconds = ask(query)
        except TimeoutError:
            continue
        yield query.name, milliseconds


def _systems(stack: ExitStack, datasette: str, *, admin: bool) -> dict[str, Ask]:
    port = stack.enter_context(servers.ours())
    client = servers.Client(port)
    listings = reverse("providers:search")

    def page(query: Query) -> float:
        return client.get(f"{listings}?{query.string}")[0]

    def cold(query: Query) -> float:
        client.get("/bench/forget-cards")
        return page(query)

    def search(query: Query) -> float:
        return client.get(f"/bench/search?{query.string}")[0]

    def inside(query: Query) -> float:
        return float(client.get(f"/bench/search?{query.string}")[1])

    def constant(query: Query) -> float:
        return client.get("/bench/constant")[0]

    systems: dict[str, Ask] = {
        PAGE: page,
        COLD: cold,
        SEARCH: search,
        INSIDE: inside,
        CONSTANT: constant,
    }
    if which(datasette):
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="tslsv-bench-"))
        database = Path(folder) / "listings.db"
        peer_datasette.export(database)
        other = servers.Client(stack.enter_context(servers.datasette(datasette, database)))
        systems[DATASETTE] = lambda query: other.get(peer_datasette.address(query))[0]
    if admin:
        staff = servers.Client(port, peer_admin.sign_in())
        systems[ADMIN] = lambda query: staff.get(peer_admin.address(query))[0]
    return systems


def most_statements(queries: Sequence[Query], page: str = "") -> dict[str, int]:
    """How many SQL statements each search's page needs, once the process is warm.

    ``page`` is the address that they are asked at, the provider list's unless it is given.
    """
    browser = DjangoClient(SERVER_NAME="localhost")
    needed: dict[str, int] = {}
    statements: list[str] = []

    def note(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        statements.append(sql)
        return execute(sql, params, many, context)

    for query in queries:
        address = f"{page or reverse('providers:search')}?{query.string}"
        browser.get(address)
        statements.clear()
        with connection.execute_wrapper(note):
            answer = browser.get(address)
        assert answer.status_code == HTTPStatus.OK, address
        needed[query.name] = len(statements)
    return needed
