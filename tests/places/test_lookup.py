"""Finding places, and how precisely that is known."""

from math import cos, radians

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from places import lookup
from places.distance import Point, miles_between
from places.lookup import PostcodeError, public_point, resolve
from places.models import Postcode, PostcodeSector, Ward

pytestmark = pytest.mark.usefixtures("builtin")

GIPTON = "E05011394"


def queries() -> CaptureQueriesContext:
    return CaptureQueriesContext(connection)


@pytest.fixture
def unit() -> Postcode:
    return Postcode.objects.create(unit="LS8 4AA", latitude=53.82, longitude=-1.51, ward_id=GIPTON)


def test_a_loaded_postcode_is_exact(unit: Postcode) -> None:
    found = resolve("ls84aa")
    assert (found.text, found.precision, found.ward_code) == ("LS8 4AA", "postcode", GIPTON)
    assert found.point == Point(53.82, -1.51)
    assert found.how == "the postcode LS8 4AA"


def test_an_unknown_postcode_falls_back_to_its_sector() -> None:
    found = resolve("LS8 4AA")
    assert (found.text, found.precision, found.ward_code) == ("LS8 4AA", "sector", None)
    assert found.point == PostcodeSector.objects.get(pk="LS8 4").point
    assert found.how == ("the middle of LS8 4 (this postcode is not loaded, so its sector is used)")


def test_an_unknown_sector_falls_back_to_its_district() -> None:
    assert resolve("LS8 7AA").how == (
        "the middle of the LS8 district (this postcode is not loaded, so its district is used)"
    )
    assert resolve("LS8 7").how == (
        "the middle of the LS8 district (LS8 7 is not known, so its district is used)"
    )
    assert resolve("LS8 7").precision == "district"


def test_a_district_is_the_mean_of_its_sectors_weighted_by_postcodes() -> None:
    sectors = list(PostcodeSector.objects.filter(code__startswith="LS8 "))
    total = sum(sector.postcodes_in_leeds for sector in sectors)
    mean = sum(sector.latitude * sector.postcodes_in_leeds for sector in sectors) / total
    found = resolve("LS8")
    assert found.point.latitude == pytest.approx(mean, abs=1e-5)
    assert found.how == "the middle of the LS8 district"
    assert found.ward_code is None


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("LS84", "the middle of LS8 4"),
        ("LS11", "the middle of the LS11 district"),
        ("LS1 1", "the middle of LS1 1"),
        ("BD1 1", "the middle of the Leeds part of BD1 1"),
        ("BD3", "the middle of the Leeds part of the BD3 district"),
    ],
)
def test_readings_and_parts(text: str, how: str) -> None:
    assert resolve(text).how == how


@pytest.mark.parametrize("text", ["M99 9ZZ", "M1 1", "M1", "LS86", "GIR 0AA"])
def test_nobody_knows_where_that_is(text: str) -> None:
    with pytest.raises(PostcodeError, match=f"We do not know where {text} is"):
        resolve(text)


def test_queries(unit: Postcode) -> None:
    resolve("LS8")  # warms the memory
    for text, expected in [("LS8", 0), ("LS8 4", 0), ("LS8 4AA", 1), ("LS8 4AB", 1)]:
        with queries() as caught:
            resolve(text)
        assert len(caught) == expected, text
    with queries() as caught:
        assert resolve("LS8 4AA", unit=unit).precision == "postcode"
        assert resolve("LS8 4AA", unit=None).precision == "sector"
    assert len(caught) == 0


def test_a_change_by_another_process_shows_within_the_minute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 1000.0
    monkeypatch.setattr("places.lookup.time.monotonic", lambda: now)
    before = resolve("LS8 4").point
    PostcodeSector.objects.filter(pk="LS8 4").update(latitude=53.9)
    assert resolve("LS8 4").point == before
    now += lookup.KEEP_SECONDS
    assert resolve("LS8 4").point.latitude == 53.9


def test_what_a_page_knows_to_be_right_is_kept_and_what_is_older_is_dropped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 1000.0
    monkeypatch.setattr("places.lookup.time.monotonic", lambda: now)
    lookup.as_of(7)
    before = resolve("LS8 4").point
    PostcodeSector.objects.filter(pk="LS8 4").update(latitude=53.9)
    for _ in range(3):
        now += 10 * lookup.KEEP_SECONDS
        lookup.as_of(7)
        with queries() as caught:
            assert resolve("LS8 4").point == before
        assert len(caught) == 0
    lookup.as_of(8)
    assert resolve("LS8 4").point.latitude == 53.9


