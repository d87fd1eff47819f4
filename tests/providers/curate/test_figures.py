"""Figures: how long people wait, what is listed and missing, searched in vain, and how fresh."""

import csv
import datetime
import io
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEvent
from accounts.services.people import make_person
from places.models import Ward
from providers.figures import offer, waiting
from providers.forms.figures import PeriodForm
from providers.models import EmptySearch, Listing, ListingChange, Term
from providers.models.listing import months_before
from tests.conftest import Cast
from tests.factories import (
    make_entry_request,
    make_listing,
    make_listing_change,
    make_organisation,
    make_problem_report,
    make_term,
    make_ward,
)
from tests.providers.reading import words
from tests.signing_in import signed_in
from tslsv.ui.charts import bar_chart

pytestmark = pytest.mark.django_db

TODAY = datetime.date(2026, 6, 15)
HOUR = datetime.timedelta(hours=1)
DAY = 24 * HOUR


@pytest.fixture
def desk() -> Client:
    return signed_in(make_person(email="carl@example.org", name="Carl", roles=("curator",)))


def at(day: str, hour: int = 12) -> datetime.datetime:
    noon = datetime.datetime.combine(datetime.date.fromisoformat(day), datetime.time(hour))
    return timezone.make_aware(noon)


def note(target: Any, *steps: tuple[str, datetime.datetime]) -> None:
    """Events of these verbs at these times; the audit is written once, so with its time."""
    organisation = (
        target.listing.organisation if hasattr(target, "listing") else target.organisation
    )
    AuditEvent.objects.bulk_create(
        AuditEvent(
            verb=verb,
            object_type=target._meta.label_lower,
            object_id=str(target.pk),
            organisation=organisation,
        )
        for verb, _ in steps
    )
    # ``auto_now_add`` writes the real time; a new row may still have another one in a test alone.
    events = AuditEvent.objects.filter(
        object_type=target._meta.label_lower, object_id=str(target.pk)
    )
    ids = list(events.order_by("-pk").values_list("pk", flat=True)[: len(steps)])
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_auditevent DISABLE TRIGGER USER")
        for pk, (_, moment) in zip(reversed(ids), steps, strict=True):
            cursor.execute("UPDATE accounts_auditevent SET at = %s WHERE id = %s", [moment, pk])
        cursor.execute("ALTER TABLE accounts_auditevent ENABLE TRIGGER USER")


def year() -> list[waiting.Waited]:
    return waiting.waited(datetime.date(2026, 1, 1), datetime.date(2026, 12, 31))


# -- Waiting --------------------------------------------------------------------------------------


def test_from_sent_in_to_the_first_decision() -> None:
    listing = make_listing()
    note(
        listing,
        ("started", at("2026-03-01")),
        ("submitted", at("2026-03-02")),
        ("returned", at("2026-03-04")),
        ("submitted", at("2026-03-10")),
        ("published", at("2026-03-11")),
        ("unpublished", at("2026-04-11")),
    )
    assert [(row.decided_on.isoformat(), row.days) for row in year()] == [
        ("2026-03-04", 2.0),
        ("2026-03-11", 1.0),
    ]


def test_what_was_taken_back_or_still_waits_does_not_count() -> None:
    note(make_listing(), ("submitted", at("2026-03-02")), ("took back", at("2026-03-03")))
    note(make_listing(), ("submitted", at("2026-03-02")), ("archived", at("2026-03-03")))
    note(make_listing(), ("submitted", at("2026-03-02")))
    change = make_listing_change(make_listing())
    note(change, ("submitted", at("2026-03-02")), ("gave up", at("2026-03-03")))
    assert year() == []


def test_edits_are_told_apart_and_counted_from_when_they_were_last_sent_in() -> None:
    change = make_listing_change(make_listing())
    note(
        change,
        ("submitted", at("2026-03-01")),
        ("submitted", at("2026-03-03")),
        ("accepted", at("2026-03-06")),
    )
    note(make_listing(), ("submitted", at("2026-03-01")), ("published", at("2026-03-02")))
    new, edits, both = waiting.by_kind(year())
    assert (new.number, new.median, new.longest) == (1, 1.0, 1.0)
    assert (edits.number, edits.median, edits.longest) == (1, 3.0, 3.0)
    assert (both.number, both.median, both.longest) == (2, 2.0, 3.0)


