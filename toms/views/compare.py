"""What changed between two versions of a measure, or two releases; readable aloud."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from toms import plain
from toms.differences import Difference, between_releases, between_versions
from toms.models import MeasureVersion, Release
from toms.views.measure import unknown_measure, versions_of
from tslsv.ui.marked import marked

State = MeasureVersion.State


@dataclass(frozen=True, slots=True)
class Row:
    """A field that differs, with both texts marked."""

    name: str
    sentence: str
    before: SafeString
    after: SafeString

    @classmethod
    def of(cls, difference: Difference) -> "Row":
        name = difference.name[:1].upper() + difference.name[1:]
        return cls(name, difference.sentence, *marked(difference.before, difference.after))


@require_safe
@login_not_required
def compare_versions(request: HttpRequest, code: str) -> HttpResponseBase:
    """Any two versions of a measure; without a question, the current one and the one before."""
    found = versions_of(code)
    if not found:
        return unknown_measure(request, code)
    if code != code.upper():
        return redirect("toms:compare_versions", code.upper(), permanent=True)
    by_number = {str(one.number): one for one in sorted(found, key=lambda one: one.number)}
    numbers = list(by_number)
    asked = {name: request.GET.get(name, "") for name in ("from", "to")}
    errors = [
        f"{code} has no version “{value[:20]}”."
        for value in asked.values()
        if value and value not in by_number
    ]
    after = by_number.get(asked["to"]) or by_number[numbers[-1]]
    earlier = [one for one in by_number.values() if one.number < after.number]
    before = by_number.get(asked["from"]) or (earlier[-1] if earlier else after)
    context = {
        "measure": after.measure,
        "theme": after.measure.outcome.theme,
        "before": before,
        "after": after,
        "versions": [(one, plain.state_words(one.state)) for one in by_number.values()],
        "errors": errors,
        "rows": [] if errors else [Row.of(row) for row in between_versions(before, after)],
        "same_series": before.major == after.major,
    }
    status = 404 if errors else 200
    return render(request, "toms/compare_versions.html", context, status=status)


@require_safe
@login_not_required
def compare_releases(request: HttpRequest) -> HttpResponse:
    """Any two releases; without a question, the newest and the one before it."""
    releases = list(Release.objects.order_by("created", "pk"))
    by_slug = {release.slug: release for release in releases}
    asked = {name: request.GET.get(name, "") for name in ("from", "to")}
    errors = [
        f"There is no release “{value[:40]}”."
        for value in asked.values()
        if value and value not in by_slug
    ]
    after = by_slug.get(asked["to"]) or (releases[-1] if releases else None)
    earlier = releases[: releases.index(after)] if after else []
    before = by_slug.get(asked["from"]) or (earlier[-1] if earlier else after)
    change = between_releases(before, after) if before and after and not errors else None
    context = {
        "releases": releases,
        "before": before,
        "after": after,
        "errors": errors,
        "change": change,
        "changed": [
            {"change": each, "rows": [Row.of(row) for row in each.differences]}
            for each in (change.changed if change else ())
        ],
    }
    status = 404 if errors else 200
    return render(request, "toms/compare_releases.html", context, status=status)
