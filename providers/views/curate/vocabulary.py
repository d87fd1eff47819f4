"""The vocabulary, facet by facet, and each of its terms."""

from collections.abc import Callable

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import signed_in
from accounts.refused import Overtaken, Refused
from accounts.views.curator import curator_page
from providers.forms.vocabulary import MergeForm, MoveForm, TermForm
from providers.models import Term
from providers.services import term_merge
from providers.services import vocabulary as services
from providers.term_counts import Touches, touched_by
from providers.words import LEGENDS


@require_safe
@curator_page
def vocabulary(request: HttpRequest) -> HttpResponse:
    """The terms of one facet, or of one main category, in their order, with what each touches."""
    facet = _facet(request.GET.get("facet", Term.Facet.CATEGORY))
    terms = list(_terms(facet))
    touched = touched_by(facet)
    active = [term for term in terms if term.active]
    under = _under(active, request.GET.get("under", ""))
    counts = dict(Term.objects.active().order_by().values_list("facet").annotate(terms=Count("pk")))
    context = {
        "facet": facet,
        "legend": LEGENDS[facet],
        "facets": [(code, LEGENDS[code], counts.get(code, 0)) for code in Term.Facet.values],
        "under": under,
        "rows": [_row(term, touched, active) for term in active if _stands(term, under)],
        "retired": [_row(term, touched, []) for term in terms if not term.active and not under],
        "claimed": facet in Term.CLAIMABLE,
        "seen": services.version_of_order(active),
    }
    return render(request, "curate/vocabulary.html", context)


def _under(active: list[Term], code: str) -> Term | None:
    """The main category whose narrower terms are asked for."""
    if not code:
        return None
    found = next((term for term in active if term.code == code and not term.parent_id), None)
    if found is None:
        raise Http404("no such main category")
    return found


def _stands(term: Term, under: Term | None) -> bool:
    """Whether it is in the list. What lies under a retired term stands with the main ones."""
    if under is not None:
        return term.parent_id == under.pk
    return term.parent is None or not term.parent.active