def test_the_day_of_the_decision_counts_as_people_in_leeds_have_it() -> None:
    # Half past eleven in the evening in UTC is the next day in summer.
    late = datetime.datetime(2026, 6, 30, 23, 30, tzinfo=datetime.UTC)
    note(make_listing(), ("submitted", late - DAY), ("published", late))
    june, july = datetime.date(2026, 6, 30), datetime.date(2026, 7, 1)
    assert waiting.waited(june, june) == []
    (row,) = waiting.waited(july, july)
    assert row.decided_on == july


def test_months_without_a_decision_are_there_too() -> None:
    note(make_listing(), ("submitted", at("2026-02-01")), ("published", at("2026-02-05")))
    start, end = datetime.date(2025, 12, 15), datetime.date(2026, 3, 1)
    months = waiting.by_month(waiting.waited(start, end), start, end)
    assert [(row.label, row.number, row.median) for row in months] == [
        ("Dec 2025", 0, None),
        ("Jan 2026", 0, None),
        ("Feb 2026", 1, 4.0),
        ("Mar 2026", 0, None),
    ]


def test_made_up_organisations_are_left_out_and_merged_ones_are_not() -> None:
    pretend = make_listing(make_organisation(is_example=True))
    note(pretend, ("submitted", at("2026-03-01")), ("published", at("2026-03-02")))
    gone = make_listing()
    note(gone, ("submitted", at("2026-03-01")), ("published", at("2026-03-03")))
    gone.organisation.delete()
    assert [row.days for row in year()] == [2.0]


def test_what_waits_now_and_since_when() -> None:
    now = at("2026-06-15")
    for days in (3, 10):
        make_listing(state="submitted", submitted_at=now - days * DAY - HOUR, reference=f"L-{days}")
    make_listing_change(make_listing(), submitted_at=now - 5 * DAY)
    make_listing_change(make_listing(), state=ListingChange.State.DRAFT)
    make_entry_request(make_organisation())
    make_entry_request(make_organisation(), state="mailed")
    make_problem_report(make_organisation(), resolved_at=now)
    make_problem_report(make_organisation(is_example=True))
    rows = {row.label: row for row in waiting.waiting_now(now)}
    assert (rows["New listings"].number, rows["New listings"].oldest_days) == (2, 10)
    assert (rows["Edits"].number, rows["Edits"].oldest_days) == (1, 5)
    assert rows["Claims and removals"].number == 1
    assert (rows["Problem reports"].number, rows["Problem reports"].oldest_days) == (0, None)


# -- What is listed -------------------------------------------------------------------------------


def in_ward(ward: Ward | None, **fields: Any) -> Listing:
    example = fields.pop("is_example", False)
    return make_listing(make_organisation(ward=ward, is_example=example), **fields)


def test_listings_by_ward_and_main_category() -> None:
    armley, roundhay = make_ward("Armley"), make_ward("Roundhay")
    catering, space = make_term(label="Catering"), make_term(label="Space hire")
    lunch, cakes = (make_term(label=name, parent=catering) for name in ("Lunch", "Cakes"))
    in_ward(armley, categories=[lunch, cakes])  # both lie under one: counted once
    in_ward(armley, categories=[lunch, space], delivery="leeds")
    in_ward(None, categories=[catering])
    in_ward(armley)
    in_ward(armley, categories=[lunch], is_example=True)
    in_ward(armley, categories=[lunch], state="paused")
    in_ward(armley, categories=[lunch], confirmed_at=timezone.now() - 400 * DAY)
    found = offer.coverage(timezone.localdate())
    assert found.table.columns == ("Catering", "Space hire", offer.NO_CATEGORY)
    rows = {row.label: (row.cells, row.total) for row in found.table.rows}
    assert rows == {
        "Armley": ((2, 1, 1), 3),
        "Roundhay": ((0, 0, 0), 0),
        offer.NO_WARD: ((1, 0, 0), 1),
    }
    assert (found.table.total.cells, found.table.total.total) == ((3, 1, 1), 4)
    assert (found.everywhere.cells, found.everywhere.total) == ((1, 1, 0), 1)
    assert roundhay.name in found.gaps[-1]


