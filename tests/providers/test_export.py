"""CSV: exactly the page's view, all rows, and nothing that a spreadsheet would run."""

import csv
import datetime
import io
import re

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from providers import listing_index
from providers.models import Listing
from providers.views import export
from tests.conftest import Cast
from tests.factories import make_listing, make_organisation
from tests.providers.search_html import get
from tests.providers.test_hostile import FULL, VALUES
from tests.search.worker import Worker
from tslsv.ui.spreadsheet import csv_lines, safe_cell

# A CSV is read in a transaction of its own.
own_transaction = pytest.mark.django_db(transaction=True)
HOSTILE = "=cmd|' /C calc'!A0 <script>alert(1)</script> \"' & ]]>"


def csv_of(client: Client, query: str = "") -> list[dict[str, str]]:
    response = client.get(f"/providers/results.csv?{query}")
    assert response.status_code == 200
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.DictReader(io.StringIO(text, newline="")))


VIEWS = [
    "", "q=cake", "q=lunch&sort=name", "near=LS8", "near=LS8+4&within=1", "sort=confirmed",
    "category=catering&sector=third", "capacity=60&price=free&price=low", "q=xyzzyplugh",
    "checked=1&ethos=living-wage", "q=celebrashun",
]  # fmt: skip


@own_transaction
def test_csv_has_the_rows_of_the_page_in_its_order(client: Client, cast: Cast) -> None:
    for query in VIEWS:
        page = get(client, query)
        rows = csv_of(client, query)
        assert [row["Offer"] for row in rows] == page.titles, query
        assert [row["Page"] for row in rows] == [f"http://testserver{url}" for url in page.urls]


@own_transaction
def test_csv_has_all_pages(client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "BATCH", 7)
    organisation = make_organisation("Many")
    made = [make_listing(organisation, title=f"Offer {n:03}") for n in range(35)]
    listing_index.refresh(listing.pk for listing in made)
    rows = csv_of(client, "q=offer&sort=name&page=2")
    assert [row["Offer"] for row in rows] == [f"Offer {n:03}" for n in range(35)]


@own_transaction
def test_csv_says_what_the_card_says(client: Client, cast: Cast) -> None:
    rows = {row["Offer"]: row for row in csv_of(client, "near=LS11+9")}
    assert {
        name: rows["Buffet lunches"][name]
        for name in rows["Buffet lunches"]
        if name not in ("Confirmed on", "Page")
    } == {
        "Offer": "Buffet lunches",
        "Provider": "Holbeck Kitchen",
        "Summary": "Cold platters, sandwiches and salads.",
        "Categories": "Buffets and packed lunches",
        "Price": "From £6.50 a head",
        "Largest group": "60",
        "Notice, days": "2",
        "How to pay": "Invoice; Purchase order",
        "Delivery": "All over Leeds",
        "Delivery wards": "",
        "Sector": "Third sector",
        "Legal form": "Community interest company (CIC)",
        "Ward": "Beeston & Holbeck",
        "Postcode or sector": "LS11 9",
        "Miles": "0.0",
        "Access": "",
        "Claims": "Led by women (declared); Living wage (checked)",
        "Email": "hello@holbeckkitchen.example",
        "Telephone": "+44 113 496 0101",
        "Website": "https://holbeckkitchen.example/",
        "Entry comes from": "the provider",
        "Example data": "no",
    }
    today = timezone.localdate()
    assert datetime.date.fromisoformat(rows["Buffet lunches"]["Confirmed on"]) <= today
    assert rows["Celebration cakes"]["Delivery wards"] == "Armley"
    assert rows["Office cleaning"]["Example data"] == "yes"
    entry = rows["Armley Bowls"]
    assert entry["Entry comes from"] == "a public register, not yet confirmed by the provider"
    assert (entry["Confirmed on"], entry["Miles"]) == ("", "")
    # A public address may be known in full; a private one may not.
    assert rows["Big hall"]["Postcode or sector"] == "LS4 2AA"
    assert "Secret Yard" not in str(rows)
    assert "LS11 9AA" not in str(rows)


@own_transaction
def test_formulas_are_neutralised_in_every_cell(client: Client, cast: Cast) -> None:
    Listing.objects.filter(pk=cast.posters.pk).update(
        title=HOSTILE, summary="\t=1+1", email="@x", phone="-1+1", website="+cmd"
    )
    cast.printers.name = "  =HYPERLINK(1)"
    cast.printers.save()
    listing_index.refresh([cast.posters.pk])
    (row,) = csv_of(client, "price=medium")
    assert row["Offer"] == f"'{HOSTILE}"
    assert row["Summary"] == "'\t=1+1"
    assert row["Provider"] == "'  =HYPERLINK(1)"
    assert (row["Email"], row["Telephone"], row["Website"]) == ("'@x", "'-1+1", "'+cmd")


