"""Reading the wards of Leeds from a file of ONS: GeoJSON outlines, or a CSV of label points."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Never

from places.distance import Point
from places.outlines import OutlineError, clean_outline, in_united_kingdom
from places.services.refused import LoadRefused
from places.services.table_file import column, header, opened

WHAT = "wards"
LEEDS = "E08000035"

_CODE_KEY = re.compile(r"wd\d\dcd")
_COUNCIL_KEY = re.compile(r"lad\d\dcd")


@dataclass(frozen=True, slots=True)
class WardRow:
    """A ward of Leeds as the file has it: its present code, label point, and outline if any.

    Label point and outline are None where the file has none. Names are not read: ours are
    reviewed, and stand in addresses and on pages.
    """

    code: str
    point: Point | None
    outline: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class WardFile:
    """The wards of Leeds in a file, by present code, and how many others it has."""

    wards: dict[str, WardRow]
    left_out: int


def read_ward_file(path: Path, *, codes: Mapping[str, str]) -> WardFile:
    """Read GeoJSON or CSV. ``codes`` maps the present and former codes of Leeds to present ones.

    Wards of other places are counted and left out, so a file of all England will do. Raises
    LoadRefused when the file cannot be read, when an outline of Leeds is no outline, when a ward
    stands twice, when a ward of the council is not among ours, or when none of ours is in it.
    """
    reader = _Wards(path, codes)
    if _first_byte(path) in {b"{", b"["}:
        _read_geojson(path, reader)
    else:
        _read_csv(path, reader)
    if not reader.wards:
        raise LoadRefused(f"The wards file {path} has none of the wards of Leeds.")
    return WardFile(reader.wards, reader.left_out)


class _Wards:
    """Collects wards, and decides which are ours."""

    def __init__(self, path: Path, codes: Mapping[str, str]) -> None:
        self.path = path
        self.wards: dict[str, WardRow] = {}
        self.left_out = 0
        self._codes = codes

    def refuse(self, why: str) -> Never:
        raise LoadRefused(f"The wards file {self.path} cannot be used: {why}.")

    def present_code(self, given: str, *, council: str = "") -> str | None:
        """Our code for a code in the file, or None for a ward of another place."""
        code = self._codes.get(given)
        if code is None:
            if council == LEEDS:
                self.refuse(
                    f"{given[:20]} is a ward of Leeds that is not among the 33 of "
                    "places/data/wards.csv. Either the file is from before 2018, or ONS has "
                    "issued a new code"
                )
            self.left_out += 1
        elif code in self.wards:
            self.refuse(f"the ward {code} stands in it twice")
        return code

    def add(self, code: str, latitude: object, longitude: object, outline: object) -> None:
        point = _label(latitude, longitude)
        if point is None and outline is None:
            self.refuse(f"the ward {code} has no label point")
        shape = None
        if outline is not None:
            try:
                shape = clean_outline(outline)
            except OutlineError as error:
                self.refuse(f"the outline of {code}: {error}")
        self.wards[code] = WardRow(code, point, shape)


def _first_byte(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(1000).removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    except OSError as error:
        raise LoadRefused(f"The wards file {path} cannot be read: {error.strerror}.") from error


def _read_geojson(path: Path, wards: _Wards) -> None:
    """Take each feature while parsing, so that outlines of other places do not pile up."""

    def take(value: dict[str, Any]) -> object:
        if value.get("type") != "Feature":
            return value
        _take_feature(value, wards)
        return None

    try:
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            document = json.load(file, object_hook=take)
    except (ValueError, RecursionError) as error:
        wards.refuse(f"it is not GeoJSON: {str(error)[:120]}")
    if not isinstance(document, dict) or document.get("type") != "FeatureCollection":
        wards.refuse("it is not a GeoJSON FeatureCollection")


def _take_feature(feature: dict[str, Any], wards: _Wards) -> None:
    properties = feature.get("properties")
    if not isinstance(properties, dict):
        wards.refuse("a feature has no properties")
    lower = {str(key).lower(): value for key, value in properties.items()}
    given = _newest(lower, _CODE_KEY)
    if given is None:
        wards.refuse(
            "a feature has no ward code (WDnnCD); its properties are: "
            + ", ".join(str(key)[:30] for key in list(properties)[:12])
        )
    code = wards.present_code(given, council=_newest(lower, _COUNCIL_KEY) or "")
    if code is not None:
        geometry = feature.get("geometry")
        if geometry is None:
            wards.refuse(f"the outline of {code}: there is no geometry")
        wards.add(code, lower.get("lat"), lower.get("long"), geometry)


def _newest(properties: dict[str, Any], key: re.Pattern[str]) -> str | None:
    """The value whose key matches, of the newest year when several do."""
    keys = sorted(name for name in properties if key.fullmatch(name))
    value = properties[keys[-1]] if keys else None
    return value.strip().upper() if isinstance(value, str) else None


def _read_csv(path: Path, wards: _Wards) -> None:
    with opened(path, WHAT) as lines:
        names = header(lines, path, WHAT)
        places = [
            column(names, *accepted, path=path, what=WHAT)
            for accepted in (
                ("wdNNcd", "code", "ward"),
                ("lat", "latitude"),
                ("long", "lon", "longitude"),
            )
        ]
        for number, cells in lines:
            if len(cells) <= max(places):
                wards.refuse(f"line {number} has too few columns")
            given, latitude, longitude = (cells[place].strip() for place in places)
            code = wards.present_code(given.upper())
            if code is not None:
                wards.add(code, latitude, longitude, None)


def _label(latitude: object, longitude: object) -> Point | None:
    """A label point of numbers or of their text; None when it is missing or not in the UK."""
    try:
        point = Point(float(str(latitude)), float(str(longitude)))
    except ValueError:
        return None
    return point if in_united_kingdom(point) else None
