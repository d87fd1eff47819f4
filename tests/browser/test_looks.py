"""Every page of the site, on a small phone: it is silent, it fits, and none is left out."""

import pytest

from tests.browser import looks
from tests.browser.conftest import Open
from tests.browser.listening import listen, unexpected
from tests.browser.room import crowded, sideways


def test_every_public_page_is_looked_at() -> None:
    names = set(looks.url_names())
    assert len(names) > 10
    assert names == looks.LOOKS.keys() | looks.NOT_LOOKED_AT
    assert all(looks.LOOKS.values())


@pytest.mark.parametrize("look", looks.LOOKED_AT, ids=str)
def test_nothing_fails_and_nothing_scrolls_sideways(
    open_page: Open, site: str, look: looks.Look
) -> None:
    page = open_page(width=320)
    heard = listen(page, site)
    look.open(page)
    assert sideways(page) <= 0
    looks.unfold(page)
    assert sideways(page) <= 0
    assert crowded(page) == []
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    page.wait_for_timeout(50)
    assert unexpected(heard, look) == []
