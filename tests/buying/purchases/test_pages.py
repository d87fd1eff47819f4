"""The pages of purchases made elsewhere, as somebody without JavaScript meets them."""

import re
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Organisation
from buying.models import Choice, ChoiceVersion, PurchaseFile
from buying.purchases import source
from tests.buying.factories import make_purchase_file, make_purchase_line
from tests.buying.purchases.csv_files import csv_of, purchase
from tests.factories import make_listing, make_membership, make_organisation
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db

HERE = "/my/harehills/buying/purchases/"
NEW = f"{HERE}new/"
LUNCH = {
    "what": "Lunch",
    "supplier": "A kitchen",
    "amount": "£1,200.50",
    "decided_on": "1/5/2026",
}


@pytest.fixture
def buyer() -> Organisation:
    return make_organisation("Harehills Library", slug="harehills")


@pytest.fixture
def client(buyer: Organisation) -> Client:
    return signed_in(make_membership(buyer).user)


@pytest.fixture
def kitchen() -> Organisation:
    kitchen = make_organisation("Holbeck Kitchen", sector="third", postcode="LS11 9AA")
    make_listing(kitchen)
    return kitchen


def send(client: Client, data: bytes, name: str = "spring.csv") -> Any:
    return client.post(HERE, {"file": SimpleUploadedFile(name, data)})


