"""Outlines of wards: checking GeoJSON, and finding the ward a point lies in."""

from collections.abc import Mapping, Sequence
from typing import Any

from places.distance import Point

# The United Kingdom with room to spare, in degrees: catches swapped and projected coordinates.
_SOUTH, _NORTH, _WEST, _EAST = 49.0, 61.5, -9.5, 2.5
# About one metre; more only makes pages heavy.
DECIMALS = 5

type Ring = list[list[float]]


def in_united_kingdom(point: Point) -> bool:
    """Whether a point lies in or around the United Kingdom; False for numbers that are none."""
    return _SOUTH <= point.latitude <= _NORTH and _WEST <= point.longitude <= _EAST


class OutlineError(ValueError):
    """A geometry that is no outline in WGS84. The message says why, for people."""


def clean_outline(geometry: object) -> dict[str, Any]:
    """A checked GeoJSON Polygon or MultiPolygon with coordinates rounded to 5 decimals (1 m).

    Every ring must be closed, have at least four positions, and lie around the United Kingdom in
    WGS84 degrees, longitude first (RFC 7946). Rings that rounding leaves without an area go; when
    no polygon is left, or on any other fault, raises OutlineError.
    """
    if not isinstance(geometry, Mapping):
        raise OutlineError("there is no geometry")
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind not in {"Polygon", "MultiPolygon"}:
        raise OutlineError(f"the geometry is a {str(kind)[:40]}, not a Polygon or MultiPolygon")
    parts = [coordinates] if kind == "Polygon" else coordinates
    if not isinstance(parts, list):
        raise OutlineError("the coordinates are not a list")
    polygons = [polygon for part in parts if (polygon := _clean_polygon(part))]
    if not polygons:
        raise OutlineError("the outline is empty")
    if len(polygons) == 1:
        return {"type": "Polygon", "coordinates": polygons[0]}
    return {"type": "MultiPolygon", "coordinates": polygons}


def _clean_polygon(part: object) -> list[Ring]:
    if not isinstance(part, list) or not part:
        raise OutlineError("a polygon is not a list of rings")
    rings = [_clean_ring(ring) for ring in part]
    if not rings[0]:
        return []
    return [ring for ring in rings if ring]


def _clean_ring(ring: object) -> Ring:
    """The ring rounded, without repeated positions; empty when rounding left no area."""
    if not isinstance(ring, list) or len(ring) < 4:
        raise OutlineError("a ring has fewer than four positions")
    positions: Ring = []
    for raw in ring:
        position = _clean_position(raw)
        if not positions or positions[-1] != position:
            positions.append(position)
    if positions[0] != positions[-1]:
        raise OutlineError("a ring is not closed")
    return positions if len(positions) >= 4 else []


def _clean_position(raw: object) -> list[float]:
    if not isinstance(raw, list) or len(raw) < 2 or not all(_is_number(value) for value in raw[:2]):
        raise OutlineError("a position is not two finite numbers")
    longitude, latitude = raw[:2]
    if not in_united_kingdom(Point(latitude, longitude)):
        raise OutlineError(
            f"the position {longitude:g}, {latitude:g} is not in the United Kingdom: outlines "
            "must be in WGS84 degrees, longitude first"
        )
    return [round(float(longitude), DECIMALS), round(float(latitude), DECIMALS)]


def _is_number(value: object) -> bool:
    """Whether JSON gave a finite number; written so that no integer is too big to ask."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9


class OutlineIndex:
    """Which outline holds a point. Built once from clean outlines, then only read."""

    def __init__(self, outlines: Mapping[str, Mapping[str, Any]]) -> None:
        self._parts: list[tuple[str, tuple[float, float, float, float], Sequence[Ring]]] = []
        for code, outline in sorted(outlines.items()):
            coordinates = outline["coordinates"]
            polygons = [coordinates] if outline["type"] == "Polygon" else coordinates
            for rings in polygons:
                xs = [position[0] for position in rings[0]]
                ys = [position[1] for position in rings[0]]
                self._parts.append((code, (min(xs), min(ys), max(xs), max(ys)), rings))

    def __bool__(self) -> bool:
        return bool(self._parts)

    def at(self, point: Point) -> str | None:
        """The code of the outline around ``point``, or None."""
        x, y = point.longitude, point.latitude
        for code, (left, bottom, right, top), rings in self._parts:
            if left <= x <= right and bottom <= y <= top:
                # Even-odd rule: a point inside a hole crosses two rings.
                crossings = sum(_crossings(ring, x, y) for ring in rings)
                if crossings % 2:
                    return code
        return None


def _crossings(ring: Ring, x: float, y: float) -> int:
    """How many edges a ray from the point to the east crosses."""
    count = 0
    x1, y1 = ring[-1]
    for x2, y2 in ring:
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            count += 1
        x1, y1 = x2, y2
    return count
