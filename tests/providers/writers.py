"""Everybody who may meet a listing: those who write it, and those who may not."""

from collections.abc import Callable
from typing import Any

from django.http import QueryDict

from accounts.models import Role, User
from accounts.services.people import make_person
from providers.models import Listing
from providers.permissions import Author
from providers.search import ListingSearch, open_page
from tests.factories import (
    make_listing,
    make_membership,
    make_organisation,
    make_registration,
    make_term,
    make_user,
)

#: Who may write which listing, by name. "told" is one that a curator takes down by telephone.
WRITERS = ("owner", "editor", "registrant", "curator of told")
OTHERS = (
    "stranger",
    "curator",
    "curator asleep",
    "confirmed registrant",
    "other registrant",
    "nobody",
)


def curator(email: str = "cur@example.org") -> User:
    """Somebody whose role is awake."""
    found = User.objects.filter(email=email).first()
    made = found or make_person(email=email, name="Cora", roles=("curator",))
    return User.objects.get(pk=made.pk)


def make_complete(state: str = Listing.State.DRAFT, **fields: Any) -> Listing:
    """Five answers, so that it can be sent in."""
    organisation = fields.pop("organisation", None) or make_organisation(
        "Holbeck Kitchen", slug="kitchen", email="hello@kitchen.example"
    )
    if state not in {Listing.State.PUBLISHED, Listing.State.PAUSED}:
        fields = {"published_at": None, "confirmed_at": None, **fields}
    return make_listing(
        organisation,
        state=state,
        **{
            "title": "Buffet lunches",
            "slug": "buffet",
            "summary": "Cold platters.",
            "categories": [make_term(label="Buffets")],
            **fields,
        },
    )


def author_of(name: str, listing: Listing) -> Author:
    """The author called so, of a listing that is made to fit."""
    return _MAKERS[name](listing)


def _member(role: Role) -> Callable[[Listing], Author]:
    return lambda listing: Author(make_membership(listing.organisation, role=role).user)


def _of_told(listing: Listing) -> Author:
    listing.origin = Listing.Origin.CURATOR
    listing.save()
    return Author(curator())


def _asleep(listing: Listing) -> Author:
    listing.origin = Listing.Origin.CURATOR
    listing.save()
    user = curator()
    user.roles_asleep = True
    return Author(user)


def _confirmed(listing: Listing) -> Author:
    registration = make_registration(listing)
    author = Author(registration=make_copy(registration))
    registration.email_confirmed_at = registration.created
    registration.save()
    return author


def make_copy(row: Any) -> Any:
    """The row as somebody else has read it."""
    return type(row).objects.get(pk=row.pk)


_MAKERS: dict[str, Callable[[Listing], Author]] = {
    "owner": _member(Role.OWNER),
    "editor": _member(Role.EDITOR),
    "registrant": lambda listing: Author(registration=make_registration(listing)),
    "curator of told": _of_told,
    "stranger": lambda listing: Author(make_user()),
    "curator": lambda listing: Author(curator()),
    "curator asleep": _asleep,
    "confirmed registrant": _confirmed,
    "other registrant": lambda listing: Author(registration=make_registration()),
    "nobody": lambda listing: Author(),
}


def found_ids(query: str) -> list[int]:
    """What the search page would find now, by key."""
    search = ListingSearch(QueryDict(query), open_page(""))
    return [hit.object_id for hit in search.find(page=1).hits]
