"""What a buyer's purchases add up to: totals, every breakdown, and the pages of them."""

import csv
import datetime
import io
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Organisation, User
from buying.figures.period import Period, financial_year, year_of
from buying.figures.records import records_of
from buying.figures.spend import Report, Section, report_of
from buying.models import Choice, ChoiceVersion, ClaimThen
from buying.services.choice import begin_choice, begin_correction, file_version
from providers.models import Claim, Term
from tests.buying.factories import make_choice, make_filed, make_version
from tests.factories import (
    make_claim,
    make_membership,
    make_organisation,
    make_postcode,
    make_term,
    make_ward,
)
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db

YEAR = financial_year(2026)
MAY = datetime.date(2026, 5, 1)


@pytest.fixture
def buyer() -> Organisation:
    return make_organisation("Harehills Library", slug="harehills")


@pytest.fixture
def by(buyer: Organisation) -> User:
    return make_membership(buyer).user


@pytest.fixture
def client(by: User) -> Client:
    return signed_in(by)


def bought(buyer: Organisation, pounds: object, **fields: Any) -> ChoiceVersion:
    return make_filed(
        make_choice(buyer, origin=fields.pop("origin", "site")),
        **{"amount": Decimal(str(pounds)), "decided_on": MAY, **fields},
    )


def section(report: Report, name: str) -> Section:
    return next(section for section in report.sections if section.name == name)


def spend(report: Report, name: str) -> dict[str, Decimal]:
    return {line.label: line.spend for line in section(report, name).lines if line.number}


# -- Days -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "before"),
    [
        ("2026-04-01", "2027-03-31", ("2025-04-01", "2026-03-31")),
        ("2024-04-01", "2025-03-31", ("2023-04-01", "2024-03-31")),  # one has a 29 February
        ("2026-05-01", "2026-05-31", ("2026-04-01", "2026-04-30")),
        ("2026-03-01", "2026-03-31", ("2026-02-01", "2026-02-28")),
        ("2026-05-02", "2026-05-11", ("2026-04-22", "2026-05-01")),
        ("2026-05-01", "2026-05-01", ("2026-04-30", "2026-04-30")),
    ],
)
def test_the_period_before_is_as_long(start: str, end: str, before: tuple[str, str]) -> None:
    days = [datetime.date.fromisoformat(text) for text in (start, end, *before)]
    assert Period(*days[:2]).before == Period(*days[2:])


def test_a_financial_year_begins_in_april() -> None:
    assert year_of(datetime.date(2027, 3, 31)) == year_of(datetime.date(2026, 4, 1)) == YEAR
    assert year_of(datetime.date(2027, 4, 1)).before == YEAR


# -- Numbers ----------------------------------------------------------------------------------


def test_only_what_stands_and_happened_on_these_days_counts(buyer: Organisation) -> None:
    one = bought(buyer, 100)
    make_filed(one.choice, amount=Decimal("90.50"), decided_on=MAY)  # corrected
    gone = bought(buyer, 7000)
    make_filed(gone.choice, amount=Decimal(7000), decided_on=MAY, void=True)
    moved = bought(buyer, 40)
    make_filed(moved.choice, amount=Decimal(40), decided_on=datetime.date(2025, 12, 1))
    make_version(make_choice(buyer), amount=Decimal(5000), decided_on=MAY)  # a draft
    make_version(one.choice, amount=Decimal(8000), decided_on=MAY)  # a correction that is begun
    bought(make_organisation(), 9000)  # somebody else's
    report = report_of(buyer, YEAR)
    assert (report.total.spend, report.total.number) == (Decimal("90.50"), 1)
    assert (report.total.before, report.number_before) == (Decimal(40), 1)
    assert report.total.change == Decimal("50.50")
    assert (report.drafts, report.corrections) == (1, 1)


def test_the_edges_of_a_period_are_in_it(buyer: Organisation) -> None:
    for day in (YEAR.start, YEAR.end):
        bought(buyer, 1, decided_on=day)
    for day in (YEAR.start - datetime.timedelta(1), YEAR.end + datetime.timedelta(1)):
        bought(buyer, 100, decided_on=day)
    assert report_of(buyer, YEAR).total.spend == 2


