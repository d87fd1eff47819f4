"""Placing organisations: from a postcode to a ward, a point, and the point the public may see."""

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import Organisation
from places import lookup
from places.distance import Point
from places.lookup import PostcodeError
from places.models import Postcode

#: The fields that placing sets, for ``save(update_fields=…)`` and ``bulk_update``.
PLACE_FIELDS = (
    "postcode",
    "ward",
    "latitude",
    "longitude",
    "public_latitude",
    "public_longitude",
)


@dataclass(frozen=True, slots=True)
class Misplaced:
    """An organisation whose postcode could not be read, and why, in words for people."""

    organisation: Organisation
    reason: str


def place_organisation(organisation: Organisation, *, exact: Point | None = None) -> None:
    """Set, but do not save, where ``organisation`` is, from its postcode. At most one query.

    ``exact`` is a point known from elsewhere (a register); it goes before the postcode's own. It
    is not remembered as such: place again without it, and the postcode's point takes its place.

    - ``postcode``: in its one written form; empty stays empty.
    - ``latitude``, ``longitude``: ``exact``, else the loaded postcode's; else empty.
    - ``ward``: the loaded postcode's, which is a fact, even when it is "none". Else the ward whose
      outline holds ``exact``, when outlines are loaded. Else the main ward of the sector, if most
      of the sector's postcodes are in Leeds: a guess, for installs without loaded postcodes.
    - ``public_latitude``, ``public_longitude``: the exact point when ``address_public`` is on, or
      the sector's middle when no exact point is known; while it is off, ``lookup.public_point``.

    Raises PostcodeError, and changes nothing, when the postcode is not a whole postcode.
    """
    unit = lookup.parse_unit(organisation.postcode) if organisation.postcode.strip() else ""
    row = lookup.unit_lookup(unit).first() if unit else None
    _place(organisation, unit, row, exact)


def place_organisations(
    organisations: Sequence[Organisation], *, exact: Sequence[Point | None] | None = None
) -> list[Misplaced]:
    """Place many, as ``place_organisation`` does, with one query for all; saves nothing.

    ``exact`` gives a point or None for each organisation, in the same order; organisations need
    not be saved yet. One whose postcode cannot be read is placed without it (by its point alone,
    its postcode emptied) and returned with the reason.
    """
    points = exact if exact is not None else [None] * len(organisations)
    units: list[str] = []
    misplaced = []
    for organisation in organisations:
        try:
            text = organisation.postcode
            units.append(lookup.parse_unit(text) if text.strip() else "")
        except PostcodeError as error:
            units.append("")
            misplaced.append(Misplaced(organisation, str(error)))
    rows = lookup.resolve_units(unit for unit in units if unit)
    for organisation, unit, point in zip(organisations, units, points, strict=True):
        _place(organisation, unit, rows.get(unit), point)
    return misplaced


def _place(
    organisation: Organisation, unit: str, row: Postcode | None, exact: Point | None
) -> None:
    point = exact or (row.point if row else None)
    public = lookup.public_point(unit, point)
    if organisation.address_public and point is not None:
        public = point
    organisation.postcode = unit
    organisation.ward_id = _ward(unit, row, exact)
    organisation.latitude, organisation.longitude = _coordinates(point)
    organisation.public_latitude, organisation.public_longitude = _coordinates(public)


def _ward(unit: str, row: Postcode | None, exact: Point | None) -> str | None:
    if row is not None:
        return row.ward_id
    if exact is not None and lookup.outlines_loaded():
        return lookup.ward_at(exact)
    return lookup.likely_ward(unit)


def _coordinates(point: Point | None) -> tuple[float, float] | tuple[None, None]:
    return (None, None) if point is None else (point.latitude, point.longitude)
