"""An organisation on the list is claimed on a phone, by keyboard alone and without JavaScript."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.people import LOST
from tests.browser.test_keyboard import tab_to

INFO = "info@merrowby.example"


def mail(page: Page, subject: str) -> str:
    """The text of the newest mail with this in its subject."""
    page.goto("/mailbox/")
    page.get_by_role("link", name=re.compile(subject)).first.click()
    return page.locator(".card").inner_text()


def path_in(text: str, start: str) -> str:
    found = re.search(rf"{start}[^/\s]+/", text)
    assert found
    return found[0]


def test_from_is_this_you_to_the_owners_own_page(open_page: Open) -> None:
    page = open_page("/providers/join/", width=390, java_script_enabled=False)
    keyboard = page.keyboard
    heading = page.get_by_role("heading", level=1)

    tab_to(page, "#id_name")
    keyboard.type("Merrowby Chior")
    tab_to(page, "#id_postcode")
    keyboard.type("LS8 4AA")
    keyboard.press("Enter")
    expect(heading).to_have_text("Is this you?")
    tab_to(page, "a[href$='/merrowby-choir/claim/']")
    keyboard.press("Enter")
    expect(heading).to_have_text("Is Merrowby Choir yours?")
    tab_to(page, "[name=wants]")
    keyboard.press("Space")
    tab_to(page, "#id_email")
    keyboard.type(INFO)
    tab_to(page, "#id_text")
    keyboard.type("I am the treasurer.")
    tab_to(page, "main [type=submit]")
    keyboard.press("Enter")
    expect(heading).to_have_text("Your request is in")

    page.goto(path_in(mail(page, "Act for Merrowby Choir"), "/providers/claims/"))
    expect(heading).to_have_text("Act for Merrowby Choir?")
    tab_to(page, "main [type=submit]")
    keyboard.press("Enter")
    expect(heading).to_have_text("Merrowby Choir is yours to look after")
    page.get_by_role("button", name="Mail me a code").press("Enter")
    expect(page.get_by_label("Code")).to_be_visible()
    # Another page of the same browser reads the mail.
    code = re.search(r"\d{4}-\d{4}", mail(page.context.new_page(), "is your code to sign in"))
    assert code
    assert "next=" in page.url
    page.get_by_label("Code").fill(code[0])
    keyboard.press("Enter")
    page.wait_for_url("**/my/merrowby-choir/")
    expect(heading).to_have_text("Merrowby Choir")


def test_what_was_begun_is_found_again_when_the_session_is_lost(open_page: Open) -> None:
    page = open_page("/providers/join/1003/send-link/", width=390)
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("This does not open an offer")
    page.get_by_label("Your email address").fill(LOST)
    page.get_by_role("button", name="Mail me the link").click()
    expect(heading).to_have_text("Look into your mail")
    page.goto(path_in(mail(page, "Go on with your offer"), "/providers/join/resume/"))
    expect(heading).to_have_text("Go on with “A hall”")
    expect(page.get_by_role("button", name="Yes, this is my address")).to_be_visible()
