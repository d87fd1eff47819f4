"""How organisations choose that let everybody read it."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import Organisation
from buying.models import BuyingRules

UNKNOWN = "Other organisations"


@require_safe
@login_not_required
def how_partners_choose(request: HttpRequest) -> HttpResponse:
    """Their thresholds, preferences and words, by sector."""
    rows = list(BuyingRules.objects.shared())
    sectors = [*Organisation.Sector.choices, ("", UNKNOWN)]
    groups = [
        (label, [row for row in rows if row.organisation.sector == sector])
        for sector, label in sectors
    ]
    context = {
        "groups": [(label, found) for label, found in groups if found],
        "example_data": any(row.organisation.is_example for row in rows),
    }
    return render(request, "buying/how_partners_choose.html", context)
