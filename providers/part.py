"""What the provider list does when something reaches every app (see ``accounts.registry``)."""

import datetime
import re
import uuid
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent, Membership, Organisation, User
from accounts.permissions import is_curator
from accounts.registry import Panel, Part, Person, Waiting
from providers import listing_index, queue
from providers.models import (
    Alert,
    Claim,
    EmptySearch,
    EntryRequest,
    Listing,
    ListingChange,
    ProblemReport,
    Registration,
    Shortlist,
    ShortlistItem,
)
from providers.models.listing import months_before
from providers.permissions import alerts_of
from providers.services.alert import forget_alerts, take_alerts_along
from providers.services.moving import move_to
from providers.services.shortlist import take_along
from providers.views import holding

STATE_BADGES = {
    Listing.State.PUBLISHED: "good",
    Listing.State.RETURNED: "warn",
    Listing.State.SUBMITTED: "",
}
ASKED_OF_OWNERS = {
    EntryRequest.Wants.DISPUTE: "Somebody else asks to act for it",
    EntryRequest.Wants.REMOVE: "Somebody asks to take it off the list",
}
REMOVED = "[removed]"
ACTS = ("offer", "preview", "pause", "resume", "archive", "restore", "confirm")
"""Pages and buttons of a listing that its organisation's panel leads to."""


