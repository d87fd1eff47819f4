"""An accreditation that runs out: ask, set the new last day, or let it run out."""

import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from providers import listing_index
from providers.models import Claim
from tests.factories import make_claim, make_listing, make_term
from tests.providers.curate.conftest import Waits, seen
from tests.providers.reading import words
from tslsv.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db


@pytest.fixture
def claim(waits: Waits) -> Claim:
    return waits.expiring


def url_of(claim: Claim) -> str:
    return f"/curate/expiring/{claim.pk}/"


def decide(browser: Client, claim: Claim, **fields: str) -> Any:
    page = browser.get(url_of(claim)).text
    return browser.post(url_of(claim), {"seen": seen(page), **fields})


def test_asking_mails_its_people_once(browser: Client, claim: Claim, waits: Waits) -> None:
    response = decide(browser, claim, decision="ask")
    assert response["Location"] == waits.urls[2]
    claim.refresh_from_db()
    assert claim.warned_at is not None
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.template) == ("olu@example.org", "accreditation_expiring_ask")
    assert "runs out on" in mail.subject
    assert url_of(claim) not in browser.get("/curate/").text


def test_a_new_last_day(browser: Client, claim: Claim) -> None:
    decide(browser, claim, decision="Set the new day", valid_to="2099-12-31")
    claim.refresh_from_db()
    assert claim.valid_to == datetime.date(2099, 12, 31)
    assert url_of(claim) not in browser.get("/curate/").text
    assert listing_index.differences() == []


@pytest.mark.parametrize("day", ["", "soon", "31/2/2031", "1/3/2020", "\0"])
def test_a_day_that_is_none(browser: Client, claim: Claim, day: str) -> None:
    response = decide(browser, claim, valid_to=day)
    assert "has-error" in response.text


def test_left_to_run_out_it_waits_once_more_when_it_has(browser: Client, claim: Claim) -> None:
    decide(browser, claim, decision="leave")
    assert url_of(claim) not in browser.get("/curate/").text
    today = timezone.localdate()
    Claim.objects.filter(pk=claim.pk).update(
        valid_to=today - datetime.timedelta(days=2),
        looked_at=timezone.now() - datetime.timedelta(days=10),
    )
    assert url_of(claim) in browser.get("/curate/").text
    assert "has run out" in words(browser.get(url_of(claim)).text)


def test_nobody_to_ask(browser: Client) -> None:
    claim = make_claim(
        make_listing().organisation, make_term("accreditation"), valid_to=timezone.localdate()
    )
    page = browser.get(url_of(claim)).text
    assert "We know no address to write to." in words(page)
    assert 'value="ask"' not in page
    response = browser.post(url_of(claim), {"seen": seen(page), "decision": "ask"})
    assert response.status_code == 409
    claim.refresh_from_db()
    assert claim.looked_at is None


def test_second_curator_is_told(browser: Client, other_browser: Client, claim: Claim) -> None:
    page = seen(browser.get(url_of(claim)).text)
    decide(other_browser, claim, decision="leave")
    given = {"seen": page, "decision": "x", "valid_to": "2099-12-31"}
    response = browser.post(url_of(claim), given)
    assert response.status_code == 409
    assert "Dan let this run out while you looked at it" in words(response.text)
    assert 'value="2099-12-31"' in response.text
