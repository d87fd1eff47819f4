"""Passing places on to another employer.

The giver asks somebody by mail, and keeps the places until they are taken. Whoever takes them makes
a proposal of their own to the host, in the same moment in which the giver gives them up, so that
nobody else can have them in between. The host says whether they come.
"""

from collections.abc import Iterable

from django.conf import settings
from django.db import transaction

from accounts.models import Organisation, User
from accounts.models.invitation import hash_of
from accounts.refused import Overtaken, Refused
from brokerage.mails import tell
from brokerage.models import Exchange, ExchangeVersion, Side
from brokerage.passing_links import Passed, passing_url
from brokerage.services.acting import (
    BY_ITSELF,
    Actor,
    Who,
    check_state,
    happened,
    lock_exchange,
)
from brokerage.services.agreeing import CHANGED, NOT_PEOPLE, TOO_FEW, least_of, take_fewer
from brokerage.services.proposing import Reach, end, propose
from tslsv.mail.outbox import queue_mail

State = Exchange.State

ONLY_GIVER = "Only the giver can pass places on."
ONLY_OF_NEEDS = "These places are the giver’s own offer, so nobody else can fill them."
NOT_SO_MANY = "You have {seats} places. Pass on some of them, or all."
LEFT_TOO_FEW = "“{title}” needs at least {least} people. Keep as many, or pass on all places."
NOT_THESE_TWO = "Choose an organisation that is neither the host nor the one that passes them on."
OVER = (
    "These places are not to be had any more: somebody took them, or something was changed. "
    "Nothing was proposed."
)
PASSED_ON = "{organisation} asks to take the places instead."

PRIVATE = ("place", "note", "cost_contribution")
"""Terms of a version that another employer is not told."""


@transaction.atomic
def ask_another(*, exchange: Exchange, seats: int, email: str, actor: Actor, seen: int) -> None:
    """Mail the link by which another employer takes ``seats`` of the agreed places.

    Nothing is held for them and nothing is given up yet. Raises Overtaken when ``seen`` is not the
    version that stands, Refused for places that cannot be passed on, and
    ``tslsv.mail.outbox.BadAddress``.
    """
    now = lock_exchange(exchange, actor)
    check_state(now, State.AGREED)
    if not actor.acts_for(Side.GIVER):
        raise Refused(ONLY_GIVER)
    standing = now.versions.agreed().get()
    if standing.number != seen:
        raise Overtaken(CHANGED)
    _check_places(now, standing, seats)
    happened(now, actor, "asked another employer to take places")
    if now.giver.is_example and not settings.LOOPBACK:
        return
    context = {
        "exchange": now,
        "version": standing,
        "seats": seats,
        "url": passing_url(Passed(now.pk, standing.number, seats)),
        "days": settings.PROPOSAL_DAYS,
    }
    queue_mail(to=email, template="places_passed", context=context)


def version_on_offer(exchange: Exchange, passed: Passed) -> ExchangeVersion | None:
    """The version whose places can still be taken; None once they were, or something changed."""
    if exchange.state != State.AGREED:
        return None
    return exchange.versions.agreed().filter(number=passed.number).first()


def taken_by(passed: Passed, organisations: Iterable[Organisation]) -> Exchange | None:
    """The proposal with which one of these organisations took the places, if one did."""
    taken = Exchange.objects.filter(start_hash=hash_of(_key(passed)))
    return taken.filter(giver__in=organisations).first()


def _key(passed: Passed) -> str:
    # Whenever the link was made, and however often: these places of this version.
    return f"passed {passed.exchange_id} {passed.number} {passed.seats}"


@transaction.atomic
def take_places(
    *, passed: Passed, organisation: Organisation, contact: Reach, user: User
) -> Exchange:
    """Give the places up for the giver and propose them for ``organisation``, both or neither;
    returns the proposal. Done twice by the same organisation, it is done once.

    Raises Overtaken when they were taken or changed meanwhile, and Refused where the host takes no
    proposal: the giver then keeps them.
    """
    found = Exchange.objects.filter(pk=passed.exchange_id).first()
    if found is None:
        raise Overtaken(OVER)
    now = lock_exchange(found, BY_ITSELF)
    known = taken_by(passed, [organisation])
    if known is not None:
        return known
    standing = version_on_offer(now, passed)
    if standing is None:
        raise Overtaken(OVER)
    if organisation.pk in {now.giver_id, now.host_id}:
        raise Refused(NOT_THESE_TWO)
    _check_places(now, standing, passed.seats)
    giver = Actor(Who.GIVER)
    words = PASSED_ON.format(organisation=organisation)
    if passed.seats == standing.seats:
        end(now, State.CANCELLED, "passed its places on", giver, reason=words)
    else:
        take_fewer(now, standing, (standing.seats or 0) - passed.seats, made_by=None)
        happened(now, giver, "passed places on", before=now.state, reason=words)
    made = propose(
        need=now.need,
        offer=None,
        other=organisation,
        side=Side.GIVER,
        terms=_terms_of(standing, passed.seats),
        contact=contact,
        actor=Actor.of(Side.GIVER, user),
        key=_key(passed),
        # The host had these people at that time already.
        clash_seen=True,
    )
    tell(now, Side.GIVER, "places_taken", {"seats": passed.seats, "organisation": organisation})
    return made


def _check_places(exchange: Exchange, standing: ExchangeVersion, seats: int) -> None:
    if exchange.need is None:
        raise Refused(ONLY_OF_NEEDS)
    if standing.seats is None:
        raise Refused(NOT_PEOPLE)
    least = least_of(exchange)
    if not 0 < seats <= standing.seats:
        raise Refused(NOT_SO_MANY.format(seats=standing.seats))
    if seats < least:
        raise Refused(TOO_FEW.format(title=exchange.title, least=least))
    if 0 < standing.seats - seats < least:
        raise Refused(LEFT_TOO_FEW.format(title=exchange.title, least=least))


def _terms_of(standing: ExchangeVersion, seats: int) -> dict[str, object]:
    """When and how long, as it was agreed. What the two wrote to each other is theirs."""
    terms: dict[str, object] = {
        name: getattr(standing, name) for name in ExchangeVersion.TERMS if name not in PRIVATE
    }
    return terms | {"seats": seats}
