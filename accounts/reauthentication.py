"""Whether the person at the screen has lately shown who they are; asked before sensitive steps."""

import time
from collections.abc import Callable
from functools import wraps

from allauth.account.authentication import get_authentication_records
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts.models import User


def is_recent(request: HttpRequest) -> bool:
    """Signed in, or asked again, within ``ACCOUNT_REAUTHENTICATION_TIMEOUT`` seconds."""
    since = time.time() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    return isinstance(request.user, User) and any(
        record.get("at", 0) > since for record in get_authentication_records(request, request.user)
    )


def recent_sign_in_required[**P](
    view: Callable[P, HttpResponse],
) -> Callable[P, HttpResponse]:
    """Decorates a view whose step needs somebody who has just shown who they are.

    Others are asked by password, second factor or mailed code, and then go on where they were;
    what they had sent is sent again for them.
    """

    @wraps(view)
    def checked(*args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not (isinstance(args[0], HttpRequest) and is_recent(args[0])):
            raise ReauthenticationRequired
        return view(*args, **kwargs)

    return checked
