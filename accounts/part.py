"""The accounts' own part of the registry, which also speaks for tables of third parties."""

import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth import SESSION_KEY
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from accounts import registry
from accounts.addresses import confirmed_addresses
from accounts.models import AuditEvent, Identifier, Invitation, Membership, Organisation, User
from accounts.registry import Part, Person, Waiting
from accounts.services.merge import move_invitations, move_memberships
from tslsv.mail.models import OutgoingMail
from tslsv.mail.outbox import forget_address, forget_sent


class AccountsPart(Part):
    """People, who they act for, how they sign in, and what was mailed to them."""

    name = "accounts"
    models = frozenset(
        {
            "accounts.user",
            "accounts.organisation",
            "accounts.formerslug",
            "accounts.identifier",
            "accounts.membership",
            "accounts.invitation",
            "accounts.auditevent",
            "account.emailaddress",
            "account.emailconfirmation",
            "admin.logentry",
            "mail.outgoingmail",
            "mfa.authenticator",
            "sessions.session",
            "socialaccount.socialaccount",
            "socialaccount.socialtoken",
            "usersessions.usersession",
        }
    )

    def waiting(self, user: User) -> list[Waiting]:
        """Invitations to this person, and for owners those that have run out."""
        mine = (
            Invitation.objects.open()
            .sent_to(confirmed_addresses(user))
            .select_related("organisation")
        )
        owned = Membership.objects.owners().filter(user=user).values("organisation")
        lapsed = (
            Invitation.objects.unanswered()
            .filter(organisation__in=owned, expires_at__lte=timezone.now())
            .select_related("organisation")
        )
        return [
            Waiting(
                text="You are asked to act for it",
                organisation=row.organisation,
                url=reverse("my:invited", args=[row.pk]),
                action="Accept or decline",
                since=row.sent_at,
            )
            for row in mine
        ] + [
            Waiting(
                text=f"Your invitation to {row.email} has run out",
                organisation=row.organisation,
                url=reverse("my:people", args=[row.organisation.slug]),
                action="Send it again or take it back",
                since=row.expires_at,
            )
            for row in lapsed
        ]

    def merge(self, *, keep: Organisation, gone: Organisation) -> None:
        """Numbers, people and invitations; the service itself moves former addresses."""
        move_memberships(keep=keep, gone=gone)
        move_invitations(keep=keep, gone=gone)
        Identifier.objects.filter(organisation=gone).update(organisation=keep)

    def export(self, person: Person) -> dict[str, Any]:
        user = person.user
        return {
            "You": {
                "email": user.email,
                "name": user.name,
                "joined": user.date_joined,
                "last sign-in": user.last_login,
                "groups": list(user.groups.values_list("name", flat=True)),
                "key in the record of what was done": user.audit_key,
            },
            "Email addresses": list(
                EmailAddress.objects.filter(user=user)
                .order_by("pk")
                .values("email", "verified", "primary")
            ),
            "Organisations": [
                {"name": row.organisation.name, "role": row.role, "since": row.created}
                for row in Membership.objects.for_user(user)
            ],
            "Contact of organisations": list(
                Organisation.objects.annotate(address_in=Lower("email"))
                .filter(address_in__in=person.addresses)
                .order_by("name", "pk")
                .values("name", "contact_name", "email", "phone")
            ),
            "Invitations to you": list(
                _invitations_to(person)
                .order_by("pk")
                .values("organisation__name", "email", "role", *_INVITATION_TIMES)
            ),
            "Invitations you sent": list(
                # Not whom they went to: those are other people's addresses.
                Invitation.objects.filter(invited_by=user)
                .order_by("pk")
                .values("organisation__name", "role", *_INVITATION_TIMES)
            ),
            "Ways to sign in": _ways_to_sign_in(user),
            "Open sign-ins": list(
                UserSession.objects.filter(user=user)
                .order_by("pk")
                .values("ip", "user_agent", "created_at", "last_seen_at")
            ),
            "Mails to you": [
                {"reference": row.reference, "subject": row.subject, "sent": row.sent_at}
                for address in sorted(person.addresses)
                for row in OutgoingMail.objects.addressed_to(address)
            ],
            "Numbers you looked up": list(
                Identifier.objects.filter(checked_by=user)
                .order_by("pk")
                .values("organisation__name", "scheme", "value", "checked_on")
            ),
            "What you did": list(
                AuditEvent.objects.filter(actor_key=user.audit_key)
                .order_by("pk")
                .values("at", "verb", "object_type", "object_id", "fields")
            ),
            "What you did in the staff pages": list(
                LogEntry.objects.filter(user=user)
                .order_by("pk")
                .values("action_time", "content_type__model", "object_id", "change_message")
            ),
        }

    def erase(self, person: Person) -> None:
        """What does not go with the user's row: what was mailed, published and signed in."""
        _invitations_to(person).delete()
        for address in person.addresses:
            forget_address(address)
        _erase_contacts(person)
        # The stock admin writes down what a row was called: for a user, the name or address.
        LogEntry.objects.filter(
            content_type=ContentType.objects.get_for_model(User), object_id=str(person.user.pk)
        ).delete()
        _end_sessions(person.user)

    def retain(self, today: datetime.date) -> int:
        """Invitations that are over and mails that were sent; sign-ins have a job of their own."""
        now = timezone.now()
        before = now - datetime.timedelta(days=settings.KEEP_INVITATIONS_DAYS)
        over = Invitation.objects.filter(expires_at__lt=before)
        _, removed = over.delete()
        mails = forget_sent(now - datetime.timedelta(days=settings.KEEP_MAILS_DAYS))
        return removed.get("accounts.Invitation", 0) + mails


