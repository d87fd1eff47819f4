"""The filter panel of the search page: which facets stand where, with what counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from providers.choices import Choice
from providers.filters import MILES, ListingFilter
from providers.search import ListingSearch
from providers.words import LEGENDS, miles
from tslsv.ui.panel import Facet, Option, render_panel

FORM = "find"

_HINTS = {
    "edi_led": "Each organisation chooses what to say.",
    "delivers_to": "Those that deliver all over Leeds count in every ward.",
    "price": "By starting price. “How proof works” says where the bands lie.",
}
_SHOWN = {"category": 8, "sector": 3, "price": 5, "pay": 3, "origin": 3, "ward": 5}


def filter_panel(search: ListingSearch, counts: Mapping[tuple[str, str], int]) -> SafeString:
    """The whole panel as HTML."""
    facets: list[Facet] = []
    for name in ListingFilter.FACETS:
        if name == "category":
            facets.append(_categories(search, counts))
            facets.append(Facet("within", "Distance", (), before=_control(search, "distance")))
            facets.append(
                Facet("numbers", "Size and notice", (), before=_control(search, "numbers"))
            )
            continue
        if name == "ethos":
            facets.append(Facet("checked", "Proof", (), before=_control(search, "proof")))
        choices = search.choices.by_facet[name].values()
        facets.append(
            Facet(
                name,
                LEGENDS[name],
                [_option(search, name, choice, counts) for choice in choices],
                hint=_HINTS.get(name, ""),
                shown=_SHOWN.get(name, 5),
                before=_error(search, name),
            )
        )
    return render_panel(facets, FORM)


@dataclass(frozen=True, slots=True)
class Problem:
    """A filter that could not be used: which, why, and the id of where to put it right."""

    legend: str
    message: str
    target: str


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


def _categories(search: ListingSearch, counts: Mapping[tuple[str, str], int]) -> Facet:
    """The main categories; the narrower ones fold away under theirs."""
    choices = search.choices.by_facet["category"]
    narrower: dict[str, list[Option]] = {}
    for choice in choices.values():
        if choice.parent in choices:
            option = _option(search, "category", choice, counts)
            narrower.setdefault(choice.parent, []).append(option)
    return Facet(
        "category",
        LEGENDS["category"],
        [
            _option(search, "category", choice, counts, narrower.get(choice.value, ()))
            for choice in choices.values()
            if choice.parent not in choices
        ],
        shown=_SHOWN["category"],
        before=_error(search, "category"),
    )


def _option(
    search: ListingSearch,
    facet: str,
    choice: Choice,
    counts: Mapping[tuple[str, str], int],
    narrower: Sequence[Option] = (),
) -> Option:
    return Option(
        choice.value,
        choice.label,
        counts.get((search.facet_searched(facet), choice.value), 0),
        checked=choice.value in search.wanted[facet],
        title=choice.description,
        narrower=narrower,
    )


def _error(search: ListingSearch, name: str) -> SafeString:
    messages = search.errors.get(name)
    if not messages:
        return SafeString("")
    return format_html(
        '<p class="error" id="find-{}-error"><span class="vh">Error: </span>{}</p>',
        name,
        messages[0],
    )


def _control(search: ListingSearch, part: str) -> SafeString:
    within = search.wanted.get("within")
    options = list(MILES)
    if within is not None and within not in options:
        options = sorted([*options, within])
    return render_to_string(
        f"providers/parts/filter_{part}.html",
        {
            "place": search.place,
            "within": within,
            "miles": [
                (f"{float(option):g}", miles(option), option == within) for option in options
            ],
            "typed": {
                name: search.data.get(name, "")[:40] for name in ("notice", "capacity", "within")
            },
            "errors": {
                name: _error(search, name) for name in ("notice", "capacity", "within", "checked")
            },
            "checked": search.checked_only,
            "form": FORM,
        },
    )