def test_what_was_read_before_a_change_is_not_taken_for_what_came_after(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lookup.as_of(7)
    lookup.forget()
    read = lookup._read_known

    def read_while_it_changes() -> object:
        known = read()
        PostcodeSector.objects.filter(pk="LS8 4").update(latitude=53.9)
        lookup.as_of(8)
        return known

    with monkeypatch.context() as patch:
        patch.setattr(lookup, "_read_known", read_while_it_changes)
        assert resolve("LS8 4").point.latitude != 53.9
    assert resolve("LS8 4").point.latitude == 53.9


def test_an_empty_table_is_not_remembered() -> None:
    PostcodeSector.objects.all().delete()
    lookup.forget()
    with pytest.raises(PostcodeError):
        resolve("LS8")
    PostcodeSector.objects.create(code="LS8 4", latitude=53.8, longitude=-1.5)
    assert resolve("LS8").point == Point(53.8, -1.5)


def test_resolve_units(unit: Postcode) -> None:
    with queries() as caught:
        assert lookup.resolve_units(["LS8 4AA", "LS8 4AB", "LS8 4AA"]) == {"LS8 4AA": unit}
    assert len(caught) == 1
    with queries() as caught:
        assert lookup.resolve_units([]) == {}
    assert len(caught) == 0


# -- The point the public may see ---------------------------------------------------------------


def test_a_home_is_shown_in_the_middle_of_its_sector() -> None:
    sector = PostcodeSector.objects.get(pk="LS8 4").point
    assert public_point("LS8 4AA", Point(53.82, -1.51)) == sector
    assert public_point("ls84aa", None) == sector


@pytest.mark.parametrize("postcode", ["M1 1AE", "", "rubbish", "BD1 1AA"])
def test_where_the_sector_says_too_little_a_grid_cell_is_shown(postcode: str) -> None:
    exact = Point(53.7936, -1.7525)
    shown = public_point(postcode, exact)
    assert shown is not None
    assert shown != exact
    assert 0 < miles_between(shown, exact) < 0.9
    assert public_point(postcode, shown) == shown, "a cell's middle is its own"
    assert public_point(postcode, None) is None


@given(
    latitude=st.floats(49.5, 60.5), longitude=st.floats(-8, 2), north=st.floats(-0.99, 0.99),
    east=st.floats(-0.99, 0.99),
)  # fmt: skip
def test_everybody_in_a_cell_is_shown_in_one_place(
    latitude: float, longitude: float, north: float, east: float
) -> None:
    middle = lookup._cell_middle(Point(latitude, longitude))
    half_height = lookup.CELL_DEGREES / 2
    half_width = half_height / cos(radians(middle.latitude))
    other = Point(
        middle.latitude + north * half_height * 0.99, middle.longitude + east * half_width * 0.99
    )
    assert lookup._cell_middle(other) == middle
    assert miles_between(middle, Point(latitude, longitude)) < 0.9


def test_public_point_asks_nothing_when_warm() -> None:
    resolve("LS8")
    with queries() as caught:
        for _ in range(20):
            public_point("LS8 4AA", None)
            public_point("M1 1AE", Point(53.48, -2.24))
    assert len(caught) == 0


# -- Wards --------------------------------------------------------------------------------------


def test_the_likely_ward_needs_most_of_the_sector_in_leeds() -> None:
    assert lookup.likely_ward("LS8 4AA") == GIPTON
    assert lookup.likely_ward("BD11 1AA") == "E05011406"  # 173 of 186 in Leeds
    assert lookup.likely_ward("BD3 8AA") is None  # 2 of 244
    assert lookup.likely_ward("M1 1AE") is None


def test_ward_at() -> None:
    inside = Point(53.82, -1.51)
    assert not lookup.outlines_loaded()
    assert lookup.ward_at(inside) is None
    lookup.forget()
    square = [[-1.6, 53.8], [-1.4, 53.8], [-1.4, 53.9], [-1.6, 53.9], [-1.6, 53.8]]
    Ward.objects.filter(pk=GIPTON).update(outline={"type": "Polygon", "coordinates": [square]})
    assert lookup.outlines_loaded()
    assert lookup.ward_at(inside) == GIPTON
    assert lookup.ward_at(Point(53.7, -1.51)) is None
