"""Places change hands: one employer cannot send everybody, and another takes what is left over.

Three people, each on a phone and without JavaScript: of the giver, of the other employer, and of
the host, who decides.
"""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.people import BUYER, EDITOR, PASSING, TED, stay_in
from tests.browser.room import sideways
from tests.browser.test_asking import mail_with

TITLE = "Paint the dining hall"


def send(page: Page, button: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=True).click()
    assert sideways(page) <= 0


def test_another_employer_takes_places_and_the_host_decides(open_page: Open) -> None:
    def phone(email: str) -> Page:
        page = open_page(width=390, java_script_enabled=False)
        stay_in(page, email)
        return page

    giver, other, host = phone(TED), phone(EDITOR), phone(BUYER)

    # The giver has twelve places, and passes five on.
    giver.goto(f"/brokerage/exchanges/{PASSING}/")
    giver.get_by_role("link", name="Pass places to another employer").click()
    giver.get_by_label("How many places do you pass on?").fill("13")
    giver.get_by_label("Whose email address is it?").fill(EDITOR)
    send(giver, "Ask them")
    expect(giver.get_by_role("alert")).to_contain_text("12")
    giver.get_by_label("How many places do you pass on?").fill("5")
    send(giver, "Ask them")
    expect(giver.locator("main")).to_contain_text("They have a mail.")
    link = re.search(r"/brokerage/places/[^/\s]+/", mail_with(giver, "Would you take", TITLE))
    assert link is not None

    # Opening the link does nothing; taking them is a button.
    other.goto(link[0])
    assert sideways(other) <= 0
    expect(other.get_by_role("heading", level=1)).to_have_text(TITLE)
    other.get_by_label("Whom can they reach?").fill("Ed of the moor")
    other.get_by_label("Email address").fill("ed-of-the-moor@example.org")
    send(other, "Take 5 places")
    expect(other.locator("main")).to_contain_text("the places are held")
    proposal = other.url
    assert PASSING not in proposal

    # The giver has seven. The link leads whoever took them to what they took, and nobody else.
    giver.goto(f"/brokerage/exchanges/{PASSING}/")
    expect(giver.locator("main")).to_contain_text("7")
    other.goto(link[0])
    expect(other).to_have_url(proposal)
    answer = host.goto(link[0])
    assert answer is not None
    assert answer.status == 410

    # The host reads who comes instead, and says yes.
    host.goto(proposal)
    expect(host.locator("main")).not_to_contain_text("ed-of-the-moor")
    host.get_by_role("link", name="Yes, introduce us").click()
    send(host, "Introduce us")
    expect(host.locator("main")).to_contain_text("ed-of-the-moor@example.org")
