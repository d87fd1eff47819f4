"""Two organisations that look like one: making one of them, or telling them apart."""

import hashlib
from contextlib import suppress

from django.db import transaction

from accounts.models import AuditEvent, Organisation, User
from accounts.permissions import NOT_CURATOR, is_curator
from accounts.refused import Overtaken, Refused
from accounts.services.locking import GONE
from accounts.services.merge import merge_organisations
from providers.models import NotDouble
from tslsv.mail.outbox import BadAddress, queue_mail

CHANGED = (
    "One of the two has changed while you looked at it, so nothing was done. "
    "Look at them once more, then decide."
)


def version_of_pair(one: Organisation, other: Organisation) -> str:
    """What somebody looked at: a form carries it, and the service compares it once more."""
    stamps = sorted((row.pk, row.modified.isoformat()) for row in (one, other))
    return hashlib.sha256(repr(stamps).encode()).hexdigest()[:16]


@transaction.atomic
def merge_doubles(*, keep: Organisation, gone: Organisation, by: User, seen: str) -> Organisation:
    """One organisation of two: everything of ``gone`` is ``keep``'s, and its addresses lead there.
    Whoever acts for either is mailed that.

    Raises Overtaken when one has changed, and what ``merge_organisations`` raises.
    """
    _check(keep, gone, by, seen)
    ours, theirs = _members(keep), _members(gone)
    merged = merge_organisations(keep=keep, gone=gone, by=by)
    for address in dict.fromkeys(ours + theirs):
        _tell(address, merged, gone=gone.name, is_new=address not in ours)
    return merged


@transaction.atomic
def tell_apart(*, one: Organisation, other: Organisation, by: User, seen: str) -> NotDouble:
    """They are two: the pair is not proposed again. Said twice, it is said once."""
    first, second = _check(one, other, by, seen)
    pair, made = NotDouble.objects.get_or_create(first=first, second=second)
    if made:
        for organisation in (first, second):
            AuditEvent.record(
                verb="told apart",
                target=pair,
                organisation=organisation,
                actor_key=by.audit_key,
            )
    return pair


def _members(organisation: Organisation) -> list[str]:
    """Addresses of everybody who acts for it; not its own, which may be on its page alone."""
    members = organisation.memberships.filter(user__is_active=True).order_by("created", "pk")
    return list(members.values_list("user__email", flat=True))


def _tell(to: str, organisation: Organisation, *, gone: str, is_new: bool) -> None:
    context = {"organisation": organisation, "gone": gone, "is_new": is_new}
    # An address that no mail can be sent to must not stop a merger.
    with suppress(BadAddress):
        queue_mail(to=to, template="organisation_merged", context=context)


def _check(
    one: Organisation, other: Organisation, by: User, seen: str
) -> tuple[Organisation, Organisation]:
    """Both as they are now, locked, the lower number first."""
    if not is_curator(by):
        raise Refused(NOT_CURATOR)
    rows = list(
        Organisation.objects.select_for_update().filter(pk__in=[one.pk, other.pk]).order_by("pk")
    )
    if len(rows) < 2:
        raise Refused(GONE)
    if seen != version_of_pair(*rows):
        raise Overtaken(CHANGED)
    return rows[0], rows[1]
