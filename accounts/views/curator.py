"""Pages for curators."""

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse

from accounts.permissions import is_curator, signed_in

type Page = Callable[..., HttpResponse]


def curator_page(page: Page) -> Page:
    """For curators alone; everybody else who is signed in finds nothing there, superusers too."""

    @wraps(page)
    def view(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not is_curator(signed_in(request)):
            raise Http404("for curators")
        return page(request, *args, **kwargs)

    return view
