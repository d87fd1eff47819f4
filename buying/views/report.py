"""What a buyer's purchases add up to, on a page and as a file."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import Membership
from accounts.views.member import member_page
from buying.figures.period import Period, financial_year, year_name, year_of
from buying.figures.spend import (
    ALL,
    NUMBER,
    PROVIDERS,
    TOTAL,
    Line,
    Report,
    Section,
    lines_with_spend,
    report_of,
)
from buying.forms.report import ReportForm
from tslsv.ui.charts import BarChart, bar_chart
from tslsv.ui.spreadsheet import csv_lines

MOST_BARS = 8
"""The table beside a chart has every line."""
YEARS = 3
"""So many financial years have a link."""
HEAD = (
    "Table",
    "Line",
    "Level of the claim",
    "Pounds excluding VAT",
    "Per cent of all",
    "Purchases",
    "Pounds in the period before",
    "Change in pounds",
    "Change in per cent",
    "What it means",
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A table with the chart of the same numbers, and where each line's purchases are."""

    section: Section
    rows: list[tuple[Line, str]]
    chart: BarChart | None


@dataclass(frozen=True, slots=True)
class Year:
    """A link to a financial year."""

    name: str
    url: str
    current: bool


@require_safe
@member_page()
def report(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Spend of a period by place, sector, category, ward, claim and origin, each with what it
    means, its change, and a way to its purchases.
    """
    organisation, today = membership.organisation, timezone.localdate()
    form = asked(request, today)
    period = form.days
    found = report_of(organisation, period)
    records = f"{reverse('purchases:records', args=[organisation.slug])}?{query(period)}&only="
    context = {
        "organisation": organisation,
        "form": form,
        "report": found,
        "before": period.before,
        "years": _years(reverse("purchases:report", args=[organisation.slug]), today, period),
        "shown": [_shown(section, records) for section in found.sections],
        "records_url": f"{records}{ALL}",
        "csv_url": f"{reverse('purchases:report_csv', args=[organisation.slug])}?{query(period)}",
        "TOTAL": TOTAL,
        "NUMBER": NUMBER,
        "PROVIDERS": PROVIDERS,
    }
    return render(request, "purchases/report.html", context)


def asked(request: HttpRequest, today: datetime.date) -> ReportForm:
    """The form with the days of the address; what nobody gave is filled in."""
    first, last = ReportForm.usual_period(today)
    given = {name: request.GET.get(name, "") for name in ("from", "to")}
    return ReportForm({"from": given["from"] or first, "to": given["to"] or last}, today=today)


def query(period: Period) -> str:
    return urlencode({"from": period.start, "to": period.end})


def _years(here: str, today: datetime.date, period: Period) -> list[Year]:
    newest = year_of(today).start.year
    return [
        Year(year_name(begins), f"{here}?{query(days)}", days == period)
        for begins in range(newest, newest - YEARS, -1)
        for days in [financial_year(begins)]
    ]


def _shown(section: Section, records: str) -> Shown:
    rows = [(line, f"{records}{section.name}:{line.key}") for line in section.lines]
    return Shown(section, rows, _chart(section))


def _chart(section: Section) -> BarChart | None:
    lines = lines_with_spend(section.lines)
    if not lines:
        return None
    largest = max(lines, key=lambda line: line.spend)
    title = f"{section.heading}, in pounds"
    if len(lines) > MOST_BARS:
        lines = sorted(lines, key=lambda line: -line.spend)[:MOST_BARS]
        title += f": the {MOST_BARS} largest"
    return bar_chart(
        f"chart-{section.name}",
        title,
        f"Most: {_named(largest)}, £{largest.spend:,.2f}.",
        [(_named(line), float(line.spend), f"£{line.spend:,.2f}") for line in lines],
    )


def _named(line: Line) -> str:
    return f"{line.label}, {line.level}" if line.level else line.label


@require_safe
@member_page()
def report_csv(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Every number of the page, one a line. A bad day is refused: never another period."""
    form = asked(request, timezone.localdate())
    if refusal := refused(form):
        return refusal
    found = report_of(membership.organisation, form.days)
    return file_of(HEAD, _rows(found), f"spend-{form.days.start}-to-{form.days.end}.csv")


def refused(form: ReportForm) -> HttpResponse | None:
    """400 with words for days that cannot be read."""
    if form.is_valid():
        return None
    wrong = [f"{form.add_prefix(name)}: {words[0]}" for name, words in form.errors.items()]
    return HttpResponse(
        "\n".join(wrong) + "\n", status=400, content_type="text/plain; charset=utf-8"
    )


def file_of(head: tuple[str, ...], rows: Iterator[tuple[object, ...]], name: str) -> HttpResponse:
    response = HttpResponse("".join(csv_lines(head, rows)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _rows(found: Report) -> Iterator[tuple[object, ...]]:
    yield _row("Total", found.total, TOTAL)
    yield (
        *("Total", "Number of purchases", "", "", "", found.total.number),
        *(found.number_before, found.total.number - found.number_before, "", NUMBER),
    )
    yield (
        *("Total", "Number of providers", "", "", "", found.providers),
        *(found.providers_before, found.providers - found.providers_before, "", PROVIDERS),
    )
    for section in found.sections:
        for line in section.lines:
            yield _row(section.heading, line, section.definition)


def _row(heading: str, line: Line, definition: str) -> tuple[object, ...]:
    return (
        heading,
        line.label,
        line.level,
        line.spend,
        _percent(line.share),
        line.number,
        line.before,
        line.change,
        _percent(line.change_share),
        definition,
    )


def _percent(share: object) -> str:
    return "" if share is None else f"{share:.1f}"
