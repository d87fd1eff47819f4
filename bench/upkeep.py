"""What it costs to keep the index true, and whether many writers at once keep it so."""

import threading
import time
from collections.abc import Iterable
from random import Random

from django.db import connection, transaction
from django.utils import timezone

from bench.data import SEED, some_listing_ids
from providers import listing_index
from providers.models import Listing, Term

WRITERS = 8
SAVES = 40


def one_save(count: int) -> tuple[list[float], list[float]]:
    """Milliseconds of refreshing one listing, in the transaction that changed it.

    First after a typical edit (a word of the summary, the notice), then after one that moves
    categories, access features and delivery. On new connections: what the brute force leaves in a
    session, tables of its own among it, makes every statement after it slower.
    """
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]
    ids = some_listing_ids(count)
    small = [_save(pk, number, large=False) for number, pk in enumerate(ids)]
    large = [_save(pk, number, large=True) for number, pk in enumerate(ids)]
    return small[5:], large[5:]


def _save(listing_id: int, number: int, *, large: bool) -> float:
    with transaction.atomic():
        listing = Listing.objects.get(pk=listing_id)
        listing.summary = f"{listing.summary[:280]} {'Newly' if number % 2 else 'Lately'} made."
        listing.notice_days = (listing.notice_days or 0) + 1
        if large:
            listing.delivery = Listing.Delivery.LEEDS if number % 2 else Listing.Delivery.ADDRESS
            terms = list(Term.objects.filter(facet="category")[number % 90 : number % 90 + 3])
            listing.categories.set(terms)
            features = list(Term.objects.filter(facet="access")[number % 9 : number % 9 + 6])
            listing.access_features.set(features)
        listing.save()
        start = time.perf_counter()
        listing_index.refresh([listing_id])
        return (time.perf_counter() - start) * 1000


def many_writers() -> list[str]:
    """Eight writers at once, often at the same listings; what went wrong first in each."""
    ids = some_listing_ids(60)
    failures: list[str] = []
    connection.close()  # the pool has one for each writer, and none to spare
    threads = [
        threading.Thread(target=_write, args=(number, ids, failures)) for number in range(WRITERS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


def _write(number: int, ids: list[int], failures: list[str]) -> None:
    rng = Random(SEED + number)
    try:
        for _ in range(SAVES):
            _change(rng, sorted(rng.sample(ids, rng.randint(1, 3))))
    except Exception as error:  # noqa: BLE001 (whatever it is, it is what we look for)
        failures.append(f"{type(error).__name__}: {error}")
    finally:
        connection.close()


def _change(rng: Random, ids: Iterable[int]) -> None:
    """Pause, publish, move or reword some listings, as their owners would."""
    with transaction.atomic():
        chosen = list(Listing.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
        for listing in chosen:
            listing.state = rng.choice((Listing.State.PUBLISHED, Listing.State.PAUSED))
            listing.published_at = listing.confirmed_at = timezone.now()
            listing.capacity = rng.randint(1, 300)
            listing.title = f"{rng.choice(('Room', 'Lunch', 'Bike repair'))} {rng.randint(1, 9)}"
            listing.save()
            listing.categories.set(
                rng.sample(list(Term.objects.filter(facet="category")[:40]), rng.randint(1, 4))
            )
        listing_index.refresh([listing.pk for listing in chosen])
