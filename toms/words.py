"""How a search of the register reads in words: the heading, the title, and the chips."""

from collections.abc import Callable

from django.http import QueryDict

from toms.filters import MeasureFilter
from toms.search import MeasureSearch
from tslsv.search.query import Found
from tslsv.ui.filtering import Chip, in_words, without

LEGENDS = {
    "q": "Words",
    **{name: MeasureFilter.base_filters[name].label for name in MeasureFilter.FACETS},
    "sort": "Sort by",
}
"""Every parameter, in the order in which the page shows them."""

_PREFIX = {"suits": "Suits: ", "policy": "Serves: ", "unit": "Counted in ", "profile": "For: "}


def heading(search: MeasureSearch, found: Found) -> str:
    """The count and the query: "12 measures under 5 outcomes for ‘carbon’"."""
    if not found.total:
        return f"0 measures{about(search, found)}"
    under = "1 outcome" if found.groups == 1 else f"{found.groups:,} outcomes"
    return f"{_measures(found)} under {under}{about(search, found)}"


def title(search: MeasureSearch, found: Found, page: int, pages: int) -> str:
    """The page's title: changes with the query and with the page."""
    where = f", page {page} of {pages}" if pages > 1 else ""
    wrong = "Error: " if search.errors else ""
    return f"{wrong}Leeds TOMs: {_measures(found)}{about(search, found)}{where}"


def about(search: MeasureSearch, found: Found) -> str:
    """What a heading says after the numbers."""
    words = search.text_meant(found.corrections)
    themes = search.wanted["theme"]
    if themes and len(themes) <= 3:
        words += " in " + in_words(search.choices.label("theme", code) for code in themes)
    return words


def chips(search: MeasureSearch, url: Callable[[QueryDict], str]) -> list[Chip]:
    """A chip for every filter in force; each link removes that one and goes to page 1."""
    found = []
    if search.text:
        found.append(Chip("q", f"‘{search.text}’", url(without(search.data, "q"))))
    for facet in MeasureFilter.FACETS:
        for value in search.wanted[facet]:
            label = _PREFIX.get(facet, "") + search.choices.label(facet, value)
            found.append(Chip(facet, label, url(without(search.data, facet, value=value))))
    return found


def _measures(found: Found) -> str:
    return "1 measure" if found.total == 1 else f"{found.total:,} measures"
