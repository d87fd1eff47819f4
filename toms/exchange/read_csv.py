"""Reading a CSV of the register: every line is judged, and nothing is written here."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError

from toms import consistency
from toms.exchange.columns import COLUMNS, BadCell, unguard
from toms.models import MeasureVersion
from toms.models.framework import OUTCOME_CODE, SHORT_CODE, THEME_CODE
from toms.models.measure import MEASURE_CODE, Number
from tslsv.ui.fields import has_controls

MOST_BYTES = 10_000_000
MOST_ROWS = 5_000
_FORMULA = re.compile(r"[=+\-@\t\r]")
_CODES = {
    "code": MEASURE_CODE,
    "theme_code": THEME_CODE,
    "outcome_code": OUTCOME_CODE,
    "unit_code": SHORT_CODE,
    "overlap_group": SHORT_CODE,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One good line: where it begins, its cells, and the version it describes, without pointers."""

    line: int
    cells: dict[str, str]
    fields: dict[str, Any]
    number: Number

    @property
    def code(self) -> str:
        return self.cells["code"]


@dataclass(slots=True)
class Parsed:
    """The good lines, and what is wrong: the line (0: the whole file) and words."""

    entries: list[Entry] = field(default_factory=list)
    problems: list[tuple[int, str]] = field(default_factory=list)


def parse(data: bytes) -> Parsed:
    """Judge a whole file. Every problem is found that can be found without the database."""
    parsed = Parsed()
    text = _decode(data, parsed)
    if text is None:
        return parsed
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        if not _good_header(header, parsed):
            return parsed
        begins = reader.line_num + 1
        for number, cells in enumerate(reader, start=1):
            if number > MOST_ROWS:
                words = f"There are more than {MOST_ROWS:,} rows here, and no register has so many."
                return Parsed(problems=[(begins, words)])
            if any(cell.strip() for cell in cells):
                _read_row(begins, header, cells, parsed)
            begins = reader.line_num + 1
    except csv.Error as error:
        parsed.problems.append((reader.line_num, f"This line is no CSV: {error}."))
    _check_together(parsed)
    return parsed


def _decode(data: bytes, parsed: Parsed) -> str | None:
    if len(data) > MOST_BYTES:
        parsed.problems.append((0, f"The file is larger than {MOST_BYTES // 1_000_000} MB."))
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        words = "This line has bytes that are not UTF-8. Save the file as “CSV UTF-8”."
        parsed.problems.append((line, words))
        return None


def _good_header(header: list[str], parsed: Parsed) -> bool:
    known = {column.name for column in COLUMNS}
    wrong = [
        *(
            f"The column “{c.name}” is missing."
            for c in COLUMNS
            if c.needed and c.name not in header
        ),
        *(f"There is no column “{name[:60]}”." for name in header if name not in known),
        *(f"The column “{n}” is there twice." for n, times in Counter(header).items() if times > 1),
    ]
    parsed.problems += [(1, words) for words in wrong]
    return not wrong


def _read_row(line: int, header: list[str], cells: list[str], parsed: Parsed) -> None:
    if len(cells) != len(header):
        parsed.problems.append((line, f"It has {len(cells)} cells, and the header {len(header)}."))
        return
    # Stripping takes some control characters for white space, so they are looked for before.
    hidden = [name for name, cell in zip(header, cells, strict=True) if has_controls(cell)]
    wrong = [f"{name} has characters that cannot be shown." for name in hidden]
    row = {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
    wrong += [f"{name} {words}." for name, words in _bad_cells(row) if name not in hidden]
    row = {name: unguard(cell) for name, cell in row.items()}
    fields: dict[str, Any] = {}
    for column in COLUMNS:
        if column.field and column.name in row:
            try:
                fields[column.field] = column.read(row[column.name])
            except BadCell as error:
                wrong.append(f"{column.name} {error}.")
    number = None
    try:
        number = Number.parse(row["version"])
    except ValueError as error:
        wrong.append(str(error))
    if wrong or number is None:
        parsed.problems += [(line, words) for words in wrong]
        return
    version = MeasureVersion(**fields)
    wrong += [words for _, words in consistency.problems(version)]
    wrong += _too_long(version, fields)
    if wrong:
        parsed.problems += [(line, words) for words in wrong]
        return
    parsed.entries.append(Entry(line, row, fields, number))


def _bad_cells(row: dict[str, str]) -> list[tuple[str, str]]:
    found = []
    for name, cell in row.items():
        if _FORMULA.match(cell):
            found.append((name, "begins like a formula; write a word or an apostrophe first"))
    return [*found, *_bad_codes(row), *_bad_headings(row)]


def _bad_codes(row: dict[str, str]) -> Iterator[tuple[str, str]]:
    for name, validator in _CODES.items():
        try:
            if row[name] or name != "overlap_group":
                validator(row[name])
        except ValidationError as error:
            yield name, f"is “{row[name][:40]}”. {error.message.rstrip('.')}"
    start = f"LT-{row['theme_code'][:20]}-"
    if not (row["outcome_code"].startswith(start) and row["code"].startswith(start)):
        yield "code", f"and outcome_code begin with {start}, as the theme's code"


def _bad_headings(row: dict[str, str]) -> Iterator[tuple[str, str]]:
    for name, most in (("theme", 120), ("outcome", 200), ("leeds_ambition", 60)):
        if len(row[name]) > most:
            yield name, f"is longer than {most} letters"
        elif not row[name] and name != "leeds_ambition":
            yield name, "is empty"


def _too_long(version: MeasureVersion, fields: dict[str, Any]) -> list[str]:
    wrong = []
    for name in fields:
        most = getattr(MeasureVersion._meta.get_field(name), "max_length", None)
        value = getattr(version, name)
        if most and isinstance(value, str) and len(value) > most:
            wrong.append(f"{name.replace('_', ' ')} is longer than {most:,} letters.")
    return wrong


def _check_together(parsed: Parsed) -> None:
    """A code stands once, and a theme and an outcome are called the same everywhere."""
    first: dict[str, int] = {}
    called: dict[str, tuple[int, tuple[str, ...]]] = {}
    for entry in parsed.entries:
        cells = entry.cells
        if entry.code in first:
            words = f"{entry.code} stands in line {first[entry.code]} already."
            parsed.problems.append((entry.line, words))
        first.setdefault(entry.code, entry.line)
        for code, names in (
            (cells["theme_code"], (cells["theme"],)),
            (cells["outcome_code"], (cells["outcome"],)),
        ):
            line, before = called.setdefault(code, (entry.line, names))
            if before != names:
                words = f"{code} is “{names[0]}” here and “{before[0]}” in line {line}."
                parsed.problems.append((entry.line, words))
    parsed.problems.sort()
