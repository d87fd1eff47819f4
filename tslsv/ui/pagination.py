"""Which page of a list is asked for, and a short list of page links: 1 … 4 [5] 6 … 20."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import Http404, HttpRequest

# Digits of a page's number.
LONGEST = 9

# How many pages stand on each side of the current one.
REACH = 1


@dataclass(frozen=True, slots=True)
class PageLink:
    """A page in the list, or a gap when it has no number."""

    number: int | None
    url: str = ""
    current: bool = False


@dataclass(frozen=True, slots=True)
class PageLinks:
    """What ``components/pages.html`` shows; false when there is nothing to turn."""

    number: int
    pages: int
    links: tuple[PageLink, ...]
    previous: str
    next: str

    def __bool__(self) -> bool:
        return self.pages > 1


def page_number(request: HttpRequest) -> int:
    """The number of the page, 1 where none is given. Raises Http404 for what is no number."""
    text = request.GET.get("page", "") or "1"
    if not text.isascii() or not text.isdigit() or len(text) > LONGEST or int(text) < 1:
        raise Http404("There is no such page.")
    return int(text)


def page_links(number: int, pages: int, url: Callable[[int], str]) -> PageLinks:
    """Links for page ``number`` of ``pages``, both counted from 1; ``url`` gives a page's address.

    A gap never hides a single page, as its link is no longer than the gap. ValueError when the
    number is outside the pages.
    """
    if not 1 <= number <= pages:
        raise ValueError(f"page {number} of {pages}")
    near = range(number - REACH, number + REACH + 1)
    kept = sorted({1, pages, *(page for page in near if 1 <= page <= pages)})
    links: list[PageLink] = []
    last = 0
    for page in kept:
        if page - last == 2:
            links.append(PageLink(page - 1, url(page - 1)))
        elif page - last > 2:
            links.append(PageLink(None))
        links.append(PageLink(page, url(page), current=page == number))
        last = page
    return PageLinks(
        number=number,
        pages=pages,
        links=tuple(links),
        previous=url(number - 1) if number > 1 else "",
        next=url(number + 1) if number < pages else "",
    )
