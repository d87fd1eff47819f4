"""Who belongs to an organisation, and as what.

Every service locks the organisation's row first, so two of them never judge the same members at
once: an organisation that has members always keeps an owner.
"""

from django.db import transaction

from accounts.models import AuditEvent, Membership, Organisation, Role, User
from accounts.refused import Refused
from accounts.services.locking import lock_members, lock_organisation, own_membership

LAST_OWNER = "An organisation always needs an owner. Make somebody else an owner first."
NOT_THERE = "This person no longer belongs to the organisation."
YOURSELF = "You cannot hand over to yourself."


class OthersAct(Refused):
    """Somebody else acts for the organisation already."""


@transaction.atomic
def add_owner(*, organisation: Organisation, user: User, beside_others: bool = False) -> Membership:
    """This person acts for it from now on, as an owner; the caller has found out that they may.

    Raises OthersAct when others act for it already, unless ``beside_others``; an editor, too, is
    made an owner only with that.
    """
    locked = lock_organisation(organisation)
    members = lock_members(locked)
    mine = next((row for row in members if row.user_id == user.pk), None)
    if mine is not None and (mine.role == Role.OWNER or not beside_others):
        return mine
    if members and not beside_others:
        raise OthersAct(f"Somebody acts for {locked} already.")
    if mine is None:
        mine = Membership.objects.create(user=user, organisation=locked, role=Role.OWNER)
    else:
        mine.role = Role.OWNER
        mine.save(update_fields=["role"])
    AuditEvent.record(
        verb="became owner",
        target=user,
        organisation=locked,
        actor_key=user.audit_key,
        fields=["role"],
    )
    return mine


@transaction.atomic
def change_role(
    *, organisation: Organisation, membership_id: int, role: Role, by: User
) -> Membership:
    """An owner makes a member an owner or an editor. Raises Refused for the last owner."""
    members = _lock(organisation, by)
    member = _find(members, membership_id)
    if member.role == role:
        return member
    _keep_an_owner(members, without=member, role=role)
    member.role = role
    member.save(update_fields=["role"])
    _record("changed role of", member, by)
    return member


@transaction.atomic
def remove_member(*, organisation: Organisation, membership_id: int, by: User) -> None:
    """An owner removes somebody. Raises Refused for the last owner."""
    members = _lock(organisation, by)
    member = _find(members, membership_id)
    _keep_an_owner(members, without=member)
    _record("removed", member, by)
    member.delete()


@transaction.atomic
def leave(*, organisation: Organisation, by: User) -> None:
    """Stop acting for the organisation. Raises Refused for the last owner, even if alone."""
    members = _lock(organisation, by, owner=False)
    mine = own_membership(members, by, owner=False)
    _keep_an_owner(members, without=mine)
    _record("left", mine, by)
    mine.delete()


@transaction.atomic
def hand_over(*, organisation: Organisation, membership_id: int, by: User) -> Membership:
    """Make another member an owner, and step down to editor, at once or not at all.

    Returns the new owner's membership.
    """
    members = _lock(organisation, by)
    mine = own_membership(members, by, owner=True)
    member = _find(members, membership_id)
    if member.pk == mine.pk:
        raise Refused(YOURSELF)
    member.role = Role.OWNER
    member.save(update_fields=["role"])
    mine.role = Role.EDITOR
    mine.save(update_fields=["role"])
    _record("handed over to", member, by)
    return member


def _lock(organisation: Organisation, by: User, *, owner: bool = True) -> list[Membership]:
    """Everybody who belongs now, once ``by`` is known to be one of them."""
    members = lock_members(lock_organisation(organisation))
    own_membership(members, by, owner=owner)
    return members


def _find(members: list[Membership], membership_id: int) -> Membership:
    for member in members:
        if member.pk == membership_id:
            return member
    raise Refused(NOT_THERE)


def _keep_an_owner(
    members: list[Membership], *, without: Membership, role: Role | None = None
) -> None:
    """Raises Refused when no owner is left once ``without`` has gone, or become ``role``."""
    others = any(row.role == Role.OWNER for row in members if row.pk != without.pk)
    if not others and role != Role.OWNER and without.role == Role.OWNER:
        raise Refused(LAST_OWNER)


def _record(verb: str, member: Membership, by: User) -> None:
    AuditEvent.record(
        verb=verb,
        # The person, since a membership that has ended says nothing any more.
        target=member.user,
        organisation=member.organisation,
        actor_key=by.audit_key,
        fields=["role"] if "role" in verb or "handed" in verb else [],
    )
