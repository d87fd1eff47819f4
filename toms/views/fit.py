"""Which measures fit somebody: five questions, whose answers stand in the address."""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from toms.fitting import OUTCOMES, Answers, current_versions, short_list
from toms.forms.fit import FitForm
from toms.views.parts import DRAFTS


@require_safe
@login_not_required
def fit(request: HttpRequest) -> HttpResponse:
    """The questions, and under them the short list once they are answered."""
    # The button says so too, for whoever presses it with nothing answered.
    asked = any(name in request.GET for name in (*FitForm.base_fields, "show"))
    form = FitForm(request.GET if asked else None)
    context: dict[str, object] = {
        "form": form,
        "asked": asked,
        "canonical": request.build_absolute_uri(reverse("toms:fit")),
    }
    if asked and form.is_valid():
        answers = form.answers()
        found = short_list(current_versions(), answers)
        fits = [*found.baseline, *found.more]
        context |= {
            "found": found,
            "all_url": _all_url(answers),
            "has_drafts": any(fit.version.state in DRAFTS for fit in fits),
        }
    return render(request, "toms/fit.html", context)


def _all_url(answers: Answers) -> str:
    """The register, filtered to the arrangement and to what somebody does."""
    outcomes = sorted({code for name in answers.does for code in OUTCOMES[name]})
    query = [("suits", answers.arrangement), *(("outcome", code) for code in outcomes)]
    return f"{reverse('toms:register')}?{urlencode(query)}"
