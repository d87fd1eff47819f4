"""One photo of a listing."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.permissions import is_curator
from providers.models import Listing, Photo
from providers.permissions import Author, may_write, open_listings
from providers.views.held import held

SIZES = ("large", "small")
A_YEAR = 365 * 24 * 3600


@login_not_required
@require_safe
def photo(request: HttpRequest, digest: str, size: str) -> HttpResponse:
    """What an open listing shows is everybody's; what waits to be shown is its writers' and the
    curators'. The address names the contents, so a browser need not ask twice.
    """
    if size not in SIZES:
        raise Http404("no such size")
    rows = Photo.objects.filter(digest=digest)
    live = rows.live().filter(listing__in=open_listings().values("pk"))
    picture = live.values_list(size, flat=True).first()
    if picture is not None:
        return _sent(picture, f"public, max-age={A_YEAR}, immutable")
    for row in rows.without_pictures().select_related("listing__organisation"):
        if _may_see(request, row.listing):
            return _sent(getattr(row, size), "private, no-store")
    raise Http404("no such photo")


def _may_see(request: HttpRequest, listing: Listing) -> bool:
    user = request.user if isinstance(request.user, User) else None
    if user is not None and is_curator(user):
        return True
    return may_write(Author(user, held(request, listing.pk)), listing)


def _sent(picture: bytes, caching: str) -> HttpResponse:
    """Opened by itself it is a file to keep, never a page of this site."""
    response = HttpResponse(bytes(picture), content_type="image/webp")
    response["Content-Disposition"] = 'attachment; filename="photo.webp"'
    response["Cache-Control"] = caching
    return response
