"""What the register's words mean."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from toms.models import GlossaryTerm


@require_safe
@login_not_required
def glossary(request: HttpRequest) -> HttpResponse:
    """Every term with its meaning, from A to Z."""
    return render(request, "toms/glossary.html", {"terms": GlossaryTerm.objects.all()})
