"""The filter panel of the register: which facets stand where, with what counts."""

from collections.abc import Mapping
from functools import lru_cache

from django.utils.safestring import SafeString

from toms.filters import MeasureFilter
from toms.search import MeasureSearch
from toms.words import LEGENDS
from tslsv.ui.choices import Choices
from tslsv.ui.panel import Facet, Option, Problem, error_of, render_panel

FORM = "find"

_HINTS = {
    "baseline": "The baseline is met by answering, even with zero.",
    "level": "How much it asks, from 1 to 4.",
    "basis": "Sustained is what is there already and goes on.",
}
_SHOWN = {"theme": 8, "outcome": 3, "unit": 3, "policy": 4}


def filter_panel(search: MeasureSearch, counts: Mapping[tuple[str, str], int]) -> SafeString:
    """The whole panel as HTML."""
    by_facet: dict[str, dict[str, int]] = {}
    for (facet, value), number in counts.items():
        by_facet.setdefault(facet, {})[value] = number
    return render_panel(
        (
            Facet(
                name,
                LEGENDS[name],
                _options(search.choices, name),
                counts=by_facet.get(name, {}),
                chosen=search.wanted[name],
                hint=_HINTS.get(name, ""),
                shown=_SHOWN.get(name, 5),
                unit="measures",
                unit_one="measure",
                before=error_of(search.errors, name, FORM),
            )
            for name in MeasureFilter.FACETS
        ),
        FORM,
    )


@lru_cache(maxsize=32)
def _options(choices: Choices, facet: str) -> tuple[Option, ...]:
    """A facet's choices, the parts of a framework under it."""
    offered = choices.by_facet[facet].values()
    narrower: dict[str, list[Option]] = {}
    for choice in offered:
        if choice.parent:
            narrower.setdefault(choice.parent, []).append(Option(choice.value, choice.label))
    return tuple(
        Option(choice.value, choice.label, tuple(narrower.get(choice.value, ())))
        for choice in offered
        if not choice.parent
    )


def problems(search: MeasureSearch) -> list[Problem]:
    """What is wrong, in the order of the page; the same words stand beside each filter."""
    return [
        Problem(
            legend,
            search.errors[name][0],
            name if name in ("q", "sort") else f"{FORM}-{name}-error",
        )
        for name, legend in LEGENDS.items()
        if name in search.errors
    ]


def filters_in_use(search: MeasureSearch) -> int:
    """How many filters are on, words aside: what "Filters (2)" counts on a phone."""
    return sum(len(search.wanted[name]) for name in MeasureFilter.FACETS)
