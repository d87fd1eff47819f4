"""Finding places: what pages, forms and imports ask.

Sectors, districts and outlines are few, so each process keeps them in memory for a minute.
``load_places`` in another process therefore shows here within a minute without a query a call;
single postcodes are always read from the database, so they are right at once. A page that reads the
version of the places anyway says so with ``as_of``: what was read of that version is kept on, and
what is older is read again at once. In the process that changed them, ``forget()`` (called by the
services after their commit) makes it immediate.
"""

import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from math import cos, floor, radians
from typing import NamedTuple

from django.db.models import QuerySet

from places.distance import Point
from places.models import Postcode, PostcodeSector, Ward
from places.outlines import OutlineIndex
from places.typed import PostcodeError, Precision, Typed, parse, parse_unit

__all__ = [
    "Found",
    "PostcodeError",
    "Typed",
    "as_of",
    "forget",
    "likely_ward",
    "outlines_loaded",
    "parse",
    "parse_unit",
    "public_point",
    "resolve",
    "resolve_units",
    "unit_lookup",
    "ward_at",
]

KEEP_SECONDS = 60
PLACES = "places"
"""The state row whose version says when wards, sectors or outlines last changed."""

# The height of a grid cell, 2 km in degrees of latitude (one degree is about 111.2 km).
CELL_DEGREES = 2 / 111.2


class _Sector(NamedTuple):
    point: Point
    main_ward: str | None
    in_leeds: int
    in_mean: int
    in_all: int

    @property
    def stands_for_most(self) -> bool:
        """Whether the point is the mean of at least half of the sector's postcodes."""
        return 2 * self.in_mean >= self.in_all


class _District(NamedTuple):
    point: Point
    stands_for_most: bool


@dataclass(frozen=True, slots=True)
class _Known:
    sectors: dict[str, _Sector]
    districts: dict[str, _District]


@dataclass(frozen=True, slots=True)
class _Read[T]:
    """What was read while ``version`` was the newest that this process knew of, and when."""

    version: int | None
    at: float
    value: T

    def holds(self) -> bool:
        newest = max(self.at, _Kept.said_at)
        return self.version == _Kept.version and time.monotonic() < newest + KEEP_SECONDS


class _Kept:
    """What this process remembers. Replaced as a whole, so threads need no lock."""

    known: _Read[_Known] | None = None
    outlines: _Read[OutlineIndex] | None = None
    # The newest version that a page has told of, and when it did.
    version: int | None = None
    said_at = 0.0


def as_of(version: int) -> None:
    """Say that this is the version of the places now, as a page has just read it."""
    _Kept.version, _Kept.said_at = version, time.monotonic()


def forget() -> None:
    """Drop what this process remembers. For services that changed it, and for tests."""
    _Kept.known = _Kept.outlines = _Kept.version = None
    _Kept.said_at = 0.0


@dataclass(frozen=True, slots=True)
class Found:
    """Where something typed is, and how precisely that is known.

    ``text`` is what was asked for in its written form; ``precision`` says what the point is the
    middle of, which can be less than was asked for. ``ward_code`` is given only where it is
    certain, which is for a loaded postcode inside Leeds. ``how`` completes a sentence such as
    "Distances are from …".
    """

    text: str
    precision: Precision
    point: Point
    ward_code: str | None
    how: str


class _Ask(Enum):
    DATABASE = "database"


def unit_lookup(unit: str) -> QuerySet[Postcode]:
    """The row of one postcode ("LS8 4AA"), to run or to fold into another statement."""
    return Postcode.objects.filter(pk=unit)


def resolve(typed: Typed | str, *, unit: Postcode | _Ask | None = _Ask.DATABASE) -> Found:
    """Where ``typed`` is: the postcode itself, else its sector, else its district.

    Of two readings ("LS84") the district wins where there is one by that name, else the sector.
    Costs one query for a whole postcode and none otherwise (when warm). A caller who has looked
    the postcode up already passes the row, or None for "not loaded", as ``unit``.

    Raises PostcodeError when the text is no postcode or nothing near it is known.
    """
    if isinstance(typed, str):
        typed = parse(typed)
    if typed.precision == "postcode":
        row = unit_lookup(typed.text).first() if unit is _Ask.DATABASE else unit
        if row is not None:
            return Found(
                typed.text, "postcode", row.point, row.ward_id, f"the postcode {typed.text}"
            )
    return _in_table(typed, _known())


def _in_table(typed: Typed, known: _Known) -> Found:
    """Find a sector or district, or what an unknown postcode or sector lies in."""
    code = typed.sector
    if code and (sector := known.sectors.get(code)):
        why = (
            " (this postcode is not loaded, so its sector is used)"
            if typed.precision == "postcode"
            else ""
        )
        how = f"the middle of {_part(sector.stands_for_most)}{code}{why}"
        return Found(typed.text, "sector", sector.point, None, how)
    if district := known.districts.get(typed.district):
        why = {
            "postcode": " (this postcode is not loaded, so its district is used)",
            "sector": f" ({typed.text} is not known, so its district is used)",
            "district": "",
        }[typed.precision]
        part = _part(district.stands_for_most)
        how = f"the middle of {part}the {typed.district} district{why}"
        return Found(typed.text, "district", district.point, None, how)
    if typed.otherwise and typed.otherwise.text in known.sectors:
        return _in_table(typed.otherwise, known)
    raise PostcodeError(
        f"We do not know where {typed.text} is. Check it, or try another postcode nearby."
    )


