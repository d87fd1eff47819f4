"""What is held about the person who asks: to see, to take along, to erase."""

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms.erasure import EraseForm
from accounts.permissions import signed_in
from accounts.reauthentication import recent_sign_in_required
from accounts.services.personal_data import (
    StillNeeded,
    erase_person,
    export_person,
    last_owner_of,
)


@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """What there is, and the two things to do with it."""
    held = export_person(signed_in(request))
    context = {"held": [(heading, _count(rows)) for heading, rows in held.items() if rows]}
    return render(request, "my/data.html", context)


def _count(rows: object) -> int:
    """How many rows; 0 for what is there once, such as the account itself."""
    return len(rows) if isinstance(rows, list) else 0


@never_cache
@recent_sign_in_required
@require_safe
def download_data(request: HttpRequest) -> HttpResponse:
    """Everything as one JSON file."""
    held = export_person(signed_in(request))
    response = JsonResponse(
        {"Made on": timezone.now(), **held},
        encoder=DjangoJSONEncoder,
        json_dumps_params={"indent": 2, "ensure_ascii": False},
    )
    name = f"my-data-{timezone.localdate():%Y-%m-%d}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@never_cache
@recent_sign_in_required
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest) -> HttpResponse:
    """Says what happens, what stands in the way, and does it on a tick."""
    user = signed_in(request)
    form = EraseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            erase_person(user=user)
        except StillNeeded as refused:
            messages.error(request, str(refused))
            return redirect("my:erase")
        # The user's row has gone, so this only empties the visitor's own session.
        logout(request)
        return redirect("my:erased")
    needed = last_owner_of(user)
    context = {
        "form": form,
        "needed": needed,
        "example_data": any(row.is_example for row in needed),
    }
    return render(request, "my/erase.html", context)


@login_not_required
@require_safe
def erased(request: HttpRequest) -> HttpResponse:
    """It says nothing of anybody, so anybody may open it."""
    return render(request, "my/erased.html")