def test_place_sector_and_origin_with_what_is_not_known_on_lines_of_its_own(
    buyer: Organisation,
) -> None:
    armley = make_ward("Armley")
    known = {"supplier_in_leeds": True, "supplier_ward": armley, "supplier_sector": "third"}
    bought(buyer, 60, **known)
    bought(buyer, 30, supplier_in_leeds=False, supplier_sector="private", origin="elsewhere")
    bought(buyer, 10)
    report = report_of(buyer, YEAR)
    assert spend(report, "leeds") == {
        "Inside Leeds": 60,
        "Outside Leeds": 30,
        "Place not known": 10,
    }
    assert spend(report, "ward") == {"Armley": 60, "Outside Leeds": 30, "Place not known": 10}
    assert spend(report, "sector") == {"Third sector": 60, "Private": 30, "Sector not known": 10}
    assert spend(report, "origin") == {"Chosen here": 70, "Bought elsewhere": 30}
    inside = section(report, "leeds").lines[0]
    assert inside.share == 60
    assert inside.change_share is None


def test_categories_count_under_the_main_one_that_is_in_use_now(buyer: Organisation) -> None:
    catering, space = make_term(label="Catering"), make_term(label="Space")
    cakes = make_term(label="Cakes", parent=catering)
    later = make_term(label="Cakes and bread", parent=catering)
    old = make_term(label="Buns", parent=space, active=False, successor=cakes)
    Term.objects.filter(pk=cakes.pk).update(active=False, successor=later)
    retired = make_term(label="Telegrams", active=False)
    for pounds, term in ((1, catering), (2, cakes), (4, old), (8, retired), (16, None)):
        bought(buyer, pounds, category=term)
    report = report_of(buyer, YEAR)
    assert spend(report, "category") == {
        "Catering": 7,
        "Telegrams (no longer in use)": 8,
        "No category": 16,
    }
    found = records_of(buyer, YEAR, f"category:{catering.code}")
    assert sum(row.amount or 0 for row in found.purchases) == 7


def test_claims_are_those_of_the_day_and_may_overlap(buyer: Organisation, by: User) -> None:
    supplier = make_organisation(sector="third")
    wage = make_term(Term.Facet.ETHOS, label="Living wage")
    green = make_term(Term.Facet.ACCREDITATION, label="Green")
    for term, level in ((wage, "checked"), (green, "declared")):
        make_claim(supplier, term, level=level)
    make_claim(supplier, make_term(Term.Facet.EDI_LED))
    draft = begin_choice(organisation=buyer, by=by)
    draft.what, draft.amount, draft.decided_on, draft.supplier = "Tea", Decimal(50), MAY, supplier
    draft.save()
    file_version(version=draft, by=by)
    Claim.objects.all().delete()  # what holds later changes nothing
    bought(buyer, 5)
    found = section(report_of(buyer, YEAR), "claim")
    assert [(line.label, line.level, line.spend) for line in found.lines] == [
        ("Living wage", "checked", Decimal(50)),
        ("Green", "declared", Decimal(50)),
        ("No claim was known", "", Decimal(5)),
    ]
    assert not found.adds_up


def test_claims_to_two_terms_that_became_one_count_once(buyer: Organisation) -> None:
    wage = make_term(Term.Facet.ETHOS, label="Living wage")
    old = make_term(Term.Facet.ETHOS, label="Fair pay", active=False, successor=wage)
    version = make_version(make_choice(buyer), amount=Decimal(50), decided_on=MAY)
    ClaimThen.objects.create(version=version, term=old, level="checked")
    ClaimThen.objects.create(version=version, term=wage, level="declared")
    ChoiceVersion.objects.update(filed_at=timezone.now(), stands=True)
    lines = section(report_of(buyer, YEAR), "claim").lines
    assert [(line.label, line.level, line.spend) for line in lines if line.number] == [
        ("Living wage", "checked", Decimal(50))
    ]
    found = records_of(buyer, YEAR, f"claim:{lines[0].key}")
    assert [row.pk for row in found.purchases] == [version.pk]


def test_providers_count_once_by_entry_or_by_name(buyer: Organisation) -> None:
    kitchen = make_organisation("Kitchen")
    for name, supplier in (("Kitchen", kitchen), ("Kitchens", kitchen), ("A", None), ("a", None)):
        bought(buyer, 1, supplier=supplier, supplier_name=name)
    assert report_of(buyer, YEAR).providers == 2


# -- Whatever is filed in whatever order ------------------------------------------------------

