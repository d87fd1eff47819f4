"""The page of a measure, and of each of its versions."""

from dataclasses import dataclass
from itertools import pairwise

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from toms import plain
from toms.models import Measure, MeasureVersion, PolicyLink, Release
from toms.models.measure import MEASURE_CODE, Number
from toms.views.alternates import linked, of_measure
from toms.views.parts import DRAFTS, unknown

State = MeasureVersion.State


@dataclass(frozen=True, slots=True)
class Entry:
    """A version in the history. ``url`` is empty where it has no address of its own."""

    version: MeasureVersion
    state: str
    url: str
    is_shown: bool
    is_current: bool


@require_safe
@login_not_required
def measure(request: HttpRequest, code: str) -> HttpResponseBase:
    """The current version: what is adopted, else the open draft, else what it last was."""
    found = versions_of(code)
    if not found:
        return unknown_measure(request, code)
    if code != code.upper():
        return redirect("toms:measure", code.upper(), permanent=True)
    return _page(request, found, found[0])


@require_safe
@login_not_required
def measure_version(request: HttpRequest, code: str, number: str) -> HttpResponseBase:
    """Exactly that version, for ever: numbers of drafts before adoption, 0.y.z, have no page."""
    found = versions_of(code)
    if not found:
        return unknown_measure(request, code)
    code = code.upper()
    try:
        wanted = Number.parse(number)
    except ValueError as error:
        return _unknown_version(request, code, str(error))
    if not wanted.major:
        words = (
            f"{wanted} is the number of a draft. A draft may still change, so it has no address of "
            "its own."
        )
        return _unknown_version(request, code, words)
    for version in found:
        if version.number == wanted:
            if request.resolver_match and request.resolver_match.kwargs["code"] != code:
                return redirect("toms:measure_version", code, number, permanent=True)
            return _page(request, found, version, is_pinned=True)
    return _unknown_version(request, code, f"{code} has no version {wanted}.")


def versions_of(code: str) -> list[MeasureVersion]:
    """What may be read of the measure, the current version first, then the newest. One query."""
    try:
        MEASURE_CODE(code.upper())
    except ValidationError:
        return []
    public = MeasureVersion.objects.public().filter(measure__code=code.upper())
    versions = list(
        public.select_related(
            "measure__outcome__theme", "unit", "overlap_group", "successor"
        ).newest_first()
    )
    rank = {State.ADOPTED: 0, State.DRAFT: 1, State.CONSULTATION: 1, State.RETIRED: 2}
    # Sorting is stable: among equals the newest stays first.
    return sorted(versions, key=lambda version: rank.get(State(version.state), 3))


def unknown_measure(request: HttpRequest, code: str) -> HttpResponse:
    """Says what is near: the measures of the theme that the code begins with."""
    start = code[:7].upper()
    near = Measure.objects.none()
    if start.isascii() and len(start) == 7 and start.replace("-", "").isalpha():
        public = MeasureVersion.objects.public()
        near = Measure.objects.filter(code__startswith=start, versions__in=public).distinct()[:12]
    return unknown(
        request,
        "There is no measure here",
        "No measure has this code. Codes look like LT-WRK-01, and never change.",
        near=[(measure.code, measure.get_absolute_url()) for measure in near],
    )


def _unknown_version(request: HttpRequest, code: str, words: str) -> HttpResponse:
    url = reverse("toms:measure", args=[code])
    return unknown(
        request,
        "There is no such version",
        words,
        near=[(f"{code} as it stands now", url), ("All its versions", f"{url}#versions")],
    )


def _page(
    request: HttpRequest,
    versions: list[MeasureVersion],
    version: MeasureVersion,
    *,
    is_pinned: bool = False,
) -> HttpResponse:
    current, shown = versions[0], version.measure
    history = sorted(versions, key=lambda one: one.number, reverse=True)
    releases = list(Release.objects.filter(items__version=version).distinct())
    open_draft = next((one for one in versions[1:] if one.state in DRAFTS), None)
    alternates = of_measure(shown, str(version.number) if is_pinned else "")
    context = {
        "measure": shown,
        "outcome": shown.outcome,
        "theme": shown.outcome.theme,
        "current": current,
        "alternates": alternates,
        "is_current": version == current,
        "is_pinned": is_pinned,
        "is_draft": version.state in DRAFTS,
        "is_over": current.state in {State.RETIRED, State.WITHDRAWN},
        "replaced_by": _replacement(history, version),
        "open_draft": open_draft if version == current else None,
        **reading(version),
        "policy_links": list(PolicyLink.objects.filter(measure=shown)),
        "releases": releases,
        "asked_in": next((one for one in releases if one.is_open_for_comment), None),
        "history": [
            Entry(
                one,
                plain.state_words(one.state),
                one.get_absolute_url() if one.major else "",
                one == version,
                one == current,
            )
            for one in history
        ],
        "canonical": request.build_absolute_uri(
            shown.get_absolute_url() if version == current else version.get_absolute_url()
        ),
    }
    return linked(render(request, "toms/measure.html", context), alternates)


def reading(version: MeasureVersion) -> dict[str, object]:
    """What ``toms/parts/content.html`` shows of a version, which need not have been saved."""
    return {
        "version": version,
        "state": plain.state_words(version.state),
        "adding": plain.adding_words(version),
        "basis": plain.basis_words(version),
        "profile": plain.profile_words(version),
        "suits": plain.suits_words(version),
        "levels": [(level, 14 + 11 * level) for level in range(1, 5)],
        "overlapping": _overlapping(version),
    }


def _replacement(history: list[MeasureVersion], version: MeasureVersion) -> MeasureVersion | None:
    """The version that was adopted next; None while it stands or where nothing followed."""
    adopted = [one for one in history if one.state in {State.ADOPTED, State.RETIRED}]
    return next((newer for newer, older in pairwise(adopted) if older == version), None)


def _overlapping(version: MeasureVersion) -> list[MeasureVersion]:
    """What counts the same thing as other measures do: current versions of the same group."""
    if version.overlap_group is None:
        return []
    live = MeasureVersion.objects.public().exclude(state__in=[State.RETIRED, State.WITHDRAWN])
    current = live.filter(pk__in=live.current().values("pk"))
    return list(
        current.filter(overlap_group=version.overlap_group)
        .exclude(measure=version.measure)
        .select_related("measure")
        .order_by("measure__code")
    )
