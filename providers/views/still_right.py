"""What the mailed question leads to: what the listings say, and a button that says yes to it."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import Exists, OuterRef, Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import Membership, User
from accounts.refused import Refused
from places.models import Ward
from providers import still_right_links
from providers.models import Listing, Term
from providers.services import freshness
from providers.still_right_links import DeadLink, Link
from providers.views import parts


@dataclass(frozen=True, slots=True)
class Asked:
    """One listing of the link: still open to an answer, or ``over`` says why not."""

    listing: Listing
    link: Link
    over: str
    facts: list[tuple[str, str]]
    contact: parts.Contact
    change_url: str
    hidden: bool


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def still_right(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever has the link may confirm or pause what it is about; opening it changes nothing."""
    try:
        links = still_right_links.read(token)
    except DeadLink:
        return render(request, "providers/still_right_over.html", status=410)
    if request.method == "POST":
        _answer(request, links)
        return redirect("providers:still_right", token=token)
    rows = _rows(links)
    context = {
        "rows": rows,
        "open": [row for row in rows if not row.over],
        "organisation": rows[0].listing.organisation if rows else None,
        "gone": len(links) - len(rows),
        "example_data": any(row.listing.organisation.is_example for row in rows),
    }
    return render(request, "providers/still_right.html", context)


def _rows(links: list[Link]) -> list[Asked]:
    """The listings that are still there, in the mail's order."""
    acted_for = Membership.objects.filter(organisation=OuterRef("organisation"))
    found = (
        Listing.objects.filter(pk__in=[link.listing_id for link in links])
        .select_related("organisation")
        .annotate(acted_for=Exists(acted_for))
        .prefetch_related(
            Prefetch("categories", Term.objects.select_related("parent")),
            "access_features",
            Prefetch("delivery_wards", parts.without_outlines(Ward.objects.all())),
        )
        .in_bulk()
    )
    return [_asked(found[link.listing_id], link) for link in links if link.listing_id in found]


def _asked(listing: Listing, link: Link) -> Asked:
    is_open = still_right_links.is_open(listing, link)
    return Asked(
        listing=listing,
        link=link,
        over="" if is_open else freshness.link_is_over(listing),
        facts=parts.listing_facts(listing, listing.delivery_wards.all()) if is_open else [],
        contact=parts.contact_of(listing.organisation, listing),
        change_url=_change_url(listing) if is_open else "",
        hidden=not listing.is_findable(timezone.localdate()),
    )


def _change_url(listing: Listing) -> str:
    """Where its people change it; where nobody acts for it, a curator is told what is wrong."""
    slug = listing.organisation.slug
    if listing.acted_for:  # type: ignore[attr-defined]
        return reverse("offers:offer", args=[slug, listing.pk])
    return reverse("providers:report_problem", args=[slug, listing.slug])


def _answer(request: HttpRequest, links: list[Link]) -> None:
    """Do as the button says and tell what came of it. Raises Http404 for no button of the page."""
    key = request.user.audit_key if isinstance(request.user, User) else None
    if request.POST.get("still") == "all":
        _confirm_all(request, links, key)
    elif "still" in request.POST:
        link = _chosen(links, request.POST["still"])
        _say(request, freshness.confirm_by_link, link, key, "Thank you. “%s” is confirmed.")
    else:
        link = _chosen(links, request.POST.get("stop", ""))
        _say(request, freshness.pause_by_link, link, key, PAUSED)


PAUSED = (
    "“%s” is paused: search does not show it, and its page says so. Sign in to offer it again, "
    "or ask us to."
)


def _chosen(links: list[Link], typed: str) -> Link:
    for link in links:
        if str(link.listing_id) == typed:
            return link
    raise Http404("no such listing in this link")


def _say(
    request: HttpRequest,
    work: Callable[..., Listing],
    link: Link,
    key: uuid.UUID | None,
    done: str,
) -> None:
    try:
        listing = work(link=link, actor_key=key)
    except Refused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, done % listing.title)


def _confirm_all(request: HttpRequest, links: list[Link], key: uuid.UUID | None) -> None:
    """Those that are open still; the others say for themselves what became of them."""
    confirmed = 0
    for link in links:
        try:
            freshness.confirm_by_link(link=link, actor_key=key)
        except Refused:
            continue
        confirmed += 1
    if confirmed:
        messages.success(request, f"Thank you. Confirmed: {confirmed}.")
    else:
        messages.warning(request, "All of it was answered before, so nothing was changed.")
