"""How well a claim is known: left declared, evidenced, or checked, by one curator or by two."""

import datetime
import re
from functools import partial
from typing import Any

import pytest
from django.test import Client, override_settings
from django.utils import timezone

from accounts.models import AuditEvent, User
from accounts.refused import Overtaken, Refused
from providers import listing_index
from providers.models import Claim
from providers.services.proofs import judge_claim, version_of_claim
from tests.accounts.racing import race
from tests.factories import make_claim, make_identifier, make_listing, make_term, make_user
from tests.providers.curate.conftest import Waits, seen
from tests.providers.reading import words

pytestmark = pytest.mark.django_db

two_curators = override_settings(CHECKED_NEEDS_SECOND_CURATOR=True)
GOOD = {"decision": "judge", "level": "checked", "evidence": "In the register", "valid_to": ""}


@pytest.fixture
def claim(waits: Waits) -> Claim:
    return waits.proof


def url_of(claim: Claim) -> str:
    return f"/curate/proofs/{claim.pk}/"


def judge(browser: Client, claim: Claim, **fields: str) -> Any:
    page = browser.get(url_of(claim)).text
    return browser.post(url_of(claim), {**GOOD, "seen": seen(page), **fields})


def test_page_shows_the_number_and_where_to_look_it_up(browser: Client) -> None:
    kitchen = make_listing().organisation
    number = make_identifier(kitchen)
    term = make_term("ethos", "living-wage", "Pays the real Living Wage")
    claim = make_claim(kitchen, term, reference="LW 1", evidence="<b>See</b> our site")
    html = browser.get(url_of(claim)).text
    assert "LW 1" in html
    assert "<b>See" not in html
    assert f"charity-details/{number.value}" in html
    assert "livingwage.org.uk" in html


def test_checked_shows_at_once(browser: Client, claim: Claim, waits: Waits, curator: User) -> None:
    response = judge(browser, claim, valid_to="31/3/2031")
    assert response["Location"] == waits.urls[6]
    claim.refresh_from_db()
    assert (claim.level, claim.evidence) == ("checked", "In the register")
    assert (claim.checked_by, claim.checked_on) == (curator, timezone.localdate())
    assert claim.valid_to == datetime.date(2031, 3, 31)
    assert claim.looked_at is not None
    assert listing_index.differences() == []
    event = AuditEvent.objects.get(verb="judged … to be checked")
    assert event.actor_key == curator.audit_key
    assert "In the register" not in str(event.fields)


def test_the_last_day_of_all_means_never(browser: Client, claim: Claim, waits: Waits) -> None:
    assert judge(browser, claim, valid_to="31/12/9999")["Location"] == waits.urls[6]
    claim.refresh_from_db()
    assert claim.valid_to == datetime.date.max
    assert listing_index.differences() == []


@pytest.mark.parametrize("level", ["declared", "evidenced"])
def test_lower_levels(browser: Client, claim: Claim, level: str) -> None:
    judge(browser, claim, level=level)
    claim.refresh_from_db()
    assert (claim.level, claim.checked_on, claim.checked_by) == (level, None, None)
    assert claim.looked_at is not None


@pytest.mark.parametrize(
    "fields",
    [
        {"level": ""},
        {"level": "gold"},
        {"evidence": ""},
        {"evidence": "x" * 301},
        {"evidence": "nul \0"},
        {"valid_to": "soon"},
        {"valid_to": "31/2/2031"},
        {"valid_to": "1/1/99999"},
    ],
)
def test_bad_values_are_errors_beside_their_fields(
    browser: Client, claim: Claim, fields: dict[str, str]
) -> None:
    response = judge(browser, claim, **fields)
    assert response.status_code == 200
    assert "has-error" in response.text
    claim.refresh_from_db()
    assert claim.looked_at is None


@two_curators
def test_one_curator_only_proposes(
    browser: Client, other_browser: Client, claim: Claim, curator: User
) -> None:
    assert "two curators have to look" in words(browser.get(url_of(claim)).text)
    judge(browser, claim, valid_to="31/3/2031")
    claim.refresh_from_db()
    assert (claim.level, claim.proposed_by) == ("declared", curator)
    assert (claim.evidence, claim.valid_to) == ("", None)
    assert "In the register" not in browser.get("/providers/kitchen/").text
    assert claim.checked_on is None
    assert url_of(claim) not in browser.get("/curate/").text
    assert url_of(claim) in other_browser.get("/curate/").text
    response = judge(browser, claim)
    assert response.status_code == 409
    text = words(response.text)
    assert "You have proposed this yourself." in text
    page = other_browser.get(url_of(claim)).text
    assert "Cora looked it up on" in words(page)
    assert re.search(r'value="checked"[^>]* checked', page)
    assert 'value="In the register"' in page
    assert 'value="31/03/2031"' in page
    judge(other_browser, claim, evidence="In both registers", valid_to="31/3/2031")
    claim.refresh_from_db()
    assert (claim.level, claim.evidence) == ("checked", "In both registers")
    assert claim.valid_to == datetime.date(2031, 3, 31)
    assert (claim.proposed_evidence, claim.proposed_valid_to) == ("", None)
    assert claim.checked_by is not None
    assert claim.checked_by.name == "Dan"
    assert url_of(claim) not in other_browser.get("/curate/").text


@two_curators
def test_second_may_say_no(browser: Client, other_browser: Client, claim: Claim) -> None:
    judge(browser, claim)
    judge(other_browser, claim, level="evidenced")
    claim.refresh_from_db()
    assert (claim.level, claim.proposed_by, claim.proposed_on) == ("evidenced", None, None)
    assert url_of(claim) not in other_browser.get("/curate/").text


def test_second_curator_at_the_same_time_is_told(
    browser: Client, other_browser: Client, claim: Claim
) -> None:
    page = seen(browser.get(url_of(claim)).text)
    judge(other_browser, claim, level="evidenced")
    response = browser.post(url_of(claim), {**GOOD, "seen": page, "evidence": "My words"})
    assert response.status_code == 409
    assert "Dan judged this to be evidenced while you looked at it" in words(response.text)
    assert 'value="My words"' in response.text


def test_withdrawn_meanwhile(browser: Client, claim: Claim) -> None:
    page = seen(browser.get(url_of(claim)).text)
    Claim.objects.filter(pk=claim.pk).update(withdrawn_at=timezone.now())
    response = browser.post(url_of(claim), {**GOOD, "seen": page})
    assert response.status_code == 409
    assert "does not say this of itself any more" in words(response.text)


def test_only_a_curator_judges(claim: Claim) -> None:
    with pytest.raises(Refused):
        judge_claim(
            claim=claim, level=Claim.Level.CHECKED, evidence="x", valid_to=None, by=make_user(),
            seen=version_of_claim(claim),
        )  # fmt: skip


@pytest.mark.django_db(transaction=True)
@two_curators
def test_of_two_who_judge_at_once_one_does(curator: User, other_curator: User) -> None:
    claim = make_claim(make_listing().organisation, reference="1")
    works = [
        partial(
            judge_claim, claim=claim, level=Claim.Level.CHECKED, evidence="Seen", valid_to=None,
            by=by, seen=version_of_claim(claim),
        )
        for by in (curator, other_curator)
    ]  # fmt: skip
    outcomes = race(claim, *works)
    assert sum(isinstance(outcome, Overtaken) for outcome in outcomes) == 1
    claim.refresh_from_db()
    assert claim.level == "declared"
    assert claim.proposed_by is not None
