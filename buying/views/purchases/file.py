"""One file of purchases: what is in it, line by line, recording it and removing it."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Membership
from accounts.permissions import signed_in
from accounts.refused import Refused
from accounts.views.member import member_page
from buying.models import PurchaseFile, PurchaseLine
from buying.purchases.columns import COLUMNS
from buying.services import purchase_file as service
from tslsv.ui.pagination import page_links, page_number
from tslsv.ui.spreadsheet import csv_lines

PAGE = 50
State = PurchaseLine.State
HEAD = ("Line", "Result", "What is wrong, or differs", "Seems to be", "Recorded as")


@dataclass(frozen=True, slots=True)
class Kind:
    """Lines of one state: how many, and where they are shown."""

    state: str
    label: str
    number: int
    url: str
    current: bool


@require_safe
@member_page()
def file(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """How many lines are good, wrong or here already; those of one kind in full."""
    found = own_file(membership, pk)
    numbers = found.lines.numbers()
    show = request.GET.get("show", "") or _most_urgent(numbers)
    if show not in State.values:
        raise Http404("no such kind of line")
    here = reverse("purchases:file", args=[membership.organisation.slug, pk])
    lines = found.lines.filter(state=show).select_related("supplier", "choice")
    pages, number = Paginator(lines, PAGE), page_number(request)
    if number > pages.num_pages:
        raise Http404("There is no such page.")
    context = {
        "organisation": membership.organisation,
        "file": found,
        "kinds": [
            Kind(state, label, numbers.get(state, 0), f"{here}?show={state}", state == show)
            for state, label in State.choices
        ],
        "show": show,
        "total": sum(numbers.values()),
        "ready": found.lines.ready().count(),
        "undecided": found.lines.undecided().count(),
        "providers_undecided": found.lines.undecided().by_provider().count(),
        "to_match": found.lines.to_match().exists(),
        "lines": pages.page(number).object_list,
        "pages": page_links(number, pages.num_pages, lambda n: f"{here}?show={show}&page={n}"),
    }
    return render(request, "purchases/file.html", context)


def own_file(membership: Membership, pk: int) -> PurchaseFile:
    """Raises Http404 for those of others."""
    return get_object_or_404(PurchaseFile.objects.of(membership.organisation), pk=pk)


def _most_urgent(numbers: dict[str, int]) -> str:
    """What somebody wants to see first: what is wrong, then what differs, then the rest."""
    order = (State.WRONG, State.DIFFERS, State.NEW, State.RECORDED, State.SAME)
    return next((state for state in order if numbers.get(state)), State.NEW)


@require_safe
@member_page()
def file_csv(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """Every line with what became of it."""
    found = own_file(membership, pk)
    head = (*HEAD, *(column.heading for column in COLUMNS))
    text = "".join(csv_lines(head, _rows(found)))
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="purchases-checked-{pk}.csv"'
    return response


def _rows(found: PurchaseFile) -> Iterator[list[object]]:
    for line in found.lines.select_related("supplier", "choice"):
        yield [
            line.line,
            line.get_state_display(),
            " ".join(line.errors or line.differences),
            line.supplier.name if line.supplier and line.is_supplier is not False else "",
            line.choice.reference if line.choice else "",
            *(line.values.get(column.field, "") for column in COLUMNS),
        ]


@require_POST
@member_page()
def record_file(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """Whatever is good and decided is filed; pressed twice, it is filed once."""
    found = own_file(membership, pk)
    try:
        number = service.record_file(file=found, by=signed_in(request))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        if number:
            messages.success(
                request, f"{number:,} purchase{'s are' if number != 1 else ' is'} recorded."
            )
        else:
            messages.info(request, "Nothing was left to record, so nothing has changed.")
    return redirect("purchases:file", slug=membership.organisation.slug, pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page()
def remove_file(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """Asks first: decisions about its matches go, too."""
    found = own_file(membership, pk)
    if request.method == "POST":
        try:
            service.remove_file(file=found, by=signed_in(request))
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, f"“{found}” is removed. What was recorded of it stays.")
        return redirect("purchases:files", slug=membership.organisation.slug)
    context = {"organisation": membership.organisation, "file": found}
    return render(request, "purchases/remove_file.html", context)