AMOUNTS = st.decimals(min_value=0, max_value=99_999, places=2)
DAYS = st.dates(datetime.date(2025, 3, 25), datetime.date(2027, 4, 7))
PLACES = st.sampled_from(["LS1 1AA", "BD1 1AA", "", "nowhere"])
STEP = st.tuples(
    st.sampled_from(["file", "file", "correct", "void", "draft"]),
    st.integers(0, 20),
    AMOUNTS,
    DAYS,
    PLACES,
    st.integers(0, 3),
)


@pytest.fixture
def known(buyer: Organisation, by: User) -> tuple[Organisation, User, list[Term | None]]:
    """A buyer, somebody who acts for it, and categories; two postcodes are known."""
    make_postcode("LS1 1AA", ward=make_ward())
    make_postcode("BD1 1AA")
    main = make_term()
    return buyer, by, [None, main, make_term(parent=main), make_term()]


@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(steps=st.lists(STEP, max_size=12))
def test_totals_are_the_sum_of_what_stands_whatever_the_order(
    known: tuple[Organisation, User, list[Term | None]], steps: list[tuple[Any, ...]]
) -> None:
    buyer, by, terms = known
    with transaction.atomic():
        stands = _do(buyer, by, terms, steps)
        report = report_of(buyer, YEAR)
        transaction.set_rollback(True)
    now = [row for row in stands if YEAR.start <= row["decided_on"] <= YEAR.end]
    then = [row for row in stands if YEAR.before.start <= row["decided_on"] <= YEAR.before.end]
    total = sum((row["amount"] for row in now), Decimal(0))
    assert (report.total.spend, report.total.number) == (total, len(now))
    assert report.total.before == sum((row["amount"] for row in then), Decimal(0))
    assert report.number_before == len(then)
    for each in report.sections:
        if each.adds_up:
            assert sum(line.spend for line in each.lines) == total
            assert sum(line.number for line in each.lines) == len(now)
            assert sum(line.before for line in each.lines) == report.total.before
    inside = sum(row["amount"] for row in now if row["place"] == "LS1 1AA")
    assert section(report, "leeds").lines[0].spend == inside
    none = sum(row["amount"] for row in now if row["term"] is None)
    lines = {line.key: line.spend for line in section(report, "category").lines}
    assert lines.get("none", 0) == none


def _do(
    buyer: Organisation, by: User, terms: list[Term | None], steps: list[tuple[Any, ...]]
) -> list[dict[str, Any]]:
    """Do it through the services; returns what then stands, kept by hand."""
    kept: dict[int, dict[str, Any] | None] = {}
    for kind, which, amount, day, place, term in steps:
        values = {"amount": amount, "decided_on": day, "category": terms[term]}
        if kind in {"file", "draft"}:
            draft = begin_choice(organisation=buyer, by=by)
            draft.what, draft.supplier_name = "Lunch", "Kitchen"
        elif kept:
            choice = Choice.objects.get(pk=sorted(kept)[which % len(kept)])
            draft = begin_correction(choice=choice, by=by)
            draft.correction, draft.void = "Because.", kind == "void"
        else:
            continue
        for name, value in values.items():
            setattr(draft, name, value)
        draft.supplier_postcode = place
        draft.save()
        if kind != "draft":
            file_version(version=draft, by=by)
            row = {**values, "place": place, "term": terms[term]}
            kept[draft.choice_id] = None if kind == "void" else row
    return [row for row in kept.values() if row]


# -- Pages ------------------------------------------------------------------------------------


def many(buyer: Organisation, number: int) -> None:
    """Filed purchases, spread over wards, sectors, categories and claims."""
    wards, terms = [make_ward() for _ in range(5)], [make_term() for _ in range(5)]
    claims = [make_term(Term.Facet.ETHOS) for _ in range(3)]
    choices = Choice.objects.bulk_create(
        Choice(organisation=buyer, reference=f"{buyer.pk % 10}{n:06}") for n in range(number)
    )
    versions = ChoiceVersion.objects.bulk_create(
        ChoiceVersion(
            choice=choice,
            number=1,
            what="Lunch",
            amount=Decimal(n),
            decided_on=MAY,
            supplier_name=f"Kitchen {n % 40}",
            supplier_ward=wards[n % 5],
            supplier_in_leeds=True,
            category=terms[n % 5],
        )
        for n, choice in enumerate(choices)
    )
    ClaimThen.objects.bulk_create(
        ClaimThen(version=version, term=claims[n % 3], level="declared")
        for n, version in enumerate(versions)
    )
    ChoiceVersion.objects.filter(choice__in=choices).update(stands=True, filed_at=timezone.now())


