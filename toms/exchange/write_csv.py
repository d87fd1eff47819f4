"""Writing the register as CSV: what ``read_csv`` reads back the same."""

import csv
import io
from collections.abc import Iterable

from toms.exchange.columns import COLUMNS, guard, row_of
from toms.models import MeasureVersion


def as_csv(versions: Iterable[MeasureVersion]) -> bytes:
    """A file of all columns, one version in each row, with a mark that says UTF-8.

    Nothing in it runs in a spreadsheet, and nothing is lost by that (see ``guard``). Reads what
    ``row_of`` reads.
    """
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, [column.name for column in COLUMNS])
    writer.writeheader()
    writer.writerows(
        {name: guard(cell) for name, cell in row_of(version).items()} for version in versions
    )
    return file.getvalue().encode("utf-8-sig")
