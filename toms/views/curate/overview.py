"""Where curators of the register begin."""

from dataclasses import dataclass
from itertools import groupby

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import signed_in
from accounts.refused import Refused
from accounts.views.curator import curator_page
from toms.models import Measure, MeasureVersion, Release, Theme
from toms.services import version as versions
from toms.views.parts import release_words

State = MeasureVersion.State


@dataclass(frozen=True, slots=True)
class Standing:
    """A measure with what is adopted, what is being written, and what it was if it has ended."""

    measure: Measure
    title: str
    adopted: MeasureVersion | None
    draft: MeasureVersion | None
    ended: MeasureVersion | None


@require_safe
@curator_page
def overview(request: HttpRequest) -> HttpResponse:
    """Every release with its state, and every measure with what stands and what is written."""
    context = {
        "releases": [
            {"release": release, "state": release_words(release)}
            for release in Release.objects.annotate(measures=Count("items"))
        ],
        "themes": _themes(),
    }
    return render(request, "curate_toms/overview.html", context)


def _themes() -> list[tuple[Theme, list[Standing]]]:
    """Measures by theme. Two queries, whatever their number."""
    found: dict[int, dict[str, MeasureVersion]] = {}
    for version in MeasureVersion.objects.newest_first():
        kind = "draft" if version.state in MeasureVersion.OPEN_STATES else str(version.state)
        found.setdefault(version.measure_id, {}).setdefault(kind, version)
    measures = Measure.objects.select_related("outcome__theme").order_by(
        "outcome__theme__position",
        "outcome__theme__code",
        "outcome__position",
        "outcome__code",
        "position",
        "code",
    )
    return [
        (theme, [_standing(measure, found.get(measure.pk, {})) for measure in of_theme])
        for theme, of_theme in groupby(measures, lambda measure: measure.outcome.theme)
    ]


def _standing(measure: Measure, versions: dict[str, MeasureVersion]) -> Standing:
    adopted, draft = versions.get(State.ADOPTED), versions.get("draft")
    ended = versions.get(State.RETIRED) or versions.get(State.WITHDRAWN)
    shown = adopted or draft or ended
    title = shown.title if shown else ""
    return Standing(measure, title, adopted, draft, None if adopted or draft else ended)


@require_POST
@curator_page
def begin_version(request: HttpRequest, code: str) -> HttpResponse:
    """A draft with what is adopted now, to be changed. Where one is begun already, that one."""
    measure = get_object_or_404(Measure, code=code)
    try:
        versions.begin_version(measure=measure, by=signed_in(request))
    except Refused as refused:
        messages.info(request, str(refused))
    return redirect("curate_toms:edit_measure", code=measure.code)
