"""What happened: one side says it, the other confirms it, and a broker settles a dispute."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.refused import Overtaken, Refused
from brokerage.mails import tell
from brokerage.models import Actual, Exchange, ExchangeVersion, Feedback, Side, VerifierLink
from brokerage.numbers import plain
from brokerage.services.acting import (
    Actor,
    Who,
    check_reason,
    check_state,
    happened,
    lock_exchange,
)
from brokerage.services.holding import settle
from brokerage.services.proposing import end
from brokerage.verifier_links import new_verifier_hash

State = Exchange.State
Status = ExchangeVersion.Status

NOT_YET = "This begins on {day}. Say how it went once it has."
AHEAD = "The day on which it happened cannot be a day to come."
SAY_HOURS = "Say how many hours the giver's people gave, in all."
SAY_AMOUNT = "Say how much was given."
NEGATIVE = "No figure can be below 0."
OWN_WORD = "You said this yourself. The other side confirms it."
MORE_THAN_AGREED = (
    "{claimed} hours are more than the {agreed} that were agreed. A broker has been asked to "
    "look at it: only they can confirm more."
)
FOR_BROKERS = "Only a broker may do this."
CONFIRMED_ALREADY = "This result is confirmed, so it cannot be changed here. Ask a broker."
CHANGED = "The figures were changed while you looked. Nothing was confirmed. Read them again below."
LINK_USED = "This link has been used. Thank you: there is nothing more to do."
LINK_OLD = "This link has run out, or the figures were changed since. Ask for another one."
SAID_ALREADY = "Your side has said how it was."


@dataclass(frozen=True, slots=True)
class Figures:
    """What happened. Hours are person-hours in all; money is in pounds; None is "not said"."""

    happened_on: datetime.date
    people: int | None = None
    giver_hours: Decimal | None = None
    host_hours: Decimal | None = None
    amount: Decimal | None = None
    host_cost: Decimal | None = None
    contribution: Decimal | None = None
    words: str = ""


@transaction.atomic
def claim(*, exchange: Exchange, figures: Figures, actor: Actor) -> Actual:
    """One side says what happened; the other is asked to confirm it. Said again by the same side
    before that, it takes the place of what it said.

    Raises Refused before it has begun and for figures that cannot be, and Overtaken when the other
    side was first, or the result is confirmed.
    """
    now = lock_exchange(exchange, actor)
    check_state(now, State.AGREED, State.AMENDED, State.DELIVERED)
    if actor.side is None:
        raise Refused("Only one of the two sides can say this.")
    if now.state == State.DELIVERED:
        if now.confirmed is not None:
            raise Overtaken(CONFIRMED_ALREADY)
        if (standing := newest_claim(now)) is not None and standing.by != actor.side:
            raise Overtaken(
                "The other side was first. Confirm what it says, or say that it is not so."
            )
    agreed = now.versions.agreed().get()
    _check_figures(now, agreed, figures)
    if now.state != State.DELIVERED:
        # A change that nobody confirmed has come to nothing.
        now.versions.pending().update(status=Status.REFUSED)
    actual = _keep(now, figures, Actual.By(actor.side.value), actor)
    before, now.state = now.state, State.DELIVERED
    if before != State.DELIVERED:
        now.state_since = timezone.now()
        now.reminders_sent = 0
    if _is_above(agreed, figures.giver_hours):
        now.broker_asked_at = timezone.now()
    now.save()
    settle(now)
    happened(now, actor, "said what happened", before=before, version=agreed)
    other = actor.side.other
    tell(now, other, "exchange_claimed", {"actual": actual, "link": _link_for(now, other, actual)})
    return actual


@transaction.atomic
def confirm_actual(*, exchange: Exchange, actual: int, actor: Actor) -> Exchange:
    """The other side confirms what one side said: it is the result that counts. Done twice, it is
    confirmed once.

    Raises Overtaken when the figures were changed meanwhile, and Refused for one's own word or for
    more hours than were agreed, which a broker confirms with a reason.
    """
    now = lock_exchange(exchange, actor)
    if now.confirmed_id == actual:
        return now
    return _confirm(now, actual, actor)


@transaction.atomic
def confirm_by_link(*, link: VerifierLink) -> Exchange:
    """Somebody without an account confirms, by the link they were sent. Used once, it is used up.

    Raises Overtaken for a link that was used, and Refused for one that has run out or whose figures
    were changed since.
    """
    row = VerifierLink.objects.select_related("actual").filter(pk=link.pk).first()
    if row is None:
        raise Refused(LINK_OLD)
    actor = Actor(Who.VERIFIER)
    now = lock_exchange(Exchange(pk=row.actual.exchange_id), actor)
    # Under the exchange's lock, so that of many clicks one is the first.
    row.refresh_from_db()
    if row.used_at is not None:
        raise Overtaken(LINK_USED)
    newest = newest_claim(now)
    if row.expires_at < timezone.now() or newest is None or newest.pk != row.actual_id:
        raise Refused(LINK_OLD)
    row.used_at = timezone.now()
    row.save(update_fields=["used_at"])
    return _confirm(now, row.actual_id, actor)


@transaction.atomic
def dispute(*, exchange: Exchange, reason: str, actor: Actor) -> Exchange:
    """What the other side says is not so: a broker is asked, and the sums leave it out till then.

    Raises Overtaken once it is confirmed or settled, and Refused without a reason or for one's own
    word.
    """
    said = check_reason(reason)
    now = lock_exchange(exchange, actor)
    check_state(now, State.DELIVERED, State.CLOSED, State.NOT_DELIVERED)
    if now.confirmed is not None:
        raise Overtaken(CONFIRMED_ALREADY)
    standing = newest_claim(now)
    own = standing.by if standing is not None else _who_said_not_delivered(now)
    if actor.side is None or own == actor.side:
        raise Refused("You can only dispute what the other side said.")
    before, now.state = now.state, State.DISPUTED
    now.state_since = now.broker_asked_at = timezone.now()
    now.save()
    settle(now)
    happened(now, actor, "disputed", before=before, reason=said)
    tell(now, actor.side.other, "exchange_disputed", {"reason": said})
    return now


@transaction.atomic
def decide(*, exchange: Exchange, figures: Figures | None, reason: str, actor: Actor) -> Exchange:
    """A broker settles what happened: these figures, or with None that it did not. The reason
    stands in the history for both sides. It also corrects a result that was confirmed.
    """
    said = check_reason(reason)
    if actor.who != Who.BROKER:
        raise Refused(FOR_BROKERS)
    now = lock_exchange(exchange, actor)
    check_state(
        now,
        State.AGREED,
        State.AMENDED,
        State.DELIVERED,
        State.CLOSED,
        State.DISPUTED,
        State.NOT_DELIVERED,
    )
    if figures is None:
        now.confirmed = None
        now.versions.pending().update(status=Status.REFUSED)
        return end(now, State.NOT_DELIVERED, "decided that it did not happen", actor, reason=said)
    _check_figures(now, now.versions.agreed().get(), figures)
    now.versions.pending().update(status=Status.REFUSED)
    actual = _keep(now, figures, Actual.By.BROKER, actor, reason=said)
    actual.confirmed_by, actual.confirmed_at = Actual.By.BROKER, timezone.now()
    actual.save(update_fields=["confirmed_by", "confirmed_at"])
    before = now.state
    if before != State.CLOSED:
        now.state, now.state_since = State.DELIVERED, timezone.now()
    now.confirmed, now.broker_asked_at = actual, None
    now.reminders_sent = 0
    now.save()
    settle(now)
    happened(now, actor, "decided what happened", before=before, reason=said)
    for side in Side:
        tell(now, side, "exchange_confirmed", {"actual": actual, "reason": said})
    return now


@transaction.atomic
def not_delivered(*, exchange: Exchange, reason: str, actor: Actor) -> Exchange:
    """It was agreed, its day came, and it did not happen. The other side may dispute that."""
    said = check_reason(reason)
    now = lock_exchange(exchange, actor)
    check_state(now, State.AGREED, State.AMENDED)
    agreed = now.versions.agreed().get()
    if agreed.first_day is not None and agreed.first_day > timezone.localdate():
        raise Refused("Its day has not come. Cancel it instead.")
    now.versions.pending().update(status=Status.REFUSED)
    return end(now, State.NOT_DELIVERED, "said that it did not happen", actor, reason=said)


@transaction.atomic
def give_feedback(
    *,
    exchange: Exchange,
    went: Feedback.Went,
    again: bool | None,
    words: str,
    shared: bool,
    actor: Actor,
) -> Feedback:
    """How it was for one side. When both have said and the result is confirmed, it is closed.

    Raises Refused when this side has said so already.
    """
    now = lock_exchange(exchange, actor)
    check_state(now, State.DELIVERED, State.CLOSED)
    if actor.side is None:
        raise Refused("Only one of the two sides can say this.")
    if now.feedback.filter(side=actor.side).exists():
        raise Refused(SAID_ALREADY)
    row = Feedback.objects.create(
        exchange=now,
        side=actor.side,
        went=went,
        again=again,
        words=words,
        shared=shared,
        user=actor.user,
    )
    before = now.state
    both = now.feedback.count() == len(Side)
    if both and now.confirmed is not None and before == State.DELIVERED:
        now.state, now.state_since = State.CLOSED, timezone.now()
        now.save()
    happened(now, actor, "said how it was", before=before)
    return row


def newest_claim(exchange: Exchange) -> Actual | None:
    """What a side said last, confirmed or not; a broker's figures aside."""
    return exchange.actuals.exclude(by=Actual.By.BROKER).last()


