"""One line of a file: its values, and a sentence for each bad cell."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buying.purchases.columns import COLUMNS, read_head
from buying.purchases.lines import Read, Reader

TODAY = datetime.date(2026, 11, 26)
GOOD = {
    "own_reference": "PO-1",
    "what": "Lunch",
    "supplier": "A Kitchen Ltd",
    "amount": "£1,200.50",
    "decided_on": "1/4/2026",
}


def reader() -> Reader:
    head = read_head([column.heading for column in COLUMNS])
    return Reader(head, {"buffet lunches": "buffet-lunches"}, TODAY)


def read(**cells: str) -> Read:
    values = GOOD | cells
    return reader().read(2, [values.get(column.field, "") for column in COLUMNS])


def test_a_good_line_is_kept_as_it_is_recorded() -> None:
    line = read(postcode="ls11aa", category="Buffet Lunches", charity_number="1 234 567")
    assert line.errors == []
    assert line.values == {
        "own_reference": "PO-1",
        "what": "Lunch",
        "supplier": "A Kitchen Ltd",
        "amount": "1200.50",
        "decided_on": "2026-04-01",
        "postcode": "LS1 1AA",
        "charity_number": "1234567",
        "company_number": "",
        "category": "buffet-lunches",
    }


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("amount", "1.200,50", "Put a point before the pence"),
        ("amount", "-5", "not below zero"),
        ("amount", "1e9", "Enter an amount in pounds"),
        ("amount", "NaN", "Enter an amount in pounds"),
        ("amount", "100000000", "below £100,000,000"),
        ("amount", "", "Nothing stands here"),
        ("own_reference", " ", "Nothing stands here"),
        ("own_reference", "x" * 61, "60 are the most"),
        ("supplier", "x" * 2_000, "quotation mark"),
        ("decided_on", "13/13/2026", "Enter a day such as"),
        ("decided_on", "27/11/2026", "has not come yet"),
        ("decided_on", "1/1/1999", "after 2000"),
        ("decided_on", "46113", "Enter a day such as"),
        ("postcode", "nowhere", "Postcode: "),
        ("charity_number", "12", "Charity number: Enter 6 or 7 digits"),
        ("category", "4200 Travel", "No category is called “4200 Travel”"),
    ],
)
def test_what_is_wrong_stands_beside_the_cell_and_the_cell_is_kept(
    field: str, text: str, words: str
) -> None:
    line = read(**{field: text})
    (error,) = line.errors
    assert words in error
    assert line.values[field] == text.strip()[:200]


@pytest.mark.parametrize("day", ["2026-04-01", "01.04.2026", "1 April 2026", "2026-04-01 00:00:00"])
def test_days_as_programs_write_them(day: str) -> None:
    assert read(decided_on=day).values["decided_on"] == "2026-04-01"


def test_the_second_line_of_a_reference_is_wrong() -> None:
    one = reader()
    cells = [GOOD.get(column.field, "") for column in COLUMNS]
    assert one.read(2, cells).errors == []
    assert one.read(3, cells).errors == ["Reference: Line 2 has the same one."]


def test_a_short_line_lacks_its_last_cells_and_a_long_one_has_more_than_it_needs() -> None:
    assert len(reader().read(2, ["PO-1", "Lunch"]).errors) == 3
    cells = [GOOD.get(column.field, "") for column in COLUMNS]
    assert reader().read(2, [*cells, "more", "and more"]).errors == []


def test_formulas_stay_text_and_what_cannot_be_kept_goes() -> None:
    line = read(what="=HYPERLINK(1)\x00", supplier="A\u200b  \n Kitchen")
    assert line.errors == []
    assert (line.values["what"], line.values["supplier"]) == ("=HYPERLINK(1)", "A Kitchen")


def test_the_same_provider_has_one_key_however_it_is_written() -> None:
    keys = {
        read(supplier=name).provider_key for name in ("A Kitchen Ltd", "a  kitchen", "A KITCHEN")
    }
    assert len(keys) == 1
    assert read(postcode="LS1 1AA").provider_key not in keys


@given(st.lists(st.text(max_size=80), max_size=12))
def test_any_cells_give_values_that_can_be_kept(cells: list[str]) -> None:
    line = reader().read(2, cells)
    assert all("\x00" not in value for value in line.values.values())
    assert line.errors or line.values.keys() >= GOOD.keys()
