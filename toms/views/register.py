"""The register on one page: every measure that is current, filtered."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from toms import panel, words
from toms.filters import MeasureFilter
from toms.models import MeasureVersion
from toms.plain import state_words
from toms.search import PAGE_SIZE, MeasureSearch, index_version
from toms.views.alternates import linked, of_register
from toms.views.parts import DRAFTS
from tslsv.search.paging import Hit
from tslsv.ui.filtering import (
    join_query,
    kept,
    page_number,
    query_of,
    removals_of,
    tag_of,
    without,
)
from tslsv.ui.pagination import page_links


@require_safe
@login_not_required
def register(request: HttpRequest) -> HttpResponse:
    """The measures that match the address's parameters."""
    version = index_version()
    # After Back the browser wants the whole page again, though htmx asks for it.
    htmx = request.htmx  # type: ignore[attr-defined]
    partial = bool(htmx) and not htmx.history_restore_request
    tag = None
    if not request.COOKIES.get(settings.SESSION_COOKIE_NAME):
        tag = tag_of(version, request.get_full_path(), partial, settings.BUILD)
        unchanged = get_conditional_response(request, etag=tag)
        if unchanged is not None:
            return kept(unchanged, tag)

    asked = MeasureSearch(request.GET, version)
    number = page_number(request.GET)
    found = asked.find(page=number)
    pages = max(1, -(-found.total // PAGE_SIZE))
    if number > pages:
        raise Http404(f"There are only {pages:,} pages of results.")
    base = reverse("toms:register")
    query = clean_query(request.GET)

    def address(data: QueryDict) -> str:
        return join_query(base, clean_query(data))

    def page_address(page: int) -> str:
        return join_query(base, query, f"page={page}" if page > 1 else "")

    csv_url = join_query(reverse("toms:measures_csv"), query)
    alternates = of_register(csv_url)
    chips = words.chips(asked, address)
    start = (number - 1) * PAGE_SIZE + 1
    context = {
        "heading": words.heading(asked, found),
        "page_title": words.title(asked, found, number, pages),
        "search": asked,
        "found": found,
        "chips": chips,
        "clear_url": base,
        "errors": asked.errors,
        "problems": panel.problems(asked),
        "panel_errors": set(asked.errors) - {"q", "sort"},
        "grouped": asked.order == "register",
        "themes": _grouped(_rows(found.hits)),
        "rows": _rows(found.hits),
        "has_drafts": any(hit.card["state"] in DRAFTS for hit in found.hits),
        "first": start,
        "last": start + len(found.hits) - 1,
        "pages": page_links(number, pages, page_address),
        "panel": panel.filter_panel(asked, found.counts),
        "in_use": panel.filters_in_use(asked),
        "sorts": _sorts(asked),
        "form_url": base,
        "csv_url": csv_url,
        "alternates": alternates,
        "indexable": not (query or number > 1),
        "canonical": request.build_absolute_uri(base),
        "removals": removals_of(
            chips,
            asked.without_each(found),
            lambda name: address(without(asked.data, name)),
        )
        if not found.total
        else [],
    }
    template = "toms/register.html#found" if partial else "toms/register.html"
    return kept(linked(render(request, template, context), alternates), tag)


def clean_query(data: QueryDict) -> str:
    """The filters as one query string, without the page."""
    return query_of(data, MeasureFilter.base_filters, MeasureFilter.FACETS)


def _sorts(asked: MeasureSearch) -> list[tuple[str, str, bool]]:
    """The orders on offer. The page's own has no value, so that it follows what is asked next."""
    return [
        ("" if value == asked.own_order else value, label, value == asked.order)
        for value, label in MeasureFilter.SORTS
        if value != "relevance" or asked.text
    ]


_SUITS = dict(MeasureVersion.Suits.choices)
_BASIS = dict(MeasureVersion.Basis.choices)
_PROFILES = dict(MeasureVersion.Profile.choices)
_KINDS = dict(MeasureVersion.ValueKind.choices)


def _rows(hits: Iterable[Hit]) -> list[dict[str, Any]]:
    """The cards, with what they say in words."""
    return [
        {
            **hit.card,
            "url": reverse("toms:measure", args=[hit.card["code"]]),
            "state_words": state_words(hit.card["state"]),
            "suits_words": ", ".join(_SUITS[value] for value in hit.card["suits"]),
            "basis_words": " and ".join(_BASIS[value].lower() for value in hit.card["basis"]),
            "profile_words": _PROFILES[hit.card["profile"]],
            "kind_words": _KINDS[hit.card["kind"]],
        }
        for hit in hits
    ]


def _grouped(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows in the order of the register, by theme and in it by outcome."""
    return [
        {
            "code": theme,
            "label": (ours := list(of_theme))[0]["theme"],
            "outcomes": [
                {"code": outcome, "label": (mine := list(of_outcome))[0]["outcome"], "rows": mine}
                for outcome, of_outcome in groupby(ours, lambda row: row["outcome_code"])
            ],
        }
        for theme, of_theme in groupby(rows, lambda row: row["theme_code"])
    ]
