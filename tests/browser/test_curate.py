"""Curators at work: from one thing to the next, by keyboard, with prepared words, and merging."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import people
from tests.browser.conftest import Open
from tests.browser.people import CURATOR, DECIDED, WAITS


@pytest.fixture
def curate(open_page: Open) -> Page:
    page = open_page()
    people.stay_in(page, CURATOR)
    return page


def test_an_edit_is_read_side_by_side_and_returned_by_keyboard(curate: Page) -> None:
    page = curate
    page.goto(f"/curate/edits/{DECIDED}/?kind=edit")
    row = page.get_by_role("row", name="Notice needed")
    expect(row.locator("del")).to_contain_text("365")
    expect(row.locator("ins")).to_contain_text("2")
    expect(
        page.get_by_text("What is live has changed since this was written: Title.")
    ).to_be_visible()
    first = page.get_by_label("Please say in a sentence or two")
    first.focus()
    page.keyboard.press("Space")
    field = page.get_by_label("What should they do?")
    expect(field).to_have_value(re.compile("^Please say in a sentence"))
    # Other prepared words take their place, but never somebody's own.
    page.keyboard.press("ArrowDown")
    expect(field).to_have_value(re.compile("^Please choose a category"))
    field.press("End")
    field.fill("Which lunches?")
    page.get_by_label("The new price is hard").check()
    expect(field).to_have_value("Which lunches?")
    field.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("They get your words.")
    expect(page).to_have_url(re.compile(rf"/curate/edits/{WAITS}/\?kind=edit$"))


def test_prepared_words_without_javascript(open_page: Open) -> None:
    page = open_page(java_script_enabled=False)
    people.stay_in(page, CURATOR)
    page.goto(f"/curate/listings/{WAITS}/")
    page.get_by_label("Please add a price").check()
    page.get_by_role("button", name="Put the prepared words in the field").click()
    field = page.get_by_label("What should they do?")
    expect(field).to_have_value(re.compile("^Please add a price"))


def test_two_are_merged_after_reading_what_happens(curate: Page, site: str) -> None:
    page = curate
    page.goto(f"/curate/doubles/{DECIDED}/{DECIDED + 1}/?kind=double")
    page.get_by_role("radio").last.check()
    page.get_by_role("button", name="See what happens").click()
    expect(page.get_by_text("This cannot be undone.")).to_be_visible()
    page.get_by_role("button", name="Merge them and go to the next").click()
    expect(page.get_by_role("status").first).to_contain_text("Its old addresses lead there.")
    page.goto("/providers/bakery-1/bread/")
    expect(page).to_have_url(f"{site}/providers/bakery-2/bread/")
