"""Placing organisations by their postcode."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Organisation
from accounts.services.place import place_organisation, place_organisations
from places import lookup
from places.distance import Point
from places.lookup import PostcodeError
from places.models import Postcode, PostcodeSector, Ward

pytestmark = pytest.mark.usefixtures("builtin")

GIPTON, ROUNDHAY = "E05011394", "E05011411"
EXACT = Point(53.8201, -1.5102)


def organisation(postcode: str, *, address_public: bool = False) -> Organisation:
    return Organisation(name="A", slug="a", postcode=postcode, address_public=address_public)


def placed(
    postcode: str, *, address_public: bool = False, exact: Point | None = None
) -> Organisation:
    made = organisation(postcode, address_public=address_public)
    place_organisation(made, exact=exact)
    return made


def exact_point(made: Organisation) -> Point | None:
    if made.latitude is None or made.longitude is None:
        return None
    return Point(made.latitude, made.longitude)


@pytest.fixture
def unit() -> Postcode:
    return Postcode.objects.create(
        unit="LS8 4AA", latitude=53.82, longitude=-1.51, ward_id=ROUNDHAY
    )


def sector_point() -> Point:
    return PostcodeSector.objects.get(pk="LS8 4").point


def test_by_its_sector_alone() -> None:
    made = placed("ls84aa")
    assert (made.postcode, made.ward_id) == ("LS8 4AA", GIPTON)
    assert exact_point(made) is None
    assert made.public_point == sector_point()
    assert placed("LS8 4AA", address_public=True).public_point == sector_point()


def test_by_its_loaded_postcode(unit: Postcode) -> None:
    made = placed("ls84aa")
    assert (made.ward_id, exact_point(made)) == (ROUNDHAY, unit.point)
    assert made.public_point == sector_point(), "a home is not shown"
    assert placed("LS8 4AA", address_public=True).public_point == unit.point


def test_a_point_known_from_elsewhere_goes_first(unit: Postcode) -> None:
    made = placed("LS8 4AA", exact=EXACT, address_public=True)
    assert (made.ward_id, exact_point(made), made.public_point) == (ROUNDHAY, EXACT, EXACT)


def test_the_ward_by_outline_where_the_postcode_is_not_loaded() -> None:
    ring = [[-1.6, 53.8], [-1.4, 53.8], [-1.4, 53.9], [-1.6, 53.9], [-1.6, 53.8]]
    Ward.objects.filter(pk=ROUNDHAY).update(outline={"type": "Polygon", "coordinates": [ring]})
    lookup.forget()
    assert placed("LS8 4AA", exact=EXACT).ward_id == ROUNDHAY
    assert placed("LS8 4AA", exact=Point(53.7, -1.5)).ward_id is None
    assert placed("LS8 4AA").ward_id == GIPTON, "without a point, the sector must do"


def test_outside_leeds(unit: Postcode) -> None:
    Postcode.objects.create(unit="LS29 9AA", latitude=53.92, longitude=-1.82)
    assert placed("LS29 9AA").ward_id is None, "LS is not enough"
    assert placed("BD3 8AA").ward_id is None, "2 of its sector's 244 postcodes are in Leeds"
    manchester = placed("M1 1AE", exact=Point(53.4774, -2.2309))
    assert manchester.ward_id is None
    assert manchester.public_point == lookup.public_point("M1 1AE", Point(53.4774, -2.2309))
    assert manchester.public_point != Point(53.4774, -2.2309)


def test_without_a_postcode() -> None:
    made = placed("  ")
    assert (made.postcode, made.ward_id, made.public_point) == ("", None, None)


def test_what_was_known_before_goes(unit: Postcode) -> None:
    made = placed("LS8 4AA")
    made.postcode = "M1 1AE"
    place_organisation(made)
    assert (made.ward_id, exact_point(made), made.public_point) == (None, None, None)


def test_no_postcode_changes_nothing() -> None:
    made = organisation("LS8 4")
    with pytest.raises(PostcodeError):
        place_organisation(made)
    assert made.postcode == "LS8 4"


def test_many_at_once(unit: Postcode) -> None:
    lookup.resolve("LS8")
    lookup.outlines_loaded()
    postcodes = ["ls8 4aa", "LS8 4AB", "", "not one", "M1 1AE"] * 20
    exact: list[Point | None] = [None, None, None, EXACT, EXACT] * 20
    many = [organisation(postcode) for postcode in postcodes]
    with CaptureQueriesContext(connection) as caught:
        misplaced = place_organisations(many, exact=exact)
    assert len(caught) == 1
    assert [entry.organisation for entry in misplaced] == many[3::5]
    assert "whole postcode" in misplaced[0].reason
    for one, postcode, point in zip(many, postcodes, exact, strict=True):
        alone = placed("" if postcode == "not one" else postcode, exact=point)
        assert (one.postcode, one.ward_id, exact_point(one), one.public_point) == (
            alone.postcode,
            alone.ward_id,
            exact_point(alone),
            alone.public_point,
        )


def test_points_must_match_organisations() -> None:
    with pytest.raises(ValueError, match="zip"):
        place_organisations([organisation("LS8 4AA")], exact=[])
