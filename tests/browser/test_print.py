"""On paper there is what was found, and nothing to press."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.looks import LIST
from tests.browser.people import CHOOSING, FILED_CHOICE, OWNER, stay_in

GONE = ".site-nav, .site-foot, .filters, .search, .toolbar, .chips, .pages, .btn, .skip, summary"


HANDBOOK = "/toms/releases/first/handbook/"


@pytest.mark.parametrize(
    "address",
    ["/providers/?q=lunch&sector=third", "/providers/brackenby/buffet/", "/proof/", HANDBOOK],
)
def test_paper_has_no_controls(open_page: Open, address: str) -> None:
    page = open_page(address, width=800, scheme="dark")
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.locator(GONE).count() > 2
    left = (
        page.locator(GONE).filter(visible=True).evaluate_all("all => all.map((e) => e.outerHTML)")
    )
    assert left == []
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    ink = page.evaluate("getComputedStyle(document.body).color")
    assert ink == "rgb(26, 36, 38)", "dark mode's pale text would vanish on paper"


def test_paper_has_the_claims_that_the_screen_folds_away(open_page: Open) -> None:
    page = open_page("/providers/?q=quillmoor", width=800)
    folded = page.locator(".result .more .tag")
    assert folded.filter(visible=True).count() == 0
    page.emulate_media(media="print")
    assert folded.filter(visible=True).count() == folded.count() > 4


def test_a_shortlist_on_paper_has_contacts_and_room_for_notes(open_page: Open) -> None:
    page = open_page(width=800)
    stay_in(page, CHOOSING)
    page.goto(LIST)
    room, controls = page.locator(".room"), page.locator("main button, main .tick, .tools")
    assert room.filter(visible=True).count() == 0
    page.emulate_media(media="print")
    assert room.filter(visible=True).count() == room.count() == 4
    assert controls.count() > 5
    assert controls.filter(visible=True).count() == 0
    expect(page.get_by_text("hello@brackenby.example")).to_be_visible()
    expect(page.get_by_text("Rang on Tuesday.")).to_be_visible()


def test_five_offers_of_a_shortlist_fit_on_one_sheet(open_page: Open) -> None:
    page = open_page("/providers/?q=lunch")
    for place in range(5):
        page.locator("input[form=chosen]").nth(place).check()
    page.get_by_role("button", name="Add to shortlist").click()
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator(".result")).to_have_count(5)
    assert page.pdf(format="A4").count(b"/Type /Page\n") == 1


def test_a_record_of_a_choice_fits_on_one_sheet_with_everything(open_page: Open) -> None:
    page = open_page(width=800)
    stay_in(page, OWNER)
    page.goto(f"/my/quillmoor/buying/choices/{FILED_CHOICE}/")
    controls = page.locator("main button, main form, .tools")
    assert controls.filter(visible=True).count() > 2
    page.emulate_media(media="print")
    assert controls.filter(visible=True).count() == 0
    for text in ("PO 2026/17", "£1,250.50", "Not kept.", "Quillmoor 3 caterers", "Version 2"):
        expect(page.get_by_text(text).first).to_be_visible()
    margin = dict.fromkeys(("top", "right", "bottom", "left"), "1cm")
    sheets = page.pdf(format="A4", margin=margin)  # type: ignore[arg-type]
    assert sheets.count(b"/Type /Page\n") == 1


def test_a_business_case_fits_on_one_sheet(open_page: Open) -> None:
    page = open_page(width=800)
    stay_in(page, OWNER)
    page.goto("/my/quillmoor/brokerage/case/")
    expect(page.get_by_role("heading", name="The exchanges that make it up")).to_be_visible()
    page.emulate_media(media="print")
    for text in ("Hours given", "Net for hosts", "It holds from"):
        expect(page.get_by_text(text).first).to_be_visible()
    for name in ("button", "select", "#exchanges"):
        assert page.locator(f"main {name}").filter(visible=True).count() == 0
    margin = dict.fromkeys(("top", "right", "bottom", "left"), "1cm")
    sheets = page.pdf(format="A4", margin=margin)  # type: ignore[arg-type]
    assert sheets.count(b"/Type /Page\n") == 1


def test_what_it_came_to_fits_on_one_sheet(open_page: Open) -> None:
    page = open_page("/brokerage/what-it-came-to/", width=800)
    page.emulate_media(media="print")
    for text in ("Hours given", "72", "£120.00", "Fewer than 5", "It holds from"):
        expect(page.locator("main").get_by_text(text).first).to_be_visible()
    assert page.locator("main :is(button, select)").filter(visible=True).count() == 0
    margin = dict.fromkeys(("top", "right", "bottom", "left"), "1cm")
    sheets = page.pdf(format="A4", margin=margin)  # type: ignore[arg-type]
    assert sheets.count(b"/Type /Page\n") == 1


def test_a_handbook_has_contents_and_a_new_sheet_for_each_theme(open_page: Open) -> None:
    page = open_page(HANDBOOK, width=794)
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name="Contents")).to_be_visible()
    expect(page.get_by_text("Draft for consultation").first).to_be_visible()
    sheets = page.locator(".sheet")
    assert sheets.count() == 7, "six themes and the glossary"
    style = "(all, name) => all.map((e) => getComputedStyle(e)[name])"
    assert set(sheets.evaluate_all(style, "breakBefore")) == {"page"}
    assert set(page.locator(".summary > div").evaluate_all(style, "breakInside")) == {"avoid"}
    # The cover with its contents takes one sheet or two; no theme fits on less than one.
    sheets_of_paper = page.pdf(format="A4").count(b"/Type /Page\n")
    assert 12 <= sheets_of_paper <= 40


def test_no_heading_of_a_handbook_stands_alone_at_the_foot_of_a_sheet(open_page: Open) -> None:
    page = open_page(HANDBOOK, width=794)
    page.emulate_media(media="print")
    headings = page.locator(".handbook :is(h2, h3, h4, h4 + p)")
    assert headings.count() > 100
    after = headings.evaluate_all("all => all.map((e) => getComputedStyle(e).breakAfter)")
    assert set(after) == {"avoid"}
