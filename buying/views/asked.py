"""What an organisation was asked, for those who act for it."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Membership
from accounts.permissions import signed_in
from accounts.views.member import member_page
from buying.models import Recipient
from buying.views import answering
from buying.views.answering import Door

type Page = Callable[[HttpRequest, Door], HttpResponse]


@never_cache
@require_safe
@member_page()
def asked(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Everything that it was asked: what waits first, by the day answers are wanted, then the
    rest, newest first.
    """
    rows = list(Recipient.objects.for_organisation(membership.organisation))
    waiting = [row for row in rows if _waits(row)]
    context = {
        "organisation": membership.organisation,
        "waiting": sorted(waiting, key=lambda row: row.enquiry.answer_by),
        "others": [row for row in rows if not _waits(row)],
    }
    return render(request, "buying/asked.html", context)


def _waits(row: Recipient) -> bool:
    return row.enquiry.is_open and row.answer is None and row.not_genuine_at is None


def _asked(page: Page) -> Callable[..., HttpResponse]:
    """One enquiry to the organisation, or Http404."""

    @wraps(page)
    def view(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
        rows = Recipient.objects.for_organisation(membership.organisation)
        found = get_object_or_404(rows.select_related("enquiry", "organisation"), pk=pk)

        def url(name: str) -> str:
            view_name = f"enquiries:asked_{name}" if name else "enquiries:asked_one"
            return reverse(view_name, args=[membership.organisation.slug, pk])

        return page(request, Door(found, signed_in(request), url, member=True))

    return view


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@member_page()
@_asked
def asked_one(request: HttpRequest, door: Door) -> HttpResponse:
    """The same page as behind the mailed link."""
    return answering.answer_page(request, door)


@never_cache
@require_POST
@member_page()
@_asked
def asked_message(request: HttpRequest, door: Door) -> HttpResponse:
    return answering.message_page(request, door)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@member_page()
@_asked
def asked_not_genuine(request: HttpRequest, door: Door) -> HttpResponse:
    return answering.not_genuine_page(request, door)


@never_cache
@require_POST
@member_page()
@_asked
def asked_genuine(request: HttpRequest, door: Door) -> HttpResponse:
    return answering.genuine_page(request, door)
