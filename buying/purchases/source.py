"""From the bytes of an upload to the cells of its lines."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from threading import Lock

from buying.purchases.columns import BadHead, Head, known, read_head

MOST_BYTES = 5_000_000
MOST_LINES = 10_000
MOST_CELLS = 200

TOO_LARGE = "This file is larger than 5 MB. Split it, and send the parts one by one."
EMPTY = "This file is empty."
ONLY_A_HEAD = "This file has headings, and no line under them."
TOO_MANY = f"This file has more than {MOST_LINES:,} lines. Split it, and send the parts one by one."
SPREADSHEET = (
    "This is a spreadsheet. Open it, choose “Save as” and “CSV”, and send the file that you get."
)
NOT_TEXT = "This is no CSV file. In a spreadsheet, choose “Save as” and “CSV”."
_OTHERS = {
    b"PK\x03\x04": SPREADSHEET,
    b"\xd0\xcf\x11\xe0": SPREADSHEET,
    b"%PDF": "This is a PDF. Ask whoever made it for the same list as a CSV file.",
}
_DELIMITERS = ",;\t"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")

_limit = Lock()
"""The longest cell that ``csv`` reads is one setting for the whole process."""


class BadFile(ValueError):
    """The file as a whole cannot be read; the words say why, and what to do."""


@dataclass(frozen=True, slots=True)
class Source:
    """The columns, and the cells of each line with the number of the line it begins at."""

    head: Head
    rows: list[tuple[int, list[str]]]


def read(data: bytes) -> Source:
    """A CSV file of purchases. Raises BadFile.

    A cell may be as long as the file: what is wrong with it is then said beside its line.
    """
    with _limit:
        before = csv.field_size_limit(MOST_BYTES)
        try:
            return _read(data)
        finally:
            csv.field_size_limit(before)


def _read(data: bytes) -> Source:
    if len(data) > MOST_BYTES:
        raise BadFile(TOO_LARGE)
    for start, words in _OTHERS.items():
        if data.startswith(start):
            raise BadFile(words)
    text = _text(data)
    if not text.strip():
        raise BadFile(EMPTY)
    lines = _lines(text, _delimiter(text))
    first = next(lines, None)
    if first is None:
        raise BadFile(EMPTY)
    try:
        head = read_head(first[1][:MOST_CELLS])
    except BadHead as bad:
        raise BadFile(str(bad)) from bad
    rows: list[tuple[int, list[str]]] = []
    for line in lines:
        if len(rows) == MOST_LINES:
            raise BadFile(TOO_MANY)
        rows.append(line)
    if not rows:
        raise BadFile(ONLY_A_HEAD)
    return Source(head, rows)


def _text(data: bytes) -> str:
    """UTF-8 or UTF-16 by its mark, UTF-8 where it is that, else what Windows has always written.

    Every byte means something in Latin-1, so nothing is refused for a letter.
    """
    if data.startswith(_UTF16):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError as error:
            raise BadFile(NOT_TEXT) from error
    if data[:4000].count(0) > len(data[:4000]) // 10:
        raise BadFile(NOT_TEXT)
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def _delimiter(text: str) -> str:
    """Whichever makes the most headings known of the first line."""

    def score(delimiter: str) -> int:
        first = next(_lines(text, delimiter), None)
        return known(first[1][:MOST_CELLS]) if first else 0

    return max(_DELIMITERS, key=score)


def _lines(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Lines with anything in them."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    begins = 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield begins, cells
        begins = reader.line_num + 1
