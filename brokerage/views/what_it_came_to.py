"""What the city's exchanges came to, for everybody, on a page and as a file."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from brokerage.figures.what_it_came_to import (
    COST_OF_GIVING,
    COST_OF_HOSTING,
    FEWEST,
    NUMBER,
    YEARS,
    Asked,
    CameTo,
)
from brokerage.figures.what_it_came_to import (
    what_it_came_to as figures,
)
from brokerage.forms.case import WhatItCameToForm
from brokerage.models import HourlyRate, Kind
from brokerage.numbers import plain
from tslsv.ui.feeds import refusal
from tslsv.ui.filtering import join_query
from tslsv.ui.spreadsheet import csv_lines

HEAD = (
    "Of",
    "From",
    "To",
    "Figure",
    "Unit",
    "Confirmed",
    "Unconfirmed, never added",
    "Pounds an hour",
    "Source of the rate",
    "Example data",
)
HIDDEN = f"Fewer than {FEWEST} organisations"

ROWS = (
    (NUMBER, "Exchanges", "", "With a result in this time. Each counts once."),
    ("people", "People", "", "Who came, as the results say."),
    ("giver_hours", "Hours given", "hours", "Person-hours of the givers’ people."),
    ("host_hours", "Hours of hosting", "hours", "Of the hosts’ staff and volunteers."),
    ("host_cost", "What hosting cost", "pounds", "Beside hours, in pounds."),
    ("contribution", "Contributions", "pounds", "What givers paid towards it."),
    (Kind.Unit.POUNDS.value, "Money given", "pounds", ""),
    (Kind.Unit.ITEMS.value, "Goods given, in items", "items", ""),
    (Kind.Unit.ROOM_HOURS.value, "Space given, in room-hours", "room-hours", ""),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One figure; None where it may not be shown."""

    label: str
    unit: str
    meaning: str
    confirmed: Decimal | int | None
    unconfirmed: Decimal | int | None = None


@require_safe
@login_not_required
def what_it_came_to(request: HttpRequest) -> HttpResponse:
    """One quarter or year. Each figure comes from five organisations at least, or is not shown."""
    form, asked, rate, found = _found(request)
    rows = _rows(found)
    context = {
        "form": form,
        "asked": asked,
        "of": _of(asked),
        "rate": rate,
        "rows": rows,
        "is_empty": all(row.confirmed is None and row.unconfirmed is None for row in rows),
        "totals": _totals(found, rate) if rate else [],
        "fewest": FEWEST,
        "years": YEARS,
        "examples": found.examples,
        "csv_url": join_query(reverse("brokerage:what_it_came_to_csv"), request.GET.urlencode()),
        "example_data": found.examples and any(row.confirmed or row.unconfirmed for row in rows),
    }
    return render(request, "brokerage/what_it_came_to.html", context)


@require_safe
@login_not_required
def what_it_came_to_csv(request: HttpRequest) -> HttpResponse:
    """Every number of the page, one line each. What is wrong is refused, not left out."""
    form, asked, rate, found = _found(request)
    if not form.is_valid():
        return refusal({name: [str(said[0])] for name, said in form.errors.items()})
    lines = "".join(csv_lines(HEAD, _lines(asked, rate, found)))
    response = HttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="what-it-came-to.csv"'
    response["X-Robots-Tag"] = "noindex"
    return response


def _found(
    request: HttpRequest,
) -> tuple[WhatItCameToForm, Asked, HourlyRate | None, CameTo]:
    form = WhatItCameToForm(request.GET, today=timezone.localdate())
    asked = form.asked()
    return form, asked, form.rate_in_use(asked.period.last), figures(asked)


def _of(asked: Asked) -> str:
    if asked.kind:
        return asked.kind.label
    return f"Hosts in {asked.ward.name}" if asked.ward else "All of Leeds"


def _rows(found: CameTo) -> list[Row]:
    return [
        Row(label, unit, meaning, found.confirmed.figure(name), found.unconfirmed.figure(name))
        for name, label, unit, meaning in ROWS
    ]


def _totals(found: CameTo, rate: HourlyRate) -> list[Row]:
    """What is reckoned at the rate, of confirmed figures alone; None where one part is hidden."""
    shown, pounds = found.confirmed, rate.pounds
    sums, giving = shown.sums, COST_OF_GIVING
    cost = sums.cost_of_giving(pounds)
    return [
        Row(label, "pounds", meaning, value if shown.has(parts) else None)
        for label, parts, value, meaning in (
            ("Hours given are worth", ("giver_hours",), sums.value_given(pounds), ""),
            ("Givers gave, in all", giving, cost, "hours, contributions and money"),
            (
                *("Hosting took", COST_OF_HOSTING, sums.cost_of_hosting(pounds)),
                "hours of hosting and costs",
            ),
            (
                *("Net for hosts", (*giving, *COST_OF_HOSTING), sums.net_of_host(pounds)),
                "what was given, less what hosting took",
            ),
            ("Net for givers", giving, -cost, "what they gained stands in words, not in pounds"),
        )
    ]


def _lines(asked: Asked, rate: HourlyRate | None, found: CameTo) -> Iterator[tuple[object, ...]]:
    """As on the page; a figure that may not be shown says why, and is never a nought."""
    days = (asked.period.first.isoformat(), asked.period.last.isoformat())
    example = "yes" if found.examples else "no"
    for row in _rows(found):
        values = [
            HIDDEN if value is None else plain(Decimal(value))
            for value in (row.confirmed, row.unconfirmed)
        ]
        yield (_of(asked), *days, row.label, row.unit, *values, "", "", example)
    if rate is None:
        return
    for row in _totals(found, rate):
        value = HIDDEN if row.confirmed is None else round(row.confirmed, 2)
        said = (value, "", rate.pounds, rate.source)
        yield (_of(asked), *days, row.label, row.unit, *said, example)