def _part(stands_for_most: bool) -> str:
    return "" if stands_for_most else "the Leeds part of "


def resolve_units(units: Iterable[str]) -> dict[str, Postcode]:
    """The loaded rows of many postcodes ("LS8 4AA") by unit, in one query."""
    wanted = sorted(set(units))
    return Postcode.objects.in_bulk(wanted) if wanted else {}


def public_point(postcode: str, exact: Point | None) -> Point | None:
    """Where an organisation may be shown and measured while its address is not public.

    The middle of its postcode's sector, which tells no more than the sector that is shown anyway.
    Where the sector is not known, or its point stands for less than half of it, the middle of the
    2 km grid cell that ``exact`` lies in: always the same cell, so that repeated answers cannot be
    averaged, and the same for everybody in it, so that distances from many places meet in the
    middle of the cell and not at a door. None when neither is known. No query when warm.
    """
    sector = _sector(postcode)
    if sector is not None and sector.stands_for_most:
        return sector.point
    return None if exact is None else _cell_middle(exact)


def likely_ward(postcode: str) -> str | None:
    """The ward most of the postcode's sector lies in, when most of the sector lies in Leeds.

    For installs without loaded postcodes: a fair guess, not a fact. No query when warm.
    """
    sector = _sector(postcode)
    if sector is None or 2 * sector.in_leeds <= sector.in_all:
        return None
    return sector.main_ward


def ward_at(point: Point) -> str | None:
    """The code of the ward around ``point`` by the loaded outlines; None outside, or without them.

    Takes about a tenth of a millisecond. A point within the outlines' own precision of a boundary
    can fall on the other side; the ward of a loaded postcode is the better authority.
    """
    return _outlines().at(point)


def outlines_loaded() -> bool:
    """Whether ``ward_at`` can answer at all."""
    return bool(_outlines())


def _sector(postcode: str) -> _Sector | None:
    try:
        code = parse(postcode).sector
    except PostcodeError:
        return None
    return _known().sectors.get(code) if code else None


def _cell_middle(point: Point) -> Point:
    """The middle of a cell 2 km high and about 2 km wide, rows counted from the equator."""
    latitude = (floor(point.latitude / CELL_DEGREES) + 0.5) * CELL_DEGREES
    width = CELL_DEGREES / max(cos(radians(latitude)), 0.01)
    longitude = (floor(point.longitude / width) + 0.5) * width
    return Point(
        round(max(-90.0, min(90.0, latitude)), 5), round(max(-180.0, min(180.0, longitude)), 5)
    )


def _known() -> _Known:
    kept = _Kept.known
    if kept is not None and kept.holds():
        return kept.value
    # Said before it is read: another version may come meanwhile.
    version, now = _Kept.version, time.monotonic()
    known = _read_known()
    if known.sectors:  # an empty table is about to be filled, so it is not remembered
        _Kept.known = _Read(version, now, known)
    return known


def _read_known() -> _Known:
    """All sectors, and each district as the mean of its sectors weighted by their postcodes."""
    sectors: dict[str, _Sector] = {}
    by_district: dict[str, list[_Sector]] = defaultdict(list)
    rows = PostcodeSector.objects.order_by().values_list(
        "code", "latitude", "longitude", "main_ward_id",
        "postcodes_in_leeds", "postcodes_in_mean", "postcodes_all",
    )  # fmt: skip
    for code, latitude, longitude, main_ward, in_leeds, in_mean, in_all in rows:
        sector = _Sector(Point(latitude, longitude), main_ward, in_leeds, in_mean, in_all)
        sectors[code] = sector
        by_district[code.split(" ")[0]].append(sector)
    return _Known(sectors, {code: _district(parts) for code, parts in by_district.items()})


def _district(sectors: list[_Sector]) -> _District:
    weights = [max(1, sector.in_mean) for sector in sectors]
    total = sum(weights)
    latitude = sum(s.point.latitude * w for s, w in zip(sectors, weights, strict=True)) / total
    longitude = sum(s.point.longitude * w for s, w in zip(sectors, weights, strict=True)) / total
    return _District(
        Point(round(latitude, 5), round(longitude, 5)), 2 * total >= sum(s.in_all for s in sectors)
    )


def _outlines() -> OutlineIndex:
    kept = _Kept.outlines
    if kept is not None and kept.holds():
        return kept.value
    version, now = _Kept.version, time.monotonic()
    rows = Ward.objects.filter(outline__isnull=False).order_by().values_list("code", "outline")
    index = OutlineIndex({code: outline for code, outline in rows if outline})
    _Kept.outlines = _Read(version, now, index)
    return index
