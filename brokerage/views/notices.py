"""The lists of needs and of offers that are on the board, filtered."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from brokerage import panel, words
from brokerage.cards import drawn_rows
from brokerage.filters import NoticeFilter
from brokerage.models import Notice
from brokerage.search import PAGE_SIZE, NoticeSearch, versions
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
def needs(request: HttpRequest) -> HttpResponse:
    """What communities ask for."""
    return _page(request, Notice.Side.NEED)


@require_safe
@login_not_required
def offers(request: HttpRequest) -> HttpResponse:
    """What employers release."""
    return _page(request, Notice.Side.OFFER)


def _page(request: HttpRequest, side: Notice.Side) -> HttpResponse:
    now = versions()
    today = timezone.localdate()
    # After Back the browser wants the whole page again, though htmx asks for it.
    htmx = request.htmx  # type: ignore[attr-defined]
    partial = bool(htmx) and not htmx.history_restore_request
    tag = None
    if not request.COOKIES.get(settings.SESSION_COOKIE_NAME):
        tag = tag_of(*now, today, request.get_full_path(), partial, settings.BUILD)
        unchanged = get_conditional_response(request, etag=tag)
        if unchanged is not None:
            return kept(unchanged, tag)

    asked = NoticeSearch(side, request.GET, now.vocabulary)
    number = page_number(request.GET)
    found = asked.find(page=number)
    pages = max(1, -(-found.total // PAGE_SIZE))
    if number > pages:
        raise Http404(f"There are only {pages:,} pages of results.")
    name = f"{side.value}s"
    base = reverse(f"brokerage:{name}")
    query = clean_query(request.GET)

    def address(data: QueryDict) -> str:
        return join_query(base, clean_query(data))

    def page_address(page: int) -> str:
        return join_query(base, query, f"page={page}" if page > 1 else "")

    chips = words.chips(asked, address)
    start = (number - 1) * PAGE_SIZE + 1
    context = {
        "side": side.value,
        "heading": words.heading(asked, found),
        "page_title": words.title(asked, found, number, pages),
        "search": asked,
        "found": found,
        "chips": chips,
        "clear_url": base,
        "errors": asked.errors,
        "problems": panel.problems(asked),
        "panel_errors": set(asked.errors) - {"q", "near", "sort"},
        "rows": drawn_rows(found.hits, today),
        "example_data": any(hit.card["example"] for hit in found.hits),
        "first": start,
        "last": start + len(found.hits) - 1,
        "pages": page_links(number, pages, page_address),
        "panel": panel.filter_panel(asked, found.counts),
        "in_use": panel.filters_in_use(asked),
        "sorts": _sorts(asked),
        "form_url": base,
        "other_url": reverse(f"brokerage:{_other(side)}s"),
        "csv_url": join_query(reverse(f"brokerage:{name}_csv"), query),
        "atom_url": join_query(reverse(f"brokerage:{name}_atom"), query),
        "indexable": not (query or number > 1),
        "canonical": request.build_absolute_uri(base),
        "removals": removals_of(
            chips, asked.without_each(found), lambda name: address(without(asked.data, name))
        )
        if not found.total
        else [],
    }
    template = "brokerage/notices.html#found" if partial else "brokerage/notices.html"
    return kept(render(request, template, context), tag)


def clean_query(data: QueryDict) -> str:
    """The filters as one query string, without the page."""
    return query_of(data, NoticeFilter.base_filters, NoticeFilter.FACETS)


def _other(side: Notice.Side) -> str:
    return (Notice.Side.OFFER if side == Notice.Side.NEED else Notice.Side.NEED).value


def _sorts(asked: NoticeSearch) -> list[tuple[str, str, bool]]:
    """The orders on offer. The page's own has no value, so that it follows what is asked next."""
    offered = {"relevance": bool(asked.text), "distance": asked.place is not None}
    return [
        ("" if value == asked.own_order else value, label, value == asked.order)
        for value, label in NoticeFilter.SORTS
        if offered.get(value, True)
    ]