@own_transaction
def test_csv_headers(client: Client, cast: Cast) -> None:
    response = client.get("/providers/results.csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="leeds-providers.csv"'
    assert response["X-Robots-Tag"] == "noindex"
    assert b"".join(response.streaming_content).startswith(b"\xef\xbb\xbfOffer,")  # type: ignore[attr-defined]


@own_transaction
def test_csv_is_all_of_one_moment(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is saved while somebody downloads neither drops a row nor repeats one."""
    monkeypatch.setattr(export, "BATCH", 2)
    response = client.get("/providers/results.csv")
    lines = iter(response.streaming_content)  # type: ignore[attr-defined]
    got = [next(lines), next(lines), next(lines)]

    def rename() -> None:
        Listing.objects.filter(pk=cast.posters.pk).update(title="AAA first now")
        listing_index.refresh([cast.posters.pk])

    Worker(rename).finish()
    got += list(lines)
    rows = list(csv.reader(io.StringIO(b"".join(got).decode("utf-8-sig"), newline="")))
    assert [row[0] for row in rows[1:]] == [
        "Armley Bowls", "Big hall", "Buffet lunches", "Celebration cakes", "Office cleaning",
        "Posters",
    ]  # fmt: skip


@own_transaction
def test_a_download_that_breaks_off_leaves_nothing_open(client: Client, cast: Cast) -> None:
    response = client.get("/providers/results.csv")
    lines = iter(response.streaming_content)  # type: ignore[attr-defined]
    next(lines), next(lines)
    inside = connection.in_atomic_block
    response.close()
    del lines
    assert (inside, connection.in_atomic_block) == (True, False)
    assert get(client).status == 200


# -- Hostile values ---------------------------------------------------------------------------


@own_transaction
def test_any_value_in_any_parameter(client: Client, cast: Cast) -> None:
    for number, name in enumerate(FULL):
        for value in list(VALUES.values())[number % 3 :: 3]:
            response = client.get(f"/providers/results.csv?sector=third&{name}={value}")
            assert response.status_code in (200, 400), (name, value[:80])
            if response.streaming:
                rows = b"".join(response.streaming_content).count(b"\r\n")  # type: ignore[attr-defined]
                assert 1 <= rows <= 4
            else:
                assert response.text.startswith(f"{name}: ")


# -- Cells ------------------------------------------------------------------------------------


@given(st.text())
def test_no_cell_starts_a_formula(text: str) -> None:
    cell = safe_cell(text)
    assert cell in (text, f"'{text}")
    start = cell.lstrip(" \n\r\t\x0b\x0c")[:1]
    if start in ("=", "@", "+", "-"):
        # Only numbers stay, and those of telephones.
        assert re.fullmatch(r"\+?[\d ()]{6,20}|-?\d+(\.\d+)?", cell)
    assert cell[:1] not in ("\t", "\r")


@given(st.sampled_from("=@+-\t\r"), st.text(min_size=1))
def test_risky_starts_are_neutralised(start: str, text: str) -> None:
    cell = safe_cell(start + text)
    assert cell == f"'{start}{text}" or re.fullmatch(r"[+-][\d .()]+", cell)


@pytest.mark.parametrize(
    "number", ["+44 113 496 0101", "+441134960101", "0113 496 0101", "+44 (0)113 496 0101", "-3",
               "-3.5", "12", "£6.50 a head", "Tea - and cake", "a=b"]
)  # fmt: skip
def test_telephones_and_plain_texts_stay_as_they_are(number: str) -> None:
    assert safe_cell(number) == number


@pytest.mark.parametrize("text", ["+cmd|' /C calc'!A0", "+1+1", "-1+1", "+44 113=1", " =1", "\n=1"])
def test_what_only_looks_like_a_telephone_does_not(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


def test_nothing_and_numbers() -> None:
    assert [safe_cell(value) for value in (None, "", 0, 12, 1.5)] == ["", "", "0", "12", "1.5"]


@given(st.lists(st.lists(st.text(alphabet=st.characters(codec="utf-8")), min_size=1, max_size=3)))
def test_a_csv_can_be_read_back(rows: list[list[str]]) -> None:
    text = "".join(csv_lines(("a", "b"), rows))
    read = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert read[0] == ["a", "b"]
    assert len(read) == len(rows) + 1
    for line, row in zip(read[1:], rows, strict=True):
        assert line == [safe_cell(cell) for cell in row]
