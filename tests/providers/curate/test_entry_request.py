"""Who asks for an organisation on the list: granted or refused, with an answer."""

import re

import pytest
from django.test import Client

from accounts.models import Organisation
from providers.models import EntryRequest
from tests.factories import (
    make_entry_request,
    make_listing,
    make_membership,
    make_organisation,
    make_register_entry,
    make_user,
)
from tests.providers.curate.conftest import Waits
from tests.providers.reading import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(waits: Waits) -> EntryRequest:
    return waits.asked


def url_of(asked: EntryRequest) -> str:
    return f"/curate/requests/{asked.pk}/"


def test_page_shows_who_asks_and_what_is_known(browser: Client) -> None:
    bowls = make_organisation("Armley Bowls", website="https://www.bowls.example/club")
    make_register_entry(make_listing(bowls, title="Bowls", origin="register"))
    make_membership(bowls, make_user("pat@example.org", name="Pat"))
    make_entry_request(bowls, state="refused", email="earlier@example.org")
    asked = make_entry_request(
        bowls, wants="dispute", name="Sam", email="sam@bowls.example", text="I keep the green."
    )
    text = words(browser.get(url_of(asked)).text)
    for shown in (
        "To act for it, though others do", "Others act for this organisation already.", "Sam",
        "sam@bowls.example", "I keep the green.", "bowls.example Same as the website",
        "Pat (owner, pat@example.org)", "A public register", "Bowls (published)",
        "Other requests To act for it,",
    ):  # fmt: skip
        assert shown in text


def test_another_host_is_said(browser: Client, asked: EntryRequest) -> None:
    assert "Not the website’s host" not in words(browser.get(url_of(asked)).text)
    Organisation.objects.filter(pk=asked.organisation_id).update(website="https://bowls.example/")
    assert "example.org Not the website’s host" in words(browser.get(url_of(asked)).text)


def test_granting_opens_the_next(browser: Client, asked: EntryRequest, waits: Waits) -> None:
    response = browser.post(url_of(asked), {"decision": "grant"})
    assert response["Location"] == waits.urls[5]
    asked.refresh_from_db()
    assert asked.state == "granted"
    assert "not waiting: granted" in words(browser.get(url_of(asked)).text)


def test_refusing_needs_an_answer(browser: Client, asked: EntryRequest) -> None:
    response = browser.post(url_of(asked), {"decision": "refuse"})
    assert "Give an answer, or pick prepared words." in response.text
    assert EntryRequest.objects.get(pk=asked.pk).state == "waiting"
    filled = browser.post(url_of(asked), {"decision": "fill", "ready": "2"})
    assert "they do not know of this.</textarea>" in filled.text
    browser.post(url_of(asked), {"decision": "refuse", "reason": "We rang them."})
    asked.refresh_from_db()
    assert (asked.state, asked.answer) == ("refused", "We rang them.")


def test_prepared_words_fit_what_is_asked(browser: Client) -> None:
    removal = make_entry_request(make_organisation(), wants="remove")
    text = words(browser.get(url_of(removal)).text)
    assert "want it to stay on the list" in text
    assert "ask somebody there to invite you" not in text


def test_second_curator_is_told_and_loses_no_word(
    browser: Client, other_browser: Client, asked: EntryRequest
) -> None:
    other_browser.post(url_of(asked), {"decision": "grant"})
    response = browser.post(url_of(asked), {"decision": "refuse", "reason": "Who are you?"})
    assert response.status_code == 409
    text = words(response.text)
    assert "Dan granted this while you looked at it (" in text
    assert re.search(r"granted on \d+ \w+ \d{4} at \d\d:\d\d by Dan", text)
    assert "by Dan" in text
    assert "What you wrote: Who are you?" in text
