"""From a search to a comparison, by keyboard alone, on a phone, without JavaScript."""

from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.test_keyboard import FOCUS, tab_to


def test_from_a_search_to_a_list_to_a_comparison(open_page: Open) -> None:
    page = open_page("/providers/?q=lunch", width=390, java_script_enabled=False)
    heading, keyboard = page.get_by_role("heading", level=1), page.keyboard
    page.locator("#results").focus()
    for _ in range(3):
        tab_to(page, "input[form=chosen]")
        keyboard.press("Space")
    # The buttons come along at the foot of the window, and cover nothing that has the focus.
    expect(page.get_by_role("button", name="Compare")).to_be_in_viewport()
    for _ in range(12):
        keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        assert focus["fault"] == "", focus
    tab_to(page, "#chosen button", 250)
    keyboard.press("Enter")
    expect(heading).to_have_text("Add to a shortlist")
    tab_to(page, "main button")
    keyboard.press("Enter")
    expect(heading).to_have_text("My shortlist")
    expect(page.locator(".result")).to_have_count(3)
    for _ in range(2):
        tab_to(page, "input[form=chosen]")
        keyboard.press("Space")
    tab_to(page, "#chosen [formaction]")
    keyboard.press("Enter")
    expect(heading).to_have_text("Compare 2 offers")
    table = page.get_by_role("region", name="Compare 2 offers").get_by_role("table")
    expect(table.get_by_role("columnheader")).to_have_count(3)
    expect(table.get_by_role("rowheader").first).to_contain_text("Category")
    tab_to(page, ".scroll")
    before = page.locator(".scroll").evaluate("element => element.scrollLeft")
    for _ in range(5):
        keyboard.press("ArrowRight")
    page.wait_for_timeout(300)
    assert page.locator(".scroll").evaluate("element => element.scrollLeft") > before
