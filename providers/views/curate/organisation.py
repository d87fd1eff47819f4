"""Finding an organisation, and all that a curator can see and do about one."""

from functools import partial

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Identifier, Invitation, Organisation
from accounts.permissions import signed_in
from accounts.refused import Refused
from accounts.services.identifier import add_identifier as give_number
from accounts.services.identifier import check_identifier as check_number
from accounts.services.invitation import invite_first_owner
from accounts.services.organisation import set_trusted
from accounts.views.curator import curator_page
from providers.forms.curate.telephone import FindForm, NumberForm, OwnerForm
from providers.models import Claim, EmbedHost, Listing, ListingChange
from providers.services.embed_host import switch_host as switch_embed_host
from providers.views.curate import flow
from providers.views.curate.listing import doubles_of
from tslsv.ui.pagination import page_links

PER_PAGE = 30
MOST_PAGES = 10
SHOWN = 20


@require_safe
@curator_page
def organisations(request: HttpRequest) -> HttpResponse:
    """Every organisation whose name or number has these words; all by name without any."""
    form = FindForm(request.GET)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    pages = Paginator(_found(words), PER_PAGE)
    text = request.GET.get("page", "1")
    if not (text.isascii() and text.isdecimal() and len(text) < 7):
        raise Http404("no such page")
    number = int(text)
    if not 1 <= number <= pages.num_pages:
        raise Http404("no such page")
    rows = list(pages.page(number).object_list)
    context = {
        "form": form,
        "words": words,
        "error": form.errors["q"][0] if form.errors else "",
        "rows": rows,
        "example_data": any(row.is_example for row in rows),
        "total": pages.count,
        "number": number,
        "pages": page_links(number, pages.num_pages, partial(_page_url, request)),
    }
    return render(request, "curate/organisations.html", context)


@require_safe
@curator_page
def organisation(request: HttpRequest, pk: int) -> HttpResponse:
    """Its listings in every state, people, numbers, claims, requests and reports."""
    found = organisation_or_404(pk)
    listings = list(found.listings.order_by("title", "pk"))
    members = list(found.memberships.select_related("user").order_by("created", "pk"))
    context = {
        "organisation": found,
        "listings": [
            {"listing": row, "actions": _actions(row, acted_for=bool(members))} for row in listings
        ],
        "changes": list(
            ListingChange.objects.open()
            .filter(listing__organisation=found)
            .select_related("listing")
            .order_by("pk")
        ),
        "members": members,
        "invitations": list(Invitation.objects.for_organisation(found)),
        "identifiers": list(found.identifiers.select_related("checked_by")),
        "claims": list(
            Claim.objects.standing(timezone.localdate())
            .filter(organisation=found)
            .select_related("term")
        ),
        "requests": list(found.entry_requests.all()[:SHOWN]),
        "reports": list(found.problem_reports.select_related("listing")[:SHOWN]),
        "entries": list(found.register_entries.all()),
        "doubles": doubles_of(found),
        "hosts": list(found.embed_hosts.all()),
    }
    return render(request, "curate/organisation.html", context)


@require_POST
@curator_page
def trust(request: HttpRequest, pk: int) -> HttpResponse:
    """Trust it, or stop trusting it: whether its edits go live at once."""
    found = organisation_or_404(pk)
    trusted = request.POST.get("trusted")
    if trusted not in {"yes", "no"}:
        raise Http404("neither yes nor no")
    work = partial(set_trusted, organisation=found, trusted=trusted == "yes", by=signed_in(request))
    done = (
        f"{found} is trusted: its edits go live at once."
        if trusted == "yes"
        else f"{found} is not trusted any more: its edits wait for a curator."
    )
    return _back(request, found, flow.acted(request, work, done))


@require_http_methods(["GET", "HEAD", "POST"])
@curator_page
def add_identifier(request: HttpRequest, pk: int) -> HttpResponse:
    """Give it a number."""
    found = organisation_or_404(pk)
    form = NumberForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        work = partial(
            give_number,
            organisation=found,
            scheme=form.cleaned_data["scheme"],
            value=form.cleaned_data["number"],
            by=signed_in(request),
        )
        said = flow.acted(request, work, "The number is added.")
        if not said:
            return redirect("curate:organisation", pk=found.pk)
        form.add_error("number", said)
    return render(request, "curate/add_identifier.html", {"organisation": found, "form": form})


