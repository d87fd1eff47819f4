"""Moving everything of one organisation to another, when a curator makes one of two."""

from django.db.models import F, Q

from accounts.models import Organisation
from accounts.refused import Refused
from brokerage import notice_index
from brokerage.models import (
    Blackout,
    CalendarKey,
    Exchange,
    HostCapacity,
    HostMonth,
    Notice,
    ReleasedHours,
)
from brokerage.services.acting import BY_ITSELF, lock_exchange
from brokerage.services.proposing import end

State = Exchange.State

WITH_EACH_OTHER = (
    "These two have an exchange with each other, {reference}, so they are not one organisation: "
    "nobody gives to themselves."
)
ONE_OF_TWO = "The two organisations that proposed this are one, and the other proposal stands."


def move_to(keep: Organisation, gone: Organisation) -> None:
    """In the merge's transaction. Where both said what they can take, ``keep``'s limits stand; what
    both hold of a month adds up. Raises Refused when the two exchanged something with each other.
    """
    _check_apart(keep, gone)
    _end_doubles(keep, gone)
    notices = list(Notice.objects.filter(organisation=gone).values_list("pk", flat=True))
    Notice.objects.filter(pk__in=notices).update(organisation=keep)
    _move_months(keep, gone)
    Blackout.objects.filter(organisation=gone).update(organisation=keep)
    ReleasedHours.objects.filter(organisation=gone).update(organisation=keep)
    Exchange.objects.filter(host=gone).update(host=keep)
    Exchange.objects.filter(giver=gone).update(giver=keep)
    CalendarKey.objects.filter(organisation=gone).delete()
    notice_index.refresh(notices)


def _check_apart(keep: Organisation, gone: Organisation) -> None:
    both = Q(host=keep, giver=gone) | Q(host=gone, giver=keep)
    if (found := Exchange.objects.filter(both).first()) is not None:
        raise Refused(WITH_EACH_OTHER.format(reference=found.reference))


def _end_doubles(keep: Organisation, gone: Organisation) -> None:
    """Both proposed to the same need, or asked for the same offer: one of the two is enough."""
    opened = Exchange.objects.filter(state__in=[State.PROPOSED, State.INTRODUCED])
    of_keep = opened.filter(Q(host=keep) | Q(giver=keep))
    doubles = opened.filter(
        Q(giver=gone, need__in=of_keep.filter(giver=keep, need__isnull=False).values("need"))
        | Q(host=gone, offer__in=of_keep.filter(host=keep, offer__isnull=False).values("offer"))
    )
    for exchange in list(doubles):
        now = lock_exchange(exchange, BY_ITSELF)
        end(now, State.WITHDRAWN, "was taken back", BY_ITSELF, reason=ONE_OF_TWO)


def _move_months(keep: Organisation, gone: Organisation) -> None:
    """The database refuses to raise a month above the host's limit, so the limit comes last."""
    capacity = HostCapacity.objects.select_for_update().filter(organisation=keep).first()
    other = HostCapacity.objects.select_for_update().filter(organisation=gone).first()
    most = capacity.groups_a_month if capacity else other.groups_a_month if other else None
    HostCapacity.objects.filter(organisation__in=[keep, gone]).update(groups_a_month=None)
    for row in HostMonth.objects.filter(organisation=gone):
        HostMonth.objects.get_or_create(organisation=keep, month=row.month)
        HostMonth.objects.filter(organisation=keep, month=row.month).update(
            groups_held=F("groups_held") + row.groups_held
        )
        row.delete()
    if capacity is not None:
        HostCapacity.objects.filter(organisation=gone).delete()
    else:
        HostCapacity.objects.filter(organisation=gone).update(organisation=keep)
    HostCapacity.objects.filter(organisation=keep).update(groups_a_month=most)
