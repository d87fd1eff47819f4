"""The demand board: what is asked, offered and agreed, on a page and as a file."""

from collections.abc import Iterator
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from brokerage.figures.demand import Asked, Demand, Line, Table, demand_of, largest
from brokerage.forms.demand import DemandForm
from brokerage.models import Kind
from brokerage.numbers import plain
from places.models import Ward
from tslsv.ui.charts import BarChart, bar_chart
from tslsv.ui.feeds import refusal
from tslsv.ui.filtering import join_query
from tslsv.ui.spreadsheet import csv_lines

MOST_BARS = 12
"""The table beside a chart has every line."""

HEAD = (
    "Table",
    "Line",
    "Unit",
    "Needs",
    "Asked, in the unit",
    "Offers",
    "Offered, in the unit",
    "Exchanges agreed",
    "Needs not met",
    "Offers not taken",
    "From",
    "To",
    "Example data",
)


@require_safe
@login_not_required
def demand(request: HttpRequest) -> HttpResponse:
    """By kind, ward and month, each as a chart of the gaps and a table of everything."""
    form, asked, found = _found(request)
    context = {
        "form": form,
        "demand": found,
        "tables": [(table, _chart(table), _links(table, asked)) for table in found.tables],
        "first": asked.months[0],
        "last": asked.months[-1],
        "csv_url": join_query(reverse("brokerage:demand_csv"), _query(asked)),
        "example_data": found.examples,
    }
    return render(request, "brokerage/demand.html", context)


@require_safe
@login_not_required
def demand_csv(request: HttpRequest) -> HttpResponse:
    """Every number of the page, one line each. What is wrong is refused, not left out."""
    form, asked, found = _found(request)
    if not form.is_valid():
        return refusal({name: [str(said[0])] for name, said in form.errors.items()})
    response = HttpResponse(
        "".join(csv_lines(HEAD, _rows(asked, found))), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = 'attachment; filename="leeds-demand.csv"'
    response["X-Robots-Tag"] = "noindex"
    return response


def _found(request: HttpRequest) -> tuple[DemandForm, Asked, Demand]:
    kinds = list(Kind.objects.all())
    wards = dict(Ward.objects.order_by("name").values_list("code", "name"))
    form = DemandForm(request.GET, kinds=kinds, wards=wards)
    asked = form.asked(timezone.localdate())
    return form, asked, demand_of(asked, kinds, wards)


def _query(asked: Asked, **others: str) -> str:
    said = {"kind": asked.kind, "ward": asked.ward, "months": str(len(asked.months)), **others}
    return urlencode({name: value for name, value in said.items() if value})


def _links(table: Table, asked: Asked) -> list[tuple[Line, str]]:
    """Each line with the board of that line alone; months have none."""
    here = reverse("brokerage:demand")
    if table.name == "month":
        return [(line, "") for line in table.lines]
    return [
        (line, join_query(here, _query(asked, **{table.name: line.key}))) for line in table.lines
    ]


def _chart(table: Table) -> BarChart | None:
    lines = largest(table.lines, lambda line: line.unmet, MOST_BARS)
    if not lines:
        return None
    most = max(lines, key=lambda line: line.unmet)
    left_out = sum(1 for line in table.lines if line.unmet) > len(lines)
    title = f"Needs not met, {table.heading.lower()}"
    return bar_chart(
        f"chart-{table.name}",
        f"{title}: the {MOST_BARS} largest" if left_out else title,
        f"Most: {most.label}, {most.unmet} of {most.needs}.",
        [(line.label, line.unmet, f"{line.unmet:,} of {line.needs:,}") for line in lines],
    )


def _rows(asked: Asked, found: Demand) -> Iterator[tuple[object, ...]]:
    first, last = (f"{month:%Y-%m}" for month in (asked.months[0], asked.months[-1]))
    example = "yes" if found.examples else "no"
    tables = [Table("total", "In all", [found.total]), *found.tables]
    for table in tables:
        for line in table.lines:
            yield (
                *(table.heading, line.label, line.unit),
                *(line.needs, plain(line.asked) if line.unit else ""),
                *(line.offers, plain(line.offered) if line.unit else ""),
                *(line.agreed, line.unmet, line.untaken, first, last, example),
            )
