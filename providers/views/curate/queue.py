"""The queue: everything that waits for a curator, oldest first."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.permissions import signed_in
from accounts.views.curator import curator_page
from providers import queue as waiting
from providers.queue import Kind
from providers.views.curate import flow
from toms.panels import waiting_comments
from tslsv.ui.pagination import page_links
from tslsv.ui.panel import Facet, Option, render_panel

PER_PAGE = 20
FORM = "queue"
_OPTIONS = tuple(Option(kind.value, str(kind.label)) for kind in Kind)


@require_safe
@curator_page
def queue(request: HttpRequest) -> HttpResponse:
    """One page of it, of the kinds chosen, each with how long it has waited."""
    form = flow.queue_form(request)
    kinds = flow.chosen(request)
    everything = waiting.entries(signed_in(request))
    shown = [entry for entry in everything if not kinds or entry.kind in kinds]
    pages = Paginator(shown, PER_PAGE)
    number = _number(request.GET.get("page", "1"), pages.num_pages)
    rows = waiting.items(list(pages.page(number).object_list))
    query = flow.query_of(kinds)
    counts = waiting.counts(everything)
    context = {
        "form": form,
        "error": form.errors["kind"][0] if form.errors else "",
        "rows": [
            {"item": row, "url": row.entry.url + query, "age": waiting.age(row.entry.since)}
            for row in rows
        ],
        "example_data": any(row.example for row in rows),
        "elsewhere": waiting_comments(signed_in(request)),
        "total": len(shown),
        "everything": len(everything),
        "kinds": kinds,
        "chips": [
            {"label": kind.label, "url": _url(tuple(other for other in kinds if other != kind))}
            for kind in kinds
        ],
        "first_url": shown[0].url + query if shown else "",
        "panel": render_panel(
            [
                Facet(
                    "kind",
                    "What waits",
                    _OPTIONS,
                    counts=counts,
                    chosen={kind.value for kind in kinds},
                    shown=len(_OPTIONS),
                    unit="waiting",
                    unit_one="waiting",
                )
            ],
            FORM,
        ),
        "pages": page_links(
            number,
            pages.num_pages,
            lambda page: _url(kinds) + (f"{'&' if kinds else '?'}page={page}" if page > 1 else ""),
        ),
        "number": number,
    }
    return render(request, "curate/queue.html", context)


def _url(kinds: tuple[Kind, ...]) -> str:
    return reverse("curate:queue") + flow.query_of(kinds)


def _number(text: str, pages: int) -> int:
    """A page that is there. Raises Http404."""
    if not (text.isascii() and text.isdecimal() and len(text) < 7 and 1 <= int(text) <= pages):
        raise Http404("no such page of the queue")
    return int(text)