def _confirm(exchange: Exchange, pk: int, actor: Actor) -> Exchange:
    check_state(exchange, State.DELIVERED, State.CLOSED)
    if exchange.confirmed is not None:
        raise Overtaken(CONFIRMED_ALREADY)
    actual = newest_claim(exchange)
    if actual is None or actual.pk != pk:
        raise Overtaken(CHANGED)
    if actor.side is not None and actual.by == actor.side:
        raise Refused(OWN_WORD)
    if actor.who == Who.BROKER:
        raise Refused("A broker settles the figures with a reason.")
    agreed = exchange.versions.agreed().get()
    hours, most = actual.giver_hours, agreed.person_hours
    if hours is not None and most is not None and hours > most:
        raise Refused(MORE_THAN_AGREED.format(claimed=plain(hours), agreed=plain(most)))
    actual.confirmed_by, actual.confirmed_at = Actual.By(actor.who.value), timezone.now()
    actual.save(update_fields=["confirmed_by", "confirmed_at"])
    exchange.confirmed, exchange.broker_asked_at = actual, None
    before = exchange.state
    if exchange.feedback.count() == len(Side) and before == State.DELIVERED:
        exchange.state, exchange.state_since = State.CLOSED, timezone.now()
    exchange.save()
    settle(exchange)
    happened(exchange, actor, "confirmed what happened", before=before, version=agreed)
    for side in Side:
        tell(exchange, side, "exchange_confirmed", {"actual": actual, "reason": ""})
    return exchange