def _row(term: Term, touched: dict[int, Touches], active: list[Term]) -> dict[str, object]:
    near = services.neighbours(active, term)
    place = near.index(term) + 1 if term in near else 0
    return {
        "term": term,
        "touches": touched.get(term.pk, Touches()),
        "narrower": sum(row.parent_id == term.pk for row in active),
        "earlier": place - 1,
        "later": place + 1 if place < len(near) else 0,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@curator_page
def new_term(request: HttpRequest) -> HttpResponse:
    """Add a term to a facet."""
    facet = _facet(request.GET.get("facet", ""))
    form = TermForm(
        request.POST if request.method == "POST" else None,
        initial={"parent": _parent_asked(request)},
        facet=facet,
        parents=_parents(facet),
        button="Add this term",
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = services.add_term(facet=facet, by=signed_in(request), **form.words)
        except services.Taken as taken:
            form.add_error("label", str(taken))
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"“{made.label}” is in the vocabulary.")
            return redirect(_home(made))
    context = {"form": form, "facet": facet, "legend": LEGENDS[facet]}
    return render(request, "curate/new_term.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@curator_page
def term(request: HttpRequest, term_id: int) -> HttpResponse:
    """Reword a term or put it under another one; and the ways to all else."""
    found = _term_or_404(term_id)
    form = TermForm(
        request.POST if request.method == "POST" else None,
        initial=TermForm.initial_of(found),
        facet=Term.Facet(found.facet),
        parents=[row for row in _parents(found.facet) if row != found],
        button="Save",
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            touched = services.reword_term(
                term=found,
                seen=form.cleaned_data["seen"],
                by=signed_in(request),
                **form.words,
            )
        except services.Taken as taken:
            form.add_error("label", str(taken))
        except Overtaken as overtaken:
            form.add_error(None, str(overtaken))
            found = _term_or_404(term_id)
            form.show_now(services.version_of_term(found))
            status = 409
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"Saved. {_listings(touched)} touched.")
            return redirect("curate:term", term_id=found.pk)
    context = {
        **_about(found),
        "form": form,
        "synonyms": found.synonyms.all(),
        "clash": status == 409,
    }
    return render(request, "curate/term.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@curator_page
def move_term(request: HttpRequest, term_id: int) -> HttpResponse:
    """To a place that is typed; the buttons of the list send theirs here too."""
    found = _term_or_404(term_id)
    terms = list(_terms(found.facet))
    near = services.neighbours(terms, found)
    if found not in near:
        raise Http404("a retired term has no place")
    seen = services.version_of_order(terms)
    form = MoveForm(
        request.POST if request.method == "POST" else None,
        initial={"place": near.index(found) + 1, "seen": seen},
        places=len(near),
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            services.move_term(
                term=found,
                place=form.cleaned_data["place"],
                seen=form.cleaned_data["seen"],
                by=signed_in(request),
            )
        except Refused as refused:
            form.add_error(None, str(refused))
            form.show_now(seen)
            status = 409
        else:
            return redirect(_home(found))
    context = {**_about(found), "form": form, "near": near}
    return render(request, "curate/move_term.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@curator_page
def retire_term(request: HttpRequest, term_id: int) -> HttpResponse:
    """Asks once more, then takes it out of every list to choose from."""
    return _switch(request, term_id, services.retire_term, "curate/retire_term.html", "retired")


@require_http_methods(["GET", "HEAD", "POST"])
@curator_page
def bring_back_term(request: HttpRequest, term_id: int) -> HttpResponse:
    """Asks once more, then lets it be chosen again."""
    work = services.bring_back_term
    return _switch(request, term_id, work, "curate/bring_back_term.html", "back")


def _switch(
    request: HttpRequest, term_id: int, work: Callable[..., int], template: str, done: str
) -> HttpResponse:
    found = _term_or_404(term_id)
    error, status = "", 200
    if request.method == "POST":
        try:
            touched = work(term=found, seen=request.POST.get("seen", ""), by=signed_in(request))
        except Refused as refused:
            error, status = str(refused), 409
            found = _term_or_404(term_id)
        else:
            messages.success(request, f"“{found.label}” is {done}. {_listings(touched)} touched.")
            return redirect("curate:term", term_id=found.pk)
    return render(request, template, {**_about(found), "error": error}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@curator_page
def merge_term(request: HttpRequest, term_id: int) -> HttpResponse:
    """Two terms that mean the same become one."""
    found = _term_or_404(term_id)
    others = [row for row in _terms(found.facet) if row.active and row != found]
    form = MergeForm(
        request.POST if request.method == "POST" else None,
        initial={"seen": services.version_of_term(found)},
        others=sorted(others, key=lambda row: row.label.casefold()),
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        into = form.others[form.cleaned_data["into"]]
        try:
            touched = term_merge.merge_terms(
                term=found, into=into, seen=form.cleaned_data["seen"], by=signed_in(request)
            )
        except Overtaken as overtaken:
            form.add_error(None, str(overtaken))
            found = _term_or_404(term_id)
            form.show_now(services.version_of_term(found))
            status = 409
        except Refused as refused:
            form.add_error("into", str(refused))
        else:
            messages.success(
                request, f"“{found.label}” is now “{into.label}”. {_listings(touched)} touched."
            )
            return redirect("curate:term", term_id=into.pk)
    return render(request, "curate/merge_term.html", {**_about(found), "form": form}, status=status)


def _facet(code: str) -> Term.Facet:
    if code not in Term.Facet.values:
        raise Http404("no such facet")
    return Term.Facet(code)


def _terms(facet: str) -> QuerySet[Term]:
    return Term.objects.of(facet).select_related("parent", "successor")


def _parents(facet: str) -> list[Term]:
    """What a category may lie under."""
    return list(Term.objects.active().of(facet).filter(parent=None))


def _term_or_404(term_id: int) -> Term:
    return get_object_or_404(Term.objects.select_related("parent", "successor"), pk=term_id)


def _about(found: Term) -> dict[str, object]:
    """What every page of one term shows."""
    return {
        "term": found,
        "legend": LEGENDS[found.facet],
        "touches": touched_by(found.facet).get(found.pk, Touches()),
        "claimed": found.facet in Term.CLAIMABLE,
        "seen": services.version_of_term(found),
    }


def _parent_asked(request: HttpRequest) -> int | None:
    """The main category that the link to the form named, if any."""
    code = request.GET.get("under", "").replace("\0", "")
    found = Term.objects.active().of(Term.Facet.CATEGORY).filter(code=code, parent=None).first()
    return found.pk if found else None


def _home(found: Term) -> str:
    """Where it stands in its list."""
    asked = {"facet": found.facet}
    if found.parent is not None and found.parent.active:
        asked["under"] = found.parent.code
    return f"{reverse('curate:vocabulary')}?{urlencode(asked)}#term-{found.pk}"


def _listings(number: int) -> str:
    return "1 listing" if number == 1 else f"{number:,} listings"
