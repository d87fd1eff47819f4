"""A small charity lists what it offers on a phone, and the list comes to show it.

It writes by keyboard alone and without JavaScript. A curator returns it, they mend it, and it is
published and found; a later change waits for a curator.
"""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.people import CURATOR, stay_in
from tests.browser.test_claim import mail, path_in
from tests.browser.test_keyboard import tab_to

EMAIL = "dawn@gledwood.example"


def choose(page: Page, selector: str) -> None:
    """Tick a box or a button of several, by keyboard."""
    tab_to(page, selector)
    page.keyboard.press("Space")


def write(page: Page, selector: str, text: str) -> None:
    tab_to(page, selector)
    page.keyboard.type(text)


def press(page: Page, selector: str) -> None:
    """Follow a link or press a button, and wait for the page that comes."""
    tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def register(page: Page) -> str:
    """From the first question to the reference; returns the address of the offer's pages."""
    heading = page.get_by_role("heading", level=1)
    page.goto("/providers/join/")
    write(page, "#id_name", "Gledwood Lunch Club")
    write(page, "#id_postcode", "ls8 4aa")
    page.keyboard.press("Enter")

    # The first page of the offer: five answers, and nothing is lost for one that is wrong.
    expect(heading).to_have_text("What do you offer?")
    start = re.sub(r"basics/$", "", page.url)
    write(page, "#id_title", "Hot lunches for groups")
    tab_to(page, "#id_category")
    page.keyboard.type("Buffet")
    write(page, "#id_summary", "Soup, bread and a pudding, cooked by volunteers.")
    choose(page, "#id_delivery_0")
    write(page, "#id_email", "dawn at gledwood")
    page.keyboard.press("Enter")
    expect(page.locator(".error-summary")).to_be_visible()
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.locator("#id_title")).to_have_value("Hot lunches for groups")
    tab_to(page, "#id_email")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(EMAIL)
    page.keyboard.press("Enter")

    # The task list; one of the richer sections; check; send.
    expect(heading).to_have_text("Hot lunches for groups")
    press(page, "a[href$='/price/']")
    tab_to(page, "input[name=pricing]")
    for _ in range(3):
        if not page.locator("input[value=priced]").is_checked():
            page.keyboard.press("ArrowDown")
    write(page, "#id_price_from", "£6.50")
    tab_to(page, "#id_price_unit")
    page.keyboard.type("a head")
    page.keyboard.press("Tab")
    press(page, "main form [type=submit]")
    expect(page.locator("main")).to_contain_text("Saved.")
    press(page, ".btn[href$='/check/']")
    expect(heading).to_have_text("Check your answers")
    expect(page.locator("main")).to_contain_text("From £6.50 a head")
    press(page, "form[action$='/send/'] button")
    expect(heading).to_have_text("Your offer is sent in")
    expect(page.locator("main")).to_contain_text(re.compile(r"L-[2-9B-Z]{5}"))
    return start


def prove(page: Page) -> None:
    """Open the mailed link and press its button; then sign in by the mailed code."""
    heading = page.get_by_role("heading", level=1)
    page.goto(path_in(mail(page, "Go on with"), "/providers/join/resume/"))
    press(page, "main [type=submit]")
    page.get_by_role("button", name="Mail me a code").press("Enter")
    expect(page.get_by_label("Code")).to_be_visible()
    code = re.search(r"\d{4}-\d{4}", mail(page.context.new_page(), "is your code to sign in"))
    assert code
    page.get_by_label("Code").fill(code[0])
    page.keyboard.press("Enter")
    expect(heading).to_have_text("Hot lunches for groups")


def waiting(curator: Page, kind: str, title: str) -> None:
    """Open it from the queue."""
    curator.goto(f"/curate/?kind={kind}")
    curator.get_by_role("link", name=title).click()
    expect(curator.get_by_role("heading", level=1)).to_contain_text(title)


def found(page: Page, words: str) -> int:
    """How many offers a search finds."""
    page.goto(f"/providers/?q={words}")
    number = re.match(r"\d+", page.locator("#count").inner_text())
    return int(number[0]) if number else 0


@pytest.fixture
def curator(open_page: Open) -> Page:
    page = open_page(width=1280)
    stay_in(page, CURATOR)
    return page


def test_from_the_first_question_to_a_change_that_is_accepted(
    open_page: Open, curator: Page
) -> None:
    page, anybody = open_page(width=390, java_script_enabled=False), open_page()
    heading = page.get_by_role("heading", level=1)
    start = register(page)

    # Going back and sending again does no harm, and nobody else sees it.
    page.go_back()
    page.reload()
    page.goto(f"{start}sent/")
    expect(heading).to_have_text("Your offer is sent in")
    assert found(anybody, "Gledwood") == 0
    assert anybody.goto("/providers/gledwood-lunch-club/").status == 404  # type: ignore[union-attr]

    prove(page)
    offer = page.url

    # A curator sends it back with a reason; its owner mends it and sends it in again.
    waiting(curator, "listing", "Hot lunches for groups")
    curator.get_by_label("What should they do").fill("Please say how many people you can feed.")
    curator.get_by_role("button", name="Return").click()
    page.goto(offer)
    expect(page.locator("main")).to_contain_text("how many people you can feed")
    press(page, "a[href$='/practical/']")
    write(page, "#id_capacity", "40")
    press(page, "main form [type=submit]")
    press(page, ".btn[href$='/check/']")
    press(page, "form[action$='/send/'] button")
    expect(heading).to_have_text("Your offer is sent in")

    # Published, it is found in the same second.
    waiting(curator, "listing", "Hot lunches for groups")
    curator.get_by_role("button", name="Publish").click()
    assert found(anybody, "Gledwood") == 1
    anybody.get_by_role("link", name="Hot lunches for groups").click()
    expect(anybody.locator("main")).to_contain_text("40 people")

    # A change: the public sees what was there before until a curator accepts it.
    page.goto(offer)
    press(page, "a[href$='/description/']")
    write(page, "#id_description", "There is always a vegetarian pot.")
    press(page, "main form [type=submit]")
    press(page, "form[action$='/changes/send/'] button")
    anybody.reload()
    expect(anybody.locator("main")).not_to_contain_text("vegetarian pot")
    waiting(curator, "edit", "Hot lunches for groups")
    expect(curator.locator("main")).to_contain_text("vegetarian pot")
    curator.get_by_role("button", name="Accept").click()
    anybody.reload()
    expect(anybody.locator("main")).to_contain_text("vegetarian pot")

    # Paused, it is gone from search; its page says so.
    page.goto(offer)
    press(page, "form[action$='/pause/'] button")
    assert found(anybody, "Gledwood") == 0
    page.get_by_role("button", name="Offer it again").press("Enter")
    assert found(anybody, "Gledwood") == 1


def test_one_click_from_a_mail_says_that_it_is_still_right(open_page: Open) -> None:
    page = open_page("/mailbox/M-33333/", width=390, java_script_enabled=False)
    page.goto(path_in(page.locator(".card").inner_text(), "/providers/still-right/"))
    page.get_by_role("button", name=re.compile("still right", re.IGNORECASE)).first.press("Enter")
    expect(page.locator("main")).to_contain_text(re.compile("Thank you|confirmed", re.IGNORECASE))
