"""What is on the list and what is missing, by ward and main category; and how fresh it is."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, CharField, Count, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from places.models import Ward
from providers.models import Listing, Term
from providers.models.listing import months_before

MOST_GAPS = 5
NO_CATEGORY = "No category"
NO_WARD = "Outside Leeds, or not known"

BUCKETS = {
    "fresh": "Within 6 months",
    "ageing": "6 to 9 months ago",
    "stale": "9 to 12 months ago",
    "hidden": "Longer ago: hidden",
    "register": "Never: register entries",
}
"""How long ago somebody confirmed a listing, in the order of the table."""


@dataclass(frozen=True, slots=True)
class Row:
    """A ward or a category with its numbers, in the order of the table's columns."""

    label: str
    cells: tuple[int, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Table:
    """Numbers by row and column. A listing of two categories is in both columns, and once in the
    totals."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    total: Row


@dataclass(frozen=True, slots=True)
class Coverage:
    """What stands where, and what is missing, in words."""

    table: Table
    everywhere: Row
    gaps: tuple[str, ...]


def coverage(today: datetime.date) -> Coverage:
    """Listings that search shows, by the ward that the organisation is in. Five queries."""
    listings = _real(Listing.objects.findable(today))
    counts = {
        (ward or "", main or 0): number
        for ward, main, number in _count(listings, "organisation__ward", "main")
    }
    by_ward = {ward or "": number for ward, number in _count(listings, "organisation__ward")}
    by_main = {main or 0: (number, all_leeds) for main, number, all_leeds in _by_main(listings)}
    columns = _columns({main for _, main in counts})
    wards = {ward.code: ward.name for ward in Ward.objects.only("code", "name").order_by("name")}
    places = wards | ({"": NO_WARD} if "" in by_ward else {})
    rows = tuple(
        Row(
            name,
            tuple(counts.get((code, main), 0) for main in columns),
            by_ward.get(code, 0),
        )
        for code, name in places.items()
    )
    total = sum(by_ward.values())
    table = Table(
        tuple(columns.values()),
        rows,
        Row("All", tuple(by_main.get(main, (0, 0))[0] for main in columns), total),
    )
    everywhere = Row(
        "Of all, delivered all over Leeds",
        tuple(by_main.get(main, (0, 0))[1] for main in columns),
        listings.filter(delivery=Listing.Delivery.LEEDS).count(),
    )
    return Coverage(table, everywhere, tuple(_gaps(table, len(wards))))


def freshness(today: datetime.date) -> Table:
    """Published listings by main category, and how long ago they were confirmed. Three queries."""
    listings = _real(Listing.objects.published()).annotate(bucket=_bucket(today))
    counts = {
        (main or 0, bucket): number for main, bucket, number in _count(listings, "main", "bucket")
    }
    totals: Mapping[str, int] = dict(_count(listings, "bucket"))
    rows = tuple(
        Row(label, cells := tuple(counts.get((main, key), 0) for key in BUCKETS), sum(cells))
        for main, label in _columns({main for main, _ in counts}).items()
    )
    cells = tuple(totals.get(key, 0) for key in BUCKETS)
    return Table(tuple(BUCKETS.values()), rows, Row("All", cells, sum(cells)))


def left_out() -> int:
    """Made-up listings that are on offer. One query."""
    return Listing.objects.published().filter(organisation__is_example=True).count()


def _real(listings: QuerySet[Listing]) -> QuerySet[Listing]:
    return listings.filter(organisation__is_example=False).order_by()


def _main(listings: QuerySet[Listing]) -> QuerySet[Any]:
    return listings.annotate(main=Coalesce("categories__parent", "categories"))


def _count(listings: QuerySet[Listing], *names: str) -> list[Any]:
    """Listings by each combination of the values; "main" is the main category's id."""
    rows: QuerySet[Any] = _main(listings) if "main" in names else listings
    return list(rows.values_list(*names).annotate(number=Count("pk", distinct=True)))


def _by_main(listings: QuerySet[Listing]) -> list[Any]:
    return list(
        _main(listings)
        .values_list("main")
        .annotate(
            number=Count("pk", distinct=True),
            all_leeds=Count("pk", distinct=True, filter=Q(delivery=Listing.Delivery.LEEDS)),
        )
    )


def _columns(used: set[int]) -> dict[int, str]:
    """Main categories by id, in their order; retired ones and none at all where something is."""
    main = Term.objects.of(Term.Facet.CATEGORY).filter(parent=None)
    offered = main.filter(Q(active=True) | Q(pk__in=used)).order_by("position", "label")
    return {term.pk: term.label for term in offered} | ({0: NO_CATEGORY} if 0 in used else {})


def _bucket(today: datetime.date) -> Case:
    def since(months: int) -> Q:
        return Q(confirmed_at__date__gte=months_before(today, months))

    return Case(
        When(origin=Listing.Origin.REGISTER, then=Value("register")),
        When(since(Listing.ASK_AFTER_MONTHS), then=Value("fresh")),
        When(since(Listing.STALE_AFTER_MONTHS), then=Value("ageing")),
        When(since(Listing.HIDDEN_AFTER_MONTHS), then=Value("stale")),
        default=Value("hidden"),
        output_field=CharField(),
    )


def _gaps(table: Table, wards: int) -> list[str]:
    """The largest gaps, in sentences."""
    inside = table.rows[:wards]
    if not inside:
        return []
    empty = [
        (label, sum(row.cells[place] == 0 for row in inside), table.total.cells[place])
        for place, label in enumerate(table.columns)
        if label != NO_CATEGORY
    ]
    nowhere = [label for label, _, total in empty if total == 0]
    sentences = []
    if nowhere:
        sentences.append(f"Nobody offers any of this: {_listed(nowhere)}.")
    rare = sorted((row for row in empty if row[2] and row[1]), key=lambda row: -row[1])
    sentences += [
        f"{label}: nobody is based in {missing} of {wards} wards."
        for label, missing, _ in rare[:MOST_GAPS]
    ]
    without = [row.label for row in inside if row.total == 0]
    if without:
        sentences.append(f"Nothing at all is listed in {_listed(without)}.")
    else:
        fewest = sorted(inside, key=lambda row: row.total)[:MOST_GAPS]
        named = [f"{row.label} ({row.total})" for row in fewest]
        sentences.append(f"The fewest listings are in {_listed(named)}.")
    return sentences


def _listed(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
