"""Who uses a release, for everybody to see, and the badge that they may show."""

from itertools import groupby

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts.models import Organisation
from toms.models import Adoption, Release
from toms.views.parts import unknown_release

BADGE_SIZE = (240, 56)
"""Width and height in pixels."""

_SECTORS = [*Organisation.Sector.values, ""]


@require_safe
@login_not_required
def used_by(request: HttpRequest, slug: str) -> HttpResponse:
    """Who uses it, since when, by sector; and who did until when."""
    release = Release.objects.filter(slug=slug).first()
    if release is None:
        return unknown_release(request)
    rows = sorted(
        release.adoptions.standing().select_related("organisation"),
        key=lambda row: (_SECTORS.index(row.organisation.sector), row.organisation.name.lower()),
    )
    former = list(Adoption.objects.shown_as_former(release).select_related("organisation"))
    context = {
        "release": release,
        "sectors": [
            (sector or "Sector not given", list(found))
            for sector, found in groupby(rows, lambda row: row.organisation.get_sector_display())
        ],
        "number": len(rows),
        "former": former,
        "example_data": any(row.organisation.is_example for row in (*rows, *former)),
        "example_text": "Organisations that are marked were made up.",
    }
    return render(request, "toms/used_by.html", context)


@require_safe
@login_not_required
@cache_control(public=True, max_age=86400)
def badge(request: HttpRequest, slug: str) -> HttpResponse:
    """A picture that a website can show, with a link to who uses the release; once adopted."""
    release = get_object_or_404(Release, slug=slug, state=Release.State.ADOPTED)
    width, height = BADGE_SIZE
    context = {"release": release, "width": width, "height": height}
    response = render(request, "toms/badge.svg", context, content_type="image/svg+xml")
    # Other websites show it.
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