_INVITATION_TIMES = ("sent_at", "expires_at", "accepted_at", "declined_at", "revoked_at")


def _invitations_to(person: Person) -> Any:
    """Those sent to their addresses, and those they accepted under another one."""
    return Invitation.objects.annotate(address=Lower("email")).filter(
        Q(address__in=person.addresses) | Q(accepted_by=person.user)
    )


def _ways_to_sign_in(user: User) -> list[dict[str, Any]]:
    """Kinds and dates; never the secrets themselves."""
    ways: list[dict[str, Any]] = [
        {"kind": row.type, "added": row.created_at, "last used": row.last_used_at}
        for row in Authenticator.objects.filter(user=user).order_by("pk")
    ]
    if user.has_usable_password():
        ways.insert(0, {"kind": "password"})
    return ways + [
        {"kind": row.provider, "name there": row.uid, "added": row.date_joined}
        for row in SocialAccount.objects.filter(user=user).order_by("pk")
    ]


def _erase_contacts(person: Person) -> None:
    """Take the person out of the public contact of organisations; the organisations stay."""
    theirs = Q(address_in__in=person.addresses)
    if person.user.name:
        theirs |= Q(memberships__user=person.user, contact_name__iexact=person.user.name)
    found = (
        Organisation.objects.annotate(address_in=Lower("email")).filter(theirs).order_by("pk")
    ).distinct()
    for organisation in found:
        organisation.contact_name = ""
        if organisation.email.lower() in person.addresses:
            organisation.email = ""
        organisation.save(update_fields=["contact_name", "email", "modified"])
        AuditEvent.record(
            verb="removed a person from the contact of",
            target=organisation,
            organisation=organisation,
            actor_key=person.user.audit_key,
            fields=["contact_name", "email"],
        )
        registry.organisation_changed(organisation)


def _end_sessions(user: User) -> None:
    """Delete every session that this person is signed in with, wherever it is."""
    key = str(user.pk)
    for session in Session.objects.iterator(chunk_size=500):
        if session.get_decoded().get(SESSION_KEY) == key:
            session.delete()
