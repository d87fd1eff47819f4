"""A view of the list for other websites to show, and the lines of HTML with which they do."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.html import escape
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from accounts.models import Membership, Organisation, User
from providers import panel, words
from providers.cards import result_rows, shown_on
from providers.models import EmbedHost
from providers.search import PAGE_SIZE, ListingSearch, etag, open_page
from providers.views.search import clean_query
from tslsv.mail.links import absolute
from tslsv.ui.filtering import join_query, page_number
from tslsv.ui.pagination import page_links

CODE = '<iframe src="{}" title="{}" width="100%" height="900" loading="lazy"></iframe>'


@login_not_required
@require_safe
def embed(request: HttpRequest, slug: str) -> HttpResponse:
    """The view of the address's parameters, to be framed by the organisation's websites alone.

    It sets no cookie, reads no session, and has nothing that changes anything, so whoever frames it
    cannot make a visitor do what they do not mean to.
    """
    organisation = Organisation.objects.filter(slug=slug).first()
    if organisation is None:
        return _moved(request, slug)
    hosts = EmbedHost.objects.allowed(organisation)
    if not hosts:
        raise Http404("no website of theirs is registered")
    policy: Any = {**settings.SECURE_CSP, "frame-ancestors": ancestors(hosts)}
    framed = csp_override(policy)(xframe_options_exempt(partial(_framed, organisation, hosts)))
    return framed(request)


def ancestors(hosts: Iterable[str]) -> list[str]:
    """What the header says of who may frame a page. The run on this machine alone has no TLS, so
    there whoever is served as we are may.
    """
    return [host if settings.LOOPBACK else f"https://{host}" for host in hosts]


def _moved(request: HttpRequest, slug: str) -> HttpResponse:
    """Redirect from a former address, for ever; else 404."""
    moved = Organisation.objects.filter(former_slugs__slug=slug).first()
    if moved is None:
        raise Http404("no such organisation")
    base = reverse("providers:embed", args=[moved.slug])
    return HttpResponsePermanentRedirect(join_query(base, request.GET.urlencode()))


def _framed(organisation: Organisation, hosts: list[str], request: HttpRequest) -> HttpResponse:
    opening = open_page(request.GET.get("near", ""))
    today = timezone.localdate()
    tag = etag(opening, today, f"{request.get_full_path()} {hosts}", settings.BUILD)
    unchanged = get_conditional_response(request, etag=tag)
    if unchanged is None:
        unchanged = _results(request, organisation, ListingSearch(request.GET, opening))
    unchanged["Cache-Control"] = "no-cache"
    if unchanged.status_code in {200, 304}:
        unchanged["ETag"] = tag
    return unchanged


def _results(
    request: HttpRequest, organisation: Organisation, asked: ListingSearch
) -> HttpResponse:
    base = reverse("providers:embed", args=[organisation.slug])
    query = clean_query(request.GET)
    context: dict[str, object] = {
        "canonical": absolute(join_query(reverse("providers:search"), query)),
        "first_page": join_query(base, query),
        "problems": panel.problems(asked),
    }
    if asked.errors:
        # As for a file: never a wider answer than was asked for.
        return render(request, "providers/embed.html", context, status=400)
    number = page_number(request.GET)
    found = asked.find(page=number)
    pages = max(1, -(-found.total // PAGE_SIZE))
    if number > pages:
        return render(request, "providers/embed.html", {**context, "past": pages}, status=404)
    today = timezone.localdate()
    start = (number - 1) * PAGE_SIZE + 1
    shown = shown_on(found.hits, today)
    context |= {
        "heading": words.heading(asked, found),
        "page_title": words.title(asked, found, number, pages),
        "rows": result_rows(shown, today, start, numbered=False, embedded=True),
        "first": start,
        "last": start + len(shown) - 1,
        "total": found.total,
        "pages": page_links(
            number,
            pages,
            lambda page: join_query(base, query, f"page={page}" if page > 1 else ""),
        ),
        "example_data": any(hit.card["example"] for hit in shown),
    }
    return render(request, "providers/embed.html", context)


@login_not_required
@never_cache
@require_safe
def embed_code(request: HttpRequest) -> HttpResponse:
    """What to paste into a website, for those who act for an organisation; how to, for others."""
    asked = ListingSearch(request.GET, open_page(request.GET.get("near", "")))
    query = clean_query(request.GET)
    view = words.view_in_words(asked)
    context: dict[str, object] = {
        "view": view,
        "view_url": join_query(reverse("providers:search"), query),
        "problems": panel.problems(asked),
        "here": request.get_full_path(),
        "signed_in": isinstance(request.user, User),
    }
    if asked.errors:
        return render(request, "providers/embed_code.html", context, status=400)
    if isinstance(request.user, User):
        memberships = list(Membership.objects.for_user(request.user))
        title = f"Offers in Leeds: {', '.join(view)}"
        context |= {
            "rows": [_row(membership, query, title) for membership in memberships],
            "example_data": any(row.organisation.is_example for row in memberships),
        }
    return render(request, "providers/embed_code.html", context)


def _row(membership: Membership, query: str, title: str) -> dict[str, object]:
    """What one organisation can paste. One query."""
    organisation = membership.organisation
    address = absolute(join_query(reverse("providers:embed", args=[organisation.slug]), query))
    return {
        "membership": membership,
        "hosts": EmbedHost.objects.allowed(organisation),
        "address": address,
        # HTML to read, not to draw: the template escapes it once more.
        "code": CODE.format(escape(address), escape(title)),
    }