def _is_above(agreed: ExchangeVersion, hours: Decimal | None) -> bool:
    most = agreed.person_hours
    return most is not None and hours is not None and hours > most


def _check_figures(exchange: Exchange, agreed: ExchangeVersion, figures: Figures) -> None:
    today = timezone.localdate()
    if agreed.first_day is not None and agreed.first_day > today:
        raise Refused(NOT_YET.format(day=f"{agreed.first_day:%-d %B %Y}"))
    if figures.happened_on > today:
        raise Refused(AHEAD)
    if exchange.kind.takes_people:
        if figures.giver_hours is None:
            raise Refused(SAY_HOURS)
    elif figures.amount is None:
        raise Refused(SAY_AMOUNT)
    numbers = (
        figures.giver_hours,
        figures.host_hours,
        figures.amount,
        figures.host_cost,
        figures.contribution,
    )
    if any(number is not None and number < 0 for number in numbers):
        raise Refused(NEGATIVE)


def _keep(
    exchange: Exchange, figures: Figures, by: Actual.By, actor: Actor, *, reason: str = ""
) -> Actual:
    return Actual.objects.create(
        exchange=exchange,
        by=by,
        people=figures.people,
        giver_hours=figures.giver_hours,
        host_hours=figures.host_hours,
        amount=figures.amount,
        host_cost=figures.host_cost,
        contribution=figures.contribution,
        happened_on=figures.happened_on,
        words=figures.words,
        made_by=actor.user,
        reason=reason,
    )


def _link_for(exchange: Exchange, side: Side, actual: Actual) -> VerifierLink | None:
    """A link by which the other side's contact confirms without an account."""
    contact = exchange.contacts.filter(side=side).first()
    if contact is None or not contact.email:
        return None
    link = VerifierLink.objects.create(
        actual=actual,
        name=contact.name,
        email=contact.email,
        expires_at=timezone.now() + datetime.timedelta(days=settings.VERIFIER_LINK_DAYS),
    )
    link.link_hash = new_verifier_hash(link)
    link.save(update_fields=["link_hash"])
    return link


def _who_said_not_delivered(exchange: Exchange) -> str:
    event = exchange.events.filter(to_state=State.NOT_DELIVERED).last()
    return event.who if event is not None else ""
