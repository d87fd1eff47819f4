"""Reading a CSV file row by row, whatever its columns are called and in what order."""

import csv
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from places.services.refused import LoadRefused

type Line = tuple[int, list[str]]

_WARD_CODE_COLUMN = re.compile(r"wd(\d\d)cd")


@contextmanager
def opened(path: Path, what: str) -> Iterator[Iterator[Line]]:
    """The non-empty rows of a CSV file with the number of the line each begins on.

    UTF-8 with or without a byte order mark; bytes that are not UTF-8 become replacement marks,
    as they only occur in names, which we do not read. LF and CRLF both end a line. A file that
    cannot be read, or whose quotes do not match, raises LoadRefused naming it as ``what``.
    """
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            yield _rows(file, path, what)
    except OSError as error:
        raise LoadRefused(f"The {what} file {path} cannot be read: {error.strerror}.") from error


def _rows(file: TextIO, path: Path, what: str) -> Iterator[Line]:
    reader = csv.reader(file, strict=True)
    while True:
        begins = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise LoadRefused(
                f"The {what} file {path} is not a CSV file from line {begins} on: {error}."
            ) from error
        if any(cell.strip() for cell in row):
            yield begins, row


def header(rows: Iterator[Line], path: Path, what: str) -> list[str]:
    """The names of the columns in lower case. An empty file raises LoadRefused."""
    _, cells = next(rows, (0, []))
    names = [cell.strip().lower() for cell in cells]
    if not names:
        raise LoadRefused(f"The {what} file {path} is empty.")
    if names[0].startswith("pk\x03\x04") or any("\x00" in name for name in names):
        raise LoadRefused(
            f"The {what} file {path} is not text in UTF-8. If it is a ZIP archive, unpack it first."
        )
    return names


def column(names: Sequence[str], *accepted: str, path: Path, what: str) -> int:
    """The position of the first of ``accepted`` that there is; else LoadRefused.

    "wdNNcd" stands for a column of ward codes of any year; the newest is taken.
    """
    for wanted in accepted:
        if wanted == "wdNNcd":
            years = [(m[1], n) for n, name in enumerate(names) if (m := _match_ward(name))]
            if years:
                return max(years)[1]
        elif wanted in names:
            return names.index(wanted)
    found = ", ".join(name[:30] for name in names[:12]) + (", …" if len(names) > 12 else "")
    raise LoadRefused(
        f"The {what} file {path} has no column {' or '.join(accepted)}. Its columns are: {found}."
    )


def _match_ward(name: str) -> re.Match[str] | None:
    return _WARD_CODE_COLUMN.fullmatch(name)