def hidden(page: Any) -> dict[str, str]:
    """The answers that a page carries on."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text)
    return {name: unescape(value) for name, value in found if name != "csrfmiddlewaretoken"}


# -- One at a time ----------------------------------------------------------------------------


def test_one_purchase_is_checked_and_then_filed_once(client: Client, buyer: Organisation) -> None:
    page = client.post(NEW, LUNCH)
    assert "Nothing is recorded yet" in page.text
    assert "£1,200.50" in page.text
    assert not Choice.objects.exists()
    answers = hidden(page) | {"record": "1"}
    for _ in range(2):  # a second click, or the back button
        assert client.post(NEW, answers).status_code == 302
    version = ChoiceVersion.objects.standing().get()
    assert (version.amount, version.choice.origin) == (Decimal("1200.50"), "elsewhere")
    assert version.choice.organisation == buyer
    assert version.choice.reference in client.get(HERE).text


def test_a_person_says_whether_the_provider_is_one_on_the_list(
    client: Client, kitchen: Organisation
) -> None:
    page = client.post(NEW, LUNCH | {"supplier": "Holbek Kitchen", "postcode": "LS11 9AA"})
    assert "Yes, Holbeck Kitchen (LS11 9)" in page.text
    answers = hidden(page) | {"record": "1"}
    unsaid = client.post(NEW, answers)
    assert "Say whether it is one of these." in unsaid.text
    assert not Choice.objects.exists()
    client.post(NEW, answers | {"is_one": str(kitchen.pk)})
    assert ChoiceVersion.objects.standing().get().supplier == kitchen


@pytest.mark.parametrize("said", ["999999999999", "x", "-1", "none\x00"])
def test_nobody_else_can_be_said(client: Client, kitchen: Organisation, said: str) -> None:
    answers = hidden(client.post(NEW, LUNCH | {"supplier": "Holbeck Kitchen"}))
    page = client.post(NEW, answers | {"record": "1", "is_one": said})
    assert "The list has changed. Choose again." in page.text
    assert not Choice.objects.exists()


def test_answers_can_be_changed_and_nothing_typed_is_lost(client: Client) -> None:
    answers = hidden(client.post(NEW, LUNCH | {"own_reference": "PO-1"}))
    page = client.post(NEW, answers | {"change": "1"})
    for value in ('value="PO-1"', 'value="£1,200.50"', 'value="1/5/2026"'):
        assert value in page.text
    assert "Error: " not in page.text


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("amount", "1.200,50", "Put a point before the pence"),
        ("amount", "-5", "not below zero"),
        ("amount", "1e9", "Enter an amount in pounds"),
        ("amount", "NaN", "Enter an amount in pounds"),
        ("decided_on", "1/5/2999", "This day has not come yet."),
        ("decided_on", "yesterday", "Enter a day such as"),
        ("what", "x" * 10_000, "Use at most 300 characters"),
        ("what", "a\x00b", "Null characters are not allowed."),
        ("supplier", " ", "Say whom it was bought from."),
        ("postcode", "nowhere", "postcode"),
        ("number", "12345", "Choose what number it is."),
        ("scheme", "zzz", "Choose what number it is from the list."),
        ("category", "zzz", "Choose a category from the list."),
    ],
)
def test_bad_answers_get_words_and_stay(client: Client, field: str, text: str, words: str) -> None:
    page = client.post(NEW, LUNCH | {field: text})
    assert page.status_code == 200
    assert words in unescape(page.text)
    assert "<title>Error: " in page.text
    assert not Choice.objects.exists()


def test_a_reference_that_is_here_already_is_told(client: Client) -> None:
    pages = []
    for _ in range(2):
        answers = hidden(client.post(NEW, LUNCH | {"own_reference": "PO-1"}))
        pages.append(client.post(NEW, answers | {"record": "1"}))
    page = pages[1]
    assert page.status_code == 409
    reference = Choice.objects.get().reference
    assert f"A purchase with this reference of yours is here already: {reference}" in page.text


# -- Many -------------------------------------------------------------------------------------


def test_from_file_to_records(client: Client, kitchen: Organisation) -> None:
    named = {"supplier": "Holbeck Kitchen", "postcode": "LS11 9AA"}
    lines = [purchase(1, **named), purchase(2, **named), purchase(3), purchase(4, amount="x")]
    answer = send(client, csv_of(lines))
    file = PurchaseFile.objects.get()
    here = f"{HERE}{file.pk}/"
    assert answer["Location"] == here
    page = client.get(here)
    for words in ("Has a mistake: 1", "Record 1 purchase<", "1 provider looks like one"):
        assert words in page.text
    matches = client.get(f"{here}matches/")
    (name,) = set(re.findall(r'name="(match-[^"]+)"', matches.text))
    assert "2 lines, £3.00" in matches.text
    assert client.post(f"{here}matches/", {name: "yes"})["Location"] == here
    assert "Record 3 purchases" in client.get(here).text
    for _ in range(2):
        client.post(f"{here}record/")
    assert ChoiceVersion.objects.standing().count() == 3
    assert ChoiceVersion.objects.filter(supplier=kitchen).count() == 2
    text = client.get(f"{here}lines.csv").text
    assert text.count("Recorded") >= 3
    assert "Enter an amount in pounds" in text


def test_what_cannot_be_read_is_told_beside_the_field(client: Client) -> None:
    for data, words in (
        (b"", source.EMPTY),
        (b"%PDF-1.7", "This is a PDF."),
        (b"PK\x03\x04", "This is a spreadsheet."),
        (b"a,b\n1,2\n", "The first line has no column"),
        (b"x" * 5_000_001, "larger than 5 MB"),
        (b"x" * 10_500_000, "larger than 5 MB"),
    ):
        page = send(client, data)
        assert page.status_code == 200
        assert words in unescape(page.text)
        assert "<title>Error: " in page.text
    assert "Choose a file." in client.post(HERE).text
    assert not PurchaseFile.objects.exists()


def test_days_and_sums_are_written_as_everywhere_and_mistakes_as_they_came(client: Client) -> None:
    lines = [purchase(1, amount="£1,200.50"), purchase(2, amount="1.200,50", decided_on="soon")]
    address = send(client, csv_of(lines))["Location"]
    good = client.get(f"{address}?show=new").text
    assert "£1,200.50" in good
    assert "1 May 2026" in good
    bad = client.get(f"{address}?show=wrong").text
    assert ">1.200,50<" in bad
    assert ">soon<" in bad


def test_formulas_and_markup_stay_text(client: Client) -> None:
    send(client, csv_of([purchase(1, what="=1+1"), purchase(2, what="<script>alert(1)</script>")]))
    file = PurchaseFile.objects.get()
    page = client.get(f"{HERE}{file.pk}/?show=new").text
    assert "=1+1" in page
    assert "<script>alert" not in page
    assert ",'=1+1," in client.get(f"{HERE}{file.pk}/lines.csv").text


def test_a_name_of_a_file_may_be_anything(client: Client) -> None:
    send(client, csv_of([purchase(1)]), name=f"../<b>{'x' * 150}.csv")
    assert "<b>" not in client.get(HERE).text


@pytest.mark.parametrize(
    "name",
    ["match-", "match-x-y", "match-1", f"match-{'9' * 99}-x", "match-²-x", "x", "match-1-\x00"],
)
def test_answers_about_nothing_change_nothing(
    client: Client, buyer: Organisation, name: str
) -> None:
    file = make_purchase_file(buyer)
    make_purchase_line(file)
    answer = client.post(f"{HERE}{file.pk}/matches/", {name: "yes"})
    assert answer.status_code == 302
    assert not file.lines.exclude(is_supplier=None).exists()


@pytest.mark.parametrize("query", ["show=zzz", "page=0", "page=99", "page=x", "show=%00"])
def test_a_kind_or_page_that_is_not_there_is_not_found(
    client: Client, buyer: Organisation, query: str
) -> None:
    file = make_purchase_file(buyer)
    assert client.get(f"{HERE}{file.pk}/?{query}").status_code == 404


def test_a_line_that_differs_is_corrected_with_a_reason(client: Client) -> None:
    send(client, csv_of([purchase(1)]))
    client.post(f"{HERE}{PurchaseFile.objects.get().pk}/record/")
    send(client, csv_of([purchase(1, amount="12.50")]))
    file = PurchaseFile.objects.first()
    assert file is not None
    line = file.lines.get()
    assert "filed is £1, the file says £12.50" in client.get(f"{HERE}{file.pk}/").text
    there = f"{HERE}{file.pk}/lines/{line.pk}/correct/"
    assert "Say what the correction is for." in client.post(there).text
    client.post(there, {"why": "The bill came."})
    assert ChoiceVersion.objects.standing().get().amount == Decimal("12.50")
    assert client.get(there).status_code == 404


def test_the_template_can_be_sent_back(client: Client) -> None:
    template = client.get(f"{HERE}template.csv").content
    send(client, template)
    assert PurchaseFile.objects.get().lines.count() == 2


def test_files_of_others_are_not_found(client: Client) -> None:
    file = make_purchase_file()
    line = make_purchase_line(file, state="differs")
    for page in ("", "lines.csv", "matches/", "remove/", f"lines/{line.pk}/correct/"):
        assert client.get(f"{HERE}{file.pk}/{page}").status_code == 404
    for page in ("matches/", "record/", "remove/"):
        assert client.post(f"{HERE}{file.pk}/{page}").status_code == 404
