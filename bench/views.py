"""What the bench asks of the server beside the site's own pages."""

import time
from collections.abc import Callable
from functools import cache

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.test import RequestFactory
from django.urls import reverse
from django_htmx.middleware import HtmxMiddleware

from bench.board import asked_of
from brokerage.views.notices import needs as needs_page
from providers.cards import drawn_cards
from providers.search import ListingSearch, open_page
from providers.views.search import search as search_page


@login_not_required
def constant(request: HttpRequest) -> HttpResponse:
    """A search page that was made once: what the middleware and the network alone cost."""
    return HttpResponse(_made_once("providers:search", search_page))


@login_not_required
def board_constant(request: HttpRequest) -> HttpResponse:
    """The same of the brokerage board's needs."""
    return HttpResponse(_made_once("brokerage:needs", needs_page))


@cache
def _made_once(name: str, page: Callable[[HttpRequest], HttpResponseBase]) -> bytes:
    request = RequestFactory(SERVER_NAME="localhost").get(reverse(name))
    answer = HtmxMiddleware(page)(request)
    assert isinstance(answer, HttpResponse)
    return answer.content


@login_not_required
def forget_cards(request: HttpRequest) -> HttpResponse:
    """Let the next page draw all its cards anew."""
    drawn_cards.clear()
    return HttpResponse("")


@login_not_required
def search(request: HttpRequest) -> HttpResponse:
    """All that a page does to search, and nothing of how it looks: reading the parameters, and
    its four statements. Answers how many milliseconds that took inside the server."""
    start = time.perf_counter()
    asked = ListingSearch(request.GET, open_page(request.GET.get("near", "")))
    asked.find(page=int(request.GET.get("page", "1")))
    return HttpResponse(f"{(time.perf_counter() - start) * 1000:.4f}")


@login_not_required
def board_search(request: HttpRequest) -> HttpResponse:
    """The same for needs of the brokerage board."""
    start = time.perf_counter()
    asked_of(request.GET).find(page=int(request.GET.get("page", "1")))
    return HttpResponse(f"{(time.perf_counter() - start) * 1000:.4f}")
