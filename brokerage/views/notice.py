"""The page of a need and of an offer."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.permissions import is_member
from brokerage.models import Notice
from brokerage.notice_facts import facts_of


@require_safe
@login_not_required
def need(request: HttpRequest, reference: str) -> HttpResponse:
    """What a host asks for, and what both sides gain."""
    return _page(request, Notice.Side.NEED, reference)


@require_safe
@login_not_required
def offer(request: HttpRequest, reference: str) -> HttpResponse:
    """What a giver releases, and what both sides gain."""
    return _page(request, Notice.Side.OFFER, reference)


def _page(request: HttpRequest, side: Notice.Side, reference: str) -> HttpResponse:
    known = Notice.objects.known().select_related("organisation", "kind", "ward")
    found = get_object_or_404(known, side=side, reference=reference)
    today = timezone.localdate()
    is_open = found.is_findable(today)
    user = request.user
    context = {
        "notice": found,
        "organisation": found.organisation,
        "is_open": is_open,
        "is_ours": isinstance(user, User) and is_member(user, found.organisation),
        "facts": facts_of(found),
        "links": found.skill_links.select_related("skill"),
    }
    return render(request, "brokerage/notice.html", context)
