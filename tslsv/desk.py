"""The stock admin, behind the site's own door."""

from typing import Any

from django.conf import settings
from django.contrib import auth
from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache


class DeskSite(AdminSite):
    """Has no sign-in of its own: that page would ask for a password and for no second factor."""

    site_header = site_title = settings.SITE_NAME
    index_title = "For repairs"

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """allauth's rows are left out: only its pages make and change them; some are secrets."""
        models = model_or_iterable
        for model in [models] if isinstance(models, type) else models:
            if not model.__module__.startswith("allauth."):
                super().register(model, admin_class, **options)

    @method_decorator(never_cache)
    @method_decorator(login_not_required)
    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Leads to the site's sign-in, and on from there."""
        index = reverse("admin:index", current_app=self.name)
        if not request.user.is_authenticated:
            return redirect_to_login(
                request.GET.get("next") or index, resolve_url(settings.LOGIN_URL)
            )
        if not self.has_permission(request):
            raise PermissionDenied
        return redirect(index)

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """There is one place for changing one's password."""
        return redirect("account_change_password")

    def logout(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The admin's own button signs out; any other call leads to the page with the button."""
        if request.method != "POST":
            return redirect("account_logout")
        auth.logout(request)
        return redirect("home")