@require_POST
@curator_page
def check_identifier(request: HttpRequest, pk: int, identifier_id: int) -> HttpResponse:
    """Say that it was looked up today."""
    found = organisation_or_404(pk)
    number = get_object_or_404(
        Identifier.objects.select_related("organisation"), pk=identifier_id, organisation=found
    )
    work = partial(check_number, identifier=number, by=signed_in(request))
    return _back(request, found, flow.acted(request, work, f"{number.value} is checked."))


@require_POST
@curator_page
def switch_host(request: HttpRequest, pk: int, host_id: int) -> HttpResponse:
    """Whether one of its websites may show views of the list."""
    found = organisation_or_404(pk)
    rows = EmbedHost.objects.select_related("organisation")
    host = get_object_or_404(rows, pk=host_id, organisation=found)
    off = request.POST.get("off")
    if off not in {"yes", "no"}:
        raise Http404("neither yes nor no")
    work = partial(switch_embed_host, host=host, off=off == "yes", by=signed_in(request))
    done = (
        f"{host} may not show views of the list any more."
        if off == "yes"
        else f"{host} may show views of the list again."
    )
    return _back(request, found, flow.acted(request, work, done))


@require_http_methods(["GET", "HEAD", "POST"])
@curator_page
def invite_owner(request: HttpRequest, pk: int) -> HttpResponse:
    """Mail somebody the claim of an organisation that nobody acts for."""
    found = organisation_or_404(pk)
    form = OwnerForm(
        request.POST if request.method == "POST" else None, initial={"email": found.email}
    )
    if request.method == "POST" and form.is_valid():
        try:
            sent = invite_first_owner(
                organisation=found, email=form.cleaned_data["email"], by=signed_in(request)
            )
        except Refused as refused:
            form.add_error("email", str(refused))
        else:
            words = f"The claim is on its way to {sent.email}."
            return _back(request, found, "", words)
    context = {"organisation": found, "form": form, "acted_for": found.memberships.exists()}
    return render(request, "curate/invite_owner.html", context)


def organisation_or_404(pk: int) -> Organisation:
    rows = Organisation.objects.select_related("ward").defer("ward__outline")
    return get_object_or_404(rows, pk=pk)


def _found(words: str) -> QuerySet[Organisation]:
    """By words of the name, all of them, or by a number as it is written or typed."""
    rows = Organisation.objects.select_related("ward").defer("ward__outline")
    named = Q()
    for word in words.split():
        named &= Q(name__icontains=word)
    number = "".join(letter for letter in words if letter.isalnum()).upper()
    if number and any(letter.isdigit() for letter in number):
        held = Identifier.objects.filter(value__in={number, number.zfill(8)})
        named |= Q(pk__in=held.values("organisation"))
    return rows.filter(named).order_by("name", "pk")


def _page_url(request: HttpRequest, page: int) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    if page > 1:
        query["page"] = str(page)
    text = query.urlencode()
    return reverse("curate:organisations") + (f"?{text}" if text else "")


def _actions(row: Listing, *, acted_for: bool) -> list[tuple[str, str]]:
    """Where a curator can go with a listing in its state: the words of the link and its address."""
    state = Listing.State(row.state)
    if state == Listing.State.SUBMITTED:
        return [("Decide", reverse("curate:listing", args=[row.pk]))]
    look = [("Look at it", reverse("curate:listing", args=[row.pk]))]
    if row.origin == Listing.Origin.CURATOR and not acted_for:
        # As ``permissions.writes_for_somebody`` lets them.
        look.append(("Write it", reverse("curate:write_offer", args=[row.pk])))
    if state in {Listing.State.PUBLISHED, Listing.State.PAUSED}:
        return [*look, ("Unpublish", reverse("curate:unpublish", args=[row.pk]))]
    return look


def _back(request: HttpRequest, found: Organisation, wrong: str, right: str = "") -> HttpResponse:
    if wrong:
        messages.error(request, wrong)
    elif right:
        messages.success(request, right)
    return redirect("curate:organisation", pk=found.pk)
