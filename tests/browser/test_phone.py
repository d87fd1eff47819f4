"""On a phone: filters fold away, the list needs no map, and the map finds its own area."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "plain"])
def test_filters_fold_into_a_button_that_counts_them(open_page: Open, *, javascript: bool) -> None:
    page = open_page(
        "/providers/?category=catering&sector=third", width=390, java_script_enabled=javascript
    )
    fold = page.locator(".filters > summary")
    expect(fold).to_have_text("Filters (2)")
    box = page.locator("#find-category-catering")
    expect(box).to_be_hidden()
    top = page.locator("#count").bounding_box()
    assert top is not None
    assert top["y"] < 600, "the results do not start on the first screen"
    fold.click()
    expect(box).to_be_visible()
    expect(box).to_be_checked()
    box.uncheck()
    if javascript:
        expect(fold).to_have_text("Filters (1)")
        expect(box).to_be_visible()
    else:
        page.get_by_role("button", name="Apply filters").click()
        expect(fold).to_have_text("Filters (1)")


def test_filters_stand_open_on_a_wide_screen(open_page: Open) -> None:
    page = open_page("/providers/", java_script_enabled=False)
    expect(page.locator(".filters > summary")).to_be_hidden()
    expect(page.locator("#find-category-catering")).to_be_visible()


def test_the_list_is_complete_without_the_map(open_page: Open) -> None:
    plain, with_map = (
        open_page(f"{path}?q=lunch", width=390, java_script_enabled=False)
        for path in ("/providers/", "/providers/map/")
    )
    titles = plain.locator(".result__t").all_inner_texts()
    assert len(titles) == min(20, int(plain.locator("#count").inner_text().split()[0]))
    assert with_map.locator(".result__t").all_inner_texts() == titles
    expect(with_map.get_by_text("The map needs JavaScript.")).to_be_visible()


def test_search_this_area(open_page: Open) -> None:
    page = open_page("/providers/map/?q=lunch", width=390)
    button = page.get_by_role("button", name="Search this area")
    expect(page.locator(".pin").first).to_be_visible()
    expect(button).to_be_hidden()
    page.get_by_role("button", name="Zoom in").click()
    expect(button).to_be_visible()
    button.click()
    expect(page).to_have_url(re.compile(r"/providers/map/\?q=lunch&near=LS\d"))
    assert re.match(r"LS\d+ \d", page.locator("#near").input_value())
    expect(page.locator("#count")).to_have_text(re.compile(r"(near|miles? of) LS\d+ \d"))


def test_pins_and_rows_carry_the_same_numbers(open_page: Open) -> None:
    page = open_page("/providers/map/?q=lunch")
    page.locator(".pin").first.wait_for()
    pins = page.locator(".pin").evaluate_all(
        "pins => pins.map((pin) => [pin.textContent, pin.getAttribute('href')])"
    )
    rows = page.locator(".result").evaluate_all(
        """rows => rows.map((row) =>
          [row.querySelector(".result__n").textContent, row.querySelector("a").pathname])"""
    )
    assert len(pins) > 3
    assert all(pin in rows for pin in pins)
