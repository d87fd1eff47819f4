"""Reading an ONS postcode file: NSPL, ONSPD, or a cut of one."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from places.distance import Point
from places.lookup import PostcodeError, parse_unit
from places.outlines import in_united_kingdom
from places.services.table_file import Line, column, header, opened

WHAT = "postcode"
#: How many lines of each reason a report names.
EXAMPLES = 5

_NUMBER = re.compile(r"[+-]?[0-9]{1,3}(?:\.[0-9]{0,20})?(?:[eE][+-]?[0-9]{1,2})?")
_WARD_CODE = re.compile(r"[A-Z][0-9]{8}")
# The wards of Leeds from 2004 to 2018, and their codes before 2011. Other boundaries, so these
# are never taken for present wards of the same name.
_OLD_WARD = re.compile(r"E050014(?:1[1-9]|[23][0-9]|4[0-3])|00DA[A-Z]{2}")
# What ONS writes for a postcode without a grid reference.
_NO_LATITUDE = 99.0

type FindWard = Callable[[Point], str | None]


class Reason(StrEnum):
    """Why a row was left out."""

    CUT_SHORT = "the line has too few columns"
    BAD_POSTCODE = "not a UK postcode"
    NO_POSITION = "no position"
    NOT_A_NUMBER = "latitude or longitude is not a number"
    OUT_OF_RANGE = "the position is not in the United Kingdom"
    BAD_WARD = "not an ONS ward code"
    NO_WARD = "no ward code, and no outlines to find the ward by"
    OLD_WARD = "a ward of before 2018, which had other boundaries; use a newer file"
    REPEATED = "the same postcode stands earlier in the file"


@dataclass(slots=True)
class Rejects:
    """Rows left out: how many for each reason, and the first lines of each."""

    counts: Counter[Reason] = field(default_factory=Counter)
    lines: defaultdict[Reason, list[int]] = field(default_factory=lambda: defaultdict(list))

    def add(self, reason: Reason, line: int) -> None:
        self.counts[reason] += 1
        if len(self.lines[reason]) < EXAMPLES:
            self.lines[reason].append(line)

    @property
    def total(self) -> int:
        return self.counts.total()


@dataclass(frozen=True, slots=True)
class PostcodeRow:
    """One row that can be used. ``ward`` is a present code of Leeds, or None outside.

    ``given`` is the ward code as it stood in the file, in capitals.
    """

    line: int
    unit: str
    latitude: float
    longitude: float
    ward: str | None
    given: str


class PostcodeFile:
    """Reads the rows of a file one by one; ``read`` and ``rejects`` count along the way."""

    def __init__(self, path: Path, *, wards: Mapping[str, str], find_ward: FindWard | None) -> None:
        """``wards`` maps present and former codes to present ones.

        ``find_ward`` finds the ward of a point by outlines; it serves rows without a ward code and
        rows with one of before 2018. Without it such rows are rejected.
        """
        self.path = path
        self.read = 0
        self.rejects = Rejects()
        self._wards = wards
        self._find_ward = find_ward

    def rows(self) -> Iterator[PostcodeRow]:
        """The rows that can be used. Raises LoadRefused when the file itself is no good."""
        with opened(self.path, WHAT) as lines:
            names = header(lines, self.path, WHAT)
            places = (
                self._column(names, "pcds", "pcd", "pcd7", "pcd8", "postcode"),
                self._column(names, "lat", "latitude"),
                self._column(names, "long", "lon", "longitude"),
                self._column(names, "wdNNcd", "osward", "ward"),
            )
            for line in lines:
                self.read += 1
                row = self._row(line, places)
                if isinstance(row, Reason):
                    self.rejects.add(row, line[0])
                else:
                    yield row

    def _column(self, names: list[str], *accepted: str) -> int:
        return column(names, *accepted, path=self.path, what=WHAT)

    def _row(self, line: Line, places: tuple[int, int, int, int]) -> PostcodeRow | Reason:
        number, cells = line
        try:
            postcode, latitude, longitude, given = (cells[place] for place in places)
        except IndexError:
            return Reason.CUT_SHORT
        unit = _unit(postcode)
        if unit is None:
            return Reason.BAD_POSTCODE
        point = _point(latitude.strip(), longitude.strip())
        if isinstance(point, Reason):
            return point
        given = given.strip().upper()
        ward = self._ward(given, point)
        if isinstance(ward, Reason):
            return ward
        return PostcodeRow(number, unit, point.latitude, point.longitude, ward, given)

    def _ward(self, given: str, point: Point) -> str | Reason | None:
        """The present ward of Leeds a row lies in, None outside Leeds, or why it cannot be told."""
        known = self._wards.get(given)
        if known is not None:
            return known
        if _OLD_WARD.fullmatch(given):
            # It is in Leeds, so where no outline holds it the outlines are too coarse there.
            return (self._find_ward and self._find_ward(point)) or Reason.OLD_WARD
        if not given:
            return self._find_ward(point) if self._find_ward else Reason.NO_WARD
        return None if _WARD_CODE.fullmatch(given) else Reason.BAD_WARD


def _unit(cell: str) -> str | None:
    """The written form of a postcode; ``pcd`` pads to seven characters, ``pcd8`` to eight."""
    try:
        return parse_unit(cell)
    except PostcodeError:
        return None


def _point(latitude: str, longitude: str) -> Point | Reason:
    if not latitude or not longitude:
        return Reason.NO_POSITION
    if not (_NUMBER.fullmatch(latitude) and _NUMBER.fullmatch(longitude)):
        return Reason.NOT_A_NUMBER
    point = Point(float(latitude), float(longitude))
    if point.latitude >= _NO_LATITUDE:
        return Reason.NO_POSITION
    return point if in_united_kingdom(point) else Reason.OUT_OF_RANGE
