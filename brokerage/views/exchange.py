"""The page of an exchange, for its two sides and brokers."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from brokerage.models import Exchange
from brokerage.services.acting import Actor
from brokerage.views.seeing import exchange_page


@never_cache
@require_safe
@exchange_page
def exchange(request: HttpRequest, found: Exchange, actor: Actor) -> HttpResponse:
    """Where it stands, what each side gains, and what is to be done."""
    return render(request, "brokerage/exchange.html", {"exchange": found, "actor": actor})
