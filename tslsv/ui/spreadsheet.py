"""CSV that a spreadsheet opens without running anything in it."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence

_RISKY = ("=", "+", "-", "@", "\t", "\r")
# "+44 113 496 0123" starts with a plus and is no formula; neither is a plain negative number.
_HARMLESS = re.compile(r"\+?[\d ()]{6,20}|-?\d+(\.\d+)?")


def safe_cell(value: object) -> str:
    """The value as text, with an apostrophe in front where a spreadsheet would run it.

    Telephone numbers and numbers stay as they are. See OWASP, "CSV Injection".
    """
    text = "" if value is None else str(value)
    # A space or a line break in front does not stop a spreadsheet from reading a formula.
    start = text.lstrip(" \n")[:1] or text[:1]
    if start in _RISKY and start and not _HARMLESS.fullmatch(text):
        return f"'{text}"
    return text


class _Echo:
    def write(self, line: str) -> str:
        return line


def csv_lines(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The lines of a CSV file, one at a time, the head first; with a mark that says UTF-8."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(head)
    for row in rows:
        yield writer.writerow([safe_cell(value) for value in row])
