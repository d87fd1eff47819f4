"""Checking outlines, and finding what lies inside them."""

from typing import Any

import pytest

from places.distance import Point
from places.outlines import OutlineError, OutlineIndex, clean_outline

SQUARE = [[-1.6, 53.7], [-1.4, 53.7], [-1.4, 53.9], [-1.6, 53.9], [-1.6, 53.7]]
HOLE = [[-1.55, 53.75], [-1.45, 53.75], [-1.45, 53.85], [-1.55, 53.85], [-1.55, 53.75]]
ISLAND = [[-1.2, 53.7], [-1.1, 53.7], [-1.1, 53.8], [-1.2, 53.7]]


def polygon(*rings: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def test_holes_and_islands() -> None:
    outline = clean_outline({"type": "MultiPolygon", "coordinates": [[SQUARE, HOLE], [ISLAND]]})
    index = OutlineIndex({"A": outline, "B": clean_outline(polygon(HOLE))})
    assert index.at(Point(53.72, -1.5)) == "A"
    assert index.at(Point(53.8, -1.5)) == "B"
    assert index.at(Point(53.72, -1.12)) == "A"
    assert index.at(Point(53.79, -1.19)) is None
    assert index.at(Point(0, 0)) is None


def test_neighbours_share_no_point_and_leave_none_out() -> None:
    east = [[x + 0.2, y] for x, y in SQUARE]
    index = OutlineIndex({"W": polygon(SQUARE), "E": polygon(east)})
    assert index.at(Point(53.8, -1.4)) == "E"
    assert index.at(Point(53.8, -1.4000001)) == "W"


def test_coordinates_are_rounded_to_a_metre() -> None:
    ring = [[-1.6000000001, 53.7], [-1.6, 53.7], *SQUARE[1:]]
    ring[-1] = ring[0]
    assert clean_outline(polygon(ring)) == polygon(SQUARE)
    assert clean_outline(polygon([[*p, 12.5] for p in SQUARE])) == polygon(SQUARE), "heights go"


@pytest.mark.parametrize(
    ("geometry", "why"),
    [
        (None, "no geometry"),
        ("Polygon", "no geometry"),
        ({"type": "Point", "coordinates": [-1.5, 53.8]}, "is a Point"),
        ({"type": "Polygon"}, "not a list"),
        (polygon(), "not a list of rings"),
        (polygon(None), "fewer than four"),
        (polygon(SQUARE[:3]), "fewer than four"),
        (polygon(SQUARE[:4]), "not closed"),
        (polygon([*SQUARE[:2], [-1.5, float("nan")], *SQUARE[2:]]), "finite"),
        (polygon([*SQUARE[:2], [float("inf"), 53.8], *SQUARE[2:]]), "finite"),
        (polygon([*SQUARE[:2], ["-1.5", 53.8], *SQUARE[2:]]), "finite"),
        (polygon([*SQUARE[:2], [True, 53.8], *SQUARE[2:]]), "finite"),
        (polygon([*SQUARE[:2], [10**400, 53.8], *SQUARE[2:]]), "finite"),
        (polygon([*SQUARE[:2], [-1.5], *SQUARE[2:]]), "finite"),
        (polygon([[430149, 425504]] * 4), "must be in WGS84"),
        (polygon([[y, x] for x, y in SQUARE]), "longitude first"),
        (polygon([[-1.5, 53.8]] * 4), "empty"),
        ({"type": "MultiPolygon", "coordinates": []}, "empty"),
        ({"type": "MultiPolygon", "coordinates": [3]}, "not a list of rings"),
    ],
)
def test_what_is_no_outline(geometry: object, why: str) -> None:
    with pytest.raises(OutlineError, match=why):
        clean_outline(geometry)
