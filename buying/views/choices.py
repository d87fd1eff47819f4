"""A buyer's records of choices: what waits, what was filed, and all of it as CSV."""

from collections.abc import Iterator

from django.core.paginator import EmptyPage, Paginator
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import Membership, Organisation
from accounts.views.member import member_page
from buying.models import ChoiceVersion, Considered
from tslsv.ui.pagination import page_links
from tslsv.ui.spreadsheet import csv_lines

A_PAGE = 50
LONGEST = 9
HEAD = (
    "Reference",
    "Own reference",
    "Where chosen",
    "What",
    "Kind of purchase",
    "Chosen on",
    "Amount, £ excluding VAT",
    "Provider",
    "Sector",
    "Legal form",
    "Register number",
    "Postcode or sector",
    "Ward",
    "In Leeds",
    "Claims",
    "Considered",
    "Asked",
    "Said yes",
    "Rule: up to, £",
    "Rule: ask",
    "Rule: words",
    "Rule kept",
    "Why not kept",
    "Reason",
    "Links with providers",
    "How dealt with",
    "Provider sees it",
    "Version",
    "What the correction is for",
    "Never happened",
    "Filed on",
    "Example data",
)


@require_safe
@member_page()
def choices(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Drafts first, then what was filed, the newest purchase first."""
    organisation = membership.organisation
    drafts = (
        ChoiceVersion.objects.drafts()
        .filter(choice__organisation=organisation)
        .select_related("choice")
        .order_by("-modified", "-pk")
    )
    pages = Paginator(_filed(organisation).select_related("choice"), A_PAGE)
    number = _number(request)
    try:
        page = pages.page(number)
    except EmptyPage:
        raise Http404("There is no such page.") from None
    base = reverse("my_buying:choices", args=[organisation.slug])
    return render(
        request,
        "my_buying/choices.html",
        {
            "organisation": organisation,
            "drafts": drafts,
            "filed": page.object_list,
            "number": number,
            "pages": page_links(number, pages.num_pages, lambda to: f"{base}?page={to}"),
        },
    )


@require_safe
@member_page()
@never_cache
def choices_csv(request: HttpRequest, membership: Membership) -> HttpResponse:
    """What stands of every purchase, one a line, those that never happened too."""
    organisation = membership.organisation
    response = HttpResponse(
        csv_lines(HEAD, _rows(organisation)), content_type="text/csv; charset=utf-8"
    )
    name = f"choices-{organisation.slug}-{timezone.localdate():%Y-%m-%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Robots-Tag"] = "noindex"
    return response


def _filed(organisation: Organisation) -> QuerySet[ChoiceVersion]:
    return ChoiceVersion.objects.filter(stands=True, choice__organisation=organisation).order_by(
        "-decided_on", "-pk"
    )


def _number(request: HttpRequest) -> int:
    """Raises Http404 for what is no number."""
    text = request.GET.get("page", "") or "1"
    if not text.isascii() or not text.isdigit() or len(text) > LONGEST or int(text) < 1:
        raise Http404("There is no such page.")
    return int(text)


def _rows(organisation: Organisation) -> Iterator[list[object]]:
    asked = ~Q(considered__answer=Considered.Answer.NOT_ASKED)
    yes = Q(considered__answer=Considered.Answer.YES)
    rows = (
        _filed(organisation)
        .select_related("choice", "category", "supplier_ward")
        .defer("supplier_ward__outline")
        .prefetch_related("claims_then__term")
        .annotate(
            number_considered=Count("considered"),
            number_asked=Count("considered", filter=asked),
            number_yes=Count("considered", filter=yes),
        )
    )
    for row in rows.iterator(chunk_size=1000):
        yield _row(row, organisation)


def _row(row: ChoiceVersion, organisation: Organisation) -> list[object]:
    counts = [getattr(row, f"number_{name}") for name in ("considered", "asked", "yes")]
    return [
        row.choice.reference,
        row.choice.own_reference,
        row.choice.get_origin_display(),
        row.what,
        row.category.label if row.category else "",
        row.decided_on,
        row.amount,
        row.supplier_name,
        row.get_supplier_sector_display(),
        row.get_supplier_legal_form_display(),
        row.supplier_number,
        row.supplier_postcode,
        row.supplier_ward.name if row.supplier_ward else "",
        _yes_no(row.supplier_in_leeds),
        "; ".join(f"{claim.term.label} ({claim.level})" for claim in row.claims_then.all()),
        *counts,
        row.rule_up_to,
        row.rule_ask,
        row.rule_words,
        _yes_no(row.rule_met),
        row.rule_reason,
        row.reason,
        row.get_conflict_display(),
        row.conflict_words,
        _yes_no(row.tells_provider),
        row.number,
        row.correction,
        _yes_no(row.void),
        timezone.localtime(row.filed_at).date() if row.filed_at else "",
        _yes_no(organisation.is_example),
    ]


def _yes_no(value: bool | None) -> str:
    return "" if value is None else "yes" if value else "no"
