"""The filter panel of needs and offers: which facets stand where, with what counts."""

from collections.abc import Mapping
from functools import lru_cache

from django.utils.html import format_html
from django.utils.safestring import SafeString

from brokerage.filters import NoticeFilter
from brokerage.models import Notice
from brokerage.search import NoticeSearch
from brokerage.words import LEGENDS
from places.near import distance_facet
from tslsv.ui.choices import Choices
from tslsv.ui.panel import (
    Facet,
    Option,
    Problem,
    described_by,
    error_of,
    field_of,
    number_field,
    render_panel,
)

FORM = "find"

_SHOWN = {"kind": 10, "mode": 2, "skill": 6, "ward": 5}
_FIELDS = ("within", "party", "since", "until")


def filter_panel(search: NoticeSearch, counts: Mapping[tuple[str, str], int]) -> SafeString:
    """The whole panel as HTML."""
    by_facet: dict[str, dict[str, int]] = {}
    for (facet, value), number in counts.items():
        by_facet.setdefault(facet, {})[value] = number
    facets: list[Facet] = []
    for name in NoticeFilter.FACETS:
        facets.append(
            Facet(
                name,
                LEGENDS[name],
                _options(search.choices, name),
                counts=by_facet.get(name, {}),
                chosen=search.wanted[name],
                hint=_hint(search, name),
                shown=_SHOWN.get(name, 5),
                unit=f"{search.side.value}s",
                unit_one=search.side.value,
                before=error_of(search.errors, name, FORM),
            )
        )
        if name == "kind":
            facets.append(
                distance_facet(search, FORM, hint="What can be done remotely always shows.")
            )
            facets.append(Facet("party", "Size and time", before=_size_and_time(search)))
    return render_panel(facets, FORM)


@lru_cache(maxsize=32)
def _options(choices: Choices, facet: str) -> tuple[Option, ...]:
    return tuple(Option(choice.value, choice.label) for choice in choices.by_facet[facet].values())


def problems(search: NoticeSearch) -> list[Problem]:
    """What is wrong, in the order of the page; the same words stand beside each filter."""
    return [
        Problem(legend, search.errors[name][0], _target(name))
        for name, legend in LEGENDS.items()
        if name in search.errors
    ]


def filters_in_use(search: NoticeSearch) -> int:
    """How many filters are on, words aside: what "Filters (2)" counts on a phone."""
    lists = sum(len(search.wanted[name]) for name in NoticeFilter.FACETS)
    return lists + sum(search.wanted.get(name) not in (None, "") for name in _FIELDS)


def _target(name: str) -> str:
    """The id of the control itself, or of the message above a list of options."""
    if name in ("q", "near", "sort"):
        return name
    return f"{FORM}-{name}" if name in _FIELDS else f"{FORM}-{name}-error"


def _hint(search: NoticeSearch, name: str) -> str:
    is_need = search.side == Notice.Side.NEED
    if name == "requirement":
        return "What a host asks for." if is_need else "What a giver’s people have."
    if name == "access":
        return "What there is at the place." if is_need else "What a giver’s people need."
    return ""


def _size_and_time(search: NoticeSearch) -> SafeString:
    is_need = search.side == Notice.Side.NEED
    label = "How many of you are there?" if is_need else "How many people do you need?"
    party = number_field(search.errors, "party", FORM, label, search.data.get("party", ""))
    return party + _day(search, "since", "From") + _day(search, "until", "Until")


def _day(search: NoticeSearch, name: str, label: str) -> SafeString:
    wanted = search.wanted.get(name)
    # A browser's own field for days shows nothing but what it could have sent itself.
    kind, typed = ("date", wanted.isoformat()) if wanted else ("date", "")
    if name in search.errors:
        kind, typed = "text", search.data.get(name, "")[:40]
    control = format_html(
        '<input class="input w-s" type="{4}" id="{0}-{1}" name="{1}" form="{0}" value="{2}"{3}>',
        FORM,
        name,
        typed,
        described_by(search.errors, name, FORM),
        kind,
    )
    return field_of(search.errors, name, FORM, label, control)
