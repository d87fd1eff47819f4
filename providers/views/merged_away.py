"""Stands in for pages of the other parts. The whole file is merged away."""

from django.http import Http404, HttpRequest, HttpResponse


def nothing(request: HttpRequest, **others: object) -> HttpResponse:
    raise Http404("merged away")
