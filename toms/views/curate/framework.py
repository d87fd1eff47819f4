"""Themes and outcomes: their order, and their words."""

from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.permissions import signed_in
from accounts.refused import Overtaken, Refused
from accounts.views.curator import curator_page
from toms.forms.curate_release import OutcomeForm, ThemeForm
from toms.models import Outcome, Theme
from toms.services import framework as services


@require_http_methods(["GET", "HEAD", "POST"])
@curator_page
def themes(request: HttpRequest) -> HttpResponse:
    """All in their order; buttons move one up or down."""
    error = ""
    if request.method == "POST":
        try:
            moved = _move(request)
        except Refused as refused:
            error = str(refused)
        else:
            messages.success(request, f"{moved} is moved.")
            return redirect("curate_toms:themes")
    ordered = Prefetch("outcomes", Outcome.objects.order_by("position", "code"))
    found = list(Theme.objects.prefetch_related(ordered).order_by("position", "code"))
    context = {
        "rows": [{"theme": row, "seen": services.seen_of(row.outcomes.all())} for row in found],
        "seen": services.seen_of(found),
        "error": error,
    }
    return render(request, "curate_toms/themes.html", context, status=409 if error else 200)


def _move(request: HttpRequest) -> str:
    """Move what the button names; returns its code."""
    for name, earlier in (("up", True), ("down", False)):
        code = request.POST.get(name, "").replace("\0", "")
        how: dict[str, Any] = {"earlier": earlier, "looked_at": request.POST.get("seen", "")}
        if theme := Theme.objects.filter(code=code).first():
            services.move_theme(theme=theme, by=signed_in(request), **how)
            return theme.code
        if outcome := Outcome.objects.filter(code=code).first():
            services.move_outcome(outcome=outcome, by=signed_in(request), **how)
            return outcome.code
    raise Refused("Press one of the buttons, so that it is clear what to move.")


@require_http_methods(["GET", "HEAD", "POST"])
@curator_page
def theme(request: HttpRequest, code: str) -> HttpResponse:
    """Reword a theme."""
    found = get_object_or_404(Theme, code=code)
    words = {name: getattr(found, name) for name in ("label", "description", "ambition")}
    form = ThemeForm(
        request.POST if request.method == "POST" else None,
        initial={**words, "seen": services.seen_of([found])},
    )
    if request.method == "POST" and form.is_valid():
        typed = dict(form.cleaned_data)
        looked_at = typed.pop("seen")
        try:
            services.reword_theme(theme=found, looked_at=looked_at, by=signed_in(request), **typed)
        except Refused as refused:
            return _refused(request, found, form, refused)
        return _saved(request, found)
    return _page(request, found, form)


@require_http_methods(["GET", "HEAD", "POST"])
@curator_page
def outcome(request: HttpRequest, code: str) -> HttpResponse:
    """Reword an outcome."""
    found = get_object_or_404(Outcome, code=code)
    form = OutcomeForm(
        request.POST if request.method == "POST" else None,
        initial={"label": found.label, "seen": services.seen_of([found])},
    )
    if request.method == "POST" and form.is_valid():
        label, looked_at = form.cleaned_data["label"], form.cleaned_data["seen"]
        try:
            services.reword_outcome(
                outcome=found, label=label, looked_at=looked_at, by=signed_in(request)
            )
        except Refused as refused:
            return _refused(request, found, form, refused)
        return _saved(request, found)
    return _page(request, found, form)


def _saved(request: HttpRequest, found: Theme | Outcome) -> HttpResponse:
    messages.success(request, f"{found.code} is saved.")
    return redirect("curate_toms:themes")


def _refused(
    request: HttpRequest, found: Theme | Outcome, form: ThemeForm | OutcomeForm, refused: Refused
) -> HttpResponse:
    form.add_error(None, str(refused))
    found.refresh_from_db()
    form.show_now(services.seen_of([found]))
    clash = found if isinstance(refused, Overtaken) else None
    return _page(request, found, form, clash=clash, status=409)


def _page(
    request: HttpRequest,
    found: Theme | Outcome,
    form: ThemeForm | OutcomeForm,
    *,
    clash: Theme | Outcome | None = None,
    status: int = 200,
) -> HttpResponse:
    is_theme = isinstance(found, Theme)
    template = "curate_toms/theme.html" if is_theme else "curate_toms/outcome.html"
    context = {"found": found, "form": form, "clash": clash, "in_themes": True}
    return render(request, template, context, status=status)
