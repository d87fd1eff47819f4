"""What somebody who looks at an exchange can do, and what they should do next."""

import datetime
from dataclasses import dataclass

from django.utils.formats import date_format

from brokerage.models import Exchange, ExchangeVersion, Gate, Side
from brokerage.services.acting import Actor, Who
from brokerage.services.delivering import newest_claim

State = Exchange.State


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: the name of its URL, the words of its button, and what it is about."""

    name: str
    label: str
    arg: str = ""


@dataclass(frozen=True, slots=True)
class Next:
    """What to say first, in words; the steps that lead on, the main one first; and the others."""

    heading: str
    words: str
    steps: tuple[Step, ...] = ()
    others: tuple[Step, ...] = ()
    is_warning: bool = False


_CHANGE = Step("propose_change", "Propose a change")
_HAND_OVER = Step("hand_over", "Hand over to a colleague")
_ASK = Step("reason", "Ask a broker to step in", "ask-a-broker")
_WITHDRAW = Step("reason", "Take it back", "withdraw")
_CANCEL = Step("reason", "Cancel it", "cancel")
_REDUCE = Step("reduce_places", "Take fewer places")
_PASS = Step("pass_places", "Pass places to another employer")
_CLAIM = Step("claim", "Say what happened")
_NOT = Step("reason", "It did not happen", "not-delivered")
_DECIDE = Step("decide", "Decide what happened")
_STOP = Step("reason", "Stop it", "stop")
_SETTLED = Step("reason", "Nothing to decide", "settled")
_FEEDBACK = Step("feedback", "Say how it was")


def next_of(exchange: Exchange, actor: Actor, today: datetime.date) -> Next:
    """What this viewer sees first. A few queries."""
    if actor.who == Who.BROKER:
        return _of_broker(exchange)
    side = actor.side
    if side is None:
        raise ValueError("Only sides and brokers look at an exchange.")
    match exchange.state:
        case State.PROPOSED:
            found = _proposed(exchange, side)
        case State.INTRODUCED | State.AMENDED | State.AGREED:
            found = _terms(exchange, side, today)
        case State.DELIVERED | State.CLOSED:
            found = _delivered(exchange, side)
        case State.DISPUTED:
            found = _DISPUTED
        case State.NOT_DELIVERED:
            found = _NOT_DELIVERED
        case _:
            found = Next(_ENDED[exchange.state], "Nothing is held for it any more.", others=(_ASK,))
    return found


_DISPUTED = Next(
    "A broker looks at it",
    "The two of you do not say the same. A broker talks to both, and decides. Until then it counts "
    "nowhere.",
    others=(_HAND_OVER,),
)
_NOT_DELIVERED = Next(
    "It did not happen",
    "If it did, say so: the other side and a broker will hear of it.",
    others=(Step("reason", "It did happen", "dispute"),),
)
_ENDED: dict[str, str] = {
    State.DECLINED: "It was declined",
    State.WITHDRAWN: "It was taken back",
    State.EXPIRED: "It has run out",
    State.CANCELLED: "It is cancelled",
}


def _proposed(exchange: Exchange, side: Side) -> Next:
    until = exchange.holds_until
    day = date_format(until, "j F Y") if until else ""
    if side == exchange.answering_side:
        return Next(
            "It is for you to answer",
            f"Say yes and both of you see each other’s contact, or say no with a reason. On {day} "
            "the proposal runs out, and the places are free again.",
            (
                Step("introduce", "Yes, introduce us"),
                Step("reason", "No, with a reason", "decline"),
            ),
            (_ASK,),
            is_warning=True,
        )
    them = exchange.organisation_of(side.other)
    return Next(
        f"{them} has it",
        f"They are reminded on the second and the fifth day. On {day} it runs out.",
        others=(_WITHDRAW, _HAND_OVER, _ASK),
    )


def _terms(exchange: Exchange, side: Side, today: datetime.date) -> Next:
    """Introduced or agreed: checks, versions, and what happened once its day has come."""
    pending = exchange.versions.pending().first()
    agreed = exchange.versions.agreed().first()
    others: list[Step] = [_CHANGE, _HAND_OVER, _ASK]
    if agreed is None:
        others.append(_WITHDRAW)
    else:
        others.append(_CANCEL)
        if side == Side.GIVER and (agreed.seats or 0) > 1:
            others.insert(1, _REDUCE)
        if (
            side == Side.GIVER
            and exchange.state == State.AGREED
            and exchange.need is not None
            and agreed.seats
            and (agreed.first_day is None or agreed.first_day > today)
        ):
            others.insert(-1, _PASS)
        if pending is None:
            return _agreed(exchange, side, agreed, today, others)
    if pending is None:
        return Next(
            "Nothing is on the table",
            "The last version was not taken. Propose when, where and how many.",
            (_CHANGE,),
            tuple(step for step in others if step != _CHANGE),
            is_warning=True,
        )
    return _pending(exchange, side, pending, others, today)


def _agreed(
    exchange: Exchange,
    side: Side,
    agreed: ExchangeVersion,
    today: datetime.date,
    others: list[Step],
) -> Next:
    if agreed.first_day is None or agreed.first_day <= today:
        others = [step for step in others if step is not _CANCEL or agreed.last_day is None]
        return Next(
            "Has it happened?",
            "One of you says what happened, and the other confirms it. Until then it counts "
            "nowhere.",
            (_CLAIM, _NOT),
            tuple(others),
            is_warning=agreed.last_day is not None and agreed.last_day < today,
        )
    day = date_format(agreed.first_day, "l j F Y")
    return Next("Agreed", f"You meet on {day}. After that, say what happened.",
                others=tuple(others))  # fmt: skip


def _pending(
    exchange: Exchange,
    side: Side,
    pending: ExchangeVersion,
    others: list[Step],
    today: datetime.date,
) -> Next:
    number, them = str(pending.number), exchange.organisation_of(side.other)
    refuse = Step("refuse_version", "Not like this", number)
    if pending.confirmed_at(side) is not None:
        refuse = Step("refuse_version", "Take the change back", number)
        others.insert(1, refuse)
        return Next(
            f"{them} has to confirm version {number}",
            "What is agreed stands until then." if exchange.state == State.AMENDED else
            "You have confirmed it. Settle the checks meanwhile.",
            others=tuple(others),
        )  # fmt: skip
    unmet = list(exchange.gates.unmet(pending.last_day or today))
    confirm = Step("confirm_version", f"Confirm version {number}", number)
    others.insert(1, refuse)
    if unmet and pending.confirmed_at(side.other) is not None:
        names = _and([_lower(gate) for gate in unmet])
        count = "One thing" if len(unmet) == 1 else f"{len(unmet)} things"
        return Next(
            f"{count} before you can agree",
            f"Settle {names}. Then confirm version {number}.",
            (Step("settle_gate", f"Settle: {_lower(unmet[0])}", unmet[0].check_of), confirm),
            tuple(others),
            is_warning=True,
        )
    return Next(
        f"{them} waits for you to confirm version {number}",
        "Read it below. What is agreed stands until you do."
        if exchange.state == State.AMENDED
        else "Read it below, and confirm it or propose something else.",
        (confirm,),
        tuple(others),
        is_warning=True,
    )


def _delivered(exchange: Exchange, side: Side) -> Next:
    said = exchange.feedback.filter(side=side).exists()
    feedback = () if said else (_FEEDBACK,)
    if exchange.confirmed is not None:
        words = "Thank you. The result counts from now on." if said else (
            "The result counts. Say how it was: the public never sees it."
        )  # fmt: skip
        return Next("Confirmed", words, feedback, (_HAND_OVER, _ASK))
    actual = newest_claim(exchange)
    them = exchange.organisation_of(side.other)
    if actual is not None and actual.by != side:
        return Next(
            f"{them} says what happened",
            "Is it right? Until you confirm it, it counts nowhere.",
            (
                Step("confirm_result", "Yes, that is right", str(actual.pk)),
                Step("reason", "No, it is not so", "dispute"),
            ),
            (*feedback, _HAND_OVER, _ASK),
            is_warning=True,
        )
    again = Step("claim", "Correct what you said")
    others = (again,) if exchange.state == State.DELIVERED else ()
    return Next(
        f"{them} has to confirm it",
        "Until then it is delivered, unconfirmed, and counts nowhere.",
        feedback,
        (*others, _HAND_OVER, _ASK),
    )


def _of_broker(exchange: Exchange) -> Next:
    others: list[Step] = []
    if exchange.state in Exchange.HOLDING:
        others += [_STOP]
    if exchange.state in {State.INTRODUCED, State.AGREED, State.AMENDED}:
        others += [_CHANGE]
    if exchange.state in {
        State.AGREED,
        State.AMENDED,
        State.DELIVERED,
        State.CLOSED,
        State.DISPUTED,
        State.NOT_DELIVERED,
    }:
        others += [_DECIDE]
    if exchange.state in {State.DECLINED, State.WITHDRAWN, State.EXPIRED, State.CANCELLED}:
        others += [Step("reason", "Take it up again", "reopen")]
    if exchange.state == State.DISPUTED:
        return Next("The two sides do not agree", "Talk to both, then decide.", (_DECIDE,),
                    is_warning=True)  # fmt: skip
    if exchange.broker_asked_at is not None:
        return Next(
            "Somebody asks for you",
            "The history says who and why.",
            (_SETTLED,),
            tuple(others),
            is_warning=True,
        )
    return Next("You see this as a broker", "Both sides can read what you do here, and why.",
                others=tuple(others))  # fmt: skip


def _lower(gate: Gate) -> str:
    return str(gate).lower().replace("dbs", "DBS")


def _and(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
