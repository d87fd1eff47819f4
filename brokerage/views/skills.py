"""The skills that people bring to the board."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from brokerage.menu import every_skill


@require_safe
@login_not_required
def skills(request: HttpRequest) -> HttpResponse:
    """Each skill that can be chosen: what it is, where it lies in the national classification,
    how many needs and offers have it now.
    """
    items = [item for item in every_skill() if item.skill.active]
    return render(request, "brokerage/skills.html", {"items": items})
