"""Reading a register's CSV file as it comes: odd encodings, stray quotes, ragged rows."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from providers.registers.mapping import RegisterMapping

#: A larger file is no register of ours, and would not fit a small server's memory.
MOST_BYTES = 200_000_000

# First bytes of files that people mistake for CSV, and what they are.
_NOT_CSV = (
    (b"PK\x03\x04", "a spreadsheet or an archive"),
    (b"\xd0\xcf\x11\xe0", "an old spreadsheet"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a compressed file"),
    (b"\xff\xfe", "text in UTF-16"),
    (b"\xfe\xff", "text in UTF-16"),
)
# Zero-width and direction marks: they cannot be seen, and can make a name read as another.
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\u00ad]")
_LINE_ENDS = re.compile("\r\n|[\n\r\v\f\x85\u2028\u2029]")
_REMOVED = "characters that cannot be shown were removed"
_UNREADABLE = "a character was lost before this file was made"


class SourceError(ValueError):
    """A file that cannot be read at all, said in words."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A record: the physical line it starts on (the header is line 1), its cells by column."""

    line: int
    cells: dict[str, str]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A record that has no proper cells, and why."""

    line: int
    reason: str


@dataclass(slots=True)
class SourceFile:
    """All records in the order of the file, and what was odd about the file as a whole."""

    rows: list[SourceRow] = field(default_factory=list)
    broken: list[BrokenRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_source(path: Path, mapping: RegisterMapping) -> SourceFile:
    """Read the whole file. Raises SourceError when it is no CSV file of this mapping's columns."""
    source = SourceFile()
    text = _decoded(_content(path), source.notes)
    # Not str.splitlines(): that also splits at form feeds and Unicode line separators.
    lines = list(io.StringIO(text, newline=""))
    header, at = _header(lines, mapping)
    for number, record, reason in _records(lines, at, header, mapping):
        if reason:
            source.broken.append(BrokenRow(number + 1, reason))
        else:
            source.rows.append(_row(number + 1, header, record))
    if not source.rows and not source.broken:
        raise SourceError("The file has a header and no rows.")
    return source


def _content(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise SourceError(f"{path.name or path} is a folder, not a CSV file.")
        if path.stat().st_size > MOST_BYTES:
            raise SourceError(f"{path.name} is larger than {MOST_BYTES // 1_000_000} MB.")
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        if isinstance(error, SourceError):
            raise
        reason = getattr(error, "strerror", None) or str(error)
        raise SourceError(f"{path.name} cannot be read: {reason}.") from error
    for start, what in _NOT_CSV:
        if content.startswith(start):
            raise SourceError(f"{path.name} is {what}. Save it as CSV (UTF-8) and try again.")
    if not content.strip():
        raise SourceError(f"{path.name} is empty.")
    control = sum(1 for byte in content[:4096] if byte < 32 and byte not in b"\t\n\r\f\v")
    if control > len(content[:4096]) / 10:
        raise SourceError(f"{path.name} is not a text file.")
    return content


def _decoded(content: bytes, notes: list[str]) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        notes.append(f"The file is not UTF-8 (line {line}); it was read as Windows-1252.")
        return content.decode("cp1252", errors="replace")


def _header(lines: list[str], mapping: RegisterMapping) -> tuple[list[str], int]:
    """The column names, and the index of the line after them."""
    record, after = _parsed(lines, 0, mapping.delimiter)
    header = [" ".join(name.split()) for name in record or []]
    missing = sorted(mapping.required_columns - set(header))
    if missing:
        raise SourceError(
            f"The file has no column {_listed(missing)}. Its first line must name the columns; "
            f"it has: {_listed([name for name in header if name][:40]) or 'none'}."
        )
    twice = sorted({name for name in mapping.required_columns if header.count(name) > 1})
    if twice:
        raise SourceError(f"The file has more than one column called {_listed(twice)}.")
    return header, after


def _listed(names: list[str]) -> str:
    return ", ".join(f"“{name[:60]}”" for name in names)


def _records(
    lines: list[str], at: int, header: list[str], mapping: RegisterMapping
) -> Iterator[tuple[int, list[str], str]]:
    """Each record as (index of its first line, cells, what is wrong with it or "")."""
    while at < len(lines):
        record, after = _parsed(lines, at, mapping.delimiter)
        if record is not None and not any(cell.strip() for cell in record):
            at = after
            continue
        if record is not None and len(record) == len(header):
            yield at, record, ""
            at = after
            continue
        if record is None:
            reason = "a quote is opened and not closed"
        else:
            reason = f"{len(record)} cells, where the header has {len(header)}"
        yield at, [], reason
        at = _resume(lines, at, after, header, mapping)


def _parsed(lines: list[str], at: int, delimiter: str) -> tuple[list[str] | None, int]:
    """The record that starts at this line (None when it has no end), and the line after it."""
    reader = csv.reader((lines[number] for number in range(at, len(lines))), delimiter=delimiter)
    try:
        return next(reader, []), at + max(reader.line_num, 1)
    except csv.Error:
        return None, at + max(reader.line_num, 1)


def _resume(
    lines: list[str], at: int, after: int, header: list[str], mapping: RegisterMapping
) -> int:
    """Where to go on after a broken record.

    A stray quote swallows the lines after it: when one of them starts a whole record, go on there,
    so that one bad row costs no good one.
    """
    identifier = header.index(mapping.columns.external_id)
    for number in range(at + 1, after):
        record, end = _parsed(lines, number, mapping.delimiter)
        if record is None or len(record) != len(header) or not record[identifier].strip():
            continue
        # The later lines of a quoted cell hold its closing quote alone: an odd number of quotes.
        if sum(line.count('"') for line in lines[number:end]) % 2 == 0:
            return number
    return after


def _row(line: int, header: list[str], record: list[str]) -> SourceRow:
    cells = {name: clean_text(cell) for name, cell in zip(header, record, strict=True)}
    notes = []
    if any(has_hidden(cell) for cell in record):
        notes.append(_REMOVED)
    if any("\ufffd" in cell for cell in cells.values()):
        notes.append(_UNREADABLE)
    return SourceRow(line, cells, tuple(notes))


def has_hidden(text: str) -> bool:
    """Whether the text holds what ``clean_text`` removes (line breaks and tabs aside)."""
    if text.isprintable():
        return False
    return any(_is_control(character) for character in text) or bool(_INVISIBLE.search(text))


def _is_control(character: str) -> bool:
    return character not in "\t\n\r\v\f\x85" and unicodedata.category(character) in {"Cc", "Co"}


def clean_text(text: str) -> str:
    """One written form: NFC, lines ending in "\\n", single spaces, nothing that cannot be shown."""
    if text.isprintable():
        return " ".join(unicodedata.normalize("NFC", text).split())
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    text = "".join(character for character in text if not _is_control(character))
    lines = _LINE_ENDS.split(text)
    return "\n".join(" ".join(line.split()) for line in lines).strip()
