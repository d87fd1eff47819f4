"""Secret addresses of calendar feeds: made, made anew, switched off."""

from django.db import transaction

from accounts.models import AuditEvent, Organisation, User
from accounts.permissions import is_member
from accounts.refused import Refused
from brokerage.calendar_links import new_calendar_hash
from brokerage.models import CalendarKey

NOT_YOURS = "You no longer act for this organisation, so nothing was changed."


@transaction.atomic
def make_key(*, organisation: Organisation | None, by: User, seen: int) -> CalendarKey:
    """An address for the feed of an organisation, or with None of the person; the former one opens
    nothing from now on.

    ``seen`` is the round that was looked at, 0 for none: pressed twice, it is made anew once.
    Raises Refused for who does not act for the organisation.
    """
    key = _locked(organisation, by)
    if key.link_hash is not None and key.round != seen:
        return key
    key.round += 1
    key.link_hash = new_calendar_hash(key)
    key.save(update_fields=["round", "link_hash"])
    _record("made a calendar's address", key, by)
    return key


@transaction.atomic
def switch_off(*, organisation: Organisation | None, by: User) -> None:
    """The address opens nothing from now on; done twice, it is off. Raises Refused likewise."""
    key = _locked(organisation, by)
    if key.link_hash is None:
        return
    key.link_hash = None
    key.save(update_fields=["link_hash"])
    _record("switched off a calendar", key, by)


def _locked(organisation: Organisation | None, by: User) -> CalendarKey:
    if organisation is not None and not is_member(by, organisation):
        raise Refused(NOT_YOURS)
    whose = {"user": by} if organisation is None else {"organisation": organisation}
    key, _ = CalendarKey.objects.get_or_create(**whose, defaults={"round": 0})
    return CalendarKey.objects.select_for_update(no_key=True).get(pk=key.pk)


def _record(verb: str, key: CalendarKey, by: User) -> None:
    AuditEvent.record(verb=verb, target=key, organisation=key.organisation, actor_key=by.audit_key)
