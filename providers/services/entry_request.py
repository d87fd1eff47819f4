"""Deciding what somebody asks for an organisation that is here already."""  # merged away

from django.db import transaction
from django.utils import timezone

from accounts.models import AuditEvent, User
from providers.models import EntryRequest
from providers.services.locking import Overtaken


@transaction.atomic
def grant(*, request: EntryRequest, by: User, answer: str = "") -> EntryRequest:  # merged away
    return _decide(request, EntryRequest.State.GRANTED, by, answer)


@transaction.atomic
def refuse(*, request: EntryRequest, by: User, answer: str) -> EntryRequest:  # merged away
    return _decide(request, EntryRequest.State.REFUSED, by, answer)


def _decide(
    request: EntryRequest, state: EntryRequest.State, by: User, answer: str
) -> EntryRequest:
    now = EntryRequest.objects.select_for_update().get(pk=request.pk)
    if now.state != EntryRequest.State.WAITING:
        raise Overtaken("A curator has decided this request already, so nothing was changed.")
    now.state, now.answer, now.decided_by, now.decided_at = state, answer, by, timezone.now()
    now.save()
    AuditEvent.record(
        verb=state.value,
        target=now,
        organisation=request.organisation,
        actor_key=by.audit_key,
        fields=["state"],
    )
    return now
