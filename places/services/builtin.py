"""The built-in wards and sectors: enough to measure distance on a fresh install."""

import csv
from dataclasses import dataclass
from pathlib import Path

from django.db import connection, transaction

from places import lookup
from places.services.lock import wait_for_lock
from tslsv.search.versions import raise_version

_DATA = Path(__file__).resolve().parent.parent / "data"

# A ward that is there keeps its figures: a load may have brought newer ones. It only learns codes.
_WARDS = """
INSERT INTO places_ward AS ward (code, name, latitude, longitude, former_codes)
SELECT code, name, latitude, longitude, string_to_array(former, ' ')
FROM unnest(%s::text[], %s::text[], %s::float8[], %s::float8[], %s::text[])
    AS built_in (code, name, latitude, longitude, former)
ORDER BY code
ON CONFLICT (code) DO UPDATE SET former_codes = ward.former_codes || ARRAY(
    SELECT unnest(excluded.former_codes) EXCEPT SELECT unnest(ward.former_codes) ORDER BY 1)
WHERE NOT ward.former_codes @> excluded.former_codes
RETURNING xmax = 0
"""

# Built-in figures of sectors follow this release until postcodes are loaded; from then on the
# loads keep them, and only missing sectors are added.
_SECTORS = """
INSERT INTO places_postcodesector AS sector
    (code, latitude, longitude, main_ward_id, postcodes_in_leeds, postcodes_all, postcodes_in_mean)
SELECT code, latitude, longitude, ward, in_leeds, in_all, in_leeds
FROM unnest(%s::text[], %s::float8[], %s::float8[], %s::text[], %s::int[], %s::int[])
    AS built_in (code, latitude, longitude, ward, in_leeds, in_all)
ORDER BY code
ON CONFLICT (code) DO UPDATE SET
    latitude = excluded.latitude, longitude = excluded.longitude,
    main_ward_id = excluded.main_ward_id, postcodes_in_leeds = excluded.postcodes_in_leeds,
    postcodes_all = excluded.postcodes_all, postcodes_in_mean = excluded.postcodes_in_mean
WHERE NOT EXISTS (SELECT FROM places_postcode)
    AND (sector.latitude, sector.longitude, sector.main_ward_id, sector.postcodes_in_leeds,
         sector.postcodes_all, sector.postcodes_in_mean)
        IS DISTINCT FROM
        (excluded.latitude, excluded.longitude, excluded.main_ward_id,
         excluded.postcodes_in_leeds, excluded.postcodes_all, excluded.postcodes_in_mean)
RETURNING xmax = 0
"""


@dataclass(frozen=True, slots=True)
class BuiltinLoaded:
    """How many rows ``load_builtin`` added and changed; all zero when nothing was to do."""

    wards_added: int
    wards_changed: int
    sectors_added: int
    sectors_changed: int


def load_builtin() -> BuiltinLoaded:
    """Bring the 33 wards and 156 sectors of ``places/data`` into the database. Safe to repeat.

    Never overwrites what a load of full files brought: outlines, label points, and the figures of
    sectors once any postcode is loaded. Waits while another load runs.
    """
    wards, sectors = _columns("wards.csv"), _columns("sectors.csv")
    with transaction.atomic():
        wait_for_lock()
        wards_added, wards_changed = _upsert(
            _WARDS, wards, ["code", "name", "lat", "lon", "former_codes"]
        )
        sectors_added, sectors_changed = _upsert(
            _SECTORS,
            sectors,
            ["sector", "lat", "long", "main_ward", "postcodes_in_leeds", "postcodes_all"],
        )
        if wards_added or wards_changed or sectors_added or sectors_changed:
            raise_version(lookup.PLACES)
        transaction.on_commit(lookup.forget)
    lookup.forget()
    return BuiltinLoaded(wards_added, wards_changed, sectors_added, sectors_changed)


def _columns(name: str) -> dict[str, list[str]]:
    with (_DATA / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {column: [row[column] for row in rows] for column in rows[0]}


def _upsert(statement: str, columns: dict[str, list[str]], names: list[str]) -> tuple[int, int]:
    """Run one upsert; how many rows it added and how many it changed."""
    with connection.cursor() as cursor:
        cursor.execute(statement, [columns[name] for name in names])
        added = [row[0] for row in cursor.fetchall()]
    return added.count(True), added.count(False)
