"""Pages for brokers."""

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse

from accounts.permissions import is_broker, signed_in

type Page = Callable[..., HttpResponse]

BROKERS = "brokers"
"""Where the session says that the site's header has a link to the brokers' pages. It opens none of
them: each asks for itself."""


def broker_page(page: Page) -> Page:
    """For brokers alone; everybody else who is signed in finds nothing there, superusers too."""

    @wraps(page)
    def view(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not show_brokering(request):
            raise Http404("for brokers")
        return page(request, *args, **kwargs)

    return view


def show_brokering(request: HttpRequest) -> bool:
    """Whether a broker is signed in; the header of every page then says so without a query.

    For the pages that people come to after signing in, and those of the brokers.
    """
    brokers = is_broker(signed_in(request))
    if brokers and not request.session.get(BROKERS):
        request.session[BROKERS] = True
    elif not brokers and BROKERS in request.session:
        del request.session[BROKERS]
    return brokers
