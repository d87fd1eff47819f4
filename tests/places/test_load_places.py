"""Loading postcodes and wards: what is reported, what is written, and what stays."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError
from django.db import DatabaseError, connection

from places import lookup
from places.distance import Point
from places.models import Postcode, PostcodeSector, Ward
from places.services import load_builtin, load_places, lock, statements
from tests.places.conftest import Load, WriteFile
from tslsv.search.models import SearchState

HEAD = "pcds,lat,long,wd25cd\n"
GIPTON = "E05011394"
MANCHESTER = "E05011362"


def geojson(*features: dict[str, Any]) -> str:
    return json.dumps({"type": "FeatureCollection", "features": list(features)})


def feature(code: str, *, west: float = -1.6, **properties: object) -> dict[str, Any]:
    ring = [[west, 53.8], [west + 0.2, 53.8], [west + 0.2, 53.9], [west, 53.9], [west, 53.8]]
    return {
        "type": "Feature",
        "properties": {"WD25CD": code, "WD25NM": "A name", "LAT": 53.85, "LONG": -1.5} | properties,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


# -- Built-in figures ---------------------------------------------------------------------------


def places_version() -> int:
    states = SearchState.objects.filter(name=lookup.PLACES).values_list("version", flat=True)
    return states.first() or 0


@pytest.mark.django_db
def test_builtin_figures_load_once() -> None:
    first, second = load_builtin(), load_builtin()
    assert (first.wards_added, first.sectors_added) == (33, 156)
    assert (first.wards_changed, first.sectors_changed) == (0, 0)
    assert second == type(second)(0, 0, 0, 0)
    assert places_version() == 2, "pages read them anew once, and not at every start of the site"
    assert Ward.objects.get(name="Temple Newsam").former_codes == ["E05011412"]
    series = {code for ward in Ward.objects.all() for code in [ward.code, *ward.former_codes]}
    assert {f"E050{number}" for number in range(11382, 11415)} <= series, "the series of 2018"


@pytest.mark.usefixtures("builtin")
def test_builtin_figures_follow_the_release_until_postcodes_are_loaded() -> None:
    PostcodeSector.objects.filter(pk="LS8 4").update(latitude=50)
    Ward.objects.filter(name="Temple Newsam").update(former_codes=["E05099999"], latitude=53.5)
    counts = load_builtin()
    assert (counts.sectors_changed, counts.wards_changed) == (1, 1)
    ward = Ward.objects.get(name="Temple Newsam")
    assert ward.former_codes == ["E05099999", "E05011412"]
    assert ward.latitude == 53.5, "a load may have brought a newer label point"

    Postcode.objects.create(unit="LS1 1AA", latitude=53.8, longitude=-1.5)
    PostcodeSector.objects.filter(pk="LS8 4").update(latitude=50)
    PostcodeSector.objects.filter(pk="LS8 5").delete()
    counts = load_builtin()
    assert (counts.sectors_added, counts.sectors_changed) == (1, 0)
    assert PostcodeSector.objects.get(pk="LS8 4").latitude == 50


# -- A small file -------------------------------------------------------------------------------

SMALL = HEAD + (
    f"LS8 4AA,53.82,-1.51,{GIPTON}\n"
    "LS15 0AA,53.79,-1.46,E05011412\n"  # a former code
    f"M1 1AE,53.48,-2.24,{MANCHESTER}\n"
    f"M1 1AF,53.50,-2.26,{MANCHESTER}\n"
)


@pytest.mark.django_db
def test_a_dry_run_changes_nothing(write_file: WriteFile, load: Load) -> None:
    said = load(postcodes=write_file(SMALL))
    assert "4 rows read" in said
    assert "4 new, 0 changed, 0 unchanged, 0 rejected" in said
    assert "nothing was changed" in said
    assert not Postcode.objects.exists()
    assert not Ward.objects.exists()
    assert places_version() == 0


@pytest.mark.django_db
def test_loading_and_loading_again(write_file: WriteFile, load: Load) -> None:
    file = write_file(SMALL)
    said = load(postcodes=file, apply=True)
    assert "2 in Leeds and 2 outside" in said
    assert "Gipton & Harehills: 1\n" in said
    assert "Wetherby: 0\n" in said
    assert "1 added" in said
    assert Postcode.objects.get(pk="LS15 0AA").ward_id == "E05013831"
    assert Postcode.objects.get(pk="M1 1AE").ward_id is None
    assert lookup.resolve("ls8 4aa").ward_code == GIPTON
    assert lookup.resolve("M1 1").point == Point(53.49, -2.25)

    before = places_version()
    said = load(postcodes=file, apply=True)
    assert places_version() > before
    assert "0 new, 0 changed, 4 unchanged, 0 rejected" in said
    assert "Sectors: 0 added, 0 refreshed" in said


@pytest.mark.django_db
def test_changes_and_what_stays(write_file: WriteFile, load: Load) -> None:
    load(postcodes=write_file(SMALL), apply=True)
    newer = HEAD + f"LS8 4AA,53.83,-1.51,{GIPTON}\nLS15 0AA,53.79,-1.46,{MANCHESTER}\n"
    said = load(postcodes=write_file(newer), apply=True)
    assert "0 new, 2 changed, 0 unchanged" in said
    assert "1 that were in a ward of Leeds are in none" in said
    assert "2 loaded before and not in this file stay" in said
    assert Postcode.objects.get(pk="LS8 4AA").latitude == 53.83
    assert Postcode.objects.count() == 4


@pytest.mark.django_db
def test_sectors_are_refreshed_once_enough_is_loaded(write_file: WriteFile) -> None:
    load_builtin()
    before = PostcodeSector.objects.get(pk="BD3 8")  # built-in: 2 of 244
    one = write_file(HEAD + f"BD3 8AA,53.79,-1.71,{MANCHESTER}\n")
    load_places(postcodes=one, apply=True)
    after = PostcodeSector.objects.get(pk="BD3 8")
    assert (after.point, after.postcodes_in_mean) == (before.point, 2)

    rows = [f"BD3 8A{last},53.8,-1.73,{MANCHESTER}\n" for last in "BDEF"]
    load_places(postcodes=write_file(HEAD + "".join(rows)), apply=True)
    after = PostcodeSector.objects.get(pk="BD3 8")
    assert after.point == Point(53.798, -1.726), "all five loaded postcodes count"
    assert (after.postcodes_in_leeds, after.postcodes_in_mean, after.postcodes_all) == (0, 5, 244)
    assert after.main_ward_id is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    "content",
    [
        "pcd,LAT,LONG,OSWARD\n" + f"LS101AA,53.78,-1.53,{GIPTON}\n",
        '"pcd8","latitude","longitude","ward"\r\n' + f'"LS10 1AA","53.78","-1.53","{GIPTON}"\r\n',
        f"pcd7,lon,lat,wd24cd,wd22cd\nLS101AA,-1.53,53.78,{GIPTON},E05001424\n",
        "\ufeffpostcode,lat,long,wd18cd\n\n , ,,\n" + f"ls10  1aa,53.78,-1.53,{GIPTON.lower()}\n",
        b"pcds,name,lat,long,wd25cd\nLS10 1AA,Caf\xe9 \x00,53.78,-1.53," + GIPTON.encode(),
        'pcds,name,lat,long,wd25cd\nLS10 1AA,"two\nlines",53.78,-1.53,' + GIPTON,
        f"pcds,lat,long,wd25cd\nLS10 1AA,53.78,-1.53e0,{GIPTON}\n",
    ],
)
def test_columns_and_shapes_of_files(content: str | bytes, write_file: WriteFile) -> None:
    report = load_places(postcodes=write_file(content), apply=True)
    assert report.postcodes is not None
    assert (report.postcodes.read, report.postcodes.rejects.total) == (1, 0)
    row = Postcode.objects.get()
    assert (row.unit, row.point, row.ward_id) == ("LS10 1AA", Point(53.78, -1.53), GIPTON)


@pytest.mark.django_db
def test_rows_are_rejected_with_reason_and_line(write_file: WriteFile, load: Load) -> None:
    said = load(
        postcodes=write_file(
            HEAD
            + f"LS8 4AA,53.82,-1.51,{GIPTON}\n"
            + f"LS8 4AA,53.99,-1.99,{GIPTON}\n"
            + f"nonsense,53.82,-1.51,{GIPTON}\n"
            + f"LS8 4\x00A,53.82,-1.51,{GIPTON}\n"
            + "LS8 4AB,53.82\n"
            + f"LS8 4AD,99.999999,0.000000,{GIPTON}\n"
            + f"LS8 4AE,,,{GIPTON}\n"
            + f"LS8 4AF,fifty,-1.51,{GIPTON}\n"
            + f"LS8 4AG,nan,inf,{GIPTON}\n"
            + f"LS8 4AH,5_3.82,-1.51,{GIPTON}\n"
            + f"LS8 4AJ,-1.51,53.82,{GIPTON}\n"
            + "LS8 4AL,53.82,-1.51,Gipton\n"
            + "LS8 4AN,53.82,-1.51,\n"
            + "LS8 4AP,53.82,-1.51,E05001424\n"
            + "LS8 4AQ,53.82,-1.51,00DAHA\n"
        ),
        apply=True,
    )
    for line in [
        "the same postcode stands earlier in the file: 1 (line 3)",
        "not a UK postcode: 2 (line 4, 5)",
        "the line has too few columns: 1 (line 6)",
        "no position: 2 (line 7, 8)",
        "latitude or longitude is not a number: 3 (line 9, 10, 11)",
        "the position is not in the United Kingdom: 1 (line 12)",
        "not an ONS ward code: 1 (line 13)",
        "no ward code, and no outlines to find the ward by: 1 (line 14)",
        "a ward of before 2018, which had other boundaries; use a newer file: 2 (line 15, 16)",
    ]:
        assert f"Rejected, {line}." in said
    assert "1 new, 0 changed, 0 unchanged, 14 rejected" in said
    assert Postcode.objects.get().latitude == 53.82, "the first of two stays"


@pytest.mark.django_db
def test_outlines_give_the_ward_where_the_row_does_not(write_file: WriteFile) -> None:
    rows = (
        "LS8 4AN,53.82,-1.51,\n"
        "LS8 4AP,53.82,-1.51,E05001424\n"
        "M1 1AE,53.48,-2.24,\n"
        "LS8 4AQ,53.99,-1.51,E05001424\n"
    )
    report = load_places(
        postcodes=write_file(HEAD + rows), wards=write_file(geojson(feature(GIPTON))), apply=True
    )
    assert dict(Postcode.objects.values_list("unit", "ward_id")) == {
        "LS8 4AN": GIPTON,
        "LS8 4AP": GIPTON,
        "M1 1AE": None,
    }
    assert report.postcodes is not None
    assert report.postcodes.rejects.total == 1, "in Leeds by its code, in no ward by its point"


# -- Wards --------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_wards_of_all_england(write_file: WriteFile, load: Load) -> None:
    file = write_file(
        geojson(feature(GIPTON), feature(MANCHESTER, LAD25CD="E08000003"), feature("E05011412"))
    )
    said = load(wards=file)
    assert "2 changed, 0 unchanged" in said
    assert not Ward.objects.exists()
    said = load(wards=file, apply=True)
    assert "wards of other places: 1." in said
    assert "2 wards of Leeds have an outline" in said
    ward = Ward.objects.get(pk=GIPTON)
    assert (ward.name, ward.point) == ("Gipton & Harehills", Point(53.85, -1.5))
    assert Ward.objects.get(name="Temple Newsam").outline is not None, "found by its former code"
    assert lookup.ward_at(Point(53.85, -1.5)) == GIPTON

    assert "0 changed, 2 unchanged" in load(wards=file, apply=True)
    load_builtin()
    assert Ward.objects.get(pk=GIPTON).outline == ward.outline
    assert Ward.objects.get(pk=GIPTON).point == ward.point


@pytest.mark.django_db
def test_wards_from_csv_keep_their_outlines(write_file: WriteFile) -> None:
    load_places(wards=write_file(geojson(feature(GIPTON))), apply=True)
    load_places(
        wards=write_file(f"code,name,lat,lon\n{GIPTON},New,53.81,-1.5\nE0,X,1,1\n"), apply=True
    )
    ward = Ward.objects.get(pk=GIPTON)
    assert (ward.latitude, ward.name) == (53.81, "Gipton & Harehills")
    assert ward.outline is not None


# -- One at a time, all or nothing --------------------------------------------------------------


@pytest.mark.django_db
def test_a_failure_in_the_middle_changes_nothing(
    write_file: WriteFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_builtin()
    monkeypatch.setattr(statements, "WRITE_SECTORS", "SELECT 1 / 0")
    with pytest.raises(DatabaseError):
        load_places(
            postcodes=write_file(SMALL), wards=write_file(geojson(feature(GIPTON))), apply=True
        )
    assert not Postcode.objects.exists()
    assert not Ward.objects.filter(outline__isnull=False).exists()


@pytest.mark.django_db
def test_two_loads_at_once(write_file: WriteFile, load: Load) -> None:
    file = write_file(SMALL)
    other = connection.copy()
    other.settings_dict["OPTIONS"] = {}  # a connection of its own, not one of the pool
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [lock.KEY])
            with pytest.raises(CommandError, match=r"Another load is running.*Nothing was changed"):
                load(postcodes=file, apply=True)
            assert not Postcode.objects.exists()
            # Closing alone lets go only when the server notices, some time later.
            cursor.execute("SELECT pg_advisory_unlock(%s)", [lock.KEY])
    finally:
        other.close()
    assert "4 new" in load(postcodes=file, apply=True)


# -- The real files -----------------------------------------------------------------------------


@pytest.mark.data
@pytest.mark.django_db
def test_the_real_files(places_data: Path) -> None:
    report = load_places(
        postcodes=places_data / "postcodes_leeds.csv",
        wards=places_data / "wards_leeds.geojson",
        apply=True,
    )
    assert report.postcodes is not None
    assert report.wards is not None
    print(f"30,792 postcodes and 33 outlines in {report.seconds:.2f} s")  # noqa: T201
    assert (report.postcodes.new, report.postcodes.rejects.total) == (30_792, 0)
    assert (report.postcodes.in_leeds, report.postcodes.outside) == (30_792, 0)
    assert report.wards.with_outlines == 33
    assert min(report.postcodes.per_ward.values()) > 300
    assert report.postcodes.sectors_added == 0

    for ward in Ward.objects.all():
        assert lookup.ward_at(ward.point) == ward.code, ward.name
    sample = list(Postcode.objects.order_by("unit")[::50])
    outside = [row.unit for row in sample if lookup.ward_at(row.point) != row.ward_id]
    assert len(outside) <= len(sample) * 0.01, "wards by polygon, but for points on boundaries"

    again = load_places(postcodes=places_data / "postcodes_leeds.csv", apply=True).postcodes
    assert again is not None
    assert (again.unchanged, again.new, again.changed) == (30_792, 0, 0)
    assert (again.sectors_added, again.sectors_refreshed) == (0, 0)


@pytest.mark.data
@pytest.mark.usefixtures("builtin")
def test_the_builtin_figures_are_those_of_the_real_files(places_data: Path) -> None:
    report = load_places(wards=places_data / "wards_leeds.csv", apply=True)
    assert report.wards is not None
    assert (report.wards.changed, report.wards.unchanged) == (0, 33)
