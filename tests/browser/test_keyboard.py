"""By keyboard alone, with and without JavaScript: find, narrow down, open, report, come back."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open

# Whether the focused control is seen: in the window, with a ring, and with nothing over its middle.
FOCUS = """() => {
  const focused = document.activeElement;
  if (!focused || focused === document.body) return null;
  const box = focused.getBoundingClientRect();
  const x = Math.min(Math.max(box.left + Math.min(box.width, 40) / 2, 1), innerWidth - 2);
  const y = Math.min(Math.max(box.top + box.height / 2, 1), innerHeight - 2);
  const top = document.elementFromPoint(x, y);
  const fault =
    box.bottom <= 0 || box.top >= innerHeight ? "outside the window"
    : getComputedStyle(focused).outlineStyle === "none" ? "no ring"
    : !top || !(focused.contains(top) || top.contains(focused)) ? `under ${top?.className}`
    : "";
  return { name: focused.outerHTML.slice(0, 100), fault };
}"""


def tab_to(page: Page, selector: str, most: int = 80) -> None:
    """Press Tab until the control that ``selector`` names has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} was not reached with {most} presses of Tab.")


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "plain"])
def test_the_whole_search_by_keyboard(open_page: Open, *, javascript: bool) -> None:
    page = open_page("/", width=390, java_script_enabled=javascript)
    keyboard = page.keyboard
    heading = page.locator("#count")

    tab_to(page, "#q")
    keyboard.type("lunch")
    tab_to(page, "#near")
    keyboard.type("LS8")
    keyboard.press("Enter")
    expect(heading).to_contain_text("for ‘lunch’ near LS8")
    everything = heading.inner_text()

    tab_to(page, "a[href='#results']", 3)
    keyboard.press("Enter")
    expect(page.locator("#results")).to_be_focused()

    keyboard.press("Shift+Tab")
    expect(page.locator(".filters > summary")).to_be_focused()
    keyboard.press("Enter")
    tab_to(page, "#find-category-catering")
    keyboard.press("Space")
    if javascript:
        expect(page.locator(".chip", has_text="Catering")).to_be_visible()
    expect(page.locator("#find-category-catering")).to_be_focused()
    tab_to(page, "button[form=find]:not(.btn--quiet)", 250)
    keyboard.press("Enter")
    expect(heading).to_contain_text("in Catering")
    expect(page).to_have_url(re.compile(r"\?q=lunch&near=LS8&.*category=catering"))

    tab_to(page, ".chips li:nth-child(3) a")
    keyboard.press("Enter")
    expect(heading).to_have_text(everything)

    tab_to(page, ".result__t a")
    title = page.locator(":focus").inner_text()
    keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    tab_to(page, "a[href$='/report/']")
    keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("What is wrong with this page?")
    tab_to(page, "input[type=radio]")
    keyboard.press("ArrowDown")
    tab_to(page, "textarea")
    keyboard.type("The telephone number is wrong.")
    tab_to(page, "button[type=submit]")
    keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you, a curator will look")

    # The thanks, the form and the listing lie between here and the results.
    for _ in range(3):
        page.go_back()
    expect(heading).to_have_text(everything)
    assert page.locator(".chip").count() == 2
    assert page.locator(".facet input:checked").count() == 0


@pytest.mark.parametrize("width", [1280, 390])
def test_the_focus_is_always_seen(open_page: Open, width: int) -> None:
    """WCAG 2.2, 2.4.7 and 2.4.11, on the page with the most controls."""
    page = open_page("/providers/?q=lunch&near=LS8&sector=third", width=width, height=600)
    page.locator(".filters").evaluate("fold => { fold.open = true }")
    seen: list[str] = []
    for _ in range(400):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUS)
        if stop is None or stop["name"] in seen[:1]:
            break
        seen.append(stop["name"])
        assert stop["fault"] == "", stop
    assert len(seen) > 80
    last = page.evaluate("[...document.querySelectorAll('a')].at(-1).innerText")
    assert last == "Mail on this machine"
    assert "/mailbox/" in seen[-1], "Tab did not come to the end of the page"
