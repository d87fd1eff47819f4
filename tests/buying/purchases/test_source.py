"""From bytes to cells: whatever programs call a CSV file, and what is none."""

import codecs
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buying.purchases import source
from buying.purchases.columns import HEADINGS
from buying.purchases.source import BadFile, read

HEAD = "Reference,What,Provider,Amount,Date\n"
LINE = "PO-1,Café lunch,Kitchen,240.00,1/4/2026\n"


@pytest.mark.parametrize(
    "data",
    [
        (HEAD + LINE).encode(),
        codecs.BOM_UTF8 + (HEAD + LINE).encode(),
        (HEAD + LINE).encode("utf-16"),
        codecs.BOM_UTF16_BE + (HEAD + LINE).encode("utf-16-be"),
        (HEAD + LINE).encode("latin-1"),
        (HEAD + LINE).encode("cp1252"),
        (HEAD + LINE).replace(",", ";").encode(),
        (HEAD + LINE).replace(",", "\t").encode("utf-16"),
        (HEAD + LINE).replace("\n", "\r\n").encode(),
        (HEAD + LINE).replace("\n", "\r").encode(),
        ("\n\n" + HEAD + "\n" + LINE + ",,,,\n\n").encode(),
    ],
)
def test_it_is_read_however_it_was_saved(data: bytes) -> None:
    (row,) = read(data).rows
    assert row[1] == ["PO-1", "Café lunch", "Kitchen", "240.00", "1/4/2026"]


def test_bytes_that_windows_does_not_know_are_no_reason_to_refuse() -> None:
    (row,) = read(HEAD.encode() + b"PO-1,caf\xe9 \x81,Kitchen,1,1/4/2026").rows
    assert row[1][1] == "café \x81"


def test_a_cell_may_have_several_lines_and_the_line_number_is_where_it_begins() -> None:
    text = HEAD + 'PO-1,"Lunch\nand ""tea""",Kitchen,1,1/4/2026\n' + LINE
    rows = read(text.encode()).rows
    assert [number for number, _ in rows] == [2, 4]
    assert rows[0][1][1] == 'Lunch\nand "tea"'


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ("Reference,What,Provider,Amount", "no column “Date”"),
        ("What,Provider", "no column “Reference” and “Amount excluding VAT” and “Date”"),
        ("Reference,What,Provider,Net amount,Amount,Date", "both mean “Amount excluding VAT”"),
        ("Reference,What,What,Provider,Amount,Date", "both mean “What”"),
        ("Reference,What,Provider,Gross,Date", "no column “Amount excluding VAT”"),
    ],
)
def test_wrong_columns_are_named(head: str, words: str) -> None:
    with pytest.raises(BadFile, match=words):
        read(f"{head}\n1,2,3,4,5,6\n".encode())


def test_headings_in_any_order_case_and_words() -> None:
    text = "invoice DATE;Vendor;NET;po_number;Description;Cost centre\n1/4/2026;K;1;P;L;x\n"
    head = read(text.encode()).head
    assert list(head.places) == ["decided_on", "supplier", "amount", "own_reference", "what"]
    assert head.ignored == ["Cost centre"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", source.EMPTY),
        (b" \n\n", source.EMPTY),
        (b"\xef\xbb\xbf", source.EMPTY),
        (HEAD.encode(), source.ONLY_A_HEAD),
        (b"PK\x03\x04rest of a workbook", source.SPREADSHEET),
        (b"\xd0\xcf\x11\xe0 an old one", source.SPREADSHEET),
        (b"%PDF-1.7", "This is a PDF"),
        (bytes(range(256)) * 20 + b"\x00" * 4000, None),
        (b"\x00" * 5000, source.NOT_TEXT),
        (b"\xff\xfe\x00", source.NOT_TEXT),
        (b"x" * 5_000_001, source.TOO_LARGE),
    ],
)
def test_what_is_no_such_file_is_told_in_words(data: bytes, words: str | None) -> None:
    with pytest.raises(BadFile) as raised:
        read(data)
    assert words is None or words in str(raised.value)


def test_ten_thousand_lines_are_the_most() -> None:
    assert len(read((HEAD + LINE * 10_000).encode()).rows) == 10_000
    with pytest.raises(BadFile, match="more than 10,000"):
        read((HEAD + LINE * 10_001).encode())


def test_a_line_of_a_megabyte_is_one_line() -> None:
    text = HEAD + "PO-1," + "x" * 1_000_000 + ",Kitchen,1,1/4/2026\n" + LINE
    assert len(read(text.encode()).rows) == 2


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_in_words(data: bytes) -> None:
    for start in (b"", HEAD.encode(), codecs.BOM_UTF16_LE):
        with suppress(BadFile):
            assert read(start + data).rows


def test_the_template_has_every_heading() -> None:
    text = ",".join(HEADINGS) + "\n" + ",".join("x" for _ in HEADINGS)
    assert len(read(text.encode()).head.places) == len(HEADINGS)
