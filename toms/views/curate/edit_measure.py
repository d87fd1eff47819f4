"""Writing a measure: its draft, with a preview, and the step that its changes ask for."""

from copy import copy
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods

from accounts.permissions import signed_in
from accounts.refused import Overtaken, Refused
from accounts.views.curator import curator_page
from toms.differences import between_versions
from toms.forms.curate import DraftForm, NewMeasureForm
from toms.models import Measure, MeasureVersion
from toms.services import version as versions
from toms.services.locking import seen
from toms.versions import BadStep, compare, next_number
from toms.views.measure import reading
from tslsv.ui.marked import marked


@dataclass(frozen=True, slots=True)
class Clash:
    """A field in which two curators differ: what was saved meanwhile, and what was typed here."""

    name: str
    theirs: SafeString
    mine: SafeString


@require_http_methods(["GET", "HEAD", "POST"])
@curator_page
def edit_measure(request: HttpRequest, code: str) -> HttpResponse:
    """Change its draft. "Preview" saves nothing; after a save by somebody else both texts stand."""
    measure = get_object_or_404(Measure.objects.select_related("outcome__theme"), code=code)
    draft, adopted = _draft_of(measure), _adopted_of(measure)
    # Without a draft there is nothing to write, but what was typed into one is kept.
    base = draft or (_last_of(measure) if request.method == "POST" else None)
    if base is None:
        return _page(request, measure, None, adopted, None)
    form = DraftForm(
        request.POST if request.method == "POST" else None,
        instance=copy(base),
        initial={"seen": seen(base), **_step_now(adopted, base)},
        adopted=adopted,
    )
    if request.method != "POST":
        return _page(request, measure, draft, adopted, form)
    if not form.is_valid() or request.POST.get("do") == "preview":
        return _page(request, measure, draft, adopted, form, previewed=form.is_valid())
    if adopted and not form.check_reason(compare(adopted, form.instance)):
        return _page(request, measure, draft, adopted, form)
    return _save(request, measure, base, adopted, form)


def _save(
    request: HttpRequest,
    measure: Measure,
    base: MeasureVersion,
    adopted: MeasureVersion | None,
    form: DraftForm,
) -> HttpResponse:
    clashes: list[Clash] = []
    try:
        saved = versions.save_version(
            version=base,
            fields=form.content,
            step=form.step_said,
            reason=form.reason_said,
            looked_at=form.cleaned_data["seen"],
            by=signed_in(request),
        )
    except BadStep as bad:
        form.add_error("step", str(bad))
        return _page(request, measure, base, adopted, form)
    except Overtaken as overtaken:
        now = MeasureVersion.objects.select_related("unit", "overlap_group").get(pk=base.pk)
        form.add_error(None, str(overtaken))
        form.show_now(seen(now))
        clashes = _clashes(now, form)
    except Refused as refused:
        form.add_error(None, str(refused))
    else:
        messages.success(request, f"{measure.code} {saved.number} is saved.")
        return redirect("curate_toms:edit_measure", code=measure.code)
    draft = _draft_of(measure)
    return _page(request, measure, draft, adopted, form, clashes=clashes, status=409)


def _page(
    request: HttpRequest,
    measure: Measure,
    draft: MeasureVersion | None,
    adopted: MeasureVersion | None,
    form: DraftForm | None,
    *,
    clashes: list[Clash] | None = None,
    previewed: bool = False,
    status: int = 200,
) -> HttpResponse:
    shown = form.instance if form is not None and not form.errors else None
    change = compare(adopted, shown) if adopted and shown else None
    context = {
        "measure": measure,
        "theme": measure.outcome.theme,
        "draft": draft,
        "adopted": adopted,
        "form": form,
        "clashes": clashes or [],
        "previewed": previewed,
        "waits": _waits(draft),
        "change": change,
        "proposed_number": next_number(adopted.number, change.proposed)
        if adopted and change
        else None,
        "differences": between_versions(adopted, shown) if adopted and shown else (),
        **(reading(shown) if shown else {}),
    }
    return render(request, "curate_toms/edit_measure.html", context, status=status)


def _draft_of(measure: Measure) -> MeasureVersion | None:
    rows = measure.versions.open()
    return rows.select_related("measure__outcome__theme", "unit", "overlap_group").first()


def _adopted_of(measure: Measure) -> MeasureVersion | None:
    return measure.versions.adopted().select_related("unit", "overlap_group").first()


def _last_of(measure: Measure) -> MeasureVersion | None:
    return (
        measure.versions.select_related("measure", "unit", "overlap_group").newest_first().first()
    )


def _step_now(adopted: MeasureVersion | None, draft: MeasureVersion) -> dict[str, str]:
    """The step that was said, where it is not the one proposed, and the reason."""
    if adopted is None:
        return {}
    proposed = compare(adopted, draft).proposed
    return {"step": "" if draft.step == proposed else draft.step, "reason": draft.reason}


def _waits(draft: MeasureVersion | None) -> str:
    """Why a draft cannot be changed just now, if it cannot."""
    if draft is None:
        return ""
    try:
        versions.check_editable(draft)
    except Refused as refused:
        return str(refused)
    return ""


def _clashes(now: MeasureVersion, form: DraftForm) -> list[Clash]:
    rows = [
        Clash(row.name[:1].upper() + row.name[1:], *marked(row.before, row.after))
        for row in between_versions(now, form.instance)
    ]
    if form.adopted and now.reason != form.reason_said:
        rows.append(Clash("Why it changes", *marked(now.reason, form.reason_said)))
    return rows


@require_http_methods(["GET", "HEAD", "POST"])
@curator_page
def new_measure(request: HttpRequest) -> HttpResponse:
    """A measure that nobody has written yet."""
    form = NewMeasureForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = versions.begin_measure(
                outcome=form.cleaned_data["outcome"],
                code=form.cleaned_data["code"],
                fields=form.content,
                by=signed_in(request),
            )
        except Refused as refused:
            form.add_error("code", str(refused))
        else:
            messages.success(request, f"{made.measure.code} is begun, as a draft.")
            return redirect("curate_toms:edit_measure", code=made.measure.code)
    return render(request, "curate_toms/new_measure.html", {"form": form})
