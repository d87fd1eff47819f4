"""All exchanges, for brokers to follow through."""

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from accounts.views.broker import broker_page
from brokerage.models import Exchange
from tslsv.ui.pagination import page_links, page_number

PAGE_SIZE = 50
LONGEST_QUERY = 60


@require_safe
@broker_page
def exchanges(request: HttpRequest) -> HttpResponse:
    """Those in one state, or of whose title, reference or sides a part was typed; what moved last
    comes first.
    """
    typed = " ".join(request.GET.get("q", "").replace("\0", " ").split())[:LONGEST_QUERY]
    state = request.GET.get("state", "")
    states = dict(Exchange.State.choices)
    rows = (
        Exchange.objects.filter(
            Q(title__icontains=typed)
            | Q(reference__iexact=typed)
            | Q(host__name__icontains=typed)
            | Q(giver__name__icontains=typed)
        )
        .filter(**({"state": state} if state in states else {}))
        .select_related("host", "giver", "kind")
        .order_by("-state_since", "-pk")
    )
    pages = Paginator(rows, PAGE_SIZE)
    number = page_number(request)
    if number > pages.num_pages:
        raise Http404("there are fewer pages")
    base = reverse("broker:exchanges")

    def address(page: int) -> str:
        asked = {"q": typed, "state": state, "page": page if page > 1 else ""}
        query = urlencode({name: value for name, value in asked.items() if value})
        return f"{base}?{query}" if query else base

    context = {
        "typed": typed,
        "state": state if state in states else "",
        "states": states,
        "total": pages.count,
        "rows": pages.page(number),
        "pages": page_links(number, pages.num_pages, address),
    }
    return render(request, "broker/exchanges.html", context)