class ProvidersPart(Part):
    """Listings and their changes, claims, register entries, what people wrote to curators,
    shortlists, mails about new offers, and websites that show views of the list.
    """

    name = "providers"
    models = frozenset(
        {
            "providers.alert",
            "providers.claim",
            "providers.embedhost",
            "providers.entryrequest",
            "providers.formerlistingaddress",
            "providers.listing",
            "providers.listingchange",
            "providers.notdouble",
            "providers.problemreport",
            "providers.registerentry",
            "providers.registration",
            "providers.shortlist",
        }
    )

    def panels(self, user: User, organisation: Organisation) -> list[Panel]:
        today = timezone.localdate()
        rows = Listing.objects.filter(organisation=organisation).order_by("title", "pk")
        open_changes = ListingChange.objects.open().filter(listing__organisation=organisation)
        changes = {change.listing_id: change.get_state_display() for change in open_changes}
        for row in rows:
            row.organisation = organisation  # known, so no query
        return [
            Panel(
                "Listings",
                "my/parts/listings.html",
                {
                    "new_url": reverse("offers:new_offer", args=[organisation.slug]),
                    "rows": [
                        {
                            "listing": row,
                            "badge": STATE_BADGES.get(Listing.State(row.state), ""),
                            "url": _public_url(row),
                            "confirm": _needs_confirming(row, today),
                            "change": changes.get(row.pk),
                            "urls": {name: _url(name, row) for name in ACTS},
                        }
                        for row in rows
                    ],
                },
            )
        ]

    def own_panels(self, user: User) -> list[Panel]:
        """How many mails about new offers there are, for whoever has asked for some."""
        standing = alerts_of(user).filter(stopped_at=None).count()
        if not standing:
            return []
        return [Panel("Mails about new offers", "my/parts/alerts.html", {"standing": standing})]

    def waiting(self, user: User) -> list[Waiting]:
        today = timezone.localdate()
        rows = (
            Listing.objects.filter(organisation__in=Organisation.objects.of(user).values("pk"))
            .select_related("organisation")
            .order_by("organisation__name", "title", "pk")
        )
        asked = EntryRequest.objects.waiting().filter(user=user).select_related("organisation")
        changes = {
            change.listing_id: change
            for change in ListingChange.objects.open().filter(listing__in=rows)
        }
        found = (_waiting(row, today) or _waiting_change(row, changes.get(row.pk)) for row in rows)
        return [
            *(row for row in found if row is not None),
            *(
                Waiting(
                    text=f"You asked: {row.get_wants_display().lower()}",
                    organisation=row.organisation,
                    whom="a curator",
                    since=row.created,
                )
                for row in asked
            ),
            *_asked_by_others(user),
            *_in_queue(user),
        ]

    def organisation_changed(self, organisation: Organisation) -> None:
        listing_index.refresh(_listing_ids(organisation))

    def came_in(self, user: User, session: SessionBase) -> None:
        held = holding.give_up(session)
        if held:
            take_along(user=user, holder_hash=held)
        take_alerts_along(user=user)

    def merge(self, *, keep: Organisation, gone: Organisation) -> None:
        move_to(keep, gone)

    def close(self, organisation: Organisation, *, actor_key: uuid.UUID) -> None:
        """Archive its listings; an import must not bring back what closed itself."""
        now = timezone.now()
        listings = list(
            Listing.objects.select_for_update()
            .filter(organisation=organisation)
            .exclude(state=Listing.State.ARCHIVED)
            .order_by("pk")
        )
        for listing in listings:
            listing.state = Listing.State.ARCHIVED
            listing.contact_name = listing.email = listing.phone = ""
            listing.save(update_fields=["state", "contact_name", "email", "phone", "modified"])
            AuditEvent.record(
                verb="archived",
                target=listing,
                organisation=organisation,
                actor_key=actor_key,
                fields=["state"],
            )
        organisation.register_entries.filter(claimed_at=None).update(claimed_at=now)
        organisation.embed_hosts.all().delete()
        listing_index.refresh([listing.pk for listing in listings])

    def export(self, person: Person) -> dict[str, Any]:
        addressed = Lower("email")
        return {
            "Problems you reported": list(
                ProblemReport.objects.annotate(address_in=addressed)
                .filter(address_in__in=person.addresses)
                .order_by("pk")
                .values("organisation__name", "listing__title", "kind", "text", "email", "created")
            ),
            "Contact of listings": list(
                Listing.objects.annotate(address_in=addressed)
                .filter(address_in__in=person.addresses)
                .order_by("pk")
                .values("organisation__name", "title", "contact_name", "email", "phone")
            ),
            "Claims you checked": list(
                Claim.objects.filter(checked_by=person.user)
                .order_by("pk")
                .values("organisation__name", "term__label", "level", "checked_on")
            ),
            "Claims you would call checked": list(
                Claim.objects.filter(proposed_by=person.user)
                .order_by("pk")
                .values("organisation__name", "term__label", "level", "proposed_on")
            ),
            "Offers you registered": list(
                _registrations_of(person)
                .order_by("pk")
                .values("listing__title", "email", "created", "email_confirmed_at")
            ),
            "Changes you wrote": list(
                ListingChange.objects.filter(made_by=person.user)
                .order_by("pk")
                .values("listing__title", "state", "values", "created")
            ),
            "What you asked for an organisation": list(
                _requests_of(person)
                .order_by("pk")
                .values("organisation__name", "wants", "state", "name", "email", "text", "answer")
            ),
            "Your shortlists": list(
                ShortlistItem.objects.filter(shortlist__owner=person.user, removed_at=None)
                .order_by("shortlist", "pk")
                .values("shortlist__name", "title", "organisation_name", "note", "added")
            ),
            "Mails about new offers": list(
                _alerts_of(person).order_by("pk").values("email", "query", "pace", *_ALERT_TIMES)
            ),
            "Requests you decided": list(
                EntryRequest.objects.filter(decided_by=person.user)
                .order_by("pk")
                .values("organisation__name", "wants", "state", "decided_at")
            ),
        }

    def erase(self, person: Person) -> None:
        _erase_contacts(person)
        _erase_reports(person)
        _erase_requests(person)
        _erase_changes(person)
        _alerts_of(person).delete()

    def retain(self, today: datetime.date) -> int:
        """Addresses of reports and requests long dealt with, searches that nobody repeats,
        registrations that nobody finished, with all that they held, shortlists of visitors who did
        not come back, and mails about new offers that were never confirmed, or stopped.
        """
        now = timezone.now()
        reports = ProblemReport.objects.exclude(email="").filter(
            resolved_at__lt=now - datetime.timedelta(days=settings.KEEP_REPORT_EMAILS_DAYS)
        )
        searches = EmptySearch.objects.filter(
            last_on__lt=today - datetime.timedelta(days=settings.KEEP_EMPTY_SEARCHES_DAYS)
        )
        requests = EntryRequest.objects.filter(
            modified__lt=now - datetime.timedelta(days=settings.KEEP_ENTRY_REQUESTS_DAYS)
        ).exclude(state=EntryRequest.State.WAITING)
        return (
            reports.update(email="")
            + searches.delete()[0]
            + requests.delete()[0]
            + _forget_shortlists(now)
            + forget_alerts(now - datetime.timedelta(days=settings.KEEP_ALERTS_DAYS))
            + _forget_unfinished(now)
        )


