"""The queue: everything that waits, oldest first, in few queries."""

import datetime
import re
from itertools import pairwise

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from providers import queue
from providers.models import Claim, Listing
from providers.queue import Kind
from tests.factories import (
    make_claim,
    make_entry_request,
    make_listing,
    make_listing_change,
    make_membership,
    make_organisation,
    make_problem_report,
    make_register_entry,
    make_term,
)
from tests.providers.curate.conftest import Waits, ago
from tests.providers.reading import words

pytestmark = pytest.mark.django_db

LINK = re.compile(r'<h3 class="result__t"><a href="([^"]*)"')


def test_everything_waits_oldest_first_and_unconfirmed_addresses_last(
    browser: Client, waits: Waits
) -> None:
    html = browser.get("/curate/").text
    assert LINK.findall(html) == waits.urls
    text = words(html)
    assert "9 things wait" in text
    assert "Soups New listing Holbeck Kitchen L-" in text
    assert "9 days" in text
    assert "Holbeck Kitchen and Holbeck kitchen! Perhaps a double Same name" in text
    assert text.count("Waits for their email") == 1
    assert text.index("Waits for their email") > text.index("Perhaps a double")


def test_nothing_waits(browser: Client) -> None:
    text = words(browser.get("/curate/").text)
    assert "Nothing waits" in text
    assert "Everything is decided." in text


@pytest.mark.parametrize("kind", [kind.value for kind in Kind])
def test_each_kind_can_be_looked_at_alone_with_its_count(
    browser: Client, waits: Waits, kind: str
) -> None:
    html = browser.get("/curate/", {"kind": kind}).text
    number = 2 if kind == "listing" else 1
    found = LINK.findall(html)
    assert len(found) == number
    assert all(url.endswith(f"?kind={kind}") for url in found)
    assert f"{number} thing" in words(html)
    assert re.search(rf'value="{kind}" checked', html)
    # The counts of the others stay.
    assert re.findall(r"data-count>(\d+)<", html) == ["2", "1", "1", "1", "1", "1", "1", "1"]
    assert 'href="/curate/"><span><span class="vh">Remove filter' in html


def test_several_kinds_are_looked_at_together(browser: Client, waits: Waits) -> None:
    html = browser.get("/curate/?kind=problem&kind=edit").text
    assert [url.split("?")[0] for url in LINK.findall(html)] == [waits.urls[3], waits.urls[6]]
    assert "?kind=edit&amp;kind=problem" in html


def test_a_kind_that_is_none_is_said_and_left_out(browser: Client, waits: Waits) -> None:
    response = browser.get("/curate/?kind=nonsense&kind=edit&kind=%00")
    assert response.status_code == 200
    assert "The queue has no kind of that name." in response.text
    assert len(LINK.findall(response.text)) == 1


def test_pages(browser: Client) -> None:
    for _ in range(21):
        make_problem_report(make_organisation())
    first = browser.get("/curate/?kind=problem").text
    assert len(LINK.findall(first)) == 20
    assert 'href="/curate/?kind=problem&amp;page=2"' in first
    assert len(LINK.findall(browser.get("/curate/?kind=problem&page=2").text)) == 1
    for page in ("3", "0", "-1", "x", "٣", "9" * 30, ""):
        assert browser.get("/curate/", {"page": page}).status_code == 404


def _one_of_each(number: int) -> None:
    kitchen = make_organisation(f"Kitchen {number}")
    make_membership(kitchen)
    bread = make_listing(kitchen)
    make_listing(kitchen, state="submitted", published_at=None)
    make_listing(kitchen, confirmed_at=ago(days=300))
    make_listing_change(bread)
    make_entry_request(kitchen)
    make_problem_report(kitchen, listing=bread)
    make_claim(kitchen, reference="1")
    make_claim(kitchen, make_term("accreditation"), valid_to=timezone.localdate())
    make_organisation(f"KITCHEN {number}")


