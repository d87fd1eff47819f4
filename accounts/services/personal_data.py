"""What is held about a person: giving it to them, and erasing it."""

from typing import Any

from django.db import transaction

from accounts import registry
from accounts.addresses import confirmed_addresses
from accounts.models import AuditEvent, Membership, Organisation, Role, User
from accounts.refused import Refused
from accounts.registry import Person
from accounts.services.locking import lock_members


class StillNeeded(Refused):
    """Organisations would be left without an owner; they are handed over or closed first."""

    def __init__(self, organisations: list[Organisation]) -> None:
        super().__init__("Some organisations have no other owner. Hand them over or close them.")
        self.organisations = organisations


def export_person(user: User) -> dict[str, Any]:
    """Everything that is held about this person, ready for JSON, under headings for people."""
    return registry.export(Person(user, confirmed_addresses(user)))


def last_owner_of(user: User) -> list[Organisation]:
    """Organisations that this person is the only owner of, by name. One query."""
    others = Membership.objects.owners().exclude(user=user).values("organisation")
    mine = Membership.objects.owners().filter(user=user).values("organisation")
    return list(
        Organisation.objects.filter(pk__in=mine).exclude(pk__in=others).order_by("name", "pk")
    )


@transaction.atomic
def erase_person(*, user: User) -> None:
    """Delete the person and whatever names them; the audit keeps a key that nobody answers to.

    Raises StillNeeded while an organisation has no other owner. Erasing twice does no harm.
    """
    belongs = Organisation.objects.of(user).values("pk")
    locked = list(
        Organisation.objects.select_for_update(no_key=True).filter(pk__in=belongs).order_by("pk")
    )
    found = User.objects.select_for_update().filter(pk=user.pk).first()
    if found is None:
        return
    needed = [row for row in locked if _is_last_owner(found, row)]
    if needed:
        raise StillNeeded(needed)
    person = Person(found, confirmed_addresses(found))
    registry.erase(person)
    for organisation in locked:
        AuditEvent.record(
            verb="left", target=found, organisation=organisation, actor_key=found.audit_key
        )
    AuditEvent.record(verb="erased", target=found, actor_key=found.audit_key)
    found.delete()


def _is_last_owner(user: User, organisation: Organisation) -> bool:
    owners = {row.user_id for row in lock_members(organisation) if row.role == Role.OWNER}
    return owners == {user.pk}
