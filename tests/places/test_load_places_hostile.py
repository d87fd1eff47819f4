"""Files that are no good: clear words, exit code, and not one row changed."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError

from places.models import Postcode, Ward
from tests.places.conftest import Load, WriteFile
from tests.places.test_load_places import GIPTON, HEAD, feature, geojson

pytestmark = pytest.mark.django_db

GOOD = f"LS8 4AA,53.82,-1.51,{GIPTON}\n"
NEW_CODE = "".join(
    f"LS8 4{one}{two},53.82,-1.51,E05099999\n" for one in "ABDEF" for two in "ABDEFG"
)
POINT = {"type": "Point", "coordinates": [1, 2]}


@pytest.fixture
def refused(load: Load) -> Callable[..., str]:
    """Run the command, which must refuse; gives what it said."""

    def run(**options: Path | bool) -> str:
        with pytest.raises(CommandError) as caught:
            load(apply=True, **options)
        assert str(caught.value).endswith("Nothing was changed.")
        assert caught.value.returncode == 1
        assert not Postcode.objects.exists()
        assert not Ward.objects.exists()
        return str(caught.value)

    return run


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "is empty"),
        ("\n\n \n", "is empty"),
        (HEAD, "has a heading but no rows"),
        ("pcds,lat,long\nLS8 4AA,53.8,-1.5\n", "or ward. Its columns are: pcds, lat, long"),
        ("a;b;c\n1;2;3\n", "or postcode. Its columns are: a;b;c"),
        ("pcds,wd25cd\n", "no column lat or latitude"),
        (b"PK\x03\x04\x14\x00\x00\x00", "If it is a ZIP archive, unpack it"),
        ("pcds,lat,long,wd25cd\n".encode("utf-16"), "not text in UTF-8"),
        (HEAD + "x,y,z,w\n" * 3, "None of the 3 rows"),
        (HEAD + GOOD + "x,y,z,w\n" * 25, "25 of the 26 rows"),
        (HEAD + GOOD + '"LS8 4AB,53.8,-1.5,E0\n' + GOOD * 3, "not a CSV file from line 3 on"),
        (HEAD + '"' + "x" * 200_000 + '",1,1,E0\n', "not a CSV file from line 2 on"),
        (HEAD + NEW_CODE, "E05099999 on 30 postcodes"),
    ],
)  # fmt: skip
def test_postcode_files(
    content: str | bytes, why: str, write_file: WriteFile, refused: Callable[..., str]
) -> None:
    assert why in refused(postcodes=write_file(content))


@pytest.mark.parametrize("option", ["postcodes", "wards"])
def test_files_that_cannot_be_read(
    option: str, tmp_path: Path, refused: Callable[..., str]
) -> None:
    assert "No such file" in refused(**{option: tmp_path / "missing.csv"})
    assert "Is a directory" in refused(**{option: tmp_path})


def test_no_file_at_all(refused: Callable[..., str]) -> None:
    assert "Give a postcode file" in refused()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "is empty"),
        ("{", "not GeoJSON"),
        ("[" * 100_000, "not GeoJSON"),
        ('{"type": "FeatureCollection", "features": [' + "9" * 5000 + "]}", "not GeoJSON"),
        ("{}", "not a GeoJSON FeatureCollection"),
        ("[]", "not a GeoJSON FeatureCollection"),
        (geojson(), "none of the wards of Leeds"),
        (geojson(feature("E05000001")), "none of the wards of Leeds"),
        (geojson({"type": "Feature"}), "no properties"),
        (geojson({"type": "Feature", "properties": {"Name": "x"}}), "its properties are: Name"),
        (geojson({"type": "Feature", "properties": {"WD25CD": 7}}), "no ward code"),
        (geojson(feature(GIPTON), feature(GIPTON)), "stands in it twice"),
        (geojson(feature("E05011412"), feature("E05013831")), "stands in it twice"),
        (geojson(feature("E05099999", LAD25CD="E08000035")), "not among the 33"),
        (geojson(feature(GIPTON) | {"geometry": None}), "there is no geometry"),
        (geojson(feature(GIPTON) | {"geometry": POINT}), "is a Point"),
        (geojson(feature(GIPTON, west=430000)), "must be in WGS84"),
        (geojson(feature(GIPTON)).replace("53.9", "NaN"), "finite numbers"),
        (geojson(feature(GIPTON)).replace("53.9", "1e999"), "finite numbers"),
        ("code,lat\nE0,1\n", "no column long or lon or longitude"),
        (f"code,lat,lon\n{GIPTON},53.8\n", "line 2 has too few columns"),
        (f"code,lat,lon\n{GIPTON},nan,x\n", "has no label point"),
        (b"\xff\xfe\x00code", "not text in UTF-8"),
    ],
)  # fmt: skip
def test_ward_files(
    content: str | bytes, why: str, write_file: WriteFile, refused: Callable[..., str]
) -> None:
    assert why in refused(wards=write_file(content))


def test_a_good_file_beside_a_bad_one_changes_nothing(
    write_file: WriteFile, refused: Callable[..., str]
) -> None:
    refused(postcodes=write_file(HEAD + GOOD), wards=write_file("{"))
    refused(postcodes=write_file(HEAD), wards=write_file(geojson(feature(GIPTON))))
