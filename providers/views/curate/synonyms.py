"""Words that people type, and the terms they mean."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import signed_in
from accounts.refused import Overtaken, Refused
from accounts.views.curator import curator_page
from providers.forms.vocabulary import SynonymForm
from providers.models import Synonym, Term
from providers.services import synonyms as services
from providers.services.vocabulary import Taken
from tslsv.ui.pagination import page_links, page_number

PAGE_SIZE = 50
LONGEST_QUERY = 60


@require_safe
@curator_page
def synonyms(request: HttpRequest) -> HttpResponse:
    """All of them, or those whose words or terms hold what is typed."""
    typed = " ".join(request.GET.get("q", "").replace("\0", " ").split())[:LONGEST_QUERY]
    rows = (
        Synonym.objects.filter(terms__isnull=False)
        .filter(Q(words__icontains=typed) | Q(terms__label__icontains=typed))
        .prefetch_related(Prefetch("terms", Term.objects.order_by("facet", "position")))
        .distinct()
    )
    pages = Paginator(rows, PAGE_SIZE)
    number = page_number(request)
    if number > pages.num_pages:
        raise Http404("there are fewer pages")
    base = reverse("curate:synonyms")

    def address(page: int) -> str:
        asked = {"q": typed, "page": page if page > 1 else ""}
        query = urlencode({name: value for name, value in asked.items() if value})
        return f"{base}?{query}" if query else base

    context = {
        "typed": typed,
        "total": pages.count,
        "rows": pages.page(number),
        "pages": page_links(number, pages.num_pages, address),
    }
    return render(request, "curate/synonyms.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@curator_page
def new_synonym(request: HttpRequest) -> HttpResponse:
    """Add words; a term's own page offers it as their meaning."""
    chosen = request.GET.get("term", "")
    form = SynonymForm(
        request.POST if request.method == "POST" else None,
        terms=_terms(),
        chosen=[int(chosen)] if chosen.isascii() and chosen.isdigit() and len(chosen) < 10 else [],
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = services.add_synonym(
                words=form.cleaned_data["words"], terms=form.meanings, by=signed_in(request)
            )
        except Refused as refused:
            form.add_error("words", str(refused))
        else:
            messages.success(request, f"“{made.words}” finds them from now on.")
            return redirect("curate:synonyms")
    return render(request, "curate/new_synonym.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@curator_page
def synonym(request: HttpRequest, synonym_id: int) -> HttpResponse:
    """Change the words or what they mean."""
    found = _synonym_or_404(synonym_id)
    form = SynonymForm(
        request.POST if request.method == "POST" else None,
        initial={"words": found.words, "seen": services.version_of_synonym(found)},
        terms=_terms(),
        chosen=[term.pk for term in found.terms.all() if term.active],
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            services.change_synonym(
                synonym=found,
                words=form.cleaned_data["words"],
                terms=form.meanings,
                seen=form.cleaned_data["seen"],
                by=signed_in(request),
            )
        except Overtaken as overtaken:
            form.add_error(None, str(overtaken))
            form.show_now(services.version_of_synonym(found))
            status = 409
        except Taken as taken:
            form.add_error("words", str(taken))
        except Refused as refused:
            form.add_error("words", str(refused))
        else:
            messages.success(request, "Saved. Search knows it already.")
            return redirect("curate:synonyms")
    context = {"synonym": found, "form": form, "clash": status == 409}
    return render(request, "curate/synonym.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@curator_page
def remove_synonym(request: HttpRequest, synonym_id: int) -> HttpResponse:
    """Asks once more, then removes."""
    found = _synonym_or_404(synonym_id)
    error, status = "", 200
    if request.method == "POST":
        try:
            services.remove_synonym(
                synonym=found, seen=request.POST.get("seen", ""), by=signed_in(request)
            )
        except Refused as refused:
            error, status = str(refused), 409
        else:
            messages.success(request, f"“{found.words}” is removed.")
            return redirect("curate:synonyms")
    context = {
        "synonym": found,
        "terms": found.terms.all(),
        "seen": services.version_of_synonym(found),
        "error": error,
    }
    return render(request, "curate/remove_synonym.html", context, status=status)


def _terms() -> list[Term]:
    return list(Term.objects.active().select_related("parent"))


def _synonym_or_404(synonym_id: int) -> Synonym:
    """One without terms has been removed."""
    rows = Synonym.objects.filter(terms__isnull=False).distinct().prefetch_related("terms")
    return get_object_or_404(rows, pk=synonym_id)
