"""Pages of one organisation, for those who act for it."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.permissions import membership_or_404

type Page = Callable[..., HttpResponse]


def member_page(*, owner: bool = False) -> Callable[[Page], Page]:
    """The view gets the visitor's membership, with its organisation, in place of the slug.

    An outsider gets 404; with ``owner`` an editor gets 403. Under an address from before a
    renaming a page leads on, and a form that was open then still works.
    """

    def decorate(page: Page) -> Page:
        @wraps(page)
        def view(request: HttpRequest, slug: str, **others: int) -> HttpResponse:
            membership = membership_or_404(request.user, slug, owner=owner)
            now, match = membership.organisation.slug, request.resolver_match
            if match and now != slug and request.method != "POST":
                return redirect(reverse(match.view_name, kwargs={"slug": now, **others}))
            return page(request, membership, **others)

        return view

    return decorate
