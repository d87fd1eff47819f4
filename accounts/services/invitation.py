"""Asking somebody to act for an organisation, and what they answer."""

import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.addresses import confirmed_addresses, confirmed_by_any
from accounts.models import AuditEvent, Invitation, Membership, Organisation, Role, User
from accounts.models.invitation import LASTS, hash_of, new_token
from accounts.permissions import NOT_CURATOR, is_curator
from accounts.refused import Refused
from accounts.services.locking import lock_members, lock_organisation, own_membership
from tslsv.mail.links import absolute
from tslsv.mail.outbox import BadAddress, queue_mail

DAY = datetime.timedelta(days=1)
MAILS_A_DAY = 20
"""Invitations that one organisation may send, so that nobody can make this site send spam."""
PAUSE = datetime.timedelta(minutes=1)
"""Asked again within this time, it is the same request sent twice."""

TOO_MANY = f"Your organisation has sent {MAILS_A_DAY} invitations within a day. Try again tomorrow."
ACTED_FOR = "Somebody acts for this organisation now. Its owners invite others themselves."
BELONGS = "Somebody with this address belongs to the organisation already."
ANSWERED = "This invitation has been answered, so there is nothing to send or take back."
USED = "This invitation has been accepted already. Each one works once."
DECLINED = "You declined this invitation. If that was a mistake, ask for a new one."
REVOKED = "This invitation was taken back by the organisation."
EXPIRED = "This invitation has run out. Ask for it to be sent again: then a new link comes."
REPLACED = "A newer invitation has been sent since. Use the link in the latest mail."
UNCONFIRMED = "Confirm your email address first. Then open this invitation again."


class OtherAddress(Refused):
    """The invitation went to an address that is not among the person's confirmed ones."""


@transaction.atomic
def invite(*, organisation: Organisation, email: str, role: Role, by: User) -> Invitation:
    """An owner asks an address. One that was asked already gets a new link and this role.

    Raises Refused when that person belongs already, or when too many mails went out today.
    """
    now, email = timezone.now(), email.strip().lower()
    locked = lock_organisation(organisation)
    members = lock_members(locked)
    own_membership(members, by, owner=True)
    people = [row.user for row in members]
    if any(user.email == email for user in people) or confirmed_by_any(email, people):
        raise Refused(BELONGS)
    asked = locked.invitations.unanswered().filter(email__iexact=email).first()
    if asked is not None:
        if asked.role == role and asked.sent_at > now - PAUSE and not asked.expired:
            return asked
        asked.role = role
        return _send_again(asked, locked, by)
    return _ask(locked, email, role, by)


@transaction.atomic
def invite_first_owner(*, organisation: Organisation, email: str, by: User) -> Invitation:
    """A curator asks an address to be the owner of an organisation that nobody acts for.

    Asked again, a new link goes out and the old one dies; but not within a minute, as that is the
    same request sent twice. Raises Refused for who is no curator, once somebody acts for it, and
    when too many mails went out today.
    """
    if not is_curator(by):
        raise Refused(NOT_CURATOR)
    email = email.strip().lower()
    locked = lock_organisation(organisation)
    if lock_members(locked):
        raise Refused(ACTED_FOR)
    asked = locked.invitations.unanswered().filter(email__iexact=email).first()
    if asked is None:
        return _ask(locked, email, Role.OWNER, by)
    if asked.sent_at > timezone.now() - PAUSE and not asked.expired:
        return asked
    asked.role = Role.OWNER
    return _send_again(asked, locked, by)


@transaction.atomic
def resend(*, invitation: Invitation, by: User) -> Invitation:
    """Send it again with a new link, which lasts 14 days from now; the old link dies."""
    locked, row = _lock_as_owner(invitation, by)
    if row.sent_at > timezone.now() - PAUSE and not row.expired:
        return row
    return _send_again(row, locked, by)


@transaction.atomic
def revoke(*, invitation: Invitation, by: User) -> None:
    """Take it back: its link dies. Raises Refused when it has been answered meanwhile."""
    locked, row = _lock_as_owner(invitation, by)
    row.revoked_at = timezone.now()
    row.save(update_fields=["revoked_at"])
    _record("revoked", row, locked, by)


