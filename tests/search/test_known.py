"""What a process remembers between saves is never more than what has been committed."""

from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from providers import listing_index
from providers.listing_index import SCHEMA
from providers.models import Listing, ListingValue, ListingWord
from tests.factories import make_listing, make_organisation, make_term
from tests.search.snapshot import check_words, snapshot, state
from tests.search.worker import Worker
from tslsv.search import known
from tslsv.search.check import differences
from tslsv.search.models import SearchState
from tslsv.search.schema import PARTS

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def forgetful() -> Iterator[None]:
    known._known.clear()
    yield
    known._known.clear()


def indexed(number: int) -> list[Listing]:
    listings = [make_listing(make_organisation(), title=f"Offer {n}") for n in range(number)]
    listing_index.refresh(listing.pk for listing in listings)
    return listings


def assert_right() -> None:
    check_words()
    assert differences(SCHEMA) == []


def statements(listing: Listing) -> int:
    with CaptureQueriesContext(connection) as queries, transaction.atomic():
        listing_index.refresh([listing.pk])
    return sum("providers_" in query["sql"] for query in queries)


def test_a_save_without_anything_new_takes_two_statements() -> None:
    listing, other = indexed(2)
    known._known.clear()
    listing_index.refresh([listing.pk, other.pk])
    assert statements(listing) == 2
    listing.summary, listing.capacity = "Offer, “offer”: (Offer)!", 40
    listing.save()
    assert statements(listing) == 3  # Steps of capacity that nobody had.
    listing.summary = "Zwieback and marzipan"
    listing.save()
    assert statements(listing) == 3  # Words that nobody had.
    other.summary, other.capacity = "Marzipan!", 40
    other.save()
    assert statements(other) == 2
    assert_right()


def test_what_was_rolled_back_is_not_remembered() -> None:
    """Else a row would carry ids of values, and spelling would lack words, that are not there."""
    (listing,) = indexed(1)
    listing_index.refresh([listing.pk])
    for commits in (False, True):
        with transaction.atomic():
            listing.payment, listing.summary = ["card", "po"], "Zwieback"
            listing.save()
            listing_index.refresh([listing.pk])
            # A second time, in the same transaction.
            listing_index.refresh([listing.pk])
            transaction.set_rollback(not commits)
    assert ListingValue.objects.filter(facet="pay", documents=1).count() == 2
    assert ListingWord.objects.filter(word="zwieback").exists()
    assert_right()


def test_what_was_rolled_back_to_a_savepoint_is_not_remembered() -> None:
    (listing,) = indexed(1)
    with transaction.atomic():
        with transaction.atomic():
            known._known.clear()
            listing.payment = ["card"]
            listing.save()
            listing_index.refresh([listing.pk])
            transaction.set_rollback(True)
        listing.payment = ["card", "po"]
        listing.save()
        listing_index.refresh([listing.pk])
    listing_index.refresh([listing.pk])
    assert ListingValue.objects.filter(facet="pay", documents=1).count() == 2
    assert_right()


def test_what_another_process_made_is_found() -> None:
    first, second = indexed(2)
    listing_index.refresh([first.pk])
    before = known._known.pop(SCHEMA.name)
    Listing.objects.update(payment=["card"], summary="Zwieback")
    listing_index.refresh([first.pk])
    known._known[SCHEMA.name] = before
    assert ("pay", "card") not in before.ids
    listing_index.refresh([second.pk])
    assert ListingValue.objects.get(facet="pay", value="card").documents == 2
    assert_right()


def test_a_rebuild_elsewhere_changes_all_ids() -> None:
    """A rebuild tells no process; that the index is of another generation says enough."""
    first, second = indexed(2)
    Listing.objects.filter(pk=first.pk).update(payment=["card"], pricing="free")
    listing_index.refresh([first.pk, second.pk])
    old = dict(known._known[SCHEMA.name].ids)
    category = make_term("category", "a-first-one", "A first one")
    first.categories.add(category)
    make_listing(make_organisation(), title="Newcomer")
    listing_index.rebuild()
    new = {(v.facet, v.value): v.pk for v in ListingValue.objects.all()}
    assert any(new.get(value) != number for value, number in old.items())
    Listing.objects.update(payment=["card", "po"])
    listing_index.refresh([first.pk, second.pk])
    assert differences(SCHEMA) != []  # The newcomer is not yet done.
    listing_index.refresh(Listing.objects.values_list("pk", flat=True))
    assert_right()


def test_emptied_tables_are_other_tables() -> None:
    """As after a backup was put back: the same generation, and yet other ids."""
    listings = indexed(3)
    generation = state().generation
    with connection.cursor() as cursor:
        tables = ", ".join(SCHEMA.table(part) for part in PARTS)
        cursor.execute(f"TRUNCATE {tables}")
        cursor.execute(f"INSERT INTO {SCHEMA.table('value')} (facet, value, documents) "
                       "VALUES ('pay', 'never', 0)")  # fmt: skip
    SearchState.objects.all().delete()
    listing_index.refresh(listing.pk for listing in listings)
    assert state().generation == generation
    refreshed = snapshot()
    assert_right()
    listing_index.rebuild()
    assert refreshed == snapshot()


def test_a_writer_that_waited_reads_what_was_written_meanwhile() -> None:
    """It reads with the lock in one statement, which may have begun before the lock was given."""
    organisation = make_organisation("Before")
    listing = make_listing(organisation, title="Offer")
    listing_index.refresh([listing.pk])

    def rename() -> None:
        with transaction.atomic():
            Listing.objects.filter(pk=listing.pk).update(title="Another offer")
            listing_index.refresh([listing.pk])

    with transaction.atomic():
        organisation.name = "After"
        organisation.save()
        listing_index.refresh([listing.pk])
        worker = Worker(rename)
        _wait_for_a_waiter()
    worker.finish()
    card, *_ = snapshot()["cards"][listing.pk]
    assert (card["title"], card["organisation"]) == ("Another offer", "After")
    assert_right()


def _wait_for_a_waiter() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "DO $$ BEGIN WHILE NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' "
            "AND NOT granted) LOOP PERFORM pg_sleep(0.01); END LOOP; END $$"
        )


def test_many_pieces_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known, "MOST_PIECES", 3)
    (listing,) = indexed(1)
    for text in ("one-two three-four", "five-six seven-eight", "nine-ten eleven-twelve"):
        listing.summary = text
        listing.save()
        listing_index.refresh([listing.pk])
        assert len(known._known[SCHEMA.name].pieces) <= 3 + 10
    assert ListingWord.objects.filter(word="twelve").exists()
    assert_right()
