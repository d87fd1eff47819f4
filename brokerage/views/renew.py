"""The mailed link that keeps a need or an offer on the board."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.refused import Refused
from brokerage.models import Notice
from brokerage.notice_mails import DeadLink, read_token
from brokerage.services.notice import new_end
from brokerage.services.notice import renew as renew_notice


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def renew(request: HttpRequest, token: str) -> HttpResponse:
    """A page with one button; opening it changes nothing."""
    try:
        found = Notice.objects.select_related("organisation", "kind").get(pk=read_token(token))
    except (DeadLink, Notice.DoesNotExist):
        return render(request, "brokerage/renew.html", {"is_over": True}, status=410)
    context = {
        "notice": found,
        "organisation": found.organisation,
        "until": new_end(),
        "is_renewed": found.expires_on == new_end() and found.state == Notice.State.PUBLISHED,
    }
    if request.method != "POST":
        return render(request, "brokerage/renew.html", context)
    try:
        renew_notice(notice=found, by=None)
    except Refused as refused:
        return render(request, "brokerage/renew.html", {**context, "refused": refused}, status=409)
    return redirect("brokerage:renew", token=token)
