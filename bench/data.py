"""Listings by the thousand, with the words of the examples and the skew of real life.

Everything comes from one seeded generator, so the same size gives the same rows on every machine.
"""

import datetime
import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from random import Random
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Organisation
from places.models import PostcodeSector
from places.services import load_builtin
from providers import listing_index, vocabulary
from providers.examples.words import (
    Category,
    Offer,
    categories,
    common,
    fill,
    fitting,
    price,
    sector_of,
)
from providers.models import Claim, Listing, Term
from tslsv.search.schema import Schema

SEED = 2026
BATCH = 5_000
PATIENCE_SECONDS = 120
HIDDEN_SHARE = 0.06
"""So many listings more than asked for are drafts, paused or long unconfirmed."""

TABLES = {
    "accounts_organisation": (
        "id", "name", "slug", "sector", "legal_form", "size_band", "summary", "website", "email",
        "phone", "contact_name", "address", "postcode", "ward_id", "latitude", "longitude",
        "public_latitude", "public_longitude", "address_public", "trusted", "is_example",
        "created", "modified",
    ),
    "providers_claim": (
        "organisation_id", "term_id", "level", "reference", "evidence", "proposed_evidence",
        "valid_to", "checked_on",
        "made_at", "withdrawn_at",
    ),
    "providers_listing": (
        "id", "organisation_id", "title", "slug", "summary", "description", "pricing",
        "price_from", "price_to", "price_unit", "notice_days", "capacity", "payment", "delivery",
        "contact_name", "email", "phone", "website", "return_reason", "state", "origin",
        "published_at", "confirmed_at", "created", "modified",
    ),
    "providers_listing_categories": ("listing_id", "term_id"),
    "providers_listing_access_features": ("listing_id", "term_id"),
    "providers_listing_delivery_wards": ("listing_id", "ward_id"),
}  # fmt: skip

Rows = dict[str, list[tuple[Any, ...]]]


def make(size: int) -> int:
    """Replace all listings by ``size`` findable ones (and a few hidden), and rebuild the index.

    Returns how many the index holds.
    """
    load_builtin()
    vocabulary.load()
    maker = _Maker(size)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE accounts_organisation CASCADE")
        for rows in maker.batches():
            for table, columns in TABLES.items():
                with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
                    for row in rows[table]:
                        copy.write_row(row)
        for table in ("accounts_organisation", "providers_listing"):
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
            )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    indexed = listing_index.rebuild()
    settle(listing_index.SCHEMA)
    return indexed


def settle(schema: Schema) -> None:
    """Vacuum as autovacuum would have by the time anybody searches an index that was built.

    While any older snapshot is in use, and autovacuum's own look at the new tables takes one, no
    page can be marked as seen by all, and what an index alone could answer reads the table.
    """
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
            cursor.execute(
                "SELECT relallvisible >= relpages FROM pg_class WHERE oid = %s::regclass",
                [schema.table("row")],
            )
            (settled,) = cursor.fetchone() or (False,)
            if settled:
                # The cards too, some of whose pages COPY left empty, so that they cannot be asked.
                cursor.execute(f"VACUUM ANALYZE {schema.table('card')}")
                return
        if time.monotonic() > end:
            raise RuntimeError("something kept the database from being vacuumed")
        time.sleep(1)


