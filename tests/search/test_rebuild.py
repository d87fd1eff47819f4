"""A rebuild beside the live index: nothing is lost, whoever writes or reads meanwhile."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence

import pytest
from django.db import connection, transaction

from providers import listing_index
from providers.listing_index import SCHEMA
from providers.models import Listing, ListingIndexRow
from tests.conftest import Cast
from tests.factories import make_listing, make_organisation
from tests.search.snapshot import check_words, snapshot, state
from tests.search.worker import WAIT, Worker
from tslsv.search import counting, query
from tslsv.search import rebuild as rebuilding
from tslsv.search.check import differences
from tslsv.search.models import Touched
from tslsv.search.query import Found, Search, find
from tslsv.search.schema import PARTS


@pytest.fixture
def paused_rebuild(monkeypatch: pytest.MonkeyPatch) -> Iterator["Pause"]:
    """A rebuild in another thread stops once it has read every document, until it may go on."""
    pause = Pause()
    load_words = rebuilding._load_words

    def stop_then_load(*args: object) -> None:
        if threading.current_thread() is not threading.main_thread():
            pause.reached.set()
            assert pause.may_go_on.wait(WAIT)
        load_words(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(rebuilding, "_load_words", stop_then_load)
    yield pause
    pause.may_go_on.set()


class Pause:
    def __init__(self) -> None:
        self.reached = threading.Event()
        self.may_go_on = threading.Event()

    def start(self, work: Callable[[], object] = listing_index.rebuild) -> Worker:
        worker = Worker(work)
        assert self.reached.wait(WAIT), worker.error
        return worker


def search(text: str = "", **asked: object) -> Found:
    return find(SCHEMA, Search(text=text, order="name", **asked), page=1, size=500)  # type: ignore[arg-type]


def ids_of(found: Found) -> set[int]:
    return {hit.object_id for hit in found.hits}


def offers(number: int, groups: int = 5) -> list[Listing]:
    organisations = [make_organisation() for _ in range(groups)]
    return [make_listing(organisations[i % groups], title=f"Offer {i}") for i in range(number)]


def assert_whole(listings: Sequence[Listing]) -> None:
    """The index has exactly these, and is what a rebuild would make."""
    assert ids_of(search()) == {listing.pk for listing in listings}
    check_words()
    assert differences(SCHEMA) == []
    assert not Touched.objects.exists()
    assert not state().rebuilding


# -- Outside a transaction, while others write ------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_what_is_written_during_a_rebuild_is_in_the_new_index(paused_rebuild: Pause) -> None:
    listings = offers(30)
    listing_index.rebuild()
    generation = state().generation
    worker = paused_rebuild.start()
    # The rebuild has read these; now one changes, one goes, one comes, and one moves.
    listings[0].title = "Renamed meanwhile"
    listings[0].save()
    gone = listings.pop(1)
    gone_id = gone.pk
    gone.delete()
    new = make_listing(title="Born meanwhile")
    listings.append(new)
    listings[3].organisation = new.organisation
    listings[3].save()
    listing_index.refresh([listings[0].pk, gone_id, new.pk, listings[3].pk])
    # Until the switch, people search the old tables, which know of it too.
    assert ids_of(search("meanwhile")) == {listings[0].pk, new.pk}
    assert search().total == 30
    paused_rebuild.may_go_on.set()
    worker.finish()
    assert state().generation == generation + 1
    assert ids_of(search("meanwhile")) == {listings[0].pk, new.pk}
    assert search().groups == 6
    assert_whole(listings)


@pytest.mark.django_db(transaction=True)
def test_a_value_nobody_had_before_may_come_during_a_rebuild(paused_rebuild: Pause) -> None:
    """The new tables give out ids for new values while they are filled up."""
    listings = offers(5)
    listing_index.rebuild()
    worker = paused_rebuild.start()
    listings[0].payment = ["card"]
    listings[0].capacity = 77
    listings[0].save()
    listing_index.refresh([listings[0].pk])
    paused_rebuild.may_go_on.set()
    worker.finish()
    assert ids_of(search(choices={"pay": ["card"]})) == {listings[0].pk}
    assert ids_of(search(numbers={"capacity": 76})) == {listings[0].pk}
    # And afterwards, too, an id is given out only once.
    listings[1].payment = ["invoice"]
    listings[1].save()
    listing_index.refresh([listings[1].pk])
    assert_whole(listings)


@pytest.mark.django_db(transaction=True)
def test_a_rebuild_with_writers_all_the_time() -> None:
    listings = offers(40)
    listing_index.rebuild()
    stop = threading.Event()
    written: dict[int, int] = {}

    def write(first: int) -> None:
        turn = 0
        while not stop.is_set():
            turn += 1
            for listing in listings[first::4]:
                with transaction.atomic():
                    title = f"Offer p{listing.pk}t{turn}"
                    Listing.objects.filter(pk=listing.pk).update(title=title)
                    listing_index.refresh([listing.pk])
                written[listing.pk] = turn

    writers = [Worker(lambda first=first: write(first)) for first in range(4)]  # type: ignore[misc]
    generation = state().generation
    for _ in range(4):
        listing_index.rebuild()
        assert search().total == 40
    stop.set()
    for writer in writers:
        writer.finish()
    assert state().generation == generation + 4
    assert len(written) == 40
    assert_whole(listings)
    for listing in listings:
        found = ids_of(search(f"p{listing.pk}t{written[listing.pk]}"))
        assert found == {listing.pk}


@pytest.mark.django_db(transaction=True)
def test_eight_writers_at_once_lose_no_bit() -> None:
    listings = offers(64, groups=8)
    listing_index.refresh(listing.pk for listing in listings)
    # One connection each: the pool has eight.
    connection.close()
    start = threading.Barrier(8)

    def write(number: int) -> None:
        mine = listings[number::8]
        start.wait(WAIT)
        for turn in range(4):
            with transaction.atomic():
                for listing in mine:
                    listing.payment = [["card"], ["invoice"], ["po"], ["card", "po"]][turn]
                    listing.capacity = 10 * number + turn + 1
                    listing.save()
                listing_index.refresh(listing.pk for listing in mine)

    for worker in [Worker(lambda number=number: write(number)) for number in range(8)]:  # type: ignore[misc]
        worker.finish()
    assert search(choices={"pay": ["po"]}).total == 64
    assert search(choices={"pay": ["invoice"]}).total == 0
    assert search(numbers={"capacity": 44}).total == 32
    assert_whole(listings)


@pytest.mark.django_db(transaction=True)
def test_writers_of_overlapping_listings_do_not_deadlock() -> None:
    listings = offers(12)
    listing_index.refresh(listing.pk for listing in listings)

    def write(step: int) -> None:
        for _ in range(10):
            with transaction.atomic():
                listing_index.refresh(listing.pk for listing in listings[::step])

    for worker in [Worker(lambda step=step: write(step)) for step in (1, -1, 2, -2)]:  # type: ignore[misc]
        worker.finish()
    assert_whole(listings)


@pytest.mark.django_db(transaction=True)
def test_a_rebuild_that_fails_leaves_the_old_index_at_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    listings = offers(5)
    listing_index.rebuild()
    before = snapshot()

    def broken(*args: object) -> int:
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(rebuilding, "_load_words", broken)
        with pytest.raises(RuntimeError, match="disk is full"):
            listing_index.rebuild()
    assert snapshot() == before
    listings[0].title = "Afterwards"
    listings[0].save()
    listing_index.refresh([listings[0].pk])
    assert ids_of(search("afterwards")) == {listings[0].pk}
    # Nobody waits for a replay any more, so nothing is collected for one.
    assert not state().rebuilding
    assert not Touched.objects.exists()
    listing_index.rebuild()
    assert_whole(listings)


@pytest.mark.django_db(transaction=True)
def test_two_rebuilds_at_once_wait_for_each_other(paused_rebuild: Pause) -> None:
    listings = offers(8)
    listing_index.rebuild()
    generation = state().generation
    first = paused_rebuild.start()
    second = Worker(listing_index.rebuild)
    time.sleep(0.1)
    assert second.is_alive()
    paused_rebuild.may_go_on.set()
    first.finish()
    second.finish()
    assert state().generation == generation + 2
    assert_whole(listings)


@pytest.mark.django_db(transaction=True)
def test_an_import_rebuilds_in_its_transaction_while_another_rebuild_runs(
    paused_rebuild: Pause,
) -> None:
    listings = offers(8)
    listing_index.rebuild()
    first = paused_rebuild.start()

    def run_import() -> None:
        with transaction.atomic():
            listings.append(make_listing(title="Imported"))
            listing_index.rebuild()

    second = Worker(run_import)
    time.sleep(0.2)
    paused_rebuild.may_go_on.set()
    first.finish()
    second.finish()
    assert search("imported").total == 1
    assert_whole(listings)


# -- Inside a transaction ---------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_rebuild_in_a_transaction_shows_when_it_commits() -> None:
    listings = offers(6)
    listing_index.rebuild()
    with transaction.atomic():
        new = make_listing(title="Imported")
        assert listing_index.rebuild() == 7
        assert ids_of(search("imported")) == {new.pk}
    listings.append(new)
    assert_whole(listings)


@pytest.mark.django_db(transaction=True)
def test_a_writer_waits_for_an_import_and_is_not_lost() -> None:
    listings = offers(6)
    listing_index.rebuild()

    def write() -> None:
        with transaction.atomic():
            Listing.objects.filter(pk=listings[0].pk).update(title="Waited")
            listing_index.refresh([listings[0].pk])

    with transaction.atomic():
        listing_index.rebuild()
        worker = Worker(write)
        time.sleep(0.2)
        assert worker.is_alive()
    worker.finish()
    assert ids_of(search("waited")) == {listings[0].pk}
    assert_whole(listings)


@pytest.mark.django_db
def test_a_rebuild_that_is_rolled_back_never_was(cast: Cast) -> None:
    before = snapshot(), state().generation, state().version
    with transaction.atomic():
        make_listing(title="Never")
        listing_index.rebuild()
        transaction.set_rollback(True)
    assert before == (snapshot(), state().generation, state().version)
    assert search("never").total == 0


@pytest.mark.django_db
def test_the_new_tables_have_everything_the_old_ones_had(cast: Cast) -> None:
    before = _shape()
    listing_index.rebuild()
    listing_index.rebuild()
    assert _shape() == before
    assert sum(len(indexes) for indexes, _, _ in before.values()) >= 12


def _shape() -> dict[str, tuple[list[str], list[str], list[str]]]:
    """The indexes, constraints and column kinds of each table, by name."""
    found = {}
    with connection.cursor() as cursor:
        for part in PARTS:
            table = SCHEMA.table(part)
            cursor.execute(
                "SELECT indexdef FROM pg_indexes WHERE tablename = %s ORDER BY indexname", [table]
            )
            indexes = [row[0] for row in cursor.fetchall()]
            cursor.execute(
                "SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint "
                "WHERE conrelid = %s::regclass AND contype <> 'n' ORDER BY conname",
                [table],
            )
            constraints = [row[0] for row in cursor.fetchall()]
            cursor.execute(
                "SELECT attname || ' ' || atttypid::regtype || ' ' || attnotnull || ' ' || "
                "attstorage::text || ' ' || attidentity::text FROM pg_attribute "
                "WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
                [table],
            )
            found[table] = (indexes, constraints, [row[0] for row in cursor.fetchall()])
    return found


# -- Readers ----------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("text", ["", "offer", "offer -nothing"])
@pytest.mark.parametrize("after", ["open_search", "count"])
def test_a_search_during_a_switch_gets_a_right_answer(
    monkeypatch: pytest.MonkeyPatch, text: str, after: str
) -> None:
    """The tables are switched between two statements of one search, and ordinals change."""
    listings = offers(9)
    listing_index.refresh(listing.pk for listing in reversed(listings))
    original = getattr(query, after)
    switched: list[bool] = []

    def then_switch(*args: object) -> object:
        answer = original(*args)
        if not switched:
            switched.append(True)
            # From another connection, as it would be.
            Worker(listing_index.rebuild).finish()
        return answer

    monkeypatch.setattr(query, after, then_switch)
    asked = Search(text=text, order="name", numbers={"capacity": 7} if text == "" else {})
    for listing in listings:
        listing.capacity = 8
        listing.save()
    listing_index.refresh(listing.pk for listing in listings)
    found = find(SCHEMA, asked, page=1, size=500)
    assert switched
    assert ids_of(found) == {listing.pk for listing in listings}
    assert (found.total, found.groups) == (9, 5)


@pytest.mark.django_db(transaction=True)
def test_a_search_gives_up_on_an_index_that_never_stands_still(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    offers(3)
    listing_index.rebuild()

    def count_then_switch(*args: object) -> object:
        answer = counting.count(*args)  # type: ignore[arg-type]
        Worker(listing_index.rebuild).finish()
        return answer

    monkeypatch.setattr(query, "count", count_then_switch)
    with pytest.raises(RuntimeError, match="switched"):
        search()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("text", ["", "offer"])
def test_a_long_read_and_a_switch_do_not_stop_each_other(
    monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    """A CSV is one transaction over many statements; a rebuild ends in its middle."""
    offers(6)
    listing_index.rebuild()
    workers: list[Worker] = []
    original = counting.count

    def count_then_let_a_rebuild_wait(*args: object) -> object:
        answer = original(*args)  # type: ignore[arg-type]
        if not workers:
            workers.append(Worker(listing_index.rebuild))
            time.sleep(0.6)
        return answer

    monkeypatch.setattr(query, "count", count_then_let_a_rebuild_wait)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        first = search(text)
        second = search(text)
    assert ids_of(first) == ids_of(second)
    assert first.total == 6
    workers[0].finish()
    assert search(text).total == 6


@pytest.mark.django_db(transaction=True)
def test_others_can_search_while_a_rebuild_waits_for_a_long_read() -> None:
    """A slow download must not close the search for everybody."""
    offers(6)
    listing_index.rebuild()
    with transaction.atomic():
        search()
        worker = Worker(listing_index.rebuild)
        time.sleep(0.6)
        seconds: list[float] = []

        def look() -> None:
            start = time.monotonic()
            search("offer")
            seconds.append(time.monotonic() - start)

        reader = Worker(look)
        reader.join(3)
        answered = not reader.is_alive()
    worker.finish()
    reader.finish()
    assert answered
    assert ListingIndexRow.objects.count() == 6
