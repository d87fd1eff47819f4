"""Asking to act for an organisation that is here already, or to have it taken off the list.

Each service locks the organisation first and then the request, so that of two who would become the
owner at once one is told that somebody acts for it meanwhile.
"""

import datetime
import uuid

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.addresses import confirmed_by_any
from accounts.models import AuditEvent, Membership, Organisation, User
from accounts.models.invitation import hash_of, new_token
from accounts.permissions import NOT_CURATOR, is_curator
from accounts.refused import Overtaken, Refused
from accounts.services.locking import lock_organisation
from accounts.services.people import person_of
from providers.models import EntryRequest
from providers.own_hosts import is_own_address
from providers.services.locking import last_act
from providers.services.registration import OTHER_PERSON, own, tell_owner
from providers.services.removing import take_off_list
from tslsv.mail.links import absolute
from tslsv.mail.outbox import BadAddress, queue_mail

State, Wants = EntryRequest.State, EntryRequest.Wants

MAILED_LASTS = datetime.timedelta(days=7)
GRANTED_LASTS = datetime.timedelta(days=14)
PAUSE = datetime.timedelta(minutes=10)
"""Asked again within this time, it is the same request sent twice."""

USED = "This link has done its work: each one works once."
EXPIRED = "This link has run out. Ask again on the organisation’s page, and a new one comes."
REPLACED = "A newer mail has been sent since. Use the link in the latest one."


class WithCurator(Exception):
    """What the link was to do is for a curator to settle now; the request waits for one."""


@transaction.atomic
def ask(
    *, organisation: Organisation, wants: str, email: str, name: str, text: str, by: User | None
) -> EntryRequest:
    """Take a request in. A mail goes to an address at the organisation's own website where nobody
    acts for it; all other requests wait for a curator.

    The same request within ten minutes is kept once. Whoever asks is told the same in either case,
    so that nobody learns which addresses would do. Raises Refused when it has gone.
    """
    locked = lock_organisation(organisation)
    email = email.strip().lower()
    acted_for = locked.memberships.exists()
    kind = _kind(Wants(wants), acted_for)
    known = _same(locked, kind, email, text)
    if known is not None and (
        known.state == State.WAITING or known.modified > timezone.now() - PAUSE
    ):
        return known
    by_mail = not acted_for and is_own_address(locked, email)
    request = known or EntryRequest(
        organisation=locked, wants=kind, state=State.WAITING, email=email, user=by
    )
    request.name, request.text = name, text
    if by_mail and not _mail(request, locked, "entry_link", State.MAILED, MAILED_LASTS):
        by_mail = False
    if not by_mail:
        request.state, request.link_hash, request.expires_at = State.WAITING, None, None
    request.save()
    _record("asked", request, locked, by.audit_key if by else None, ["wants", "state"])
    return request


def _kind(wants: EntryRequest.Wants, acted_for: bool) -> EntryRequest.Wants:
    """Wanting to act for it is a dispute exactly while others do."""
    if wants == Wants.REMOVE:
        return wants
    return Wants.DISPUTE if acted_for else Wants.CLAIM


def _same(
    organisation: Organisation, wants: EntryRequest.Wants, email: str, text: str
) -> EntryRequest | None:
    """What this address has asked for and nobody has settled: by mail, or in the same words."""
    rows = organisation.entry_requests.select_for_update().filter(wants=wants, email__iexact=email)
    mailed = rows.filter(state=State.MAILED).first()
    return mailed or rows.filter(state=State.WAITING, text=text).first()


@transaction.atomic
def grant(*, request: EntryRequest, by: User, answer: str = "") -> EntryRequest:
    """A curator says yes. Whoever wants to act for it is mailed a link that makes them an owner,
    once, within 14 days; what is to be taken off the list goes at once.

    Raises Overtaken when it has been decided meanwhile, Refused for who is no curator, or when no
    mail can be sent to the address.
    """
    organisation, now = _lock_as_curator(request, by)
    if now.wants == Wants.REMOVE:
        take_off_list(organisation, by.audit_key)
        _decide(now, State.GRANTED, by, answer)
        _tell(now, "removal_granted")
    else:
        organisation.register_entries.filter(claimed_at=None).update(claimed_at=timezone.now())
        _decide(now, State.GRANTED, by, answer)
        if not _mail(now, organisation, "claim_granted", State.GRANTED, GRANTED_LASTS):
            raise Refused("No mail can be sent to this address.")
        now.save()
    _record("granted", now, organisation, by.audit_key, ["state"])
    return now


@transaction.atomic
def refuse(*, request: EntryRequest, by: User, answer: str) -> EntryRequest:
    """A curator says no, and why. Raises what ``grant`` raises."""
    organisation, now = _lock_as_curator(request, by)
    _decide(now, State.REFUSED, by, answer)
    _tell(now, "request_refused")
    _record("refused", now, organisation, by.audit_key, ["state"])
    return now


