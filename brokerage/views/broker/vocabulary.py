"""The words of the board: kinds and skills, as brokers describe them."""

from django import forms
from django.contrib import messages
from django.forms import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import signed_in
from accounts.refused import Refused
from accounts.views.broker import broker_page
from brokerage.forms.vocabulary import KindForm, SkillForm
from brokerage.menu import every_kind, every_skill
from brokerage.models import Kind, Skill
from brokerage.services import vocabulary as services


@require_safe
@broker_page
def vocabulary(request: HttpRequest) -> HttpResponse:
    """Every kind and skill, also those that cannot be chosen any more."""
    context = {"kinds": every_kind(), "skills": every_skill()}
    return render(request, "broker/vocabulary.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@broker_page
def add_skill(request: HttpRequest) -> HttpResponse:
    """One more skill."""
    form = SkillForm(request.POST) if request.method == "POST" else SkillForm()
    if request.method == "POST" and form.is_valid():
        try:
            made = services.add_skill(values=form.cleaned_data, by=signed_in(request))
        except services.Taken as refused:
            form.add_error("label", str(refused))
        else:
            messages.success(request, f"Added: {made}.")
            return redirect("broker:vocabulary")
    return render(request, "broker/add_skill.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@broker_page
def edit_skill(request: HttpRequest, code: str) -> HttpResponse:
    """Other words for a skill, its code in the classification, and whether it can be chosen."""
    skill = get_object_or_404(Skill, code=code)
    return _edit(request, skill, SkillForm, services.SKILL_COLUMNS, "broker/edit_skill.html")


@require_http_methods(["GET", "HEAD", "POST"])
@broker_page
def edit_kind(request: HttpRequest, code: str) -> HttpResponse:
    """Other words for a kind, and whether it can be chosen."""
    kind = get_object_or_404(Kind, code=code)
    return _edit(request, kind, KindForm, services.KIND_COLUMNS, "broker/edit_kind.html")


def _edit(
    request: HttpRequest,
    row: Kind | Skill,
    form_class: type[forms.Form],
    columns: tuple[str, ...],
    template: str,
) -> HttpResponse:
    form = form_class(initial=model_to_dict(row, columns))
    seen, status = services.version_of_words(row), 200
    if request.method == "POST":
        form, seen = form_class(request.POST), request.POST.get("seen", "")
        if form.is_valid():
            try:
                services.change_words(
                    row=row, values=form.cleaned_data, seen=seen, by=signed_in(request)
                )
            except services.Taken as refused:
                form.add_error("label", str(refused))
            except Refused as refused:
                form.add_error(None, str(refused))
                # Sent once more, knowing what it says now, it stands.
                row.refresh_from_db()
                seen, status = services.version_of_words(row), 409
            else:
                messages.success(request, "Saved. Search follows at once.")
                return redirect("broker:vocabulary")
    return render(request, template, {"form": form, "row": row, "seen": seen}, status=status)
