"""Small screens and large text: nothing scrolls sideways, nothing overlaps, nothing is cut off."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Open
from tests.browser.looks import ALL, Look, unfold

# Controls that cover each other, controls whose text does not fit into them, and text in a column
# too narrow to be read.
CROWDED = """() => {
  const faults = [];
  const controls = [...document.querySelectorAll(
    "a, button, input:not([type=hidden]), select, textarea, summary, .opt"
  )].filter((control) => control.checkVisibility() && !control.closest(".vh, .skip, .map, .trap"));
  const name = (control) =>
    `${control.tagName} ${(control.innerText || control.id || control.className).slice(0, 40)}`;
  for (const control of controls) {
    const style = getComputedStyle(control);
    if (style.overflowX !== "visible" && !control.matches("input, textarea, select")
        && control.scrollWidth > control.clientWidth + 1) faults.push(`cut off: ${name(control)}`);
  }
  for (const text of document.querySelectorAll("h1, h2, h3, p, li, dd, td, th, label, legend")) {
    if (!text.checkVisibility() || text.closest(".vh, .skip, .map, .trap")) continue;
    const narrow = 4 * parseFloat(getComputedStyle(text).fontSize);
    if (text.innerText.trim().length > 12 && text.clientWidth > 1 && text.clientWidth < narrow)
      faults.push(`squeezed: ${text.innerText.slice(0, 40)}`);
  }
  // Links within a line of text have a box for each line.
  const boxes = controls.flatMap((control) =>
    [...control.getClientRects()].map((box) => ({ control, box })));
  boxes.forEach((one, index) => {
    for (const other of boxes.slice(index + 1)) {
      if (one.control.contains(other.control) || other.control.contains(one.control)) continue;
      const [a, b] = [one.box, other.box];
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (across > 2 && down > 4) faults.push(`${name(one.control)} over ${name(other.control)}`);
    }
  });
  return faults;
}"""
TWICE = "document.documentElement.style.fontSize = '32px'"
LARGE_TEXT = [
    "/",
    "/providers/?q=lunch&near=LS8",
    "/providers/?q=quillmoor&category=catering&sector=third",
    "/providers/?category=zzz&capacity=-3&near=nonsense&sort=zzz",
    "/providers/quillmoor/long/",
    "/providers/quillmoor/",
    "/providers/quillmoor/long/report/",
    "/proof/",
]


def sideways(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    wider: int = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return wider


@pytest.mark.parametrize("look", ALL, ids=str)
def test_nothing_scrolls_sideways_on_a_small_phone(open_page: Open, look: Look) -> None:
    page = open_page(width=320)
    look.open(page)
    assert sideways(page) <= 0
    unfold(page)
    assert sideways(page) <= 0
    assert page.evaluate(CROWDED) == []


@pytest.mark.parametrize("width", [1280, 640])
@pytest.mark.parametrize("address", LARGE_TEXT)
def test_text_can_be_twice_as_large(open_page: Open, address: str, width: int) -> None:
    page = open_page(address, width=width)
    page.evaluate(TWICE)
    assert sideways(page) <= 0
    assert page.evaluate(CROWDED) == []


def test_crowding_would_be_noticed(open_page: Open) -> None:
    page = open_page("/about/", width=320)
    page.evaluate("document.querySelector('main').style.width = '400px'")
    assert sideways(page) > 0
    page.evaluate("document.querySelector('main a').style.cssText = 'position:fixed;inset:0'")
    assert page.evaluate(CROWDED)
