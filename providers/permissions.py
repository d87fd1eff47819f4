"""What the public may open, who may write what, and whose a shortlist or an alert is."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.addresses import confirmed_addresses
from accounts.models import Organisation, User
from accounts.permissions import is_curator, is_member, is_owner
from providers.models import Alert, Listing, RegisterEntry, Registration, Shortlist
from providers.models.alert import AlertQuerySet
from providers.models.shortlist import ShortlistQuerySet


@dataclass(frozen=True, slots=True)
class Author:
    """Whoever writes a listing: a member, a curator for somebody on the telephone, or somebody
    without an account whose session holds an unfinished registration."""

    user: User | None = None
    registration: Registration | None = None

    @property
    def key(self) -> uuid.UUID | None:
        """For the audit."""
        return self.user.audit_key if self.user else None


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose shortlists they are: a person's, or those of a session that nobody has signed in to."""

    user: User | None = None
    holder_hash: str = ""

    @property
    def key(self) -> str:
        """One for each holder; empty for a visitor who has none yet."""
        return f"user {self.user.pk}" if self.user else self.holder_hash


def shortlists_of(holder: Holder) -> ShortlistQuerySet:
    """The lists that they may see and change; nobody else may."""
    return Shortlist.objects.of(holder.user, holder.holder_hash)


def alerts_of(user: User) -> AlertQuerySet:
    """The mails about new offers that they may see and change. One query before its own."""
    return Alert.objects.of(user, confirmed_addresses(user)).defer("seen")


def may_write(author: Author, listing: Listing) -> bool:
    """Whether they may change this listing and send it in. Up to three queries.

    A curator may while the listing was taken down by one and nobody acts for its organisation.
    """
    if holds_registration(author, listing):
        return True
    if author.user is None:
        return False
    return is_member(author.user, listing.organisation) or writes_for_somebody(author, listing)


def may_answer_for(author: Author, organisation: Organisation, listing: Listing) -> bool:
    """Whether they may say who leads the organisation and whom it serves: its owners alone, and
    whoever registers it, as they become its owner. Up to two queries.
    """
    if holds_registration(author, listing):
        return True
    return author.user is not None and is_owner(author.user, organisation)


def holds_registration(author: Author, listing: Listing) -> bool:
    """Whether they are registering this very listing, and have not confirmed their address."""
    held = author.registration
    return held is not None and held.listing_id == listing.pk and held.email_confirmed_at is None


def writes_for_somebody(author: Author, listing: Listing) -> bool:
    """Whether a curator writes down what somebody said on the telephone. Up to two queries."""
    return (
        author.user is not None
        and listing.origin == Listing.Origin.CURATOR
        and is_curator(author.user)
        and not listing.organisation.memberships.exists()
    )


def open_listings() -> QuerySet[Listing]:
    """Listings whose page anybody may open, with their organisation and its ward.

    Published and paused ones, however long ago they were confirmed; never a register entry that was
    removed on request, whatever state its listing was left in.
    """
    removed = RegisterEntry.objects.filter(listing=OuterRef("pk"), removed_at__isnull=False)
    return (
        Listing.objects.filter(state__in=[Listing.State.PUBLISHED, Listing.State.PAUSED])
        .filter(~Q(origin=Listing.Origin.REGISTER) | ~Exists(removed))
        .select_related("organisation__ward")
        .defer("organisation__ward__outline")
    )


def published_listings() -> QuerySet[Listing]:
    """Those of ``open_listings`` that are on offer now."""
    return open_listings().filter(state=Listing.State.PUBLISHED)


def open_organisations() -> QuerySet[Organisation]:
    """Organisations with something on offer, with their ward.

    One that only has drafts, or has taken everything down, has no page: that it is on the list at
    all is not public.
    """
    return (
        Organisation.objects.filter(
            Exists(published_listings().filter(organisation=OuterRef("pk")))
        )
        .select_related("ward")
        .defer("ward__outline")
    )


def claimable_organisations() -> QuerySet[Organisation]:
    """Those of ``open_organisations`` that somebody may say is theirs; nobody is an example."""
    return open_organisations().filter(is_example=False)


def from_register(organisations: Iterable[Organisation]) -> set[int]:
    """Ids of those of which only what a public register says is on offer. One query."""
    ids = [organisation.pk for organisation in organisations]
    own = (
        published_listings()
        .filter(organisation__in=ids)
        .exclude(origin=Listing.Origin.REGISTER)
        .values_list("organisation", flat=True)
    )
    return set(ids) - set(own)