def test_as_many_queries_for_one_of_each_as_for_many(
    browser: Client, no_lazy_loading: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("providers.views.curate.queue.PER_PAGE", 1000)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert browser.get("/curate/").status_code == 200
        return len(captured)

    browser.get("/curate/")
    _one_of_each(0)
    once = queries()
    for number in range(1, 20):
        _one_of_each(number)
    assert queries() == once
    # Session, user and roles; what waits, and the pairs; eight kinds in words.
    assert once <= 16


def test_register_entries_and_fresh_listings_do_not_wait(curator: User) -> None:
    make_listing(origin="register", confirmed_at=ago(days=900))
    make_listing(confirmed_at=ago(days=260))
    make_listing(state="paused", confirmed_at=ago(days=300))
    make_listing(confirmed_at=ago(days=300), asked_at=ago(days=3))
    assert queue.entries(curator) == []
    make_listing(confirmed_at=ago(days=300), asked_at=ago(days=20))
    assert [entry.kind for entry in queue.entries(curator)] == [Kind.UNCONFIRMED]


@pytest.mark.parametrize(
    ("fields", "waits"),
    [
        ({"days": 30}, True),
        ({"days": 31}, False),
        ({"days": -30}, True),
        ({"days": -31}, False),
        ({"days": 20, "looked": 5}, False),
        ({"days": 20, "looked": 40}, True),
        ({"days": -3, "looked": 10}, True),
        ({"days": -3, "looked": 1}, False),
        ({"days": 5, "withdrawn_at": timezone.now()}, False),
        ({"days": 5, "facet": "ethos"}, False),
    ],
)
def test_accreditations_wait_around_their_last_day(
    curator: User, fields: dict[str, object], waits: bool
) -> None:
    given = dict(fields)
    days, looked = given.pop("days"), given.pop("looked", None)
    term = make_term(str(given.pop("facet", "accreditation")))
    assert isinstance(days, int)
    if isinstance(looked, int):
        given["looked_at"] = ago(days=looked)
    valid_to = timezone.localdate() + datetime.timedelta(days=days)
    make_claim(make_listing().organisation, term, valid_to=valid_to, **given)
    assert [entry.kind for entry in queue.entries(curator)] == [Kind.EXPIRING] * waits


def test_a_claim_waits_once(curator: User) -> None:
    """One that runs out and whose number nobody has looked at is a proof first."""
    claim = make_claim(
        make_listing().organisation,
        make_term("accreditation"),
        valid_to=timezone.localdate(),
        reference="1",
    )
    assert [entry.kind for entry in queue.entries(curator)] == [Kind.PROOF]
    Claim.objects.filter(pk=claim.pk).update(looked_at=ago(days=60))
    assert [entry.kind for entry in queue.entries(curator)] == [Kind.EXPIRING]


def test_claims_of_who_has_nothing_on_the_list_do_not_wait(curator: User) -> None:
    make_claim(make_listing(state="draft", published_at=None).organisation, reference="1")
    make_claim(make_listing().organisation)
    make_claim(make_listing().organisation, reference="1", level="checked")
    # As an import makes them.
    make_claim(make_listing().organisation, evidence="In a register", level="evidenced")
    assert queue.entries(curator) == []


def test_what_one_proposed_oneself_waits_for_the_other(curator: User, other_curator: User) -> None:
    make_claim(
        make_listing().organisation,
        proposed_by=curator,
        proposed_on=timezone.localdate(),
        looked_at=timezone.now(),
    )
    assert queue.entries(curator) == []
    assert [entry.kind for entry in queue.entries(other_curator)] == [Kind.PROOF]


def test_age_in_words() -> None:
    now = datetime.datetime(2026, 6, 30, 12, tzinfo=datetime.UTC)
    ages = [queue.age(now - datetime.timedelta(days=days), now) for days in (0, 1, 3, 59, 150)]
    assert ages == ["today", "1 day", "3 days", "59 days", "5 months"]


def test_headings_and_policy(browser: Client, waits: Waits) -> None:
    for url in ["/curate/", *waits.urls]:
        html = browser.get(url).text
        assert html.count("<h1") == 1
        levels = [int(level) for level in re.findall(r"<h([1-6])\b", html[html.index("<main") :])]
        assert all(after <= before + 1 for before, after in pairwise(levels)), url
        assert '<meta name="robots" content="noindex">' in html


def test_curators_are_led_there_from_every_page_and_others_are_not(
    browser: Client, client: Client, waits: Waits
) -> None:
    link = '<a href="/curate/"'
    assert link not in browser.get("/about/").text
    text = words(browser.get("/my/").text)
    assert "9 things wait in the queue" in text
    with CaptureQueriesContext(connection) as captured:
        assert link in browser.get("/about/").text
    assert len(captured) == 2  # the session and the user
    assert link not in client.get("/about/").text


def test_the_link_goes_with_the_role(browser: Client, curator: User) -> None:
    browser.get("/curate/")
    curator.groups.clear()
    assert '<a href="/curate/"' not in browser.get("/my/").text
    assert '<a href="/curate/"' not in browser.get("/about/").text


def test_skipping_and_deciding_lead_through_the_queue(browser: Client, waits: Waits) -> None:
    """Skipped ones do not come back until the end is reached."""
    mine = "?kind=listing&kind=edit"
    first = browser.get(f"/curate/listings/{waits.listing.pk}/{mine}").text
    skip = f"/curate/edits/{waits.edit.pk}/{mine}"
    assert f'href="{skip.replace("&", "&amp;")}"' in first
    page = browser.get(skip).text
    seen = re.search(r'name="seen" value="(\w+)"', page)
    assert seen
    done = browser.post(skip, {"decision": "accept", "seen": seen[1]})
    assert done["Location"] == f"/curate/listings/{waits.late.pk}/{mine}"
    Listing.objects.filter(pk=waits.late.pk).update(state="draft")
    page = browser.get(f"/curate/listings/{waits.listing.pk}/{mine}").text
    seen = re.search(r'name="seen" value="(\w+)"', page)
    assert seen
    url = f"/curate/listings/{waits.listing.pk}/{mine}"
    done = browser.post(url, {"decision": "publish", "seen": seen[1]}, follow=True)
    assert done.redirect_chain == [(f"/curate/{mine}", 302)]
    assert "Nothing more of this waits for you." in words(done.text)


def test_two_rows_of_one_register_are_no_double(curator: User) -> None:
    for _ in range(2):
        listing = make_listing(make_organisation("Country Markets"), origin="register")
        make_register_entry(listing)
    assert queue.entries(curator) == []
