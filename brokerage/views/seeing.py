"""Whose page of an exchange it is: a side's, a broker's, or nobody's."""

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from accounts.models import Membership
from accounts.permissions import is_broker, signed_in
from brokerage.models import Exchange, Side
from brokerage.services.acting import Actor, Who

type Page = Callable[..., HttpResponse]

AS = "as"
"""The parameter by which somebody who could act in several ways says how: a side, or "broker"."""


def exchange_page(page: Page) -> Page:
    """The view gets the exchange and the actor in place of the reference.

    Whoever acts for neither side and is no broker gets 404: nobody else learns that it is there.
    """

    @wraps(page)
    def view(request: HttpRequest, reference: str, **others: object) -> HttpResponse:
        found = get_object_or_404(
            Exchange.objects.select_related("need", "offer", "host", "giver", "kind", "confirmed"),
            reference=reference,
        )
        return page(request, found, _actor(request, found), **others)

    return view


def _actor(request: HttpRequest, exchange: Exchange) -> Actor:
    user = signed_in(request)
    theirs = set(
        Membership.objects.filter(
            user=user, organisation__in=[exchange.host_id, exchange.giver_id]
        ).values_list("organisation_id", flat=True)
    )
    sides = [side for side in Side if exchange.organisation_of(side).pk in theirs]
    asked = request.POST.get(AS) or request.GET.get(AS)
    if asked == Who.BROKER and is_broker(user):
        return Actor(Who.BROKER, user)
    if asked in sides:
        return Actor.of(Side(asked), user)
    if sides:
        return Actor.of(sides[0], user)
    if is_broker(user):
        return Actor(Who.BROKER, user)
    raise Http404("for its two sides and brokers")
