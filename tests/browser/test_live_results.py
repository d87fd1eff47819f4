"""With JavaScript, results follow the filters at once; the address, Back and reload all hold."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Open


def tick(page: Page, name: str) -> None:
    page.get_by_role("checkbox", name=name, exact=False).first.check()


def count(page: Page) -> int:
    """The number of offers that the heading names."""
    return int(page.locator("#count").inner_text().split()[0].replace(",", ""))


def chips(page: Page) -> list[str]:
    found = page.locator(".chip").all_text_contents()
    return [label.removeprefix("Remove filter: ") for label in found]


def mark(page: Page) -> None:
    """Leave something on the page that a new load would wipe away."""
    page.evaluate("window.stayed = true")


def stayed(page: Page) -> bool:
    return bool(page.evaluate("window.stayed === true"))


def test_ticking_a_box_changes_the_results_in_place(open_page: Open) -> None:
    page = open_page("/providers/?q=lunch")
    heading, title, everything = page.locator("#count").inner_text(), page.title(), count(page)
    mark(page)
    offered = int(page.locator("label:has(#find-sector-third) [data-count]").inner_text())
    assert 0 < offered < everything
    page.locator("#find-ward-more > summary").click()

    page.locator("#find-sector-third").focus()
    page.keyboard.press("Space")
    expect(page.locator("#count")).not_to_have_text(heading)

    assert count(page) == offered
    assert stayed(page)
    assert chips(page) == ["‘lunch’", "Third sector"]
    assert page.url.endswith("/providers/?q=lunch&sector=third")
    assert page.title() != title
    assert page.title().startswith(f"{offered} offer")
    expect(page.locator("#find-sector-third")).to_be_focused()
    expect(page.locator("#find-sector-third")).to_be_checked()
    expect(page.locator("#find-ward-more")).to_have_attribute("open", "")
    expect(page.get_by_role("status")).to_have_text(page.locator("#count").inner_text())
    catering = page.locator("label:has(#find-category-catering) [data-count]")
    assert int(catering.inner_text()) <= offered
    assert re.search(
        r"sector=third", page.locator("a", has_text="Download CSV").get_attribute("href") or ""
    )


def test_back_and_reload_bring_whole_pages(open_page: Open) -> None:
    page = open_page("/providers/?q=lunch")
    before = page.locator("#count").inner_text()
    tick(page, "Third sector")
    expect(page.locator("#count")).not_to_have_text(before)
    after = page.locator("#count").inner_text()

    page.reload()
    expect(page.locator("#count")).to_have_text(after)
    expect(page.locator("#find-sector-third")).to_be_checked()

    page.go_back()
    expect(page.locator("#count")).to_have_text(before)
    expect(page.locator("#find-sector-third")).not_to_be_checked()
    expect(page.locator("footer")).to_be_visible()
    expect(page.locator("html > head > title")).to_have_count(1)
    page.go_forward()
    expect(page.locator("#count")).to_have_text(after)
    expect(page.locator("footer")).to_be_visible()


def test_back_from_a_listing_brings_the_results_that_were_left(open_page: Open) -> None:
    page = open_page("/providers/?q=lunch")
    before = page.locator("#count").inner_text()
    tick(page, "Third sector")
    expect(page.locator("#count")).not_to_have_text(before)
    after = page.locator("#count").inner_text()
    page.locator(".result__t a").first.click()
    expect(page.locator("#count")).to_have_count(0)
    page.go_back()
    expect(page.locator("#count")).to_have_text(after)
    expect(page.locator("#find-sector-third")).to_be_checked()
    expect(page.locator("footer")).to_be_visible()


def test_two_quick_ticks_both_count(open_page: Open) -> None:
    page = open_page("/providers/")
    hold: list[Route] = []

    def slow(route: Route) -> None:
        # The first answer is still on its way when the second box is ticked.
        if hold:
            route.continue_()
        else:
            hold.append(route)

    page.route(re.compile(r"/providers/\?"), slow)
    page.locator("#find-sector-third").check()
    page.locator("#find-price-low").check()
    expect(page.locator(".chip")).to_have_count(2)
    assert sorted(chips(page)) == ["Price: Low", "Third sector"]
    assert page.url.endswith("/providers/?sector=third&price=low")
    expect(page.locator("#find-sector-third")).to_be_checked()
    expect(page.locator("#find-price-low")).to_be_checked()


def test_what_is_being_typed_is_not_lost(open_page: Open) -> None:
    page = open_page("/providers/")
    page.locator("#find-sector-third").evaluate(
        """box => { box.click(); document.getElementById("find-capacity").focus() }"""
    )
    page.keyboard.type("30")
    expect(page.locator(".chip")).to_have_count(1)
    expect(page.locator("#find-capacity")).to_have_value("30")
    expect(page.locator("#find-capacity")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(".chip")).to_have_count(2)
    assert "capacity=30" in page.url


def test_a_narrower_category_is_reached_without_a_page_load(open_page: Open) -> None:
    page = open_page("/providers/")
    mark(page)
    fold = page.locator("[id='find-category-catering.narrower']")
    fold.locator("summary").click()
    page.locator("#find-category-buffet-lunches").check()
    expect(page.locator(".chip")).to_have_count(1)
    expect(fold).to_have_attribute("open", "")
    assert stayed(page)
    page.locator("#find-category-catering").check()
    expect(page.get_by_text("To choose among these, untick “Catering”.")).to_be_visible()


def test_the_order_follows_the_question_until_somebody_chooses_one(open_page: Open) -> None:
    page = open_page("/providers/")
    sort = page.locator("#sort")
    assert sort.locator("option:checked").inner_text() == "Name"
    page.locator("#q").fill("lunch")
    page.keyboard.press("Enter")
    expect(page.locator("#count")).to_contain_text("‘lunch’")
    assert sort.locator("option:checked").inner_text() == "Relevance"
    sort.select_option(label="Name")
    expect(page).to_have_url(re.compile(r"\?q=lunch&sort=name$"))


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "plain"])
def test_the_page_works_beside_an_error(open_page: Open, *, javascript: bool) -> None:
    page = open_page("/providers/?capacity=-3&near=LS8", java_script_enabled=javascript)
    summary = page.locator(".error-summary a")
    expect(summary).to_have_text("Room for: Enter a whole number of people, from 1 to 100,000.")
    assert page.title().startswith("Error: ")
    summary.click()
    expect(page.locator("#find-capacity")).to_be_focused()
    page.locator("#find-capacity").fill("20")
    page.locator("#find-sector-third").check()
    if not javascript:
        page.get_by_role("button", name="Apply filters").click()
    expect(page.locator(".error-summary")).to_have_count(0)
    expect(page.locator(".chip", has_text="Room for 20")).to_be_visible()
    assert not page.title().startswith("Error: ")


def test_an_answer_that_is_an_error_page_is_shown_whole(open_page: Open) -> None:
    page = open_page("/providers/")
    page.route(
        re.compile(r"sector=third"),
        lambda route: route.fulfill(status=500, body="<h1>Sorry</h1>", content_type="text/html"),
    )
    page.locator("#find-sector-third").press("Space")
    expect(page.get_by_role("heading", name="Sorry")).to_be_visible()
    assert page.url.endswith("?sector=third")
