"""Somebody has £400 for a supper: from the search to the figure in the report.

The buyer and two providers, each on a phone, by keyboard alone and without JavaScript. From the
answers to the filed record there is one page.
"""

import re

from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.people import BUYER, stay_in
from tests.browser.room import sideways
from tests.browser.test_asking import link_in, mail_with
from tests.browser.test_keyboard import tab_to
from tests.browser.test_register import choose, press, write

TITLE = "Supper for the volunteers"


def answer(phone: Page, provider: str, price: str, words: str) -> None:
    """The provider opens the mail that came for it, and says yes on the page of its link."""
    # All three mails have the same subject.
    phone.goto(
        link_in(
            mail_with(phone, TITLE, f"about Michaelmas suppers of {provider}"), "/buying/answer/"
        )
    )
    expect(phone.get_by_role("heading", level=1)).to_have_text(TITLE)
    assert sideways(phone) <= 0
    choose(phone, "#id_kind_0")
    write(phone, "#id_price", price)
    write(phone, "#id_text", words)
    press(phone, "form.answer [type=submit]")
    expect(phone.locator("main")).to_contain_text("excluding VAT")
    # Nobody sees who else was asked, nor the address.
    for secret in {"Ovens", "Kettles", "Spoons", BUYER} - {provider}:
        expect(phone.locator("main")).not_to_contain_text(secret)


def test_from_a_search_to_the_report(open_page: Open) -> None:
    page = open_page(width=390, java_script_enabled=False)
    stay_in(page, BUYER)
    heading, main = page.get_by_role("heading", level=1), page.locator("main")

    # Search, and keep three on a shortlist.
    page.goto("/")
    write(page, "#q", "michaelmas")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.locator("#results").focus()
    for _ in range(3):
        choose(page, "input[form=chosen]")
    press(page, "#chosen button")
    expect(heading).to_have_text("Add to a shortlist")
    press(page, "main form [type=submit]")
    expect(page.locator(".result")).to_have_count(3)
    shortlist = page.url

    # Ask all three, in the name of the organisation.
    page.locator(".result").first.focus()
    for _ in range(3):
        choose(page, "input[form=chosen]")
    press(page, "#chosen button")
    expect(heading).to_have_text("Ask 3 providers")
    write(page, "#id_title", TITLE)
    write(page, "#id_what", "A hot supper for thirty, four of them vegans.")
    write(page, "#id_budget", "400")
    tab_to(page, "#id_organisation")
    page.keyboard.type("Ashgarth")
    press(page, "main form [type=submit]")
    expect(heading).to_have_text("Check your enquiry")
    expect(main).to_contain_text("£400.00")
    press(page, "main form [type=submit]")
    expect(heading).to_have_text("Your enquiry is sent")
    press(page, "main a.btn")
    expect(main).to_contain_text("Nobody has answered yet.")
    enquiry = page.url

    # Two answer, each on a phone of its own; the third does not.
    for provider, price in (("Ovens", "£310"), ("Spoons", "285.50")):
        phone = open_page(width=390, java_script_enabled=False)
        answer(phone, provider, price, f"With love from {provider}.")

    # Compare the three on the list, then see the answers.
    page.goto(shortlist)
    for _ in range(3):
        choose(page, "input[form=chosen]")
    press(page, "#chosen [formaction]")
    expect(heading).to_have_text("Compare 3 offers")
    expect(page.get_by_role("columnheader")).to_have_count(4)
    page.goto(enquiry)
    expect(main).to_contain_text("2 of 3 have answered.")
    for words in ("Yes, for £310.00", "Yes, for £285.50", "No answer yet."):
        expect(main).to_contain_text(words)

    # From the answers to a filed record: one page.
    press(page, "form[action*='/choices/new/'] button")
    expect(heading).to_have_text("Record a choice")
    expect(page.locator("#id_what")).to_have_value(TITLE)
    cheapest = page.get_by_label(re.compile("Thornwick Spoons"))
    tab_to(page, "input[name=chosen]")
    for _ in range(3):
        if not cheapest.is_checked():
            page.keyboard.press("ArrowDown")
    expect(cheapest).to_be_checked()
    write(page, "#id_reason", "The least, and all of it is vegan.")
    choose(page, "#id_conflict_0")
    choose(page, "#id_sure")
    press(page, "button[value=file]")
    expect(heading).to_have_text(TITLE)
    expect(main).to_contain_text("Filed. Its reference is C-")
    expect(main).to_contain_text("£285.50")
    expect(main).to_contain_text("Kept.")
    expect(page.get_by_role("table")).to_contain_text("Thornwick Kettles")
    reference = re.search(r"C-[2-9B-Z]{5}", main.inner_text())
    assert reference
    # The way back files nothing more: the answers lead to this record now.
    page.goto(enquiry)
    expect(page.locator("form[action*='/choices/new/']")).to_have_count(0)
    press(page, "aside a[href*='/buying/choices/']")
    expect(main).to_contain_text(reference[0])

    # What it adds up to, and down again to the record.
    press(page, ".crumbs li:nth-child(3) a")
    expect(heading).to_have_text("Buying")
    press(page, "a[href$='/buying/report/']")
    expect(heading).to_have_text("What it adds up to")
    total = page.get_by_role("region", name="In all").get_by_role("row", name=re.compile("^Spend"))
    expect(total).to_contain_text("£285.50")
    sector = page.get_by_role("region", name="By sector").get_by_role("row")
    expect(sector.filter(has_text="Third sector")).to_contain_text("100.0 %")
    press(page, "[aria-labelledby=total] a[href*='/records/']")
    expect(main).to_contain_text("1 purchase, £285.50")
    press(page, "tbody a")
    expect(main).to_contain_text(reference[0])
    expect(main).to_contain_text(f"{timezone.localdate():%-d %B %Y}")
