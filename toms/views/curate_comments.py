"""Curators and comments: which wait, whether one is published, and what it is answered."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import signed_in
from accounts.refused import Overtaken, Refused
from accounts.views.curator import curator_page
from toms.forms.comment import RefuseForm, RespondForm
from toms.models import Comment
from toms.services.comment import publish_comment, refuse_comment, respond
from toms.services.locking import seen
from tslsv.ui.pagination import page_links

PER_PAGE = 50
State = Comment.State


@never_cache
@require_safe
@curator_page
def comment_list(request: HttpRequest) -> HttpResponse:
    """What waits to be read, what waits for an answer, and what is done, the newest first."""
    rows = Comment.objects.select_related("release", "version__measure", "organisation")
    done = rows.filter(state__in=[State.PUBLISHED, State.REFUSED]).exclude(
        state=State.PUBLISHED, outcome=""
    )
    pages = Paginator(done.order_by("-looked_at", "-pk"), PER_PAGE)
    number = _number(request.GET.get("page", "1"), pages.num_pages)
    here = reverse("curate_comments:comment_list")
    waiting, unanswered = list(rows.waiting()), list(rows.unanswered())
    shown = list(pages.page(number).object_list)
    context = {
        "waiting": waiting,
        "unanswered": unanswered,
        "done": shown,
        "pages": page_links(
            number, pages.num_pages, lambda page: f"{here}?page={page}" if page > 1 else here
        ),
        "number": number,
        "example_data": any(
            row.organisation is not None and row.organisation.is_example
            for row in (*waiting, *unanswered, *shown)
        ),
    }
    return render(request, "curate/comment_list.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@curator_page
def one_comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish it or not, and answer it once it is public."""
    found = _comment(pk)
    if request.method != "POST":
        return _page(request, found)
    act = request.POST.get("act", "")
    if act == "publish":
        return _publish(request, found)
    if act == "refuse":
        return _refuse(request, found)
    if act == "respond":
        return _respond(request, found)
    return _page(request, found)


def _comment(pk: int) -> Comment:
    """Raises Http404, also for one whose address nobody has confirmed: it is nobody's yet."""
    rows = Comment.objects.exclude(state=State.UNCONFIRMED).select_related(
        "release", "version__measure", "organisation", "looked_at_by", "responded_by"
    )
    return get_object_or_404(rows, pk=pk)


def _publish(request: HttpRequest, found: Comment) -> HttpResponse:
    try:
        publish_comment(comment=found, by=signed_in(request))
    except Refused as refused:
        return _page(request, _comment(found.pk), error=str(refused))
    messages.success(request, "It is public now. Answer it here, now or later.")
    return redirect("curate_comments:one_comment", pk=found.pk)


def _refuse(request: HttpRequest, found: Comment) -> HttpResponse:
    form = RefuseForm(request.POST)
    if not form.is_valid():
        return _page(request, found, refuse=form)
    try:
        refuse_comment(comment=found, reason=form.cleaned_data["reason"], by=signed_in(request))
    except Refused as refused:
        typed = request.POST.get("reason", "")
        return _page(request, _comment(found.pk), error=str(refused), typed=typed)
    messages.success(request, "It is not published, and its writer is told why.")
    return redirect("curate_comments:comment_list")


def _respond(request: HttpRequest, found: Comment) -> HttpResponse:
    form = RespondForm(request.POST)
    if not form.is_valid():
        return _page(request, found, response=form)
    try:
        respond(
            comment=found,
            outcome=form.cleaned_data["outcome"],
            response=form.cleaned_data["response"],
            looked_at=form.cleaned_data["seen"],
            by=signed_in(request),
        )
    except Overtaken as overtaken:
        now = _comment(found.pk)
        # What was typed stays in the form; saving it again takes the place of what stands above.
        again = RespondForm({**request.POST.dict(), "seen": seen(now)})
        return _page(request, now, response=again, error=str(overtaken))
    except Refused as refused:
        typed = request.POST.get("response", "")
        return _page(request, _comment(found.pk), error=str(refused), typed=typed)
    messages.success(request, "The answer is public.")
    return redirect("curate_comments:comment_list")


def _page(
    request: HttpRequest,
    found: Comment,
    *,
    refuse: RefuseForm | None = None,
    response: RespondForm | None = None,
    error: str = "",
    typed: str = "",
) -> HttpResponse:
    """``error`` is why what was asked was not done; ``typed`` is what would be lost by it."""
    now = {"seen": seen(found), "outcome": found.outcome, "response": found.response}
    adopted = found.release.state == found.release.State.ADOPTED
    context = {
        "comment": found,
        "release": found.release,
        "organisation": found.organisation,
        "refuse": refuse or RefuseForm(),
        "respond": response or RespondForm(initial=now),
        "form": response or refuse,
        "may_answer": found.state == State.PUBLISHED and not (found.outcome and adopted),
        "error": error,
        "typed": typed,
    }
    return render(request, "curate/one_comment.html", context, status=409 if error else 200)


def _number(text: str, pages: int) -> int:
    """A page that is there. Raises Http404."""
    if not (text.isascii() and text.isdecimal() and len(text) < 7 and 1 <= int(text) <= pages):
        raise Http404("no such page")
    return int(text)
