"""django-allauth's views as this site has them, and what all of them share."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.views import LoginView
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache

from accounts.forms.sign_in import PasswordLoginForm
from accounts.forms.words import was_too_often

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
    """There is no such page where no employer's sign-in is configured."""

    @wraps(view)
    def there(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.EMPLOYERS:
            raise Http404("no employer's sign-in is configured")
        return view(request, *args, **kwargs)

    return there


class PasswordLoginView(LoginView):
    """The other way in; ``account_login`` mails a code."""

    template_name = "account/login_password.html"

    def get_form_class(self) -> type[PasswordLoginForm]:
        return PasswordLoginForm
