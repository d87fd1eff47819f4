"""What a person acts for, and what waits there."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import registry
from accounts.models import Membership, Role
from accounts.permissions import signed_in
from accounts.views.broker import show_brokering
from accounts.views.curator import show_curating
from accounts.views.member import member_page


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Every organisation of this person with its panels, and what waits for whom."""
    user = signed_in(request)
    show_curating(request)
    show_brokering(request)
    waiting = registry.waiting(user)
    memberships = list(Membership.objects.for_user(user))
    return render(
        request,
        "my/home.html",
        {
            "organisations": [
                {"membership": row, "panels": registry.panels(user, row.organisation)}
                for row in memberships
            ],
            "example_data": any(row.organisation.is_example for row in memberships),
            "own_panels": registry.own_panels(user),
            "for_you": [row for row in waiting if not row.whom],
            "for_others": [row for row in waiting if row.whom],
        },
    )


@require_safe
@member_page()
def organisation(request: HttpRequest, membership: Membership) -> HttpResponse:
    """One organisation's panels, what waits there, and where to change things."""
    user = signed_in(request)
    waiting = [row for row in registry.waiting(user) if row.organisation == membership.organisation]
    return render(
        request,
        "my/organisation.html",
        {
            "organisation": membership.organisation,
            "membership": membership,
            "is_owner": membership.role == Role.OWNER,
            "panels": registry.panels(user, membership.organisation),
            "for_you": [row for row in waiting if not row.whom],
            "for_others": [row for row in waiting if row.whom],
        },
    )
