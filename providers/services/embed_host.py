"""Websites that may show views of the list: registering, removing, switching off."""

from django.db import transaction
from django.utils import timezone

from accounts.models import AuditEvent, Organisation, User
from accounts.permissions import NOT_CURATOR, is_curator
from accounts.refused import Refused
from accounts.services.locking import lock_members, lock_organisation, own_membership
from providers.models import EmbedHost

GONE = "This website is not registered any more."
OFF = "A curator has switched this website off. Ask them why, before you add it again."
TOO_MANY = "You have {most} websites, and more are not possible. Remove one that you do not need."


@transaction.atomic
def add_host(*, organisation: Organisation, host: str, by: User) -> EmbedHost:
    """``host`` as ``embed_hosts.read_host`` gives it. Added twice, it is there once.

    Raises Refused for who is no owner, for too many, and for one that a curator switched off.
    """
    now = _lock_as_owner(organisation, by)
    known = EmbedHost.objects.filter(organisation=now, host=host).first()
    if known is not None:
        if known.switched_off_at is not None:
            raise Refused(OFF)
        return known
    if EmbedHost.objects.filter(organisation=now).count() >= EmbedHost.MOST:
        raise Refused(TOO_MANY.format(most=EmbedHost.MOST))
    added = EmbedHost.objects.create(organisation=now, host=host)
    _record("registered", added, by)
    return added


@transaction.atomic
def remove_host(*, host: EmbedHost, by: User) -> None:
    """It may not show views any more. One that a curator switched off stays known as such.

    Raises Refused for who is no owner, for one that is gone, and for one that is switched off.
    """
    _lock_as_owner(host.organisation, by)
    now = EmbedHost.objects.select_for_update().filter(pk=host.pk).first()
    if now is None:
        raise Refused(GONE)
    if now.switched_off_at is not None:
        raise Refused(OFF)
    _record("removed", now, by)
    now.delete()


@transaction.atomic
def switch_host(*, host: EmbedHost, off: bool, by: User) -> EmbedHost:
    """A curator switches it off, or on again. Done twice, it is done once. Raises Refused."""
    if not is_curator(by):
        raise Refused(NOT_CURATOR)
    lock_organisation(host.organisation)
    now = EmbedHost.objects.select_for_update().filter(pk=host.pk).first()
    if now is None:
        raise Refused(GONE)
    if (now.switched_off_at is not None) == off:
        return now
    now.switched_off_at = timezone.now() if off else None
    now.save(update_fields=["switched_off_at"])
    _record("switched off" if off else "switched on", now, by, ["switched_off_at"])
    return now


def _lock_as_owner(organisation: Organisation, by: User) -> Organisation:
    now = lock_organisation(organisation)
    own_membership(lock_members(now), by, owner=True)
    return now


def _record(verb: str, host: EmbedHost, by: User, fields: list[str] | None = None) -> None:
    AuditEvent.record(
        verb=verb,
        target=host,
        organisation=host.organisation,
        actor_key=by.audit_key,
        fields=fields,
    )
