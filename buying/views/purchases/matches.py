"""Who is who: each provider of a file that looks like one on the list."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.models import Membership
from accounts.permissions import signed_in
from accounts.refused import Refused
from accounts.views.member import member_page
from buying.services.purchase_file import Answer, decide_matches
from buying.views.purchases.file import own_file
from tslsv.ui.pagination import page_links, page_number

PAGE = 20
YES, NO = "yes", "no"


@require_http_methods(["GET", "HEAD", "POST"])
@member_page()
def matches(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """Some providers at a time, those first of which nobody has said anything.

    Each time the button is pressed, what was answered is kept.
    """
    found = own_file(membership, pk)
    slug = membership.organisation.slug
    if request.method == "POST":
        try:
            number = decide_matches(file=found, by=signed_in(request), answers=_answers(request))
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect("purchases:files", slug=slug)
        if number:
            messages.success(request, "Your answers are kept.")
        else:
            messages.info(request, "Nothing was answered, so nothing has changed.")
        if number and not found.lines.undecided().exists():
            return redirect("purchases:file", slug=slug, pk=pk)
        return redirect("purchases:matches", slug=slug, pk=pk)
    providers = found.lines.to_match().by_provider()
    pages, number = Paginator(_undecided_first(providers), PAGE), page_number(request)
    if number > pages.num_pages:
        raise Http404("There is no such page.")
    here = reverse("purchases:matches", args=[slug, pk])
    context = {
        "organisation": membership.organisation,
        "file": found,
        "rows": pages.page(number).object_list,
        "undecided": found.lines.undecided().by_provider().count(),
        "number": pages.count,
        "pages": page_links(number, pages.num_pages, lambda n: f"{here}?page={n}"),
    }
    return render(request, "purchases/matches.html", context)


def _undecided_first(providers: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    return providers.order_by(F("is_supplier").asc(nulls_first=True), "-total", "provider_key")


def _answers(request: HttpRequest) -> list[Answer]:
    """What was ticked. A name is ``match-<supplier>-<provider key>``; any other means nothing."""
    found = []
    for name, said in request.POST.items():
        kind, _, rest = name.partition("-")
        supplier, _, key = rest.partition("-")
        if kind == "match" and supplier.isascii() and supplier.isdigit() and said in {YES, NO}:
            # More digits than any row's number has would be an error of the database.
            found.append(Answer(key[:64].replace("\x00", ""), int(supplier[:18]), said == YES))
    return found