def answer_mail(*, request: EntryRequest, by: User | None) -> EntryRequest:
    """The reader of the mail has pressed its button: they own the organisation, or it is off the
    list. ``request`` as the view found it by the link; ``by`` is who is signed in, if anybody.

    Raises WithCurator when somebody acts for it meanwhile, or the address no longer settles it;
    Refused when the link was used, replaced or has run out, when somebody else is signed in, and
    what ``person_of`` raises.
    """
    with transaction.atomic():
        organisation = lock_organisation(request.organisation)
        now = EntryRequest.objects.select_for_update().filter(pk=request.pk).first()
        if now is None or now.link_hash != request.link_hash:
            raise Refused(REPLACED)
        check_open(now)
        settled = _stands(now, organisation)
        if settled:
            _settle(now, organisation, by)
        else:
            _leave_to_curator(now, organisation)
    if not settled:
        raise WithCurator
    return now


def check_open(request: EntryRequest) -> None:
    """Raises Refused, in words, unless its link still works."""
    if request.expires_at is None:
        raise Refused(USED)
    if request.expires_at <= timezone.now():
        raise Refused(EXPIRED)


def _stands(request: EntryRequest, organisation: Organisation) -> bool:
    """Whether the link still settles it: what a curator granted does, and an own address does, but
    where others act it takes nothing off the list and makes nobody an owner beside them.
    """
    if request.state != State.GRANTED and not is_own_address(organisation, request.email):
        return False
    members = list(Membership.objects.for_organisation(organisation))
    if not members or request.wants == Wants.DISPUTE:
        return True
    if request.wants == Wants.REMOVE:
        return False
    return confirmed_by_any(request.email, [row.user for row in members])


def _settle(request: EntryRequest, organisation: Organisation, by: User | None) -> None:
    key = None
    if request.wants == Wants.REMOVE:
        take_off_list(organisation, None)
    else:
        person = person_of(address=request.email)
        if by is not None and by != person:
            raise Refused(OTHER_PERSON)
        _make_owner(request, organisation, person)
        request.user, key = person, person.audit_key
    request.state, request.expires_at = State.GRANTED, None
    request.decided_at = request.decided_at or timezone.now()
    request.save()
    verb = "removed" if request.wants == Wants.REMOVE else "claimed"
    _record(verb, request, organisation, key, ["state"])


def _make_owner(request: EntryRequest, organisation: Organisation, person: User) -> None:
    others = Membership.objects.for_organisation(organisation).exclude(user=person)
    addresses = list(others.filter(user__is_active=True).values_list("user__email", flat=True))
    own(organisation, person, beside_others=request.wants == Wants.DISPUTE)
    tell_owner(organisation, request.email)
    for address in addresses:
        _queue(address, "owner_added", {"organisation": organisation, "who": request.email})


def _leave_to_curator(request: EntryRequest, organisation: Organisation) -> None:
    request.wants = _kind(Wants(request.wants), organisation.memberships.exists())
    request.state, request.link_hash, request.expires_at = State.WAITING, None, None
    request.decided_at = request.decided_by = None
    request.save()
    _record("left to a curator", request, organisation, None, ["wants", "state"])


def _lock_as_curator(request: EntryRequest, by: User) -> tuple[Organisation, EntryRequest]:
    if not is_curator(by):
        raise Refused(NOT_CURATOR)
    organisation = lock_organisation(request.organisation)
    now = EntryRequest.objects.select_for_update().filter(pk=request.pk).first()
    if now is None or now.state != State.WAITING:
        raise Overtaken(last_act(request, by=by))
    return organisation, now


def _decide(request: EntryRequest, state: EntryRequest.State, by: User, answer: str) -> None:
    request.state, request.answer = state, answer
    request.decided_by, request.decided_at = by, timezone.now()
    request.save()


def _mail(
    request: EntryRequest,
    organisation: Organisation,
    template: str,
    state: EntryRequest.State,
    lasts: datetime.timedelta,
) -> bool:
    """Give the request a new link and mail it; False where no mail can be sent to the address.

    The caller saves it. An older link dies.
    """
    token, until = new_token(), timezone.now() + lasts
    context = {
        "organisation": organisation,
        "remove": request.wants == Wants.REMOVE,
        "answer": request.answer,
        "url": absolute(reverse("providers:claim_answer", args=[token])),
        "until": until,
    }
    if not _queue(request.email, template, context, secret=True):
        return False
    request.state, request.link_hash, request.expires_at = state, hash_of(token), until
    return True


def _tell(request: EntryRequest, template: str) -> None:
    context = {
        "organisation": request.organisation,
        "remove": request.wants == Wants.REMOVE,
        "answer": request.answer,
    }
    _queue(request.email, template, context)


def _queue(to: str, template: str, context: dict[str, object], *, secret: bool = False) -> bool:
    try:
        queue_mail(to=to, template=template, context=context, secret=secret)
    except BadAddress:
        return False
    return True


def _record(
    verb: str,
    request: EntryRequest,
    organisation: Organisation,
    key: uuid.UUID | None,
    fields: list[str],
) -> None:
    AuditEvent.record(
        verb=verb, target=request, organisation=organisation, actor_key=key, fields=fields
    )
