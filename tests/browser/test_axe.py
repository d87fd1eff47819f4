"""axe finds nothing wrong on any page: WCAG 2.2 A and AA, as far as a program can see."""

from typing import Literal

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.browser.conftest import Open
from tests.browser.looks import ALL, LOOKED_AT, Look

type Scheme = Literal["light", "dark"]

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
QUICK: list[tuple[int, Scheme]] = [(1280, "light"), (320, "dark")]
REST: list[tuple[int, Scheme]] = [(1280, "dark"), (768, "light"), (768, "dark"), (320, "light")]


def violations(page: Page) -> list[str]:
    """What axe says against the page as it stands."""
    results = page.evaluate("tags => axe.run({runOnly: tags, resultTypes: ['violations']})", TAGS)
    ran = {rule["id"] for kind in ("passes", "violations", "incomplete") for rule in results[kind]}
    assert "target-size" in ran
    return [
        f"{found['id']}: {found['help']}: {node['html'][:200]}"
        for found in results["violations"]
        for node in found["nodes"]
    ]


def look_in(
    open_page: Open, look: Look, combinations: list[tuple[int, Scheme]], without: str = ""
) -> None:
    # axe itself is a script that the site's policy would refuse.
    page = open_page(bypass_csp=True)
    look.open(page)
    if without:
        page.locator(without).evaluate_all("parts => parts.forEach((part) => part.remove())")
    page.evaluate(AXE_SCRIPT)
    found = []
    for width, scheme in combinations:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        found += [f"{width} {scheme}: {violation}" for violation in violations(page)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("look", LOOKED_AT, ids=str)
def test_axe_has_nothing_to_say(open_page: Open, look: Look) -> None:
    look_in(open_page, look, QUICK, look.again)


@pytest.mark.slow
@pytest.mark.parametrize("look", ALL, ids=str)
def test_axe_has_nothing_to_say_at_any_width_in_any_scheme(open_page: Open, look: Look) -> None:
    look_in(open_page, look, REST)


def test_axe_would_notice(open_page: Open) -> None:
    page = open_page("/about/", bypass_csp=True)
    page.evaluate(AXE_SCRIPT)
    page.evaluate("document.querySelector('main').innerHTML += '<img src=\"/favicon.ico\">'")
    assert any("image-alt" in violation for violation in violations(page))
