"""What is open to every program in the world: read alone, from any page, without a session."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.utils.cache import get_conditional_response

METHODS = ("GET", "HEAD", "OPTIONS")
View = Callable[..., HttpResponseBase]


def open_data(view: View) -> View:
    """For a view that answers everybody alike: scripts of other sites may read what it answers.

    It must return its errors, since one that is raised becomes a page without these headers.
    """

    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response: HttpResponseBase
        if request.method == "OPTIONS":
            response = HttpResponse(status=204)
            response["Allow"] = response["Access-Control-Allow-Methods"] = ", ".join(METHODS)
            response["Access-Control-Allow-Headers"] = "If-None-Match"
            response["Access-Control-Max-Age"] = "86400"
        elif request.method in METHODS:
            response = view(request, *args, **kwargs)
        else:
            response = HttpResponseNotAllowed(METHODS)
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Expose-Headers"] = "ETag, Link"
        return response

    return login_not_required(opened)


def if_changed(
    request: HttpRequest, tag: str, content_type: str, write: Callable[[], bytes]
) -> HttpResponseBase:
    """What ``write`` gives, or 304 where the asker has what the tag (an ETag) stands for."""
    response = get_conditional_response(request, etag=tag)
    if response is None:
        response = HttpResponse(write(), content_type=content_type)
    response["ETag"] = tag
    response["Cache-Control"] = "no-cache"
    return response
