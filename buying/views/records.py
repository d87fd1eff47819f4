"""The purchases under a number of the report, on a page and as a file."""

from django.core.paginator import Paginator
from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from accounts.models import Membership
from accounts.views.member import member_page
from buying.figures.records import NoSuchNumber, Records, records_of
from buying.figures.spend import ALL
from buying.forms.report import ReportForm
from buying.models import ChoiceVersion
from buying.views.report import asked, file_of, query, refused
from tslsv.ui.pagination import page_links, page_number

PAGE = 50
HEAD = (
    "Record",
    "Your own reference",
    "Day",
    "What",
    "Provider",
    "Sector",
    "Postcode or sector",
    "Ward",
    "In Leeds",
    "Category",
    "Pounds excluding VAT",
    "Where it was chosen",
)
_INSIDE = {True: "yes", False: "no", None: "not known"}


@require_safe
@member_page()
def records(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Each of them with a link to its record, the newest first, and what they add up to."""
    organisation = membership.organisation
    form = asked(request, timezone.localdate())
    found, only = _found(request, membership, form)
    pages, number = Paginator(found.purchases, PAGE), page_number(request)
    if number > pages.num_pages:
        raise Http404("There is no such page.")
    asks = f"{query(form.days)}&{urlencode({'only': only})}"
    here = reverse("purchases:records", args=[organisation.slug])
    context = {
        "organisation": organisation,
        "form": form,
        "period": form.days,
        "label": found.label,
        "number": pages.count,
        "total": found.purchases.aggregate(total=Sum("amount"))["total"] or 0,
        "rows": pages.page(number).object_list,
        "pages": page_links(number, pages.num_pages, lambda n: f"{here}?{asks}&page={n}"),
        "report_url": f"{reverse('purchases:report', args=[organisation.slug])}?{query(form.days)}",
        "csv_url": f"{reverse('purchases:records_csv', args=[organisation.slug])}?{asks}",
    }
    return render(request, "purchases/records.html", context)


@require_safe
@member_page()
def records_csv(request: HttpRequest, membership: Membership) -> HttpResponse:
    """The same, all of them. A bad day is refused: never another period."""
    form = asked(request, timezone.localdate())
    if refusal := refused(form):
        return refusal
    found, _ = _found(request, membership, form)
    purchases = found.purchases.select_related("choice", "category", "supplier_ward").defer(
        "supplier_ward__outline"
    )
    name = f"purchases-{form.days.start}-to-{form.days.end}.csv"
    return file_of(HEAD, (_row(version) for version in purchases), name)


def _found(request: HttpRequest, membership: Membership, form: ReportForm) -> tuple[Records, str]:
    """Raises Http404 for a number that the report does not have."""
    only = request.GET.get("only", "") or ALL
    try:
        return records_of(membership.organisation, form.days, only), only
    except NoSuchNumber as error:
        raise Http404("The report has no such number.") from error


def _row(version: ChoiceVersion) -> tuple[object, ...]:
    return (
        version.choice.reference,
        version.choice.own_reference,
        version.decided_on,
        version.what,
        version.supplier_name,
        version.get_supplier_sector_display(),
        version.supplier_postcode,
        version.supplier_ward.name if version.supplier_ward else "",
        _INSIDE[version.supplier_in_leeds],
        version.category.label if version.category else "",
        version.amount,
        version.choice.get_origin_display(),
    )
