"""What an hour is reckoned at: which rate a case uses, and who may say so."""

import datetime
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import AuditEvent
from accounts.refused import Overtaken, Refused
from brokerage import vocabulary
from brokerage.models import HourlyRate
from brokerage.services.rates import SameDay, add_rate, correct_rate, make_usual, version_of_rate
from tests.accounts.racing import race
from tests.brokerage.acting import make_broker
from tests.factories import make_user
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db

OLD, NEW = datetime.date(2024, 4, 1), datetime.date(2026, 4, 1)


@pytest.fixture(autouse=True)
def _rates() -> None:
    vocabulary.load()


def said(**fields: Any) -> dict[str, Any]:
    return {
        "label": "Median hourly pay in the UK",
        "pounds": Decimal("18.70"),
        "source": "Office for National Statistics, April 2026",
        "source_url": "https://www.ons.gov.uk/",
        "holds_from": NEW,
        **fields,
    }


def typed(**fields: Any) -> dict[str, Any]:
    return {**said(), "pounds": "18.70", "holds_from": "2026-04-01", "series": "", **fields}


def test_a_case_is_reckoned_at_the_rate_of_its_last_day() -> None:
    usual = HourlyRate.objects.get(is_default=True)
    made = add_rate(series=usual.code, values=said(), by=make_broker())
    on = HourlyRate.objects.usual_on
    assert on(NEW) == made, "a newer figure of the usual series is usual, too"
    assert on(NEW - datetime.timedelta(days=1)) == usual
    assert on(OLD) == usual, "before all of them the first"
    HourlyRate.objects.all().delete()
    assert on(NEW) is None


def test_another_series_has_a_code_of_its_own() -> None:
    broker = make_broker()
    first = add_rate(series="", values=said(label="What we pay"), by=broker)
    other = add_rate(series="", values=said(label="What we pay"), by=broker)
    assert (first.code, other.code) == ("what-we-pay", "what-we-pay-2")
    assert add_rate(series="", values=said(label="工资"), by=broker).code == "rate"
    long = add_rate(series="", values=said(label="a" * 80), by=broker)
    assert len(long.code) <= 30
    assert not first.is_default


def test_one_series_is_the_usual_one() -> None:
    wage = HourlyRate.objects.get(code="real-living-wage")
    for _ in range(2):
        make_usual(rate=wage, by=make_broker())
    assert set(HourlyRate.objects.filter(is_default=True)) == {wage}
    assert AuditEvent.objects.filter(verb="made usual").count() == 1


def test_a_day_has_one_rate() -> None:
    usual, broker = HourlyRate.objects.get(is_default=True), make_broker()
    with pytest.raises(SameDay, match="Correct that one instead"):
        add_rate(series=usual.code, values=said(holds_from=usual.holds_from), by=broker)
    made = add_rate(series=usual.code, values=said(), by=broker)
    with pytest.raises(SameDay):
        correct_rate(
            rate=made, values=said(holds_from=usual.holds_from), seen=version_of_rate(made),
            by=broker,
        )  # fmt: skip


def test_two_who_correct_at_once_are_told() -> None:
    rate, broker = HourlyRate.objects.get(is_default=True), make_broker()
    seen = version_of_rate(rate)
    correct_rate(rate=rate, values=said(pounds=Decimal("17.97")), seen=seen, by=broker)
    with pytest.raises(Overtaken, match=r"It says now: Median hourly pay in the UK, £17\.97"):
        correct_rate(rate=rate, values=said(pounds=Decimal(18)), seen=seen, by=broker)
    event = AuditEvent.objects.get(verb="corrected")
    assert event.fields == ["pounds", "source", "source_url", "holds_from"]


def test_nothing_changed_is_not_recorded() -> None:
    rate = HourlyRate.objects.get(is_default=True)
    values = {name: getattr(rate, name) for name in said()}
    correct_rate(rate=rate, values=values, seen=version_of_rate(rate), by=make_broker())
    assert not AuditEvent.objects.filter(verb="corrected").exists()


def test_only_a_broker_says_so() -> None:
    rate, user = HourlyRate.objects.get(is_default=True), make_user()
    for act in (
        lambda: add_rate(series="", values=said(), by=user),
        lambda: correct_rate(rate=rate, values=said(), seen=version_of_rate(rate), by=user),
        lambda: make_usual(rate=rate, by=user),
    ):
        with pytest.raises(Refused, match="Only a broker"):
            act()


def test_a_broker_adds_corrects_and_chooses() -> None:
    page = signed_in(make_broker())
    assert "Median hourly pay" in page.get("/broker/rates/").text
    page.post("/broker/rates/new/", typed(series="ons-median"), follow=True)
    made = HourlyRate.objects.get(code="ons-median", holds_from=NEW)
    assert made.pounds == Decimal("18.70")
    again = page.post("/broker/rates/new/", typed(series="ons-median"))
    assert "There is one from this day already" in again.text
    address = f"/broker/rates/{made.pk}/"
    seen = version_of_rate(made)
    page.post(address, {**typed(pounds="£1,8"), "seen": seen})
    made.refresh_from_db()
    assert made.pounds == Decimal("18.70")
    page.post(address, {**typed(pounds="£18.90"), "seen": seen})
    made.refresh_from_db()
    assert made.pounds == Decimal("18.90")
    late = page.post(address, {**typed(pounds="19"), "seen": seen})
    assert late.status_code == 409
    assert 'value="19"' in late.text, "what was typed is kept"
    assert "It says now" in late.text
    made.refresh_from_db()
    page.post(address, {**typed(pounds="19"), "seen": version_of_rate(made)})
    made.refresh_from_db()
    assert made.pounds == 19
    case = page.get("/broker/case/?last=2026-10-01").text
    assert "At £19.00 an hour" in case
    wage = HourlyRate.objects.get(code="real-living-wage")
    page.post(f"/broker/rates/{wage.pk}/usual/")
    assert "At £13.45 an hour" in page.get("/broker/case/?last=2026-10-01").text


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("pounds", "-5", "not below zero"),
        ("pounds", "0", "above £0"),
        ("pounds", "1e9", "amount in pounds"),
        ("pounds", "1.200,50", "point before the pence"),
        ("pounds", "1000.01", "up to £1,000"),
        ("pounds", "", "amount in pounds"),
        ("label", "\u200b", "Say what it is"),
        ("source", "", "Say who published it"),
        ("source_url", "javascript:alert(1)", "Enter a whole web address"),
        ("holds_from", "0001-01-01", "from 1990 on"),
        ("holds_from", "9999-12-31", "two years ahead"),
        ("holds_from", "31/31/2026", "Enter a date such as"),
        ("series", "nothing", "Choose the series"),
    ],
)
def test_what_cannot_be_is_said_beside_it(field: str, value: str, words: str) -> None:
    before = HourlyRate.objects.count()
    response = signed_in(make_broker()).post("/broker/rates/new/", typed(**{field: value}))
    assert response.status_code == 200
    assert words in response.text
    assert HourlyRate.objects.count() == before


@pytest.mark.django_db(transaction=True)
def test_the_same_figure_sent_twice_at_once_stands_once() -> None:
    broker, usual = make_broker(), HourlyRate.objects.get(is_default=True)
    outcomes = race(
        usual,
        lambda: add_rate(series=usual.code, values=said(), by=broker),
        lambda: add_rate(series=usual.code, values=said(), by=broker),
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["HourlyRate", "SameDay"]
