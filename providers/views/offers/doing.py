"""What every button on the pages of an offer does: call a service and say what came of it."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.refused import Refused


def do(request: HttpRequest, work: Callable[[], object], said: str, onward: str) -> HttpResponse:
    """Go on to ``onward`` and say there that it is done, or why it was not."""
    try:
        work()
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, said)
    return redirect(onward)
