"""How a search of needs or offers reads in words: the heading, the title, and the chips."""

import datetime
from collections.abc import Callable

from django.http import QueryDict
from django.utils.formats import date_format

from brokerage.filters import NoticeFilter
from brokerage.search import NoticeSearch
from places.near import asked_miles
from tslsv.search.query import Found
from tslsv.ui.filtering import Chip, in_words, without

LEGENDS = {
    "q": "Words",
    "near": "Near",
    "kind": "Kind",
    "within": "Distance",
    "party": "People",
    "since": "From",
    "until": "Until",
    **{
        name: NoticeFilter.base_filters[name].label
        for name in NoticeFilter.FACETS
        if name != "kind"
    },
    "sort": "Sort by",
}
"""Every parameter, in the order in which the page shows them."""


def counted(search: NoticeSearch, number: int) -> str:
    """ "1 need", "12 offers"."""
    return f"{number:,} {search.side.value}{'' if number == 1 else 's'}"


def heading(search: NoticeSearch, found: Found) -> str:
    """The count and the query: "12 needs from 9 organisations for ‘garden’ near LS8"."""
    if not found.total:
        return f"{counted(search, 0)}{about(search, found)}"
    organisations = "1 organisation" if found.groups == 1 else f"{found.groups:,} organisations"
    return f"{counted(search, found.total)} from {organisations}{about(search, found)}"


def title(search: NoticeSearch, found: Found, page: int, pages: int) -> str:
    """The page's title: changes with the query and with the page."""
    where = f", page {page} of {pages}" if pages > 1 else ""
    wrong = "Error: " if search.errors else ""
    return f"{wrong}Brokerage: {counted(search, found.total)}{about(search, found)}{where}"


def about(search: NoticeSearch, found: Found) -> str:
    """What a heading says after the numbers."""
    words = search.text_meant(found.corrections)
    kinds = search.wanted["kind"]
    if kinds and len(kinds) <= 3:
        words += " in " + in_words(search.choices.label("kind", code) for code in kinds)
    if search.place:
        within = search.wanted.get("within")
        words += f" within {asked_miles(within)} of {search.place.text}" if within else ""
        words += "" if within else f" near {search.place.text}"
    return words


def chips(search: NoticeSearch, url: Callable[[QueryDict], str]) -> list[Chip]:
    """A chip for every filter in force; each link removes that one and goes to page 1."""
    found: list[Chip] = []
    wanted = search.wanted

    def add(label: str, *names: str, value: str | None = None) -> None:
        found.append(Chip(names[0], label, url(without(search.data, *names, value=value))))

    if search.text:
        add(f"‘{search.text}’", "q")
    if search.place:
        if wanted.get("within"):
            add(f"Within {asked_miles(wanted['within'])} of {search.place.text}", "within")
        add(f"Near {search.place.text}", "near", "within")
    if wanted.get("party") is not None:
        people = wanted["party"]
        add("For 1 person" if people == 1 else f"For {people:,} people", "party")
    for name, word in (("since", "From"), ("until", "Until")):
        if wanted.get(name) is not None:
            add(f"{word} {_day(wanted[name])}", name)
    for facet in NoticeFilter.FACETS:
        for value in wanted[facet]:
            add(search.choices.label(facet, value), facet, value=value)
    return found


def _day(day: datetime.date) -> str:
    return date_format(day, "j F Y")
