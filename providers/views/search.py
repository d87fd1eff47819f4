"""The search page, as a list and with a map."""

from collections.abc import Callable, Sequence

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from providers import panel, words
from providers.cards import listing_url, result_rows, shown_on
from providers.filters import ListingFilter
from providers.search import PAGE_SIZE, ListingSearch, etag, open_page
from providers.services.empty_search import count_empty_search
from tslsv.search.paging import Hit
from tslsv.search.query import Found
from tslsv.ui.filtering import (
    Chip,
    Removal,
    join_query,
    kept,
    page_number,
    query_of,
    removals_of,
    without,
)
from tslsv.ui.pagination import page_links

MAP_POINTS = 300
"""So many results stand on the map at once: the page's own with numbers, the others as dots."""


@require_safe
@login_not_required
def search(request: HttpRequest) -> HttpResponse:
    """The list of offers that match the address's parameters."""
    return _page(request, "providers:search", on_map=False)


@require_safe
@login_not_required
def search_map(request: HttpRequest) -> HttpResponse:
    """The same list under a map."""
    return _page(request, "providers:map", on_map=True)


def _page(request: HttpRequest, view: str, *, on_map: bool) -> HttpResponse:
    opening = open_page(request.GET.get("near", ""))
    today = timezone.localdate()
    # After Back the browser wants the whole page again, though htmx asks for it.
    htmx = request.htmx  # type: ignore[attr-defined]
    partial = bool(htmx) and not htmx.history_restore_request
    tag = None
    if not request.COOKIES.get(settings.SESSION_COOKIE_NAME):
        url = f"{request.get_full_path()} {'partial' if partial else 'whole'}"
        tag = etag(opening, today, url, settings.BUILD)
        unchanged = get_conditional_response(request, etag=tag)
        if unchanged is not None:
            return kept(unchanged, tag)

    asked = ListingSearch(request.GET, opening)
    number = page_number(request.GET)
    found, around, first = _find(asked, number, on_map=on_map)
    pages = max(1, -(-found.total // PAGE_SIZE))
    if number > pages:
        raise Http404(f"There are only {pages:,} pages of results.")
    if not found.total and asked.text and not asked.errors:
        count_empty_search(words=asked.text)

    base = reverse(view)
    query = clean_query(request.GET)

    def address(data: QueryDict) -> str:
        return join_query(base, clean_query(data))

    def page_address(page: int) -> str:
        return join_query(base, query, f"page={page}" if page > 1 else "")

    start = (number - 1) * PAGE_SIZE + 1
    shown = shown_on(around[start - first :][:PAGE_SIZE], today)
    chips = words.chips(asked, address)
    context = {
        "heading": words.heading(asked, found),
        "page_title": words.title(asked, found, number, pages),
        "search": asked,
        "found": found,
        "chips": chips,
        "clear_url": base,
        "errors": asked.errors,
        "problems": panel.problems(asked),
        "panel_errors": set(asked.errors) - {"q", "near", "sort"},
        "rows": result_rows(shown, today, start, numbered=on_map),
        "first": start,
        "last": start + len(shown) - 1,
        "pages": page_links(number, pages, page_address),
        "panel": panel.filter_panel(asked, found.counts),
        "in_use": panel.filters_in_use(asked),
        "sorts": _sorts(asked),
        "on_map": on_map,
        "query": query,
        "list_url": join_query(reverse("providers:search"), query),
        "map_url": join_query(reverse("providers:map"), query),
        "csv_url": join_query(reverse("providers:results_csv"), query),
        "atom_url": join_query(reverse("providers:results_atom"), query),
        "alert_url": join_query(reverse("providers:alert"), query),
        "embed_url": join_query(reverse("providers:embed_code"), query),
        "form_url": base,
        "indexable": not (query or number > 1 or on_map),
        "canonical": request.build_absolute_uri(reverse("providers:search")),
        "example_data": any(hit.card["example"] for hit in shown),
        "removals": _removals(asked, found, chips, address) if not found.total else [],
        "points": _points(around, shown, start) if on_map else [],
        "tiles": settings.MAP_TILES_URL,
        "tiles_attribution": settings.MAP_TILES_ATTRIBUTION,
    }
    template = "providers/search.html#found" if partial else "providers/search.html"
    return kept(render(request, template, context), tag)


def _find(asked: ListingSearch, number: int, *, on_map: bool) -> tuple[Found, Sequence[Hit], int]:
    """What was found, some hits that include the page's, and the place of the first of those."""
    if on_map and number * PAGE_SIZE <= MAP_POINTS:
        found = asked.find(page=1, size=MAP_POINTS)
        return found, found.hits, 1
    found = asked.find(page=number)
    return found, found.hits, (number - 1) * PAGE_SIZE + 1


def clean_query(data: QueryDict) -> str:
    """The filters as one query string, without the page."""
    return query_of(data, ListingFilter.base_filters, ListingFilter.FACETS)


def _sorts(asked: ListingSearch) -> list[tuple[str, str, bool]]:
    """The orders on offer. The page's own has no value, so that it follows what is asked next."""
    offered = {"relevance": bool(asked.text), "distance": asked.place is not None}
    return [
        ("" if value == asked.own_order else value, label, value == asked.order)
        for value, label in ListingFilter.SORTS
        if offered.get(value, True)
    ]


def _removals(
    asked: ListingSearch,
    found: Found,
    chips: list[Chip],
    address: Callable[[QueryDict], str],
) -> list[Removal]:
    """For a search that found nothing: each filter, with what there would be without it."""
    counts = asked.without_each(found)
    return removals_of(chips, counts, lambda name: address(without(asked.data, name)))


def _points(around: Sequence[Hit], shown: Sequence[Hit], start: int) -> list[dict[str, object]]:
    """What the map draws: this page's results with their numbers, the others without."""
    numbers = {hit.object_id: number for number, hit in enumerate(shown, start)}
    return [
        {
            "lat": hit.card["lat"],
            "lon": hit.card["lon"],
            "label": f"{hit.card['title']}, {hit.card['organisation']}",
            "url": listing_url(hit.card),
            "n": numbers.get(hit.object_id),
            "approximate": hit.card["approximate"],
        }
        for hit in around
        if hit.card["lat"] is not None
    ]
