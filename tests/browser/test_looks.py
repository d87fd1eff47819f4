"""No page of the site is left out of these tests."""

from tests.browser import looks


def test_every_public_page_is_looked_at() -> None:
    names = set(looks.url_names())
    assert len(names) > 10
    assert names == looks.LOOKS.keys() | looks.NOT_LOOKED_AT
    assert all(looks.LOOKS.values())
