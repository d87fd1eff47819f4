"""Reading the register: narrow it down, open a measure, and ask which ones fit."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open


def test_results_follow_the_filters_at_once_and_back_brings_them_back(open_page: Open) -> None:
    page = open_page("/toms/")
    page.get_by_role("checkbox", name=re.compile("^Climate, nature and resources")).check()
    expect(page.locator("#count")).to_have_text(
        "5 measures under 3 outcomes in Climate, nature and resources"
    )
    page.wait_for_url("**/toms/?theme=RES")
    expect(page).to_have_title(re.compile("Leeds TOMs: 5 measures"))
    page.get_by_role("link", name=re.compile("Climate, nature and resources$")).first.click()
    page.wait_for_url("**/toms/")
    page.go_back()
    expect(page.locator("#count")).to_contain_text("5 measures")


def test_without_javascript_the_same_takes_a_press_of_apply(open_page: Open) -> None:
    page = open_page("/toms/", width=390, java_script_enabled=False)
    page.locator(".filters > summary").click()
    page.get_by_role("checkbox", name=re.compile("^Climate, nature and resources")).check()
    page.get_by_role("button", name="Apply filters").click()
    expect(page.locator("#count")).to_contain_text("5 measures")
    page.get_by_role("link", name="Low-carbon journeys").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Low-carbon journeys")
    expect(page.get_by_text("Draft for consultation").first).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "plain"])
def test_five_questions_lead_to_a_short_list(open_page: Open, *, javascript: bool) -> None:
    page = open_page("/toms/", width=390, java_script_enabled=javascript)
    page.get_by_role("link", name="Which measures fit us?").first.click()
    page.get_by_role("button", name="Show what fits").click()
    expect(page.get_by_role("heading", name="There are 5 problems")).to_be_visible()
    for answer in ("A charity, community group", "A grant", "Fewer than 10", "An hour or two"):
        page.get_by_role("radio", name=answer).check()
    page.get_by_role("checkbox", name="Employ or train people").check()
    page.get_by_role("button", name="Show what fits").click()
    expect(page.get_by_role("heading", name="Begin here: the baseline")).to_be_visible()
    expect(page.get_by_text("You employ or train people.").first).to_be_visible()
    address = page.url
    page.goto("/")
    page.goto(address)
    expect(page.get_by_role("heading", name="Begin here: the baseline")).to_be_visible()