def _forget_shortlists(now: datetime.datetime) -> int:
    """Lists without an owner that nobody touches and no link opens, and what was taken off a list
    of anybody's a day ago.
    """
    before = now - datetime.timedelta(days=settings.KEEP_SHORTLISTS_DAYS)
    lists = Shortlist.objects.filter(owner=None, modified__lt=before).exclude(shared_until__gt=now)
    off = ShortlistItem.objects.filter(removed_at__lt=now - datetime.timedelta(days=1))
    return lists.delete()[0] + off.delete()[0]


def _forget_unfinished(now: datetime.datetime) -> int:
    """Registrations whose address nobody confirmed, with the listing and the organisation.

    Answers are written to the listing, so both have to have been left alone for so long. Where the
    organisation is here for another reason (somebody acts for it, a register knows it, it has
    another listing), only the registration goes, with the address.
    """
    before = now - datetime.timedelta(days=settings.KEEP_REGISTRATIONS_DAYS)
    old = Registration.objects.unfinished().filter(
        modified__lt=before, listing__modified__lt=before
    )
    others = Listing.objects.filter(organisation=OuterRef("pk")).exclude(registration__in=old)
    organisations = Organisation.objects.filter(
        ~Exists(others),
        listings__registration__in=old,
        memberships=None,
        register_entries=None,
    )
    return organisations.delete()[0] + old.delete()[0]


def _registrations_of(person: Person) -> QuerySet[Registration]:
    return Registration.objects.annotate(address_in=Lower("email")).filter(
        Q(address_in__in=person.addresses) | Q(user=person.user)
    )


def _requests_of(person: Person) -> QuerySet[EntryRequest]:
    return EntryRequest.objects.annotate(address_in=Lower("email")).filter(
        Q(address_in__in=person.addresses) | Q(user=person.user)
    )


_ALERT_TIMES = ("created", "confirmed_at", "paused_at", "stopped_at", "told_at")


def _alerts_of(person: Person) -> QuerySet[Alert]:
    return Alert.objects.of(person.user, person.addresses)


def _listing_ids(organisation: Organisation) -> Iterable[int]:
    return Listing.objects.filter(organisation=organisation).values_list("pk", flat=True)


def _public_url(row: Listing) -> str:
    """Its page, where anybody may open it."""
    if row.state not in {Listing.State.PUBLISHED, Listing.State.PAUSED}:
        return ""
    return row.get_absolute_url()


def _url(page: str, row: Listing) -> str:
    """The address of one of the pages on which its people write it."""
    return reverse(f"offers:{page}", args=[row.organisation.slug, row.pk])


def _needs_confirming(row: Listing, today: datetime.date) -> bool:
    """On offer, and nobody has said for six months that it is still right."""
    if row.state != Listing.State.PUBLISHED or row.confirmed_at is None:
        return False
    if row.origin == Listing.Origin.REGISTER:
        return True
    asked = months_before(today, Listing.ASK_AFTER_MONTHS)
    return timezone.localdate(row.confirmed_at) < asked


def _waiting(row: Listing, today: datetime.date) -> Waiting | None:
    """What waits about one listing, if anything."""
    words = {
        Listing.State.DRAFT: (f"“{row.title}” is a draft. Finish it and send it in", "Go on", ""),
        Listing.State.RETURNED: (
            f"“{row.title}” came back to you with a question",
            "See what they ask",
            "",
        ),
        Listing.State.SUBMITTED: (f"“{row.title}” is being checked", "See it", "a curator"),
    }
    state = Listing.State(row.state)
    if state in words:
        text, action, whom = words[state]
        return Waiting(
            text=text,
            organisation=row.organisation,
            url=_url("offer", row),
            action=action,
            whom=whom,
            since=row.submitted_at if whom else row.modified,
        )
    if _needs_confirming(row, today):
        return Waiting(
            text=f"Is “{row.title}” still right?",
            organisation=row.organisation,
            url=_url("offer", row),
            action="Look, and confirm it",
            since=row.confirmed_at,
        )
    return None


