"""A whole life: a host asks on a phone, a giver answers, both agree, less come, and it counts.

Four people, each on a phone and without JavaScript: of the host, of the giver, a broker, and
whoever confirms the result by a mailed link, without an account.
"""

import re

from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.people import BROKER, BUYER, OWNER, stay_in
from tests.browser.room import sideways
from tests.browser.test_asking import link_in, mail_with

TITLE = "Clear the beck behind the hall"


def fits(page: Page) -> None:
    assert sideways(page) <= 0


def send(page: Page, button: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=True).click()
    fits(page)


def test_from_a_need_to_the_business_case(open_page: Open) -> None:
    def phone(email: str = "") -> Page:
        page = open_page(width=390, java_script_enabled=False)
        if email:
            stay_in(page, email)
        return page

    host, giver, broker = phone(OWNER), phone(BUYER), phone(BROKER)

    # The host says what it needs; a broker reads it, and it is on the board.
    host.goto("/my/quillmoor/brokerage/new/")
    fits(host)
    host.get_by_role("link", name=re.compile("We need this.*Team day")).click()
    host.get_by_label("What is it, in a few words?").fill(TITLE)
    host.get_by_label("What does the host gain?").fill("A beck that children can play in.")
    host.get_by_label("What does the giver gain?").fill("A day in the water.")
    host.get_by_label("Most people").fill("20")
    host.get_by_label("Hours for each person").fill("6")
    host.get_by_label("Name of the contact").fill("Olu of the hall")
    host.get_by_label("Their email address").fill("olu-of-the-hall@example.org")
    send(host, "Save and check")
    send(host, "Send it in")
    expect(host.locator("main")).to_contain_text("A broker reads it")
    broker.goto("/broker/")
    broker.get_by_role("link", name=TITLE).click()
    send(broker, "Put it on the board")

    # The giver finds it, and proposes twelve places today.
    giver.goto("/brokerage/needs/?q=beck&party=12")
    giver.get_by_role("link", name=TITLE).click()
    expect(giver.locator("main")).not_to_contain_text("Olu of the hall")
    giver.get_by_role("link", name="Propose your help").click()
    fits(giver)
    today = timezone.localdate().isoformat()
    giver.get_by_label("How many people?").fill("12")
    giver.get_by_label("On which day, or from when?").fill(today)
    giver.get_by_label("Whom can they reach?").fill("Bea of the mill")
    giver.get_by_label("Email address").fill("bea-of-the-mill@example.org")
    send(giver, "Propose it")
    # The host has something else on that day: it is said, and both can happen.
    giver.get_by_label("Both can happen: go on all the same").check()
    send(giver, "Propose it")
    expect(giver.locator("main")).to_contain_text("has it")
    exchange = giver.url
    expect(giver.locator("main")).not_to_contain_text("olu-of-the-hall")

    # The host reads it, and both are introduced.
    host.goto("/my/quillmoor/brokerage/exchanges/")
    host.get_by_role("link", name=TITLE).first.click()
    expect(host.locator("main")).not_to_contain_text("bea-of-the-mill")
    host.get_by_role("link", name="Yes, introduce us").click()
    send(host, "Introduce us")
    expect(host.locator("main")).to_contain_text("bea-of-the-mill@example.org")

    # The checks, and then both confirm the same version.
    for check in ("Insurance", "Risk assessment", "Supervision", "Expenses"):
        host.get_by_role("link", name=check, exact=True).click()
        host.get_by_label("In a few words").fill("Settled between us.")
        send(host, "Save it")
    send(host, "Confirm version 1")
    expect(host.locator("main")).to_contain_text("What is agreed")

    # Only nine can come.
    giver.goto(exchange)
    expect(giver.locator("main")).to_contain_text("olu-of-the-hall@example.org")
    giver.get_by_role("link", name="Take fewer places").click()
    giver.get_by_label("How many places do you still take?").fill("9")
    send(giver, "Take fewer")
    expect(giver.locator("main")).to_contain_text("Fewer places are held now")

    # What happened; somebody at the host confirms it by the mailed link, without an account.
    giver.get_by_role("link", name="Say what happened").click()
    giver.get_by_label("Hours that they gave, all together").fill("50")
    giver.get_by_label("Hours that hosting took, all together").fill("12")
    send(giver, "Say so")
    somebody = phone()
    somebody.goto(link_in(mail_with(somebody, TITLE, "says what happened"), "/brokerage/verify/"))
    fits(somebody)
    expect(somebody.locator("main")).to_contain_text("50")
    send(somebody, "Yes, that is right")
    expect(somebody.locator("main")).to_contain_text("counts from now on")

    # Both say how it was, and it is closed.
    for page in (giver, host):
        page.goto(exchange)
        page.get_by_role("link", name="Say how it was").click()
        page.get_by_label("It went well").check()
        send(page, "Send it")
    expect(host.locator(".steps .done")).to_have_count(5)

    # The business case counts it, and leads back to it.
    host.goto("/my/quillmoor/brokerage/case/")
    fits(host)
    row = host.get_by_role("row").filter(has_text=TITLE)
    expect(row).to_contain_text("50")
    row.get_by_role("link").click()
    assert re.search(r"/brokerage/exchanges/X-", host.url)
