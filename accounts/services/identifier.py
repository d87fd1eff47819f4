"""The numbers that an organisation is known by in registers: a curator adds and checks them."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.identifiers import clean_identifier
from accounts.models import AuditEvent, Identifier, Organisation, User
from accounts.permissions import NOT_CURATOR, is_curator
from accounts.refused import Refused
from accounts.services.locking import lock_organisation

GONE = "This number is not here any more."


@transaction.atomic
def add_identifier(*, organisation: Organisation, scheme: str, value: str, by: User) -> Identifier:
    """Give it a number, in its one written form. Added twice, it is added once.

    Raises Refused, in words, when its shape is wrong or another organisation has it, and for who is
    no curator.
    """
    locked = _lock(organisation, by)
    try:
        number = clean_identifier(scheme, value)
    except ValueError as error:
        raise Refused(str(error)) from error
    own = locked.identifiers.filter(scheme=scheme, value=number).first()
    if own is not None:
        return own
    try:
        with transaction.atomic():
            added = Identifier.objects.create(organisation=locked, scheme=scheme, value=number)
    except IntegrityError:
        other = Identifier.objects.select_related("organisation").filter(
            scheme=scheme, value=number
        )
        raise Refused(_taken(other.first())) from None
    _record("added", added, by, ["scheme", "value"])
    return added


@transaction.atomic
def check_identifier(*, identifier: Identifier, by: User) -> Identifier:
    """Say that somebody has looked it up in its register today, and who."""
    _lock(identifier.organisation, by)
    now = (
        Identifier.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .filter(pk=identifier.pk)
        .first()
    )
    if now is None:
        raise Refused(GONE)
    if now.checked_on == timezone.localdate():
        return now
    now.checked_on, now.checked_by = timezone.localdate(), by
    now.save(update_fields=["checked_on", "checked_by"])
    _record("checked", now, by, ["checked_on", "checked_by"])
    return now


def _lock(organisation: Organisation, by: User) -> Organisation:
    if not is_curator(by):
        raise Refused(NOT_CURATOR)
    return lock_organisation(organisation)


def _taken(other: Identifier | None) -> str:
    whose = f"{other.organisation} has it" if other else "Another organisation has it"
    return f"{whose} already. If they are the same, merge the two."


def _record(verb: str, identifier: Identifier, by: User, fields: list[str]) -> None:
    AuditEvent.record(
        verb=verb,
        target=identifier,
        organisation=identifier.organisation,
        actor_key=by.audit_key,
        fields=fields,
    )
