"""Whether a page has room for what it holds."""

from playwright.sync_api import Page

# Controls that cover each other, controls whose text does not fit into them, and text in a column
# too narrow to be read.
_CROWDED = """() => {
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


def sideways(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    # A form that was just sent may be between two pages.
    page.locator("body").wait_for()
    wider: int = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return wider


def crowded(page: Page) -> list[str]:
    """What overlaps, is cut off or squeezed on the page as it stands."""
    faults: list[str] = page.evaluate(_CROWDED)
    return faults
