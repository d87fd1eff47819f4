"""The business case of an organisation and of the city."""

from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import Membership, Organisation
from accounts.views.broker import broker_page
from accounts.views.member import member_page
from brokerage.figures.case import Scope, case_of, confirmed_in
from brokerage.forms.case import CaseForm
from brokerage.models import Exchange
from tslsv.ui.feeds import refusal
from tslsv.ui.filtering import join_query
from tslsv.ui.spreadsheet import csv_lines

MOST_SHOWN = 100

HEAD = (
    "Exchange",
    "Title",
    "Kind",
    "On",
    "Giver",
    "Host",
    "Ward of the host",
    "People",
    "Hours given",
    "Hours of hosting",
    "Given",
    "Unit",
    "Cost of hosting, pounds",
    "Contribution, pounds",
    "Confirmed by",
    "Confirmed at",
    "Example data",
)


@require_safe
@member_page()
def case(request: HttpRequest, membership: Membership) -> HttpResponse:
    """What one organisation gave and hosted, for its members."""
    organisation = membership.organisation
    csv_url = reverse("my_brokerage:case_csv", args=[organisation.slug])
    return _page(request, "my_brokerage/case.html", organisation, csv_url)


@require_safe
@member_page()
def case_csv(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Each exchange that the case counts, for the organisation's own system."""
    return _csv(request, membership.organisation)


@require_safe
@broker_page
def city_case(request: HttpRequest) -> HttpResponse:
    """The same of the whole city, for brokers."""
    return _page(request, "broker/city_case.html", None, reverse("broker:city_case_csv"))


@require_safe
@broker_page
def city_case_csv(request: HttpRequest) -> HttpResponse:
    """Each exchange that the city's case counts."""
    return _csv(request, None)


def _page(
    request: HttpRequest, template: str, organisation: Organisation | None, csv_url: str
) -> HttpResponse:
    form = CaseForm(request.GET, of_city=organisation is None)
    form.is_valid()
    scope = form.scope(organisation)
    rate = form.rate_in_use(scope.last)
    found = case_of(scope)
    pounds = rate.pounds if rate else Decimal(0)
    confirmed = found.confirmed
    context = {
        "organisation": organisation,
        "form": form,
        "scope": scope,
        "rate": rate,
        "case": found,
        "amounts": found.by_unit(),
        "today": timezone.localdate(),
        "value_given": confirmed.value_given(pounds),
        "cost_of_giving": confirmed.cost_of_giving(pounds),
        "cost_of_hosting": confirmed.cost_of_hosting(pounds),
        "net_of_host": confirmed.net_of_host(pounds),
        "exchanges": confirmed_in(scope)[:MOST_SHOWN],
        "csv_url": join_query(csv_url, request.GET.urlencode()),
    }
    return render(request, template, context)


def _csv(request: HttpRequest, organisation: Organisation | None) -> HttpResponse:
    form = CaseForm(request.GET, of_city=organisation is None)
    if not form.is_valid():
        return refusal({name: [str(said[0])] for name, said in form.errors.items()})
    rows = _rows(form.scope(organisation))
    lines = "".join(csv_lines(HEAD, rows))
    response = HttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="exchanges.csv"'
    return response


def _rows(scope: Scope) -> list[list[object]]:
    found = confirmed_in(scope).select_related("confirmed", "host__ward", "giver", "kind")
    return [row for exchange in found if (row := _row(exchange))]


def _row(exchange: Exchange) -> list[object]:
    actual = exchange.confirmed
    if actual is None:
        return []
    ward = exchange.host.ward
    is_example = exchange.host.is_example or exchange.giver.is_example
    return [
        exchange.reference,
        exchange.title,
        exchange.kind.label,
        actual.happened_on.isoformat(),
        exchange.giver.name,
        exchange.host.name,
        ward.name if ward else "",
        actual.people,
        actual.giver_hours,
        actual.host_hours,
        actual.amount,
        exchange.kind.unit,
        actual.host_cost,
        actual.contribution,
        actual.get_confirmed_by_display(),
        actual.confirmed_at.isoformat() if actual.confirmed_at else "",
        "yes" if is_example else "no",
    ]
