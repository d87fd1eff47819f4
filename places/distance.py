"""Points on the earth and the miles between them."""

from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

EARTH_RADIUS_METRES = 6_371_008.8  # mean radius, IUGG
METRES_PER_MILE = 1_609.344


@dataclass(frozen=True, slots=True)
class Point:
    """WGS84 latitude and longitude in degrees."""

    latitude: float
    longitude: float


def miles_between(one: Point, other: Point) -> float:
    """Great-circle distance in miles (haversine on the mean sphere)."""
    lat1, lat2 = radians(one.latitude), radians(other.latitude)
    half_lat = (lat2 - lat1) / 2
    half_lon = radians(other.longitude - one.longitude) / 2
    a = sin(half_lat) ** 2 + cos(lat1) * cos(lat2) * sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_METRES * asin(min(1.0, sqrt(a))) / METRES_PER_MILE
