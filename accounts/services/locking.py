"""Locks that services take before they look."""

from django.db import connection

from accounts.models import Membership, Organisation, Role, User
from accounts.refused import Refused

GONE = "This organisation is not here any more."
NOT_MEMBER = "You no longer act for this organisation, so nothing was changed."
NOT_OWNER = "Only an owner may do this, and you are not one now. Nothing was changed."


def lock_organisation(organisation: Organisation) -> Organisation:
    """The organisation as it is now; until the transaction ends nobody else changes it.

    Rows that point at it may still be added. Raises Refused when it has gone.
    """
    found = Organisation.objects.select_for_update(no_key=True).filter(pk=organisation.pk).first()
    if found is None:
        raise Refused(GONE)
    return found


def lock_members(organisation: Organisation) -> list[Membership]:
    """Everybody who acts for it, with their users; call ``lock_organisation`` first."""
    return list(Membership.objects.for_organisation(organisation).select_for_update(of=("self",)))


def own_membership(members: list[Membership], user: User, *, owner: bool) -> Membership:
    """This person's row among ``lock_members``.

    Raises Refused when they do not belong (any more), or with ``owner`` when they are no owner.
    """
    mine = next((row for row in members if row.user_id == user.pk), None)
    if mine is None:
        raise Refused(NOT_MEMBER)
    if owner and mine.role != Role.OWNER:
        raise Refused(NOT_OWNER)
    return mine


def lock_slugs() -> None:
    """Let nobody else give out an address (slug) until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('accounts.slugs'))")
