"""Letting others look at a list."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.refused import Refused
from providers import share_links
from providers.services import shortlist as service
from providers.views.holding import become_holder
from providers.views.shortlist import own, shows_examples
from providers.views.shortlisted import rows_of


@login_not_required
@require_POST
def shortlist_share(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a link, let it last longer, or with ``anew`` make another and end the old one."""
    found = own(request, pk)
    anew = request.POST.get("anew") == "yes"
    try:
        service.share(shortlist=found, holder=become_holder(request), anew=anew)
    except Refused as refused:
        messages.error(request, str(refused))
    return HttpResponseRedirect(f"{found.get_absolute_url()}#share")


@login_not_required
@require_POST
def shortlist_stop_sharing(request: HttpRequest, pk: int) -> HttpResponse:
    """The link opens no more."""
    found = own(request, pk)
    try:
        service.stop_sharing(shortlist=found, holder=become_holder(request))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "The link does not open the list any more.")
    return redirect(found)


@login_not_required
@never_cache
@require_safe
def shortlist_shared(request: HttpRequest, token: str) -> HttpResponse:
    """A list as its link shows it to anybody: to read, to compare and to print."""
    try:
        found = share_links.read(token)
    except share_links.DeadLink:
        return render(request, "providers/shortlist_link_over.html", status=404)
    rows = rows_of(found, timezone.localdate())
    context = {
        "shortlist": found,
        "rows": rows,
        "comparable": sum(row.listing is not None for row in rows) > 1,
        "example_data": shows_examples(rows),
    }
    return render(request, "providers/shortlist_shared.html", context)
