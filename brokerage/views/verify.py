"""Confirming a result by a signed link, without an account."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models.invitation import hash_of
from accounts.refused import Refused
from brokerage.models import VerifierLink
from brokerage.services.delivering import LINK_OLD, confirm_by_link


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest, token: str) -> HttpResponse:
    """Read what was said, and confirm it with a button; opening the page does nothing."""
    link = (
        VerifierLink.objects.filter(link_hash=hash_of(token))
        .select_related(
            "actual__exchange__host", "actual__exchange__giver", "actual__exchange__kind"
        )
        .first()
    )
    if link is None:
        return render(request, "brokerage/verify.html", {"refused": LINK_OLD}, status=404)
    exchange = link.actual.exchange
    context: dict[str, object] = {
        "link": link,
        "actual": link.actual,
        "exchange": exchange,
        "example_data": exchange.host.is_example or exchange.giver.is_example,
    }
    if request.method != "POST":
        return render(request, "brokerage/verify.html", context)
    try:
        confirm_by_link(link=link)
    except Refused as refused:
        return render(request, "brokerage/verify.html", {**context, "refused": refused}, status=409)
    return redirect("brokerage:verify", token=token)
