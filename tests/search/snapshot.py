"""Everything an index holds, by names instead of ids and ordinals, so that two can be compared."""

import re
from collections import defaultdict
from typing import Any

from django.db import connection

from providers.models import (
    ListingBitmap,
    ListingCard,
    ListingIndexRow,
    ListingText,
    ListingValue,
)
from tslsv.search import models
from tslsv.search.models import SearchState

# Which words have bitmaps is settled at a rebuild, and group ends belong to no document.
NOT_COMPARED = ("word", "title word")
GROUP_ENDS = ("", "group ends")

type Value = tuple[str, str]


def snapshot() -> dict[str, Any]:
    """Rows, bits, counts, cards and texts of the listing index, by listing id."""
    names: dict[int, Value] = {
        number: (facet, value)
        for number, facet, value in ListingValue.objects.values_list("id", "facet", "value")
    }
    listing_at: dict[int, int] = {}
    rows: dict[int, tuple[Any, ...]] = {}
    for row in ListingIndexRow.objects.all():
        listing_at[row.ordinal] = row.object_id
        values = {names[number] for number in row.value_ids}
        assert len(values) == len(row.value_ids), "a row names a value twice"
        rows[row.object_id] = (
            row.group_id,
            frozenset(value for value in values if value[0] not in NOT_COMPARED),
            row.x, row.y, row.z, row.due_on, row.name_key, row.title_key, row.organisation_key,
            row.confirmed_on,
        )  # fmt: skip
    return {
        "rows": rows,
        "bits": {
            value: listings
            for value, listings in bits_by_value(names, listing_at).items()
            if value[0] not in NOT_COMPARED and value != GROUP_ENDS
        },
        "counts": {
            (value.facet, value.value): value.documents
            for value in ListingValue.objects.exclude(facet__in=NOT_COMPARED)
            if value.documents and (value.facet, value.value) != GROUP_ENDS
        },
        "cards": {
            listing_at[ordinal]: kept
            for ordinal, *kept in ListingCard.objects.values_list(
                "ordinal", "card", "notice_days", "capacity"
            )
        },
        "texts": {
            listing_at[ordinal]: vector
            for ordinal, vector in ListingText.objects.values_list("ordinal", "vector")
        },
    }


def bits_by_value(
    names: dict[int, Value], listing_at: dict[int, int]
) -> dict[Value, frozenset[int]]:
    """Which listings have each value by its bitmaps; a bit for no listing is an error."""
    found: dict[Value, set[int]] = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT value, chunk, bits::text FROM {ListingBitmap._meta.db_table}")
        for number, chunk, written in cursor.fetchall():
            value = names[number]
            assert len(written) == models.CHUNK_BITS
            if value != GROUP_ENDS:
                first = chunk * models.CHUNK_BITS
                places = (match.start() for match in re.finditer("1", written))
                found[value].update(listing_at[first + place] for place in places)
    return {value: frozenset(listings) for value, listings in found.items() if listings}


def check_words() -> None:
    """Rows, bitmaps and counts say the same of each frequent word, and as the texts do."""
    names: dict[int, Value] = {
        number: (facet, value)
        for number, facet, value in ListingValue.objects.values_list("id", "facet", "value")
    }
    listing_at = dict(ListingIndexRow.objects.values_list("ordinal", "object_id"))
    bits = bits_by_value(names, listing_at)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.object_id, tsvector_to_array(t.vector), "
            "tsvector_to_array(ts_filter(t.vector, '{a}')) "
            f"FROM {ListingText._meta.db_table} t "
            f"JOIN {ListingIndexRow._meta.db_table} r USING (ordinal)"
        )
        texts = {row[0]: {"word": set(row[1]), "title word": set(row[2])} for row in cursor}
    by_rows: dict[Value, set[int]] = defaultdict(set)
    for row in ListingIndexRow.objects.all():
        for number in row.value_ids:
            by_rows[names[number]].add(row.object_id)
    for value in ListingValue.objects.filter(facet__in=NOT_COMPARED):
        name = (value.facet, value.value)
        having = {listing for listing, text in texts.items() if value.value in text[value.facet]}
        assert by_rows.get(name, set()) == having, name
        assert bits.get(name, frozenset()) == having, name
        assert value.documents == len(having), name


def state() -> SearchState:
    return SearchState.objects.get(name="listings")
