"""Writing a listing: a draft as it is, a public one at once or by way of a change."""

from django.db import transaction
from django.utils import timezone

from accounts.models import AuditEvent, Organisation, User
from accounts.permissions import NOT_CURATOR, is_curator, is_member
from accounts.refused import Overtaken, Refused
from accounts.services.locking import NOT_MEMBER, lock_organisation
from providers import content, listing_index
from providers.content import Content
from providers.models import Listing, ListingChange
from providers.permissions import Author, writes_for_somebody
from providers.services.listing_states import UNTITLED
from providers.services.locking import check_seen, last_act, lock_listing, lock_to_write
from providers.services.telling import tell
from providers.slugs import free_slug

State = Listing.State

WITH_CURATOR = "A curator is looking at it now. Take it back first if you want to change it."
TAKEN_DOWN = "This was taken down. Bring it back first if you want to change it."
OVER = "This change has been decided or given up meanwhile, so nothing was done."


class Clash(Overtaken):
    """Somebody saved the same answers since they were shown. ``now`` is the content that stands."""

    def __init__(self, now: Content) -> None:
        super().__init__("Somebody else changed this while you were writing.")
        self.now = now


@transaction.atomic
def start_listing(
    *, organisation: Organisation, origin: Listing.Origin, author: Author, title: str = UNTITLED
) -> Listing:
    """A new draft. The caller has checked that the author may write for the organisation."""
    locked = lock_organisation(organisation)
    listing = Listing.objects.create(
        organisation=locked, title=title, slug=free_slug(locked, title), origin=origin
    )
    _record("started", listing, author, [])
    return listing


@transaction.atomic
def begin_offer(*, organisation: Organisation, author: Author) -> Listing:
    """A new draft of a member's, or the one that they have begun and not written in yet: a button
    pressed twice makes one.
    """
    locked = lock_organisation(organisation)
    if author.user is None or not is_member(author.user, locked):
        raise Refused(NOT_MEMBER)
    untouched = Listing.objects.filter(organisation=locked, state=State.DRAFT, title=UNTITLED)
    begun = untouched.order_by("pk").first()
    if begun is not None:
        return begun
    return start_listing(organisation=locked, origin=Listing.Origin.PROVIDER, author=author)


@transaction.atomic
def save_content(
    *, listing: Listing, values: Content, author: Author, seen: str | None = None
) -> ListingChange | None:
    """Write ``values``, some fields of a content; what stays the same is left alone.

    With ``seen``, the digest of these fields as they were shown, raises Clash when they are not
    what stands any more.

    A draft, and the listing of a trusted organisation or of a curator's own, changes at once:
    returns None. Else the values wait in the listing's change, which is returned: to be sent in,
    again if it was. Raises Refused while a curator looks at the draft, or when it was taken down.
    """
    if "title" in values:
        # It may take a new address. Organisations are locked before their listings everywhere.
        lock_organisation(listing.organisation)
    now = lock_to_write(listing.pk, author)
    if now.state == State.SUBMITTED:
        raise Refused(WITH_CURATOR)
    if now.state == State.ARCHIVED:
        raise Refused(TAKEN_DOWN)
    live = content.read(now)
    standing = live | _waiting_values(now)
    if seen not in {None, content.digest(standing, values)} and content.changed(standing, values):
        raise Clash(standing)
    if _goes_live(now, author):
        _drop_from_change(now, values)
        if new := content.changed(live, values):
            _write_live(now, new)
            _record("changed", now, author, sorted(new))
        return None
    return _put_aside(now, live, values, author)


def open_change(listing: Listing) -> ListingChange | None:
    """The change that waits on it, if any. One query."""
    return ListingChange.objects.open().filter(listing=listing).first()


def current_content(listing: Listing, change: ListingChange | None) -> Content:
    """What its people see while they write: the live version with the change over it."""
    return content.read(listing) | (change.values if change else {})


@transaction.atomic
def submit_change(*, listing: Listing, author: Author) -> ListingChange:
    """Send the change in for a curator to accept. Sent in twice, it is sent in once."""
    now = lock_to_write(listing.pk, author)
    change = _lock_open(now)
    if change.state == ListingChange.State.SUBMITTED:
        return change
    change.state = ListingChange.State.SUBMITTED
    change.submitted_at, change.return_reason = timezone.now(), ""
    change.save()
    _record_change("submitted", now, change, author.user)
    tell(now, "change_submitted", {})
    return change


