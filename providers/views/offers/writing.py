"""Who writes an offer, and by which door they came in.

The same pages stand at three addresses: for members of its organisation, for somebody who registers
it without an account, and for a curator who takes it down for somebody on the telephone. A door
checks who may come in, and hands the page a ``Writing``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from accounts.models import Membership, Organisation, User
from accounts.permissions import is_member, signed_in
from accounts.views.curator import curator_page
from accounts.views.member import member_page
from providers.content import Content
from providers.models import Listing, ListingChange
from providers.permissions import Author, may_answer_for, writes_for_somebody
from providers.services.listing_edits import current_content, open_change
from providers.services.listing_states import UNTITLED
from providers.views.held import held

type Page = Callable[..., HttpResponse]

PLAIN = (
    "offer", "check", "send", "sent", "take_back", "preview", "photos", "accreditations",
    "withdraw_edi", "send_changes", "give_up_changes", "archive", "restore",
)  # fmt: skip
"""Names of pages without an argument of their own, in every tree."""
OF_MEMBERS = ("pause", "resume", "confirm")


@dataclass(frozen=True)
class Writing:
    """Somebody at work on an offer. ``prefix`` stands before the URL names of their tree."""

    listing: Listing
    author: Author
    prefix: str
    kind: str

    @property
    def organisation(self) -> Organisation:
        return self.listing.organisation

    @cached_property
    def change(self) -> ListingChange | None:
        """What waits to be accepted. One query."""
        return open_change(self.listing)

    @cached_property
    def said(self) -> Content:
        """The content as its writers see it."""
        return current_content(self.listing, self.change)

    @cached_property
    def answers_for(self) -> bool:
        """Whether they may say who leads the organisation and whom it serves."""
        return may_answer_for(self.author, self.organisation, self.listing)

    @property
    def begun(self) -> bool:
        """Whether somebody has written in it; until then its first page is all there is."""
        return self.listing.title != UNTITLED

    @property
    def public(self) -> bool:
        return self.listing.state in {Listing.State.PUBLISHED, Listing.State.PAUSED}

    @property
    def open(self) -> bool:
        """Whether it can be changed as it stands."""
        return self.listing.state not in {Listing.State.SUBMITTED, Listing.State.ARCHIVED}

    def url(self, name: str, *args: object) -> str:
        """The address of a page in the tree that they came by."""
        own = [self.organisation.slug] if self.kind == "member" else []
        return reverse(f"{self.prefix}{name}", args=[*own, self.listing.pk, *args])

    @cached_property
    def urls(self) -> dict[str, str]:
        """The addresses of all pages without an argument, by name, for templates."""
        names = PLAIN if self.kind == "registrant" else (*PLAIN, *OF_MEMBERS)
        return {name: self.url(name) for name in names}

    def context(self, **more: object) -> dict[str, Any]:
        """What every page of an offer finds."""
        return {
            "writing": self,
            "listing": self.listing,
            "organisation": self.organisation,
            "urls": self.urls,
            **more,
        }


def member_door(page: Page) -> Page:
    """For those who act for the organisation; everybody else finds nothing there."""

    @never_cache
    @member_page()
    @wraps(page)
    def view(
        request: HttpRequest, membership: Membership, pk: int, **others: object
    ) -> HttpResponse:
        rows = Listing.objects.filter(organisation=membership.organisation)
        listing = get_object_or_404(rows.select_related("organisation"), pk=pk)
        writing = Writing(listing, Author(signed_in(request)), "offers:", "member")
        return page(request, writing, **others)

    return view


def registrant_door(page: Page) -> Page:
    """For whoever's session holds the registration, until its address is confirmed."""

    @login_not_required
    @never_cache
    @wraps(page)
    def view(request: HttpRequest, pk: int, **others: object) -> HttpResponse:
        registration = held(request, pk)
        if registration is None:
            return render(request, "offers/not_held.html", status=404)
        listing = registration.listing
        if registration.email_confirmed_at is not None:
            return _confirmed(request, listing)
        user = request.user if isinstance(request.user, User) else None
        writing = Writing(listing, Author(user, registration), "providers:join_", "registrant")
        return page(request, writing, **others)

    return view


def _confirmed(request: HttpRequest, listing: Listing) -> HttpResponse:
    """The address is proved, so its owner signs in: a session alone is not enough any more."""
    mine = reverse("offers:offer", args=[listing.organisation.slug, listing.pk])
    if is_member(request.user, listing.organisation):
        return redirect(mine)
    return render(request, "offers/confirmed.html", {"next": mine}, status=403)


def curator_door(page: Page) -> Page:
    """For a curator who writes for an organisation that nobody acts for yet."""

    @never_cache
    @curator_page
    @wraps(page)
    def view(request: HttpRequest, pk: int, **others: object) -> HttpResponse:
        listing = get_object_or_404(Listing.objects.select_related("organisation"), pk=pk)
        author = Author(signed_in(request))
        if not writes_for_somebody(author, listing):
            raise Http404("not written by curators")
        return page(request, Writing(listing, author, "curate:write_", "curator"), **others)

    return view
