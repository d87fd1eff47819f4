"""Units, overlap groups and the glossary, from the side of curators."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import signed_in
from accounts.refused import Overtaken, Refused
from accounts.views.curator import curator_page
from toms.forms.curate_lists import GroupForm, NewGroupForm, NewUnitForm, TermForm, UnitForm
from toms.forms.curate_release import SeenForm
from toms.models import GlossaryTerm, MeasureVersion, OverlapGroup, Unit
from toms.services import lists as services
from toms.services.lists import COLUMNS, Entry, stands, version_of


@dataclass(frozen=True, slots=True)
class List:
    """One of the three: its rows are found by ``key``."""

    model: type[Entry]
    key: str
    one: str
    form: type[SeenForm]
    new_form: type[SeenForm]


LISTS = {
    "units": List(Unit, "code", "unit", UnitForm, NewUnitForm),
    "groups": List(OverlapGroup, "code", "overlap group", GroupForm, NewGroupForm),
    "glossary": List(GlossaryTerm, "slug", "word", TermForm, TermForm),
}


@require_safe
@curator_page
def lists(request: HttpRequest) -> HttpResponse:
    """All three, with how many versions of measures use each row."""
    of_units, of_groups = _uses("unit"), _uses("overlap_group")
    context = {
        "units": [(unit, of_units.get(unit.pk, 0)) for unit in Unit.objects.all()],
        "groups": [(group, of_groups.get(group.pk, 0)) for group in OverlapGroup.objects.all()],
        "terms": GlossaryTerm.objects.all(),
    }
    return render(request, "curate_toms/lists.html", context)


def _uses(name: str) -> dict[int, int]:
    """How many versions of measures point at each row."""
    rows = MeasureVersion.objects.order_by().values_list(name).annotate(uses=Count("pk"))
    return dict(rows)


@require_http_methods(["GET", "HEAD", "POST"])
@curator_page
def add_entry(request: HttpRequest, kind: str) -> HttpResponse:
    """A unit, an overlap group or a word that is not there yet."""
    chosen = _list(kind)
    form = chosen.new_form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        said.pop("seen")
        try:
            row = _add(chosen, said, request)
        except services.TakenCode as refused:
            form.add_error("code" if "code" in form.fields else "words", str(refused))
        else:
            messages.success(request, f"“{row}” is added.")
            return redirect("curate_toms:lists")
    return render(request, "curate_toms/add_entry.html", {"form": form, "one": chosen.one})


def _add(chosen: List, said: dict[str, Any], request: HttpRequest) -> Entry:
    by = signed_in(request)
    if chosen.model is GlossaryTerm:
        return services.add_term(by=by, **said)
    code = said.pop("code")
    kind = Unit if chosen.model is Unit else OverlapGroup
    return services.add_code(kind=kind, code=code, values=said, by=by)


@require_http_methods(["GET", "HEAD", "POST"])
@curator_page
def entry(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """Reword one of them."""
    chosen = _list(kind)
    found = _row(chosen, code)
    words = {name: getattr(found, name) for name in COLUMNS[chosen.model]}
    form = chosen.form(
        request.POST if request.method == "POST" else None,
        initial={**words, "seen": version_of(found)},
    )
    clash: list[tuple[str, str]] = []
    status = 200
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        looked_at = said.pop("seen")
        try:
            services.reword(row=found, values=said, looked_at=looked_at, by=signed_in(request))
        except Refused as refused:
            form.add_error(None, str(refused))
            found.refresh_from_db()
            form.show_now(version_of(found))
            if isinstance(refused, Overtaken):
                clash = [(str(form[name].label), getattr(found, name)) for name in words]
            status = 409
        else:
            messages.success(request, f"“{found}” is saved.")
            return redirect("curate_toms:lists")
    context = {
        "found": found,
        "form": form,
        "one": chosen.one,
        "kind": kind,
        "key": code,
        "stands": stands(found),
        "clash": clash,
    }
    return render(request, "curate_toms/entry.html", context, status=status)


@require_POST
@curator_page
def remove_entry(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """Take out what no measure uses; a second press finds it gone."""
    chosen = _list(kind)
    rows = chosen.model._default_manager.filter(**{chosen.key: code})
    found: Entry | None = rows.first()
    if found is not None:
        try:
            services.remove(row=found, by=signed_in(request))
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect("curate_toms:entry", kind=kind, code=code)
        messages.success(request, f"“{found}” is removed.")
    return redirect("curate_toms:lists")


def _list(kind: str) -> List:
    if kind not in LISTS:
        raise Http404("no such list")
    return LISTS[kind]


def _row(chosen: List, code: str) -> Entry:
    found: Any = get_object_or_404(chosen.model, **{chosen.key: code.replace("\0", "")})
    row: Entry = found
    return row