def test_the_largest_gaps_are_said_in_words() -> None:
    wards = [make_ward(name) for name in ("Armley", "Beeston", "Roundhay")]
    catering, space = make_term(label="Catering"), make_term(label="Space hire")
    make_term(label="Printing")
    for ward in wards:
        in_ward(ward, categories=[catering])
    in_ward(wards[0], categories=[space])
    gaps = offer.coverage(timezone.localdate()).gaps
    assert gaps == (
        "Nobody offers any of this: Printing.",
        "Space hire: nobody is based in 2 of 3 wards.",
        "The fewest listings are in Beeston (1), Roundhay (1) and Armley (2).",
    )


def test_a_retired_category_that_is_still_used_has_its_column() -> None:
    in_ward(make_ward("Armley"), categories=[make_term(label="Faxes", active=False)])
    make_term(label="Telex", active=False)
    assert offer.coverage(timezone.localdate()).table.columns == ("Faxes",)


def test_an_empty_list_has_figures_too(desk: Client) -> None:
    assert offer.coverage(TODAY).gaps == ()
    page = desk.get("/curate/figures/")
    assert page.status_code == 200
    assert "Nothing in these days." in page.text


# -- How fresh ------------------------------------------------------------------------------------


def test_freshness_by_when_it_was_confirmed_and_by_category() -> None:
    today = timezone.localdate()
    catering = make_term(label="Catering")

    def confirmed(months: int, days: int = 0, **fields: Any) -> None:
        day = months_before(today, months) - days * DAY
        make_listing(confirmed_at=at(day.isoformat()), categories=[catering], **fields)

    confirmed(0)
    confirmed(6)
    confirmed(6, 1)
    confirmed(9)
    confirmed(9, 1)
    confirmed(12)
    confirmed(12, 1)
    confirmed(30, origin=Listing.Origin.REGISTER)
    confirmed(12, 1, state="archived")
    fresh = offer.freshness(today)
    assert fresh.total.cells == (2, 2, 2, 1, 1)
    assert [(row.label, row.cells, row.total) for row in fresh.rows] == [
        ("Catering", (2, 2, 2, 1, 1), 8)
    ]
    # As search has it.
    assert Listing.objects.findable(today).count() == 7


# -- The page and the file ------------------------------------------------------------------------


def make_search(text: str, times: int, last_on: str) -> None:
    EmptySearch.objects.create(words=text, times=times)
    EmptySearch.objects.filter(words=text).update(last_on=last_on, first_on=last_on)


def test_searches_that_found_nothing_most_often_first(desk: Client) -> None:
    make_search("kayaks", 3, "2026-03-01")
    make_search("falconry", 9, "2026-03-02")
    make_search("long ago", 99, "2025-01-01")
    text = words(desk.get("/curate/figures/?start=2026-01-01&end=2026-03-31").text)
    assert text.index("falconry 9") < text.index("kayaks 3")
    assert "long ago" not in text


def test_every_figure_has_its_meaning_and_its_table(desk: Client, cast: Cast) -> None:
    note(cast.buffet, ("submitted", at("2026-03-01")), ("published", at("2026-03-03", 0)))
    page = desk.get("/curate/figures/?start=2026-01-01&end=2026-06-30")
    text = words(page.text)
    assert "1 made-up listing is left out" in text
    assert "New listings 1 1.5 1.5" in text
    assert "The median is the middle one" in text
    assert "Armley 0 0" in text
    assert page.text.count('role="img"') == 2
    assert page.text.count('<th scope="row" class="nowrap">') >= 33
    for region in page.text.split('class="scroll"')[1:]:
        assert region.startswith(' role="region" aria-label')
        assert 'tabindex="0"' in region[:120]


