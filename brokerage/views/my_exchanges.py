"""An organisation's exchanges, and its history with another one."""

from django.db.models import Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import Membership, Organisation
from accounts.views.member import member_page
from brokerage.exchange_rows import rows_of
from brokerage.models import Exchange, ExchangeVersion

MOST = 200


@require_safe
@member_page()
def exchanges(request: HttpRequest, membership: Membership) -> HttpResponse:
    """As a host and as a giver: what waits for us first, then what is open, then what is over."""
    organisation = membership.organisation
    found = (
        Exchange.objects.of(organisation)
        .select_related("host", "giver", "kind")
        .prefetch_related("versions")[:MOST]
    )
    rows = rows_of(found, organisation)
    context = {
        "organisation": organisation,
        "waiting": [row for row in rows if row.waits_for_us],
        "going_on": [row for row in rows if row.exchange.is_open and not row.waits_for_us],
        "over": [row for row in rows if not row.exchange.is_open],
    }
    return render(request, "my_brokerage/exchanges.html", context)


@require_safe
@member_page()
def relationship(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """Everything that two organisations did together, either way."""
    us = membership.organisation
    both = Q(host=us, giver=pk) | Q(giver=us, host=pk)
    found = (
        Exchange.objects.filter(both)
        .select_related("host", "giver", "kind")
        .prefetch_related("versions")
        .order_by("-created", "-pk")
    )
    them = get_object_or_404(
        Organisation.objects.filter(Q(exchanges_hosted__in=found) | Q(exchanges_given__in=found))
        .exclude(pk=us.pk)
        .distinct(),
        pk=pk,
    )
    hours = found.confirmed().aggregate(
        given=Sum("confirmed__giver_hours", filter=Q(giver=us)),
        received=Sum("confirmed__giver_hours", filter=Q(host=us)),
    )
    reviews = ExchangeVersion.objects.agreed().filter(
        exchange__in=found, review_on__gte=timezone.localdate()
    )
    context = {
        "organisation": us,
        "them": them,
        "example_data": us.is_example or them.is_example,
        "rows": rows_of(found[:MOST], us),
        "given": hours["given"] or 0,
        "received": hours["received"] or 0,
        "unconfirmed": found.unconfirmed().count(),
        "review": reviews.order_by("review_on").first(),
    }
    return render(request, "my_brokerage/relationship.html", context)
