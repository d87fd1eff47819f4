"""Live results keep the console silent, the policy is in force, and files are as in public."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Open
from tests.browser.listening import listen


@pytest.mark.parametrize("address", ["/providers/?q=lunch", "/providers/map/?q=lunch"])
def test_the_console_is_silent_when_results_change(
    open_page: Open, site: str, address: str
) -> None:
    page = open_page()
    heard = listen(page, site)
    page.goto(address)
    page.get_by_role("checkbox", name="Third sector").check()
    page.locator(".chip", has_text="Third sector").wait_for()
    page.go_back()
    page.locator(".chip", has_text="Third sector").wait_for(state="detached")
    assert heard == []


def _script(page: Page) -> object:
    return page.evaluate(
        """() => { const script = document.createElement("script");
        script.textContent = "window.harm = true"; document.body.append(script) }"""
    )


def _style(page: Page) -> object:
    return page.evaluate(
        "document.querySelector('h1').insertAdjacentHTML('afterend', '<p style=\"color:red\">')"
    )


@pytest.mark.parametrize("harm", [_script, _style])
def test_the_policy_is_in_force(open_page: Open, site: str, harm: Callable[[Page], object]) -> None:
    page = open_page()
    heard = listen(page, site)
    page.goto("/about/")
    harm(page)
    page.wait_for_timeout(100)
    assert any("Content Security Policy" in text for text in heard)
    assert page.evaluate("window.harm") is None


def test_files_are_the_ones_served_in_public(open_page: Open) -> None:
    page = open_page("/providers/map/")
    files = page.locator("link[rel=stylesheet], script[src]").evaluate_all(
        "parts => parts.map((part) => part.href || part.src)"
    )
    assert len(files) > 5
    for file in files:
        stem, dot, ending = urlsplit(file).path.rpartition("/")[2].rpartition(".")
        assert len(stem.rpartition(".")[2]) == 12, f"{stem}{dot}{ending} has no fingerprint"
        answer = page.request.get(file)
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["content-encoding"] in ("gzip", "br")
