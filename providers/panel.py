"""The filter panel of the search page: which facets stand where, with what counts."""

from collections.abc import Mapping
from functools import lru_cache

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from places.near import distance_facet
from providers.filters import ListingFilter
from providers.search import ListingSearch
from providers.words import LEGENDS
from tslsv.ui.choices import Choices
from tslsv.ui.panel import (
    Facet,
    Option,
    Problem,
    error_of,
    number_field,
    render_panel,
)

FORM = "find"

_HINTS = {
    "edi_led": "Each organisation chooses what to say.",
    "delivers_to": "Those that deliver all over Leeds count in every ward.",
    "price": "By starting price. “How proof works” says where the bands lie.",
}
_SHOWN = {"category": 8, "sector": 3, "price": 5, "pay": 3, "origin": 3, "ward": 5}


def filter_panel(search: ListingSearch, counts: Mapping[tuple[str, str], int]) -> SafeString:
    """The whole panel as HTML."""
    by_facet: dict[str, dict[str, int]] = {}
    for (searched, value), number in counts.items():
        by_facet.setdefault(searched, {})[value] = number
    facets: list[Facet] = []
    for name in ListingFilter.FACETS:
        if name == "ethos":
            facets.append(Facet("checked", "Proof", before=_proof(search)))
        facets.append(
            Facet(
                name,
                LEGENDS[name],
                _options(search.choices, name),
                counts=by_facet.get(search.facet_searched(name), {}),
                chosen=search.wanted[name],
                hint=_HINTS.get(name, ""),
                shown=_SHOWN.get(name, 5),
                before=_error(search, name),
            )
        )
        if name == "category":
            facets.append(
                distance_facet(search, FORM, hint="Providers who deliver there always show.")
            )
            facets.append(Facet("numbers", "Size and notice", before=_numbers(search)))
    return render_panel(facets, FORM)


@lru_cache(maxsize=64)
def _options(choices: Choices, facet: str) -> tuple[Option, ...]:
    """A facet's choices, the narrower ones under theirs. Only the category tree has those."""
    offered = choices.by_facet[facet]
    narrower: dict[str, list[Option]] = {}
    for choice in offered.values():
        if choice.parent in offered:
            narrower.setdefault(choice.parent, []).append(Option(choice.value, choice.label))
    return tuple(
        Option(choice.value, choice.label, tuple(narrower.get(choice.value, ())))
        for choice in offered.values()
        if choice.parent not in offered
    )


def problems(search: ListingSearch) -> list[Problem]:
    """What is wrong, in the order of the page; the same words stand beside each filter."""
    errors = search.errors
    return [
        Problem(LEGENDS[name], errors[name][0], _target(name)) for name in LEGENDS if name in errors
    ]


def _target(name: str) -> str:
    """The id of the control itself, or of the message above a list of options."""
    if name in ("q", "near", "sort"):
        return name
    return f"{FORM}-{name}" if name in ("within", "notice", "capacity") else f"{FORM}-{name}-error"


def filters_in_use(search: ListingSearch) -> int:
    """How many filters are on, words aside: what "Filters (2)" counts on a phone."""
    wanted = search.wanted
    lists = sum(len(wanted[name]) for name in ListingFilter.FACETS)
    single = ("within", "notice", "capacity", "checked")
    return lists + sum(wanted.get(name) not in (None, "") for name in single)


def _error(search: ListingSearch, name: str) -> SafeString:
    return error_of(search.errors, name, FORM)


def _number(search: ListingSearch, name: str, label: str) -> SafeString:
    return number_field(search.errors, name, FORM, label, search.data.get(name, ""))


def _numbers(search: ListingSearch) -> SafeString:
    room = _number(search, "capacity", "Room for how many people?")
    return room + _number(search, "notice", "Days of notice you can give")


def _proof(search: ListingSearch) -> SafeString:
    return format_html(
        '{0}<label class="opt"><input class="tick" type="checkbox" id="{1}-checked-1" '
        'name="checked" value="1" form="{1}"{2}><span>Checked claims only</span></label>\n'
        '<p class="hint small">Then ethos, led by, serves and accreditation, and their numbers, '
        'use only what a curator looked up. <a href="{3}">How proof works</a></p>',
        _error(search, "checked"),
        FORM,
        SafeString(" checked" * search.checked_only),
        reverse("proof"),
    )
