"""Page links: short, gap-free where a gap would save nothing, and never past the ends."""

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from tslsv.ui.pagination import PageLinks, page_links


def links(number: int, pages: int) -> PageLinks:
    return page_links(number, pages, lambda page: f"?page={page}")


def sketch(number: int, pages: int) -> str:
    return " ".join(
        f"[{link.number}]" if link.current else str(link.number or "…")
        for link in links(number, pages).links
    )


@pytest.mark.parametrize(
    ("number", "pages", "expected"),
    [
        (1, 1, "[1]"),
        (1, 2, "[1] 2"),
        (1, 20, "[1] 2 … 20"),
        (3, 20, "1 2 [3] 4 … 20"),
        (4, 20, "1 2 3 [4] 5 … 20"),
        (5, 20, "1 … 4 [5] 6 … 20"),
        (20, 20, "1 … 19 [20]"),
        (3, 5, "1 2 [3] 4 5"),
    ],
)
def test_which_pages_stand_in_the_list(number: int, pages: int, expected: str) -> None:
    assert sketch(number, pages) == expected


@given(data=st.data(), pages=st.integers(1, 300))
def test_always_short_ordered_and_complete(data: st.DataObject, pages: int) -> None:
    number = data.draw(st.integers(1, pages))
    shown = links(number, pages).links
    assert len(shown) <= 7
    numbers = [link.number for link in shown if link.number]
    assert numbers == sorted(set(numbers))
    assert {1, number, pages} <= set(numbers)
    assert [link.number for link in shown if link.current] == [number]
    for before, gap, after in zip(shown, shown[1:], shown[2:], strict=False):
        if gap.number is None:
            assert before.number
            assert after.number
            assert after.number - before.number > 2


def test_previous_and_next() -> None:
    assert (links(1, 3).previous, links(1, 3).next) == ("", "?page=2")
    assert (links(3, 3).previous, links(3, 3).next) == ("?page=2", "")


@pytest.mark.parametrize(("number", "pages"), [(0, 3), (4, 3), (1, 0)])
def test_a_page_outside_is_an_error(number: int, pages: int) -> None:
    with pytest.raises(ValueError, match="page"):
        links(number, pages)


def test_template() -> None:
    html = render_to_string("components/pages.html", {"pages": links(2, 3)})
    assert html.count('aria-current="page"') == 1
    assert 'rel="prev"' in html
    assert 'rel="next"' in html
    assert 'aria-label="Page 2 of 3"' in html


def test_template_shows_nothing_for_a_single_page() -> None:
    assert "nav" not in render_to_string("components/pages.html", {"pages": links(1, 1)})


def test_template_escapes_addresses() -> None:
    pages = page_links(1, 2, lambda page: f'?q="><script>&page={page}')
    html = render_to_string("components/pages.html", {"pages": pages})
    assert "<script" not in html
    assert "&amp;page=2" in html
