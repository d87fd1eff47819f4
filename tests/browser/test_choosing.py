"""From nothing to a filed record, by keyboard alone, on a phone, without JavaScript."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.people import OWNER, stay_in
from tests.browser.room import sideways
from tests.browser.test_keyboard import tab_to


def type_into(page: Page, selector: str, text: str) -> None:
    tab_to(page, selector)
    page.keyboard.type(text)


def tick(page: Page, selector: str) -> None:
    tab_to(page, selector)
    page.keyboard.press("Space")


def test_a_choice_is_filed_and_corrected(open_page: Open) -> None:
    page = open_page(width=390, java_script_enabled=False)
    stay_in(page, OWNER)
    heading, keyboard = page.get_by_role("heading", level=1), page.keyboard
    page.goto("/my/brackenby/buying/")
    tab_to(page, "main a.btn")
    keyboard.press("Enter")
    page.wait_for_url("**/choices/new/")
    tab_to(page, "main form button")
    keyboard.press("Enter")
    page.wait_for_url("**/edit/")
    type_into(page, "#id_what", "Lunch for thirty")
    type_into(page, "#id_name-new", "A kitchen round the corner")
    tab_to(page, "#id_answer-new")
    keyboard.type("Said yes")
    type_into(page, "#id_price-new", "£240")
    tab_to(page, "button[value=add]")
    keyboard.press("Enter")
    expect(page.locator("summary").first).to_contain_text("said yes, £240.00")
    page.locator("#considered").focus()
    tick(page, "input[name=chosen]")
    tab_to(page, "button[value=save]")
    keyboard.press("Enter")
    expect(page.get_by_text("Saved as a draft.")).to_be_visible()
    expect(page.locator("#id_amount")).to_have_value("240.00")
    page.locator("#id_decided_on").fill("2026-01-06")
    type_into(page, "#id_reason", "The best for the money.")
    tick(page, "#id_conflict_0")
    tick(page, "#id_sure")
    tab_to(page, "button[value=file]")
    keyboard.press("Enter")
    # Brackenby's own rule asks for two.
    expect(page.get_by_role("alert")).to_contain_text("Your own rule says to ask 2")
    tick(page, "button[value=file]")
    expect(page.get_by_text("Filed. Its reference is")).to_be_visible()
    expect(heading).to_have_text("Lunch for thirty")
    assert sideways(page) <= 0
    page.get_by_role("button", name="Correct it").press("Enter")
    page.wait_for_url("**/edit/")
    type_into(page, "#id_correction", "The bill was higher.")
    page.locator("#id_amount").fill("250")
    tick(page, "#id_sure")
    tab_to(page, "button[value=file]")
    keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Your own rule says to ask 2")
    tick(page, "button[value=file]")
    expect(page.get_by_text("Before: £240.00")).to_be_visible()
    expect(page.get_by_text("The bill was higher.")).to_be_visible()