@transaction.atomic
def accept(*, invitation: Invitation, by: User, with_other_address: bool = False) -> Membership:
    """The person belongs from now on, by the role of the invitation or a higher one they had.

    ``invitation`` as the view found it, by its link or by a confirmed address. Accepting twice
    does no harm. Raises OtherAddress when it went to another address and the person has not said
    that this is meant; Refused when it was used, taken back, replaced or has run out.
    """
    locked = lock_organisation(invitation.organisation)
    row = Invitation.objects.select_for_update().get(pk=invitation.pk)
    members = lock_members(locked)
    mine = next((member for member in members if member.user_id == by.pk), None)
    if row.accepted_by_id == by.pk and mine is not None:
        return mine
    check_open(row)
    if row.token_hash != invitation.token_hash:
        raise Refused(REPLACED)
    addresses = confirmed_addresses(by)
    if not addresses:
        raise Refused(UNCONFIRMED)
    if row.email.lower() not in addresses and not with_other_address:
        raise OtherAddress("This invitation was sent to another address than yours.")
    if mine is None:
        mine = Membership.objects.create(user=by, organisation=locked, role=row.role)
    elif row.role == Role.OWNER and mine.role != Role.OWNER:
        mine.role = Role.OWNER
        mine.save(update_fields=["role"])
    row.accepted_at, row.accepted_by = timezone.now(), by
    row.save(update_fields=["accepted_at", "accepted_by"])
    _record("accepted", row, locked, by)
    return mine


@transaction.atomic
def decline(*, invitation: Invitation, by: User | None) -> None:
    """Whoever holds the link says no, signed in or not. Declining twice does no harm."""
    locked = lock_organisation(invitation.organisation)
    row = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if row.declined_at is not None:
        return
    check_open(row)
    if row.token_hash != invitation.token_hash:
        raise Refused(REPLACED)
    row.declined_at = timezone.now()
    row.save(update_fields=["declined_at"])
    _record("declined", row, locked, by)


def check_open(invitation: Invitation) -> None:
    """Raises Refused, in words for the invited person, unless its link still works."""
    if invitation.accepted_at is not None:
        raise Refused(USED)
    if invitation.declined_at is not None:
        raise Refused(DECLINED)
    if invitation.revoked_at is not None:
        raise Refused(REVOKED)
    if invitation.expired:
        raise Refused(EXPIRED)


def _lock_as_owner(invitation: Invitation, by: User) -> tuple[Organisation, Invitation]:
    """The organisation and the invitation as they are, for an owner, while it is unanswered."""
    locked = lock_organisation(invitation.organisation)
    own_membership(lock_members(locked), by, owner=True)
    row = locked.invitations.unanswered().select_for_update().filter(pk=invitation.pk).first()
    if row is None:
        raise Refused(ANSWERED)
    return locked, row


def _ask(organisation: Organisation, email: str, role: Role, by: User) -> Invitation:
    _check_limit(organisation)
    now, token = timezone.now(), new_token()
    invitation = Invitation.objects.create(
        organisation=organisation,
        email=email,
        role=role,
        token_hash=hash_of(token),
        invited_by=by,
        sent_at=now,
        expires_at=now + LASTS,
    )
    _record("invited", invitation, organisation, by, ["role"])
    _mail(invitation, organisation, token, by)
    return invitation


def _send_again(row: Invitation, organisation: Organisation, by: User) -> Invitation:
    _check_limit(organisation)
    now, token = timezone.now(), new_token()
    row.token_hash = hash_of(token)
    row.sent_at, row.expires_at = now, now + LASTS
    row.times_sent += 1
    row.invited_by = by
    row.save()
    _record("invited again", row, organisation, by, ["role"])
    _mail(row, organisation, token, by)
    return row


def _check_limit(organisation: Organisation) -> None:
    """Counted from the audit, which has an event a mail whatever became of the invitation."""
    sent = AuditEvent.objects.filter(
        organisation=organisation,
        verb__in=["invited", "invited again"],
        at__gt=timezone.now() - DAY,
    )
    if sent.count() >= MAILS_A_DAY:
        raise Refused(TOO_MANY)


def _mail(row: Invitation, organisation: Organisation, token: str, by: User) -> None:
    try:
        queue_mail(
            to=row.email,
            template="invitation",
            context={
                "organisation": organisation.name,
                "inviter": by.name,
                "from_curator": not organisation.memberships.filter(user=by).exists(),
                "owner": row.role == Role.OWNER,
                "url": absolute(reverse("my:invitation", args=[token])),
                "until": row.expires_at,
            },
            # The link lets its holder in, so its words go once they are sent.
            secret=True,
        )
    except BadAddress as error:
        raise Refused(str(error)) from error


def _record(
    verb: str,
    row: Invitation,
    organisation: Organisation,
    by: User | None,
    fields: list[str] | None = None,
) -> None:
    AuditEvent.record(
        verb=verb,
        target=row,
        organisation=organisation,
        actor_key=by.audit_key if by else None,
        fields=fields,
    )
