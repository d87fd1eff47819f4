"""Refuses what no browser sends and PostgreSQL cannot hold."""

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse


class BadBytesMiddleware:
    """Answers 400 to a NUL byte in the path or in a cookie.

    PostgreSQL's text has no NUL: looked up as a session key or a slug it would be a 500. Query
    strings pass, because a bad value there belongs beside its field, and forms refuse NUL
    themselves. Invalid UTF-8 needs nothing here: Django has made it harmless by now.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info or any("\0" in value for value in request.COOKIES.values()):
            raise BadRequest("NUL byte in the path or a cookie")
        return self.get_response(request)