def _waiting_change(row: Listing, change: ListingChange | None) -> Waiting | None:
    """What waits about a change to a public listing, if there is one."""
    if change is None:
        return None
    words = {
        ListingChange.State.DRAFT: (f"Your changes to “{row.title}” are not sent in yet", ""),
        ListingChange.State.RETURNED: (f"Your changes to “{row.title}” came back to you", ""),
        ListingChange.State.SUBMITTED: (f"Your changes to “{row.title}” wait", "a curator"),
    }
    text, whom = words[ListingChange.State(change.state)]
    return Waiting(
        text=text,
        organisation=row.organisation,
        url=_url("offer", row),
        action="See them",
        whom=whom,
        since=change.submitted_at if whom else change.modified,
    )


def _asked_by_others(user: User) -> list[Waiting]:
    """For owners: somebody else would act for it, or take it off the list. Not who: that is for
    a curator to know. One query.
    """
    owned = Membership.objects.owners().filter(user=user)
    rows = (
        EntryRequest.objects.waiting()
        .filter(organisation__in=owned.values("organisation"), wants__in=ASKED_OF_OWNERS)
        .exclude(user=user)
        .select_related("organisation")
    )
    return [
        Waiting(
            text=ASKED_OF_OWNERS[EntryRequest.Wants(row.wants)],
            organisation=row.organisation,
            url=reverse("my:people", args=[row.organisation.slug]),
            action="See who acts for it",
            whom="a curator",
            since=row.created,
        )
        for row in rows
    ]


def _in_queue(user: User) -> list[Waiting]:
    """For curators: how much waits for them. Three queries, and one for everybody else."""
    if not is_curator(user):
        return []
    entries = queue.entries(user)
    if not entries:
        return []
    number = len(entries)
    return [
        Waiting(
            text=f"{number:,} thing{' waits' if number == 1 else 's wait'} in the queue",
            url=reverse("curate:queue"),
            action="Open the queue",
            since=min(entry.since for entry in entries),
        )
    ]


def _erase_contacts(person: Person) -> None:
    """Take the person out of listings' own contacts; the organisation's stand in their place."""
    theirs = Q(address_in__in=person.addresses)
    if person.user.name:
        theirs |= Q(
            organisation__in=Organisation.objects.of(person.user).values("pk"),
            contact_name__iexact=person.user.name,
        )
    listings = list(
        Listing.objects.annotate(address_in=Lower("email"))
        .filter(theirs)
        .select_related("organisation")
        .order_by("pk")
    )
    for listing in listings:
        listing.contact_name = ""
        if listing.email.lower() in person.addresses:
            listing.email = ""
        listing.save(update_fields=["contact_name", "email", "modified"])
        AuditEvent.record(
            verb="removed a person from the contact of",
            target=listing,
            organisation=listing.organisation,
            actor_key=person.user.audit_key,
            fields=["contact_name", "email"],
        )
    listing_index.refresh([listing.pk for listing in listings])


def _erase_reports(person: Person) -> None:
    """The report stays for the curators, without the address, in its words as well."""
    ProblemReport.objects.annotate(address_in=Lower("email")).filter(
        address_in__in=person.addresses
    ).update(email="")
    for address in person.addresses:
        for report in ProblemReport.objects.filter(
            Q(text__icontains=address) | Q(resolution__icontains=address)
        ):
            report.text = re.sub(re.escape(address), REMOVED, report.text, flags=re.IGNORECASE)
            report.resolution = re.sub(
                re.escape(address), REMOVED, report.resolution, flags=re.IGNORECASE
            )
            report.save(update_fields=["text", "resolution"])


def _erase_requests(person: Person) -> None:
    """What they asked for goes; a registration stays with its listing, without the address."""
    _requests_of(person).delete()
    _registrations_of(person).update(email="", user=None)


def _erase_changes(person: Person) -> None:
    """Their address and name go out of what was to be changed, decided or not."""
    theirs = Q(made_by=person.user)
    for address in person.addresses:
        theirs |= Q(values__email__iexact=address) | Q(before__email__iexact=address)
    for change in ListingChange.objects.filter(theirs).order_by("pk"):
        for content in (change.values, change.before):
            if str(content.get("email", "")).lower() in person.addresses:
                del content["email"]
                content.pop("contact_name", None)
            if person.user.name and content.get("contact_name") == person.user.name:
                del content["contact_name"]
        change.save(update_fields=["values", "before", "modified"])
