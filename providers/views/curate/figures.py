"""Figures for Voluntary Action Leeds, on a page and as a file."""

import datetime
from collections.abc import Iterator

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.views.curator import curator_page
from providers.figures import offer, waiting
from providers.forms.figures import PeriodForm
from providers.models import EmptySearch
from tslsv.ui.charts import BarChart, bar_chart
from tslsv.ui.spreadsheet import csv_lines

SEARCHES = 30
"""Words shown on the page; the file has all."""
HEAD = ("Figure", "Ward, month or words", "Category or kind", "Number", "Unit")


@require_safe
@curator_page
def figures(request: HttpRequest) -> HttpResponse:
    """Waiting times and searches of a period; what is listed, and how fresh, as of today."""
    today = timezone.localdate()
    form = _form(request, today)
    start, end = form.period
    waited = waiting.waited(start, end)
    months = waiting.by_month(waited, start, end)
    fresh = offer.freshness(today)
    searches = _searches(start, end)
    context = {
        "form": form,
        "start": start,
        "end": end,
        "today": today,
        "kinds": waiting.by_kind(waited),
        "months": months,
        "waiting_chart": _waiting_chart(months) if waited else None,
        "queues": waiting.waiting_now(timezone.now()),
        "coverage": offer.coverage(today),
        "fresh": fresh,
        "fresh_chart": _fresh_chart(fresh),
        "fresh_shares": [
            (label, number, _share(number, fresh.total.total))
            for label, number in zip(fresh.columns, fresh.total.cells, strict=True)
        ],
        "searches": searches[:SEARCHES],
        "searches_total": searches.count(),
        "left_out": offer.left_out(),
        "csv_url": f"{reverse('curate:figures_csv')}?start={start}&end={end}",
    }
    return render(request, "curate/figures.html", context)


@require_safe
@curator_page
def figures_csv(request: HttpRequest) -> HttpResponse:
    """Every number of the page, one a line. A bad day is refused: never another period."""
    today = timezone.localdate()
    form = _form(request, today)
    if not form.is_valid():
        wrong = [f"{name}: {messages[0]}" for name, messages in form.errors.items()]
        text = "\n".join(wrong) + "\n"
        return HttpResponse(text, status=400, content_type="text/plain; charset=utf-8")
    start, end = form.period
    lines = csv_lines(HEAD, _rows(start, end, today))
    response = HttpResponse("".join(lines), content_type="text/csv; charset=utf-8")
    name = f"leeds-figures-{start}-to-{end}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _form(request: HttpRequest, today: datetime.date) -> PeriodForm:
    days = {name: request.GET.get(name, "") for name in ("start", "end")}
    first, last = PeriodForm(today=today).usual
    # What nobody gave is filled in, so that the form shows the days it is about.
    return PeriodForm({"start": days["start"] or first, "end": days["end"] or last}, today=today)


def _searches(start: datetime.date, end: datetime.date) -> QuerySet[EmptySearch]:
    return EmptySearch.objects.filter(last_on__range=(start, end)).order_by("-times", "words")


def _waiting_chart(months: list[waiting.Times]) -> BarChart:
    longest = max(months, key=lambda row: row.median or 0)
    return bar_chart(
        "waited",
        "Median wait by month, in days",
        f"Longest in {longest.label}: {_days(longest.median)} days.",
        [
            (row.label, row.median or 0, f"{row.median:.1f} days" if row.number else "–")
            for row in months
        ],
    )


def _fresh_chart(fresh: offer.Table) -> BarChart | None:
    if not fresh.total.total:
        return None
    return bar_chart(
        "fresh",
        "When listings were last confirmed",
        f"{fresh.total.cells[0]} of {fresh.total.total} within six months.",
        [
            (label, number, f"{number:,}")
            for label, number in zip(fresh.columns, fresh.total.cells, strict=True)
        ],
    )


def _share(number: int, total: int) -> str:
    return f"{100 * number / total:.0f} %" if total else ""


def _rows(
    start: datetime.date, end: datetime.date, today: datetime.date
) -> Iterator[tuple[object, ...]]:
    yield "Period", f"{start} to {end}", "", "", ""
    waited = waiting.waited(start, end)
    for times, group in (
        *((row, "kind") for row in waiting.by_kind(waited)),
        *((row, "month") for row in waiting.by_month(waited, start, end)),
    ):
        where = ("", times.label) if group == "kind" else (times.label, "")
        yield "Decided", *where, times.number, "decisions"
        yield "Wait, median", *where, _days(times.median), "days"
        yield "Wait, longest", *where, _days(times.longest), "days"
    for queue in waiting.waiting_now(timezone.now()):
        yield "Waiting now", "", queue.label, queue.number, "waiting"
        yield "Waiting now, oldest", "", queue.label, queue.oldest_days, "days"
    found = offer.coverage(today)
    for row in (*found.table.rows, found.table.total, found.everywhere):
        for column, number in zip(found.table.columns, row.cells, strict=True):
            yield "Listed", row.label, column, number, "listings"
        yield "Listed", row.label, "All", row.total, "listings"
    for search in _searches(start, end):
        yield "Found nothing", search.words, "", search.times, "searches"
    fresh = offer.freshness(today)
    for row in (*fresh.rows, fresh.total):
        for bucket, number in zip(fresh.columns, row.cells, strict=True):
            yield f"Confirmed: {bucket}", "", row.label, number, "listings"


def _days(days: float | None) -> str:
    return "" if days is None else f"{days:.1f}"
