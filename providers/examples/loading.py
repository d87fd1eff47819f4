"""Putting the examples into the database."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random
from typing import Any

from django.db import models, transaction

from accounts.models import Organisation
from accounts.services.place import place_organisations
from providers import listing_index
from providers.examples import claims, listings, organisations
from providers.examples.hands import deal
from providers.examples.names import roots
from providers.examples.words import Fair
from providers.models import Claim, Listing, Term

SEED = 2024_06


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows were made. ``published`` of the ``listings`` are published."""

    organisations: int
    listings: int
    published: int
    claims: int


@transaction.atomic
def load(
    *, today: datetime.date, seed: int = SEED, count: int = 300, replace: bool = False
) -> Counts:
    """Make ``count`` published listings, a tenth as many in other states, and who offers them.

    The same seed and day give the same rows. Dates count back from ``today``. ``replace`` first
    removes every example organisation and all that hangs on it. Needs the vocabulary and places.

    Raises ValueError when those are missing, and ProtectedError when something made since, such
    as an arrangement, still needs an example that ``replace`` would remove.
    """
    removed = _remove() if replace else []
    made = _make(today=today, count=count, rng=Random(seed))  # noqa: S311 (nothing secret)
    Organisation.objects.bulk_create(made.organisations)
    Listing.objects.bulk_create(draft.listing for draft in made.drafts)
    _link(made.drafts, made.terms)
    Claim.objects.bulk_create(made.claims)
    new = [draft.listing for draft in made.drafts]
    listing_index.refresh([*removed, *(listing.pk for listing in new)])
    return Counts(
        organisations=len(made.organisations),
        listings=len(new),
        published=sum(listing.state == Listing.State.PUBLISHED for listing in new),
        claims=len(made.claims),
    )


@dataclass(frozen=True, slots=True)
class _Made:
    organisations: list[Organisation]
    drafts: list[listings.Draft]
    claims: list[Claim]
    terms: dict[tuple[str, str], Term]


def _make(*, today: datetime.date, count: int, rng: Random) -> _Made:
    """Everything, not yet saved."""
    terms = {(term.facet, term.code): term for term in Term.objects.all()}
    if not terms:
        raise ValueError("Load the vocabulary first: there are no terms.")
    places = organisations.Places(rng)
    hands = deal(published=count, others=count // 10, rng=rng)
    names = roots(rng)
    pairs = [
        organisations.make(
            hand, number=number, root=next(names), places=places, year=today.year, rng=rng
        )
        for number, hand in enumerate(hands)
    ]
    rows = [organisation for organisation, _ in pairs]
    place_organisations(rows, exact=[point for _, point in pairs])
    access, claimed = Fair(rng), Fair(rng)
    drafts: list[listings.Draft] = []
    all_claims: list[Claim] = []
    for hand, row in zip(hands, rows, strict=True):
        drafts += [
            listings.make(card, row, wards=places.wards, today=today, fair=access, rng=rng)
            for card in hand.cards
        ]
        all_claims += claims.make(hand, row, terms=terms, today=today, fair=claimed, rng=rng)
    return _Made(rows, drafts, all_claims, terms)


def _remove() -> list[int]:
    """Delete the example organisations; the ids their listings had."""
    examples = Organisation.objects.filter(is_example=True)
    ids = list(Listing.objects.filter(organisation__in=examples).values_list("pk", flat=True))
    examples.delete()
    return ids


def _link(drafts: list[listings.Draft], terms: dict[tuple[str, str], Term]) -> None:
    """Fill the to-many fields, one statement each."""
    facet = Term.Facet
    _rows(
        Listing.categories.through,
        "term_id",
        ((d.listing.pk, terms[facet.CATEGORY, code].pk) for d in drafts for code in d.categories),
    )
    _rows(
        Listing.access_features.through,
        "term_id",
        ((d.listing.pk, terms[facet.ACCESS, code].pk) for d in drafts for code in d.access),
    )
    _rows(
        Listing.delivery_wards.through,
        "ward_id",
        ((d.listing.pk, ward.pk) for d in drafts for ward in d.wards),
    )


def _rows(link: type[models.Model], target: str, pairs: Iterable[tuple[int, Any]]) -> None:
    link._default_manager.bulk_create(
        [link(**{"listing_id": listing, target: other}) for listing, other in pairs]
    )
