"""Which registrations a visitor's session holds."""

from django.http import HttpRequest

from providers.models import Registration

KEY = "registrations"
MOST = 5
"""A session holds the newest ones; older ones go on by their mailed link."""


def hold(request: HttpRequest, registration: Registration) -> None:
    """Let this session go on writing it."""
    before = [pk for pk in request.session.get(KEY, []) if pk != registration.pk]
    request.session[KEY] = [*before, registration.pk][-MOST:]


def held_ids(request: HttpRequest) -> list[int]:
    """The ids of all that the session holds. No query but the session's own."""
    return list(request.session.get(KEY, []))


def held(request: HttpRequest, listing_id: int) -> Registration | None:
    """The registration of this listing, if the session holds it; a confirmed one too. One query."""
    ids = held_ids(request)
    if not ids:
        return None
    return (
        Registration.objects.filter(pk__in=ids, listing=listing_id)
        .select_related("listing__organisation")
        .first()
    )