def test_as_few_queries_for_ten_thousand_as_for_twenty(buyer: Organisation) -> None:
    counts = []
    other = make_organisation()
    for organisation, number in ((other, 20), (buyer, 10_000)):
        many(organisation, number)
        with CaptureQueriesContext(connection) as queries:
            report = report_of(organisation, YEAR)
        assert report.total.number == number
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


ADDRESS = "/my/harehills/buying/report/"


def test_the_page_shows_each_number_with_its_meaning_and_leads_to_its_records(
    client: Client, buyer: Organisation
) -> None:
    bought(buyer, "1234.50", supplier_in_leeds=True, supplier_ward=make_ward("Armley"))
    page = client.get(ADDRESS, {"from": "2026-04-01", "to": "2027-03-31"})
    assert page.status_code == 200
    for words in ("£1,234.50", "33 wards", "100.0 %", "1 April 2025", "Download all of it"):
        assert words in page.text
    records = client.get(f"{ADDRESS}records/?from=2026-04-01&to=2027-03-31&only=leeds:yes")
    assert "£1,234.50" in records.text
    assert "Inside Leeds" in records.text


def test_an_empty_report_says_so(client: Client, buyer: Organisation) -> None:
    make_version(make_choice(buyer))
    page = client.get(ADDRESS)
    assert "Nothing was filed as bought on these days" in page.text
    assert "1 choice is begun and not filed" in page.text


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("from=zzz", "Enter a day such as"),
        ("from=2026-05-01&to=2026-04-01", "The last day is before the first one."),
        ("from=1066-10-14", "Enter a day between"),
        ("to=9999-12-31", "Enter a day between"),
        ("from=%00", "Enter a day such as"),
    ],
)
def test_bad_days_get_words_and_a_file_is_refused(client: Client, query: str, words: str) -> None:
    page = client.get(f"{ADDRESS}?{query}")
    assert page.status_code == 200
    assert words in page.text
    assert "Error: " in page.text
    for file in ("/my/harehills/buying/report.csv", f"{ADDRESS}records.csv"):
        answer = client.get(f"{file}?{query}")
        assert (answer.status_code, words in answer.text) == (400, True)


@pytest.mark.parametrize("only", ["x", "leeds:x", "claim:x", "claim:ethos.x.checked", ":", "ward:"])
def test_a_number_that_is_not_there_is_not_found(client: Client, only: str) -> None:
    for page in ("records/", "records.csv"):
        assert client.get(f"{ADDRESS}{page}", {"only": only}).status_code == 404
    assert client.get(f"{ADDRESS}records/?page=99").status_code == 404


def rows_of(text: str) -> Iterator[dict[str, str]]:
    return csv.DictReader(io.StringIO(text.lstrip("\ufeff")))


def test_the_file_has_every_number_of_the_page(client: Client, buyer: Organisation) -> None:
    bought(buyer, "10.10", supplier_in_leeds=False, what="=1+1")
    bought(buyer, "1.05")
    days = "from=2026-04-01&to=2027-03-31"
    rows = list(rows_of(client.get(f"/my/harehills/buying/report.csv?{days}").text))
    found = {(row["Table"], row["Line"]): row["Pounds excluding VAT"] for row in rows}
    assert found["Total", "All purchases"] == "11.15"
    assert found["In Leeds", "Outside Leeds"] == "10.10"
    assert all(row["What it means"] for row in rows)
    records = list(rows_of(client.get(f"{ADDRESS}records.csv?{days}&only=leeds:no").text))
    assert [row["What"] for row in records] == ["'=1+1"]


def test_every_line_of_the_page_leads_to_purchases_of_that_sum(buyer: Organisation) -> None:
    many(buyer, 30)
    bought(buyer, 12, supplier_sector="third", supplier_in_leeds=False, origin="elsewhere")
    for each in report_of(buyer, YEAR).sections:
        for line in each.lines:
            found = records_of(buyer, YEAR, f"{each.name}:{line.key}").purchases
            assert sum((row.amount or 0 for row in found), Decimal(0)) == line.spend
            assert len(found) == line.number


def test_outsiders_find_nothing(buyer: Organisation) -> None:
    outsider = signed_in(make_membership().user)
    for page in (ADDRESS, f"{ADDRESS}records/", "/my/harehills/buying/report.csv"):
        assert outsider.get(page).status_code == 404
        assert Client().get(page).status_code == 302
