"""Releases: which version of each measure belongs together, on the screen and on paper."""

from django.contrib.auth.decorators import login_not_required
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from toms import change_log
from toms.differences import between_releases
from toms.models import GlossaryTerm, Release
from toms.views.alternates import linked, of_release
from toms.views.parts import listed_by_theme, release_words, unknown_release


@require_safe
@login_not_required
def releases(request: HttpRequest) -> HttpResponse:
    """Every release, the newest first."""
    found = Release.objects.annotate(measures=Count("items"))
    rows = [{"release": release, "state": release_words(release)} for release in found]
    return render(request, "toms/releases.html", {"rows": rows})


@require_safe
@login_not_required
def release(request: HttpRequest, slug: str) -> HttpResponse:
    """One release: how far it has come, and what it lists."""
    return _release(request, slug, "toms/release.html", with_history=True)


@require_safe
@login_not_required
def handbook(request: HttpRequest, slug: str) -> HttpResponse:
    """A release in full, to be printed."""
    return _release(request, slug, "toms/handbook.html", terms=GlossaryTerm.objects.all())


def _release(
    request: HttpRequest, slug: str, template: str, *, with_history: bool = False, **more: object
) -> HttpResponse:
    found = Release.objects.filter(slug=slug).first()
    if found is None:
        return unknown_release(request)
    themes = listed_by_theme(found)
    alternates = of_release(found)
    context = {
        "release": found,
        "alternates": alternates,
        "state": release_words(found),
        "is_draft": found.state in {Release.State.DRAFT, Release.State.CONSULTATION},
        "themes": themes,
        "number": sum(len(outcome.rows) for theme in themes for outcome in theme.outcomes),
        **more,
    }
    if with_history:
        context |= _history(found)
    return linked(render(request, template, context), alternates)


def _history(found: Release) -> dict[str, object]:
    """What happened to it, and what it changes against the release adopted before it."""
    earlier = Release.objects.adopted().exclude(pk=found.pk)
    if found.adopted_on:
        earlier = earlier.filter(adopted_on__lte=found.adopted_on, created__lt=found.created)
    before = earlier.first()
    return {
        "events": change_log.of_release(found),
        "before": before,
        "change": between_releases(before, found) if before else None,
    }
