"""Pages for curators."""

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse

from accounts.permissions import is_curator, signed_in

type Page = Callable[..., HttpResponse]

CURATES = "curates"
"""Where the session says that the site's header has a link to the curators' pages. It opens none
of them: each asks for itself."""


def curator_page(page: Page) -> Page:
    """For curators alone; everybody else who is signed in finds nothing there, superusers too."""

    @wraps(page)
    def view(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not show_curating(request):
            raise Http404("for curators")
        return page(request, *args, **kwargs)

    return view


def show_curating(request: HttpRequest) -> bool:
    """Whether a curator is signed in; the header of every page then says so without a query.

    For the pages that people come to after signing in, and those of the curators.
    """
    curates = is_curator(signed_in(request))
    if curates and not request.session.get(CURATES):
        request.session[CURATES] = True
    elif not curates and CURATES in request.session:
        del request.session[CURATES]
    return curates
