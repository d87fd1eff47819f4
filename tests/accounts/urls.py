"""The site, and a page that curators alone may use."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import path

from accounts.permissions import is_curator
from tslsv.urls import handler404, handler429
from tslsv.urls import urlpatterns as of_the_site


def curators_only(request: HttpRequest) -> HttpResponse:
    """Says what was sent."""
    if not is_curator(request.user):
        raise PermissionDenied
    return HttpResponse(f"{request.method} {request.POST.get('text', '')}")


urlpatterns = [path("curators-only/", curators_only), *of_the_site]

__all__ = ["handler404", "handler429", "urlpatterns"]
