"""What maps draw: outlines of wards, and the middles of postcode sectors."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import conditional_page, require_safe

from places.models import PostcodeSector, Ward

DAY = 24 * 3600
# What maps draw is the same for everybody and seldom changes. After a day a browser asks again, and
# an unchanged answer is a 304; for a week it may show the old one meanwhile.
keep_a_day = cache_control(public=True, max_age=DAY, stale_while_revalidate=7 * DAY)


# The tag is made before compression: gzip's bytes differ from one answer to the next.
@login_not_required
@require_safe
@keep_a_day
@gzip_page
@conditional_page
def ward_outlines(request: HttpRequest) -> HttpResponse:
    """The loaded outlines as GeoJSON; an empty collection where none are loaded."""
    features = [
        {
            "type": "Feature",
            "properties": {
                "code": ward.code,
                "name": ward.name,
                "lat": ward.latitude,
                "lon": ward.longitude,
            },
            "geometry": ward.outline,
        }
        for ward in Ward.objects.filter(outline__isnull=False)
    ]
    return JsonResponse(
        {"type": "FeatureCollection", "features": features},
        content_type="application/geo+json",
        json_dumps_params={"separators": (",", ":")},
    )


@login_not_required
@require_safe
@keep_a_day
@gzip_page
@conditional_page
def sectors(request: HttpRequest) -> HttpResponse:
    """Postcode sectors of Leeds and their middles: how "search this area" names a place."""
    rows = PostcodeSector.objects.filter(postcodes_in_leeds__gt=0)
    return JsonResponse(
        {"sectors": [{"code": r.code, "lat": r.latitude, "lon": r.longitude} for r in rows]},
        json_dumps_params={"separators": (",", ":")},
    )
