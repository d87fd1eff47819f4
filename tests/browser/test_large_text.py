"""Large text: nothing scrolls sideways, nothing overlaps, nothing is cut off."""

import pytest

from tests.browser.conftest import Open
from tests.browser.room import crowded, sideways

TWICE = "document.documentElement.style.fontSize = '32px'"
PAGES = [
    "/",
    "/providers/?q=lunch&near=LS8",
    "/providers/?q=quillmoor&category=catering&sector=third",
    "/providers/?category=zzz&capacity=-3&near=nonsense&sort=zzz",
    "/providers/quillmoor/long/",
    "/providers/quillmoor/",
    "/providers/quillmoor/long/report/",
    "/proof/",
]


@pytest.mark.parametrize("address", PAGES)
def test_text_can_be_twice_as_large(open_page: Open, address: str) -> None:
    page = open_page(address)
    page.evaluate(TWICE)
    for width in (1280, 640):
        page.set_viewport_size({"width": width, "height": 900})
        assert sideways(page) <= 0
        assert crowded(page) == []


def test_crowding_would_be_noticed(open_page: Open) -> None:
    page = open_page("/about/", width=320)
    page.evaluate("document.querySelector('main').style.width = '400px'")
    assert sideways(page) > 0
    page.evaluate("document.querySelector('main a').style.cssText = 'position:fixed;inset:0'")
    assert crowded(page)
