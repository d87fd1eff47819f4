"""What it costs to keep the index true, and whether many writers at once keep it so."""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from random import Random
from statistics import median

from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone

from bench.data import SEED, some_listing_ids
from providers import listing_index
from providers.models import Listing, Term

ROUNDS, WARMING, COUNTED = 3, 5, 200
WRITERS = 8
SAVES = 40


Save = Callable[[int, int], tuple[float, float]]
"""Saves the object with this id, differently for each number; returns milliseconds: what the save
itself took, and what keeping the index took."""


@dataclass(frozen=True, slots=True)
class Round:
    """Milliseconds of many saves, one after the other: the index's, and the saves' own median."""

    p50: float
    p95: float
    own: float


@dataclass(frozen=True, slots=True)
class Saves:
    """Rounds of saves, the quietest first.

    What else the machine does only ever adds to a time, so the round with the least p95 comes
    nearest to what a save costs.
    """

    rounds: list[Round]

    @classmethod
    def timed(cls, ids: Sequence[int], save: Save) -> "Saves":
        """Save each of ``ids`` once, in ``ROUNDS`` rounds. The first saves of a connection are not
        counted.

        On new connections: what the brute force leaves in a session, tables of its own among it,
        makes every statement after it slower.
        """
        rounds = []
        for part in range(ROUNDS):
            connection.close()
            connection.close_pool()  # type: ignore[attr-defined]
            spent = [save(pk, number) for number, pk in enumerate(ids[part::ROUNDS])]
            own, index = (sorted(times) for times in zip(*spent[WARMING:], strict=True))
            p95 = index[-(-len(index) * 95 // 100) - 1]
            rounds.append(Round(p50=median(index), p95=p95, own=median(own)))
        return cls(sorted(rounds, key=lambda one: one.p95))

    @property
    def p95(self) -> float:
        """Of the quietest round."""
        return self.rounds[0].p95

    def __str__(self) -> str:
        quietest, *others = self.rounds
        noisier = " and ".join(f"{other.p95:.2f}" for other in others)
        return (
            f"p50 {quietest.p50:.2f}, p95 {quietest.p95:.2f} ms (p95 in noisier rounds {noisier}); "
            f"p50 is {quietest.p50 / quietest.own:.2f} × the save itself ({quietest.own:.2f} ms)"
        )


def timed_save(row: Model, refresh: Callable[[list[int]], None]) -> tuple[float, float]:
    """Save a row and bring its index up to date; returns milliseconds of either."""
    start = time.perf_counter()
    row.save()
    saved = time.perf_counter()
    refresh([row.pk])
    return 1000 * (saved - start), 1000 * (time.perf_counter() - saved)


def one_save() -> tuple[Saves, Saves]:
    """What it takes to refresh one listing, in the transaction that changed it.

    First after a typical edit (a word of the summary, the notice), then after one that moves
    categories, access features and delivery.
    """
    ids = some_listing_ids(ROUNDS * (WARMING + COUNTED))
    return (
        Saves.timed(ids, partial(_save, large=False)),
        Saves.timed(ids, partial(_save, large=True)),
    )


def _save(listing_id: int, number: int, *, large: bool) -> tuple[float, float]:
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
        return timed_save(listing, listing_index.refresh)


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
