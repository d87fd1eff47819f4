"""Files of purchases for tests."""

import csv
import io
from collections.abc import Iterable, Mapping

HEAD = {
    "own_reference": "Reference",
    "what": "What",
    "supplier": "Provider",
    "amount": "Amount",
    "decided_on": "Date",
    "postcode": "Postcode",
    "charity_number": "Charity number",
    "category": "Category",
}


def purchase(number: int, **cells: str) -> dict[str, str]:
    """A good line: a lunch for as many pounds as its number says."""
    return {
        "own_reference": f"PO-{number}",
        "what": "Lunch",
        "supplier": "A kitchen",
        "amount": f"{number}.00",
        "decided_on": "1/5/2026",
        **cells,
    }


def csv_of(lines: Iterable[Mapping[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEAD.values())
    writer.writerows([line.get(name, "") for name in HEAD] for line in lines)
    return text.getvalue().encode()
