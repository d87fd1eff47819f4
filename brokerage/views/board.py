"""The front of the brokerage board: the menu of what can be exchanged."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from brokerage.menu import menu


@require_safe
@login_not_required
def board(request: HttpRequest) -> HttpResponse:
    """Each kind: what it is, what it asks of both sides, what it gives, how many are open."""
    return render(request, "brokerage/board.html", {"items": menu()})
