"""django-allauth's views as this site has them, and what all of them share."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.views import LoginView
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from requests import RequestException

from accounts.forms.sign_in import PasswordLoginForm
from accounts.forms.words import was_too_often

logger = logging.getLogger(__name__)

type View = Callable[..., HttpResponse]


def way_in(view: View) -> View:
    """Marks a view as part of signing in: open while roles sleep, and in no cache.

    A form that was refused for being sent too often answers 429, with the form and its words.
    """

    @wraps(view)
    def marked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if isinstance(response, TemplateResponse) and response.context_data:
            forms = (response.context_data.get(name) for name in ("form", "webauthn_form"))
            if any(was_too_often(form) for form in forms):
                response.status_code = 429
        return response

    marked.way_in = True  # type: ignore[attr-defined]
    return never_cache(marked)


def for_employers(view: View) -> View:
    """There is no such page where no employer's sign-in is configured.

    An employer whose computer does not answer, or answers nonsense, is told to the person (502).
    """

    @wraps(view)
    def there(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.EMPLOYERS:
            raise Http404("no employer's sign-in is configured")
        try:
            return view(request, *args, **kwargs)
        except (RequestException, ValueError, KeyError, TypeError, ImproperlyConfigured):
            logger.exception("An employer's sign-in failed.")
            return render(request, "socialaccount/authentication_error.html", status=502)

    return there


class PasswordLoginView(LoginView):
    """The other way in; ``account_login`` mails a code."""

    template_name = "account/login_password.html"

    def get_form_class(self) -> type[PasswordLoginForm]:
        return PasswordLoginForm
