"""Curators and enquiries: patterns, reports and the block list, never what nobody reported."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import signed_in
from accounts.refused import Refused
from accounts.views.curator import curator_page
from buying import patterns
from buying.forms.settle import BlockForm, SettleForm
from buying.models import BlockedAsker, Recipient
from buying.services import abuse
from tslsv.ui.pagination import page_links

PER_PAGE = 50


@never_cache
@require_safe
@curator_page
def enquiry_patterns(request: HttpRequest) -> HttpResponse:
    """Who asks how much, by pseudonyms; what was reported; who is blocked."""
    reported = list(
        Recipient.objects.reported()
        .select_related("enquiry", "organisation")
        .order_by("not_genuine_at")
    )
    pages = Paginator(patterns.patterns(), PER_PAGE)
    number = _number(request.GET.get("page", "1"), pages.num_pages)
    here = reverse("curate_enquiries:enquiry_patterns")
    context = {
        "reported": reported,
        "rows": pages.page(number).object_list,
        "total": pages.count,
        "blocks": patterns.blocks(),
        "pages": page_links(
            number, pages.num_pages, lambda page: f"{here}?page={page}" if page > 1 else here
        ),
        "number": number,
        "example_data": any(row.organisation and row.organisation.is_example for row in reported),
    }
    return render(request, "curate/enquiry_patterns.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@curator_page
def reported_enquiry(request: HttpRequest, pk: int) -> HttpResponse:
    """What a provider reported, with its conversation, until that is settled; then only how."""
    rows = Recipient.objects.select_related("enquiry", "organisation", "report_settled_by")
    found = get_object_or_404(rows, pk=pk, not_genuine_at__isnull=False)
    form, status = SettleForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST" and form.is_valid():
        try:
            abuse.settle_report(
                recipient=found,
                stops=form.cleaned_data["outcome"] == "stop",
                by=signed_in(request),
            )
        except Refused as refused:
            form.add_error(None, str(refused))
            status = 409
            found = get_object_or_404(rows, pk=pk, not_genuine_at__isnull=False)
        else:
            messages.success(request, "The report is settled.")
            return redirect("curate_enquiries:enquiry_patterns")
    settled = found.report_settled_at is not None
    context = {
        "recipient": found,
        "enquiry": None if settled else found.enquiry,
        "said": [] if settled else list(found.messages.order_by("created", "pk")),
        "organisation": found.organisation,
        "settled": settled,
        "form": form,
    }
    return render(request, "curate/reported_enquiry.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@curator_page
def block_asker(request: HttpRequest) -> HttpResponse:
    """Let an address, a host or a pseudonym reach nobody any more."""
    posted = request.POST if request.method == "POST" else None
    form, status = BlockForm(posted, initial={"who": request.GET.get("who", "")[:254]}), 200
    if request.method == "POST" and form.is_valid():
        who, why = form.cleaned_data["who"], form.cleaned_data["why"]
        try:
            abuse.block_for_all(who=who, why=why, by=signed_in(request))
        except Refused as refused:
            form.add_error("who", str(refused))
            status = 409
        else:
            messages.success(request, "Blocked. They are not told.")
            return redirect("curate_enquiries:enquiry_patterns")
    return render(request, "curate/block_asker.html", {"form": form}, status=status)


@never_cache
@require_POST
@curator_page
def unblock_asker(request: HttpRequest, pk: int) -> HttpResponse:
    """What they send from now on arrives again."""
    abuse.unblock(block=BlockedAsker(pk=pk), by=signed_in(request))
    messages.success(request, "Unblocked.")
    return redirect("curate_enquiries:enquiry_patterns")


def _number(text: str, pages: int) -> int:
    """A page that is there. Raises Http404."""
    if not (text.isascii() and text.isdecimal() and len(text) < 7 and 1 <= int(text) <= pages):
        raise Http404("no such page")
    return int(text)