class _Maker:
    """Draws organisations with one to three listings each."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.rng = Random(SEED)
        self.now = timezone.now()
        self.today = timezone.localdate()
        self.terms = {
            (term.facet, term.code): term.pk for term in Term.objects.order_by("facet", "position")
        }
        self.top = {
            term.code: term.parent.code if term.parent else term.code
            for term in Term.objects.filter(facet="category").select_related("parent")
        }
        self.kinds = [kind for kind in categories().values() if kind.offers]
        self.sectors = list(PostcodeSector.objects.order_by("code"))
        # Some parts of the city have many more organisations than others.
        self.sector_weights = list(
            accumulate(1 / rank**0.6 for rank in self._shuffled_ranks(len(self.sectors)))
        )
        self.by_ward: dict[str, list[str]] = {}
        wards = sorted({sector.main_ward_id for sector in self.sectors if sector.main_ward_id})
        for position, ward in enumerate(wards):
            self.by_ward[ward] = [wards[(position + step) % len(wards)] for step in range(8)]
        # A long tail of rare words, as names of places and people make it.
        self.tail = self._tail(min(60_000, max(2_000, size // 5)))
        self.tail_weights = list(accumulate(1 / rank for rank in range(2, len(self.tail) + 2)))
        self.organisation = self.listing = self.findable = 0

    def _shuffled_ranks(self, count: int) -> list[int]:
        ranks = list(range(1, count + 1))
        self.rng.shuffle(ranks)
        return ranks

    def _tail(self, count: int) -> list[str]:
        first, second = common().root_first, common().root_second
        words = [f"{a}{b}".lower() for a in first for b in second]
        words += [f"{a}{b.lower()}{c}".lower() for a in first for b in first for c in second]
        self.rng.shuffle(words)
        return words[:count]

    def batches(self) -> Iterator[Rows]:
        while self.findable < self.size:
            rows: Rows = {table: [] for table in TABLES}
            while self.findable < self.size and len(rows["providers_listing"]) < BATCH:
                self._organisation(rows)
            yield rows

    def _organisation(self, rows: Rows) -> None:
        rng = self.rng
        self.organisation += 1
        kind = rng.choices(self.kinds, weights=[kind.share for kind in self.kinds])[0]
        form = rng.choice(kind.forms) if rng.random() < 0.95 else ""
        work = fitting(kind.work, rng.choice(kind.offers).categories[0]) or ["helps neighbours"]
        root = rng.choices(self.tail, cum_weights=self.tail_weights)[0].title()
        name = f"{root} {rng.choice(kind.names['any'])}"
        place = rng.choices(self.sectors, cum_weights=self.sector_weights)[0]
        known = rng.random() < 0.96
        exact = rng.random() < 0.4
        latitude = place.latitude + rng.uniform(-0.006, 0.006)
        longitude = place.longitude + rng.uniform(-0.01, 0.01)
        rows["accounts_organisation"].append((
            self.organisation, name[:200], f"{_slug(name)[:60]}-{self.organisation}",
            sector_of(form) if form else "", form,
            rng.choice(Organisation.SizeBand.values),
            f"{name} {fill(rng.choice(work), rng)}.",
            f"https://{_slug(root)}.example.org/", f"hello@{_slug(root)}.example.org",
            "0113 496 0000", rng.choice(common().first), "",
            f"{place.code}ZY" if known else "",
            place.main_ward_id if known else None,
            latitude if known else None, longitude if known else None,
            (latitude if exact else place.latitude) if known else None,
            (longitude if exact else place.longitude) if known else None,
            exact, rng.random() < 0.3, True, self.now, self.now,
        ))  # fmt: skip
        self._claims(rows, kind)
        for _ in range(rng.choices((1, 2, 3), weights=(60, 27, 13))[0]):
            if self.findable < self.size:
                self._listing(rows, kind, form, str(place.main_ward_id or ""))

    def _claims(self, rows: Rows, kind: Category) -> None:
        rng = self.rng
        wanted = [("ethos", code) for code in _few(rng, kind.ethos, 3)]
        wanted += [("edi_serves", code) for code in _few(rng, kind.serves, 2)]
        accreditations = [code for codes in kind.accreditations.values() for code in codes]
        wanted += [("accreditation", code) for code in _few(rng, accreditations, 3)]
        if rng.random() < 0.3:
            led = [code for facet, code in self.terms if facet == "edi_led"]
            wanted += [("edi_led", code) for code in _few(rng, led, 2)]
        for key in dict.fromkeys(wanted):
            level = rng.choices(Claim.Level.values, weights=(70, 18, 12))[0]
            until = None
            if rng.random() < 0.25:
                until = self.today + datetime.timedelta(days=rng.randint(-60, 700))
            rows["providers_claim"].append((
                self.organisation, self.terms[key], level, "", "", "", until,
                self.today if level == Claim.Level.CHECKED else None, self.now,
                self.now if rng.random() < 0.04 else None,
            ))  # fmt: skip

    def _listing(self, rows: Rows, kind: Category, form: str, ward: str) -> None:
        rng = self.rng
        self.listing += 1
        if rng.random() < 0.1:
            kind = rng.choice(self.kinds)
        suitable = [offer for offer in kind.offers if form and offer.suits(form)]
        offer = rng.choice(suitable or kind.offers)
        people = rng.randint(*offer.people) if offer.people else None
        slots = {"people": people or 0, "few": max(5, (people or 0) // 4)}
        title = fill(offer.title, rng, **slots)
        if rng.random() < 0.5:
            title = f"{title}, {rng.choices(self.tail, cum_weights=self.tail_weights)[0].title()}"
        cost = price(offer.price, rng)
        delivery = rng.choice(offer.delivery)
        state, origin, confirmed = self._standing()
        rows["providers_listing"].append((
            self.listing, self.organisation, title[:120], f"{_slug(title)[:60]}-{self.listing}",
            fill(offer.text, rng, **slots)[:300], self._description(kind, offer),
            cost.pricing, cost.low, cost.high, cost.unit,
            rng.choice((0, 1, 2, 3, 5, 7, 7, 10, 14, 14, 21, 28, 30, None)),
            people, _few(rng, Listing.Payment.values, 3), delivery, "", "", "", "", "",
            state, origin, confirmed, confirmed, self.now, self.now,
        ))  # fmt: skip
        codes = list(offer.categories)
        if rng.random() < 0.3:
            codes.append(self.top[codes[0]])
        rows["providers_listing_categories"].extend(
            (self.listing, self.terms["category", code]) for code in dict.fromkeys(codes)
        )
        features = [code for codes in kind.access.values() for code in codes]
        rows["providers_listing_access_features"].extend(
            (self.listing, self.terms["access", code]) for code in _few(rng, features, 8)
        )
        if delivery == Listing.Delivery.WARDS and ward:
            rows["providers_listing_delivery_wards"].extend(
                (self.listing, code) for code in self.by_ward[ward][: rng.randint(2, 8)]
            )

    def _standing(self) -> tuple[str, str, datetime.datetime]:
        """State, origin, and when it was last confirmed; now and then one that is hidden."""
        rng = self.rng
        origin = rng.choices(Listing.Origin.values, weights=(70, 10, 20))[0]
        state, days = Listing.State.PUBLISHED.value, int(rng.betavariate(1.2, 2.5) * 350)
        if rng.random() < HIDDEN_SHARE:
            if rng.random() < 0.5:
                origin, days = Listing.Origin.PROVIDER.value, rng.randint(380, 700)
            else:
                state = rng.choice((Listing.State.DRAFT.value, Listing.State.PAUSED.value))
        else:
            self.findable += 1
        return state, origin, self.now - datetime.timedelta(days=days)

    def _description(self, kind: Category, offer: Offer) -> str:
        rng = self.rng
        details = fitting(kind.details, offer.categories[0])
        sentences = [fill(text, rng) for text in _few(rng, details, 4)]
        names = rng.choices(self.tail, cum_weights=self.tail_weights, k=rng.randint(0, 3))
        if names:
            sentences.append(f"Known in {', '.join(name.title() for name in names)}.")
        return " ".join(sentences)


def _few(rng: Random, options: Iterable[str], most: int) -> list[str]:
    """Up to ``most`` of the options, in random order."""
    unique: Sequence[str] = list(dict.fromkeys(options))
    return rng.sample(unique, min(len(unique), rng.randint(0, most)))


def _slug(text: str) -> str:
    """Letters and digits with dashes between; quicker than Django's own."""
    letters = "".join(letter if letter.isalnum() else " " for letter in text.lower())
    return "-".join(letters.encode("ascii", "ignore").decode().split()) or "x"


def some_listing_ids(count: int) -> list[int]:
    """``count`` findable listings, spread over the whole index."""
    ids = sorted(listing_index.all_ids())
    return ids[:: max(1, len(ids) // count)][:count]
