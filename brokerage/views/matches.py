"""What on the board goes with a need or an offer, and why."""

from collections import Counter
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import Membership
from accounts.views.broker import broker_page
from accounts.views.member import member_page
from brokerage.matching.reading import Candidate, best_for
from brokerage.models import Notice

MOST = 20
"""How many that fit are shown, and how many that do not."""


@never_cache
@require_safe
@member_page()
def matches(request: HttpRequest, membership: Membership, reference: str) -> HttpResponse:
    """For those who act for the organisation: the best first, each with its score."""
    organisation = membership.organisation
    notice = _found(reference, organisation=organisation)
    context = {"organisation": organisation, **_ranked(notice, can_propose=True)}
    return render(request, "my_brokerage/matches.html", context)


@never_cache
@require_safe
@broker_page
def matches_for_brokers(request: HttpRequest, reference: str) -> HttpResponse:
    """The same for brokers, of any organisation's that is or was on the board."""
    notice = _found(reference, published_at__isnull=False)
    return render(request, "broker/matches.html", _ranked(notice, can_propose=False))


def propose_url(ours: Notice, theirs: Notice) -> str:
    """Where our side proposes to theirs, with ours chosen already."""
    page = "propose_to_need" if theirs.is_need else "propose_to_offer"
    return f"{reverse(f'brokerage:{page}', args=[theirs.reference])}?own={ours.pk}"


def _found(reference: str, **asked: Any) -> Notice:
    rows = Notice.objects.filter(**asked).select_related("organisation", "kind")
    return get_object_or_404(rows, reference=reference)


def _ranked(notice: Notice, *, can_propose: bool) -> dict[str, Any]:
    is_open = notice.is_findable(timezone.localdate())
    found = best_for(notice) if is_open else []
    fitting = [row for row in found if row.match.fits]
    shut = [row for row in found if not row.match.fits]
    return {
        "notice": notice,
        "is_open": is_open,
        "example_data": notice.organisation.is_example,
        "fitting": [_card(notice, row, can_propose=can_propose) for row in fitting[:MOST]],
        "fitting_number": len(fitting),
        "shut": shut[:MOST],
        "shut_number": len(shut),
        "shut_most": _most_frequent(shut),
    }


def _card(notice: Notice, row: Candidate, *, can_propose: bool) -> dict[str, Any]:
    return {
        "notice": row.notice,
        "match": row.match,
        "propose_url": propose_url(notice, row.notice) if can_propose else "",
    }


def _most_frequent(shut: list[Candidate]) -> list[tuple[str, int]]:
    """The gates that keep most out, with how many: what would help where nothing fits."""
    names = (gate.name for row in shut for gate in row.match.reasons)
    return Counter(names).most_common(3)
