"""From a search to five enquiries, an answer on a phone, and what becomes of it.

By keyboard alone and without JavaScript. The actions are counted: four, from the search page on.
"""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.people import KEYHOLDER, stay_in
from tests.browser.test_keyboard import tab_to
from tests.browser.test_register import choose, press, write


def mail_with(page: Page, subject: str, words: str) -> str:
    """The text of the newest mail with this in its subject and that in its text."""
    page.goto("/mailbox/")
    links = page.get_by_role("link", name=re.compile(re.escape(subject)))
    for address in [link.get_attribute("href") for link in links.all()]:
        page.goto(str(address))
        text = page.locator(".card").inner_text()
        if words in text:
            return text
    raise AssertionError(f"No mail {subject!r} says {words!r}.")


def link_in(text: str, start: str) -> str:
    found = re.search(rf"{start}[0-9a-f]{{64}}/", text)
    assert found, text
    return found[0]


def test_four_actions_from_a_search_to_five_enquiries(open_page: Open) -> None:
    page = open_page(width=390, java_script_enabled=False)
    stay_in(page, KEYHOLDER)
    page.goto("/providers/?q=lunch")
    heading = page.get_by_role("heading", level=1)
    actions = 0

    # One: tick. Several offers of one provider would be one enquiry, so these are all different.
    page.locator("#results").focus()
    seen: set[str] = set()
    for row in page.locator(".result").all():
        name = row.locator(".meta").inner_text().split("\n")[0]
        if name not in seen and len(seen) < 5:
            seen.add(name)
            row.locator("input[form=chosen]").press("Space")
    actions += 1
    # Two: ask.
    tab_to(page, "#chosen [formaction='/buying/ask/']", 250)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    actions += 1
    number = len(seen)
    expect(heading).to_have_text(f"Ask {number} providers")
    # Three: fill in and check.
    write(page, "#id_title", "Supper for the keyholders")
    write(page, "#id_what", "A warm supper.")
    write(page, "#id_name", "" if page.locator("#id_name").input_value() else "Kay")
    press(page, "main form [type=submit]")
    actions += 1
    expect(heading).to_have_text("Check your enquiry")
    # Four: send.
    press(page, "main form [type=submit]")
    actions += 1
    expect(heading).to_have_text("Your enquiry is sent")
    assert actions == 4
    assert number == 5
    expect(page.locator("ul[aria-label='Whom you asked'] li")).to_have_count(5)
    expect(page.locator("main")).to_contain_text(re.compile(r"E-[2-9B-Z]{5}"))
    # The way back changes nothing.
    page.go_back()
    expect(heading).to_have_text("Your enquiry is sent")


def test_from_an_offer_to_an_answer_on_a_phone_that_is_taken_up(open_page: Open) -> None:
    page = open_page("/providers/brackenby/buffet/", width=390, java_script_enabled=False)
    heading = page.get_by_role("heading", level=1)
    press(page, "a[href^='/buying/ask/']")
    write(page, "#id_title", "Breakfast for twelve")
    write(page, "#id_what", "Porridge and fruit.")
    write(page, "#id_budget", "1.200,50")
    write(page, "#id_name", "Ash Buyer")
    write(page, "#id_email", "ash@askbourne.example")
    press(page, "main form [type=submit]")
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.locator("#id_budget_error")).to_contain_text("Put a point before the pence")
    expect(page.locator("#id_what")).to_have_value("Porridge and fruit.")
    tab_to(page, "#id_budget")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("£1,200.50")
    press(page, "main form [type=submit]")
    expect(page.locator("main")).to_contain_text("£1,200.50")
    press(page, "main form [type=submit]")
    expect(heading).to_have_text("Look into your mail")

    own = link_in(
        mail_with(page, "Send your enquiry: Breakfast", "not been sent"), "/buying/enquiries/"
    )
    page.goto(own)
    press(page, "main form [type=submit]")
    expect(heading).to_have_text("Breakfast for twelve")
    expect(page.locator("main")).to_contain_text("Nobody has answered yet.")

    # The provider, somebody else on a phone of their own.
    phone = open_page(width=390, java_script_enabled=False)
    asked = mail_with(phone, "Breakfast for twelve", "Say yes, no, or ask back")
    assert "ash@askbourne.example" not in asked
    phone.goto(link_in(asked, "/buying/answer/"))
    choose(phone, "#id_kind_0")
    write(phone, "#id_price", "£96")
    write(phone, "#id_text", "Honey is in it.")
    press(phone, "form.answer [type=submit]")
    expect(phone.locator("main")).to_contain_text("Yes, for £96.00, excluding VAT")
    expect(phone.locator("main")).not_to_contain_text("ash@askbourne.example")

    page.goto(own)
    expect(page.locator("main")).to_contain_text("Yes, for £96.00")
    press(page, "a[href$='/accept/']")
    press(page, "main form [type=submit]")
    expect(page.locator("main")).to_contain_text("You take it up")
    phone.reload()
    expect(phone.locator("main")).to_contain_text("Ash Buyer takes up your answer.")
    expect(phone.locator("main")).to_contain_text("ash@askbourne.example")
    press(page, "a[href$='/close/']")
    press(page, "main form [type=submit]")
    expect(page.locator("main")).to_contain_text("Closed")
