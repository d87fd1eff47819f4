"""How a search reads in words: the heading, the title, and the chips."""

from collections.abc import Callable

from django.http import QueryDict

from places.near import asked_miles
from providers.filters import ListingFilter
from providers.search import ListingSearch
from tslsv.search.query import Found
from tslsv.ui.filtering import Chip, in_words, without

# Every parameter of the search, in the order in which the page shows them.
LEGENDS = {
    "q": "Words",
    "near": "Near",
    "category": "Category",
    "within": "Distance",
    "capacity": "Room for",
    "notice": "Notice",
    "sector": "Sector",
    "ward": "Ward they are in",
    "delivers_to": "Delivers to",
    "price": "Price",
    "pay": "How to pay",
    "checked": "Proof",
    "ethos": "Ethos",
    "edi_led": "Led or owned by",
    "edi_serves": "Serves",
    "accreditation": "Accreditation",
    "access": "Access",
    "legal_form": "Legal form",
    "origin": "Where the entry comes from",
    "sort": "Sort by",
}


def heading(search: ListingSearch, found: Found) -> str:
    """The count and the query: "12 offers from 9 providers for ‘catering’ near LS8"."""
    if found.total == 0:
        counted = "0 offers"
    else:
        offers = "1 offer" if found.total == 1 else f"{found.total:,} offers"
        providers = "1 provider" if found.groups == 1 else f"{found.groups:,} providers"
        counted = f"{offers} from {providers}"
    return f"{counted}{about(search, found)}"


def title(search: ListingSearch, found: Found, page: int, pages: int) -> str:
    """The page's title: changes with the query and with the page."""
    offers = "1 offer" if found.total == 1 else f"{found.total:,} offers"
    where = f", page {page} of {pages}" if pages > 1 else ""
    wrong = "Error: " if search.errors else ""
    return f"{wrong}{offers}{about(search, found)}{where}"


def about(search: ListingSearch, found: Found) -> str:
    """What a heading says after the numbers."""
    words = search.text_meant(found.corrections)
    categories = search.wanted["category"]
    if categories and len(categories) <= 3:
        words += " in " + in_words(search.choices.label("category", c) for c in categories)
    if search.place:
        within = search.wanted.get("within")
        if within:
            words += f" within {asked_miles(within)} of {search.place.text}, or delivering there"
        else:
            words += f" near {search.place.text}"
    return words


def chips(search: ListingSearch, url: Callable[[QueryDict], str]) -> list[Chip]:
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
    for facet in ListingFilter.FACETS:
        for value in wanted[facet]:
            label = search.choices.label(facet, value)
            add(_PREFIX.get(facet, "") + label, facet, value=value)
    if wanted.get("notice") is not None:
        days = wanted["notice"]
        add("1 day’s notice at most" if days == 1 else f"{days} days’ notice at most", "notice")
    if wanted.get("capacity") is not None:
        add(f"Room for {wanted['capacity']:,}", "capacity")
    if search.checked_only:
        add("Checked claims only", "checked")
    return found


EVERYTHING = "All offers on the list"


def view_in_words(search: ListingSearch) -> list[str]:
    """Each filter in force, as its chip says it; of a view without any, that it is everything."""
    return [chip.label for chip in chips(search, lambda _: "")] or [EVERYTHING]


_PREFIX = {
    "edi_led": "Led by: ",
    "edi_serves": "Serves: ",
    "delivers_to": "Delivers to ",
    "ward": "In ",
    "price": "Price: ",
    "pay": "Pay by ",
}