@transaction.atomic
def withdraw_change(*, listing: Listing, author: Author) -> None:
    """Give the change up; what is live stays as it is. Photos that waited in it go."""
    now = lock_to_write(listing.pk, author)
    change = _lock_open(now)
    _decide(change, ListingChange.State.WITHDRAWN)
    now.photos.filter(position=None).delete()
    _record_change("gave up", now, change, author.user)


@transaction.atomic
def accept_change(*, change: ListingChange, by: User, seen: str) -> Listing:
    """A curator makes the change live. Raises Overtaken when it, or what is live, is not what they
    looked at.
    """
    now, waiting = _lock_as_curator(change, by, seen)
    _write_live(now, waiting.values)
    _decide(waiting, ListingChange.State.ACCEPTED)
    _record_change("accepted", now, waiting, by)
    tell(now, "change_accepted", {})
    return now


@transaction.atomic
def return_change(*, change: ListingChange, reason: str, by: User, seen: str) -> ListingChange:
    """A curator asks for something first; what is live stays as it is."""
    now, waiting = _lock_as_curator(change, by, seen)
    waiting.state, waiting.return_reason = ListingChange.State.RETURNED, reason
    waiting.save()
    _record_change("returned", now, waiting, by)
    tell(now, "change_returned", {"reason": reason})
    return waiting


def _goes_live(listing: Listing, author: Author) -> bool:
    return (
        listing.state in {State.DRAFT, State.RETURNED}
        or listing.organisation.trusted
        or writes_for_somebody(author, listing)
    )


def _write_live(listing: Listing, values: Content) -> None:
    title = listing.title
    if listing.published_at is None and values.get("title", title) != title:
        # Nobody has been given its address yet.
        listing.slug = free_slug(lock_organisation(listing.organisation), values["title"])
    content.write(listing, values)
    listing_index.refresh([listing.pk])


def _waiting_values(listing: Listing) -> Content:
    change = open_change(listing)
    return change.values if change else {}


def _drop_from_change(listing: Listing, values: Content) -> None:
    """What goes live now no longer waits: its organisation has come to be trusted meanwhile."""
    change = ListingChange.objects.open().select_for_update().filter(listing=listing).first()
    if change is None or change.values.keys().isdisjoint(values):
        return
    for name in values:
        change.values.pop(name, None)
        change.before.pop(name, None)
    if change.values:
        change.save()
    else:
        _decide(change, ListingChange.State.WITHDRAWN)


def _put_aside(
    listing: Listing, live: Content, values: Content, author: Author
) -> ListingChange | None:
    """Add ``values`` to the open change, or begin one; None when nothing differs any more."""
    change = ListingChange.objects.open().select_for_update().filter(listing=listing).first()
    before = change.values if change else {}
    after = content.changed(live, before | values)
    if change is None and not after:
        return None
    if change is not None and after == before:
        return change
    change = change or ListingChange(listing=listing)
    change.values = after
    change.before = {name: change.before.get(name, live[name]) for name in after}
    change.made_by = author.user
    change.state = ListingChange.State.DRAFT if after else ListingChange.State.WITHDRAWN
    change.decided_at = None if after else timezone.now()
    change.save()
    touched = sorted(name for name in values if after.get(name) != before.get(name))
    _record("wants to change", listing, author, touched)
    return change if after else None


def _lock_open(listing: Listing) -> ListingChange:
    change = ListingChange.objects.open().select_for_update().filter(listing=listing).first()
    if change is None:
        raise Overtaken(OVER)
    return change


def _lock_as_curator(change: ListingChange, by: User, seen: str) -> tuple[Listing, ListingChange]:
    if not is_curator(by):
        raise Refused(NOT_CURATOR)
    listing = lock_listing(change.listing_id)
    now = ListingChange.objects.select_for_update().get(pk=change.pk)
    if now.state != ListingChange.State.SUBMITTED:
        raise Overtaken(last_act(now, listing, by=by))
    check_seen(seen, listing, now, by=by)
    return listing, now


def _decide(change: ListingChange, state: ListingChange.State) -> None:
    change.state, change.decided_at = state, timezone.now()
    change.save()


def _record(verb: str, listing: Listing, author: Author, fields: list[str]) -> None:
    AuditEvent.record(
        verb=verb,
        target=listing,
        organisation=listing.organisation,
        actor_key=author.key,
        fields=fields,
    )


def _record_change(verb: str, listing: Listing, change: ListingChange, by: User | None) -> None:
    AuditEvent.record(
        verb=verb,
        target=change,
        organisation=listing.organisation,
        actor_key=by.audit_key if by else None,
        fields=sorted(change.values),
    )
