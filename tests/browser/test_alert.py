"""Asking to be told of new offers, and stopping it, by keyboard alone and without JavaScript."""

import re
import uuid

from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.test_keyboard import tab_to


def test_from_a_search_to_mails_and_to_their_end(open_page: Open) -> None:
    page = open_page("/providers/?q=lunch&near=LS8", width=390, java_script_enabled=False)
    heading, keyboard = page.get_by_role("heading", level=1), page.keyboard
    page.locator("#results").focus()
    tab_to(page, "a[href^='/providers/alert/']", 250)
    keyboard.press("Enter")
    expect(heading).to_have_text("Tell me of new offers")
    tab_to(page, "#id_email")
    keyboard.type(f"{uuid.uuid4()}@example.org")
    tab_to(page, "input[name=pace]")
    keyboard.press("ArrowUp")
    keyboard.press("Enter")
    expect(heading).to_have_text("Look into your mail")

    page.goto("/mailbox/")
    page.get_by_role("link", name="Press the button to be told").first.click()
    link = re.search(r"/providers/alert/\S+", page.locator("main").inner_text())
    assert link is not None
    page.goto(link[0])
    expect(heading).to_have_text("Tell you of new offers?")
    tab_to(page, "button[value=confirm]")
    keyboard.press("Enter")
    expect(heading).to_have_text("Mails about new offers")
    expect(page.get_by_label("At once, within a few minutes")).to_be_checked()

    page.goto(f"{link[0]}stop/")
    tab_to(page, "main button")
    keyboard.press("Enter")
    expect(heading).to_have_text("These mails are stopped")
    tab_to(page, "main a")
    keyboard.press("Enter")
    expect(page.locator("button[value=resume]")).to_be_visible()
    tab_to(page, "button[value=resume]")
    keyboard.press("Enter")
    expect(heading).to_have_text("Mails about new offers")
