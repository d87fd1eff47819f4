"""The columns of a file of purchases, and what other programs call them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_BETWEEN = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Column:
    """A field of a purchase, its heading in our template, and other headings that mean it."""

    field: str
    heading: str
    meaning: str
    others: tuple[str, ...] = ()
    required: bool = True


COLUMNS = (
    Column(
        "own_reference",
        "Reference",
        "Your own number of the order, the invoice or the payment. Each one is recorded once.",
        (
            "own reference",
            "our reference",
            "your reference",
            "ref",
            "order number",
            "purchase order",
            "po number",
            "po",
            "invoice number",
            "invoice reference",
            "payment reference",
            "transaction number",
            "transaction reference",
        ),
    ),
    Column(
        "what",
        "What",
        "What was bought, in a few words.",
        ("description", "details", "item", "purpose", "narrative", "what was bought"),
    ),
    Column(
        "supplier",
        "Provider",
        "Whom it was bought from.",
        ("supplier", "supplier name", "provider name", "vendor", "vendor name", "payee"),
    ),
    Column(
        "amount",
        "Amount excluding VAT",
        "In pounds, such as 240 or 1,200.50.",
        (
            "amount",
            "amount ex vat",
            "amount excl vat",
            "amount gbp",
            "net",
            "net amount",
            "net value",
            "net amount gbp",
            "value",
            "spend",
        ),
    ),
    Column(
        "decided_on",
        "Date",
        "The day it was bought, such as 1/4/2026 or 2026-04-01.",
        ("day", "bought on", "purchase date", "order date", "invoice date", "payment date"),
    ),
    Column(
        "postcode",
        "Postcode",
        "The provider’s. It tells whether the money stays in Leeds, and in which ward.",
        ("post code", "supplier postcode", "provider postcode", "vendor postcode"),
        required=False,
    ),
    Column(
        "charity_number",
        "Charity number",
        "The provider’s, if it has one. It finds the provider most surely.",
        ("charity no", "registered charity number"),
        required=False,
    ),
    Column(
        "company_number",
        "Company number",
        "The provider’s, if it has one.",
        ("company no", "companies house number", "company registration number"),
        required=False,
    ),
    Column(
        "category",
        "Category",
        "One of the categories of the provider list.",
        ("type", "kind"),
        required=False,
    ),
)
BY_FIELD = {column.field: column for column in COLUMNS}
HEADINGS = tuple(column.heading for column in COLUMNS)
SCHEMES = {"charity_number": "GB-CHC", "company_number": "GB-COH"}
"""Fields that hold a register number, and the register (``accounts.identifiers``)."""

EXAMPLES = (
    (
        "PO-1001",
        "Lunch for thirty",
        "A kitchen",
        "240.00",
        "1/4/2026",
        "LS1 1UR",
        "",
        "",
        "Buffet lunches",
    ),
    ("PO-1002", "Hire of a hall", "A hall", "1,200.50", "2026-04-02", "", "", "", ""),
)
"""Lines that the template shows; nobody is called so."""


def _plain(heading: str) -> str:
    return _BETWEEN.sub(" ", heading.casefold()).strip()


_MEANS = {
    _plain(name): column.field
    for column in COLUMNS
    for name in (column.heading, column.field, *column.others)
}


@dataclass(frozen=True, slots=True)
class Head:
    """Where each field stands, and the headings that mean nothing here."""

    places: dict[str, int]
    ignored: list[str]


class BadHead(ValueError):
    """The columns cannot be used; the words say why."""


def known(cells: Sequence[str]) -> int:
    """How many of the headings mean something here."""
    return sum(_plain(cell) in _MEANS for cell in cells)


def read_head(cells: Sequence[str]) -> Head:
    """Which column is which, in any order and case.

    Raises BadHead, in words, when one is missing, or two mean the same.
    """
    places: dict[str, int] = {}
    ignored: list[str] = []
    for place, cell in enumerate(cells):
        field = _MEANS.get(_plain(cell))
        if field is None:
            if cell.strip():
                ignored.append(cell.strip()[:60])
        elif field in places:
            raise BadHead(
                f"Two columns, “{cells[places[field]].strip()}” and “{cell.strip()}”, both mean "
                f"“{BY_FIELD[field].heading}”. Leave one of them out."
            )
        else:
            places[field] = place
    missing = [c.heading for c in COLUMNS if c.required and c.field not in places]
    if missing:
        names = " and ".join(f"“{name}”" for name in missing)
        raise BadHead(
            f"The first line has no column {names}. It says what stands in each column: "
            "see the template."
        )
    return Head(places, ignored)