def test_the_usual_period_is_a_year(desk: Client) -> None:
    form = PeriodForm({}, today=datetime.date(2026, 6, 15))
    assert form.period == (datetime.date(2025, 7, 1), datetime.date(2026, 6, 15))
    today = timezone.localdate()
    assert f'value="{today:%-d/%-m/%Y}"' in desk.get("/curate/figures/").text


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("start=yesterday", "Enter a day such as"),
        ("start=2026-13-01", "Enter a day such as"),
        ("start=1900-01-01", "Enter a day between 1 January 2020 and"),
        ("end=9999-01-01", "Enter a day between 1 January 2020 and"),
        ("start=2026-02-02&end=2026-02-01", "The last day is before the first one."),
        ("start=%00", ""),
        ("end=" + "9" * 10_000, "Enter a day such as"),
    ],
)
def test_bad_days_are_said_beside_the_field(desk: Client, query: str, says: str) -> None:
    page = desk.get(f"/curate/figures/?{query}")
    assert page.status_code == 200
    assert "has-error" in page.text
    assert words(page.text).count(says) >= 2
    assert "<title>Error: " in page.text
    refused = desk.get(f"/curate/figures.csv?{query}")
    assert refused.status_code == 400
    assert says in refused.text


@pytest.mark.parametrize(
    "typed", ["2026-03-01", "1/3/2026", "01.03.2026", "1 March 2026", "1 Mar 2026"]
)
def test_days_are_read_as_people_write_them(desk: Client, typed: str) -> None:
    page = desk.get("/curate/figures/", {"start": typed, "end": "2026-04-01"})
    assert "those of 1 March 2026 to 1 April 2026" in words(page.text)


def rows(response: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(response.text.removeprefix("\ufeff"))))


def test_the_file_has_every_number(desk: Client, cast: Cast) -> None:
    note(cast.buffet, ("submitted", at("2026-03-01")), ("published", at("2026-03-02")))
    make_search("=cmd()", 2, "2026-03-05")
    response = desk.get("/curate/figures.csv?start=2026-03-01&end=2026-03-31")
    assert response["Content-Type"].startswith("text/csv")
    assert (
        'filename="leeds-figures-2026-03-01-to-2026-03-31.csv"' in response["Content-Disposition"]
    )
    found = rows(response)
    assert ["Wait, median", "", "New listings", "1.0", "days"] in found
    assert ["Wait, median", "Mar 2026", "", "1.0", "days"] in found
    assert ["Found nothing", "'=cmd()", "", "2", "searches"] in found
    catering = Term.objects.get(code="catering").label
    assert ["Listed", "All", catering, "2", "listings"] in found
    assert ["Listed", "Armley", catering, "0", "listings"] in found
    assert ["Confirmed: 9 to 12 months ago", "", "All", "1", "listings"] in found
    assert {len(row) for row in found} == {5}


def test_twenty_times_as_much_takes_as_many_queries(desk: Client, places: None) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert desk.get("/curate/figures/").status_code == 200
        return len(asked)

    def more(number: int) -> None:
        now = timezone.now()
        for ward in Ward.objects.all()[:number]:
            listing = in_ward(ward, categories=[make_term()])
            note(listing, ("submitted", now - DAY), ("published", now))

    more(1)
    queries()
    before = queries()
    more(20)
    assert queries() == before < 30


def test_a_chart_is_as_wide_as_its_largest_number() -> None:
    chart = bar_chart("x", "Title", "Text", [("a", 5, "5"), ("b", 0, "0"), ("c", 10, "10")])
    assert [bar.width for bar in chart.bars] == ["50.0", "0.0", "100.0"]
    assert not bar_chart("x", "Title", "Text", [])
    assert [bar.width for bar in bar_chart("x", "", "", [("a", 0, "0")]).bars] == ["0.0"]
