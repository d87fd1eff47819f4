"""What the words of the filters mean."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from providers.models import Term
from providers.words import LEGENDS


@login_not_required
@require_safe
def words(request: HttpRequest) -> HttpResponse:
    """Every term on offer with its one line, by facet, in the order of the filters."""
    terms = list(Term.objects.active().select_related("parent").order_by("position", "label"))
    narrower: dict[str, list[Term]] = {}
    for term in terms:
        if term.parent is not None:
            narrower.setdefault(term.parent.code, []).append(term)
    facets = [
        {
            "code": facet,
            "legend": LEGENDS[facet],
            "terms": [
                row
                for term in terms
                if term.facet == facet and term.parent is None
                for row in (term, *narrower.get(term.code, ()))
            ],
        }
        for facet in LEGENDS
        if facet in Term.Facet.values
    ]
    return render(request, "providers/words.html", {"facets": facets})
