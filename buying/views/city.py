"""What organisations in Leeds buy, all together, on a page and as a file."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from buying.figures.city import City, Table, city_of, contributors_missing
from buying.figures.disclosure import FEWEST
from buying.figures.period import financial_year, year_name, year_of
from buying.figures.spend import TOTAL
from buying.views.report import Year, file_of
from tslsv.ui.charts import BarChart, bar_chart

YEARS = 5
"""This financial year and those before it that have a page."""
HEAD = (
    "Financial year",
    "Table",
    "Line",
    "Pounds excluding VAT",
    "Per cent of the table",
    "Purchases",
    "Organisations",
    "What it means",
    "Example data",
)


@login_not_required
@require_safe
def city(request: HttpRequest) -> HttpResponse:
    """One financial year. Each figure comes from five organisations at least, or is not shown."""
    begins, found = _asked(request)
    here = reverse("buying:city")
    context = {
        "city": found,
        "year": year_name(begins),
        "years": [
            Year(year_name(each), f"{here}?year={each}", each == begins) for each in _known_years()
        ],
        "tables": [(table, _chart(table)) for table in found.tables],
        "missing": contributors_missing(found),
        "fewest": FEWEST,
        "definition": TOTAL,
        "csv_url": f"{reverse('buying:city_csv')}?year={begins}",
        "example_data": found.examples,
    }
    return render(request, "buying/city.html", context)


@login_not_required
@require_safe
def city_csv(request: HttpRequest) -> HttpResponse:
    """Every number of the page, one a line."""
    begins, found = _asked(request)
    return file_of(HEAD, _rows(year_name(begins), found), f"buying-in-leeds-{begins}.csv")


def _known_years() -> range:
    newest = year_of(timezone.localdate()).start.year
    return range(newest, newest - YEARS, -1)


def _asked(request: HttpRequest) -> tuple[int, City]:
    """The year of the address, else this one. Raises Http404 for any that has no page."""
    known = {str(begins): begins for begins in _known_years()}
    begins = known.get(request.GET.get("year", "") or str(_known_years()[0]))
    if begins is None:
        raise Http404("There is no page of this year.")
    return begins, city_of(financial_year(begins))


def _chart(table: Table) -> BarChart | None:
    if not table.cells:
        return None
    largest = max(table.cells, key=lambda cell: cell.spend)
    return bar_chart(
        f"chart-{table.name}",
        f"{table.heading}, in pounds",
        f"Most: {largest.label}, £{whole(largest.spend):,}.",
        [(cell.label, float(cell.spend), f"£{whole(cell.spend):,}") for cell in table.cells],
    )


def whole(pounds: Decimal) -> Decimal:
    """Without pence, half a pound rounded up; as the page's own template has it."""
    return pounds.quantize(Decimal(1), ROUND_HALF_UP)


def _rows(year: str, found: City) -> Iterator[tuple[object, ...]]:
    example = "yes" if found.examples else "no"
    if found.total is None:
        return
    total = found.total
    yield (
        *(year, "Total", total.label, whole(total.spend), "100.0", total.number),
        *(len(total.contributors), TOTAL, example),
    )
    for table in found.tables:
        for cell, share in table.rows:
            yield (
                *(year, table.heading, cell.label, whole(cell.spend), f"{share:.1f}"),
                *(cell.number, len(cell.contributors), table.definition, example),
            )
