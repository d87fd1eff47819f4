"""Who acts on an exchange, and the locks that its services take before they look.

Every service locks in one order, so that none waits for another in a circle: exchange, need,
offer, the capacity of the host, its months, the released hours of the giver.
"""

from dataclasses import dataclass

from accounts.models import AuditEvent, User
from accounts.permissions import is_broker, is_member
from accounts.refused import Overtaken, Refused
from brokerage.models import Exchange, ExchangeEvent, ExchangeVersion, Side

Who = ExchangeEvent.Who

GONE = "This exchange is not here any more."
NOT_YOURS = "You no longer act for this organisation, so nothing was changed."
NOT_BROKER = "Only a broker may do this."
MOVED_ON = "Somebody was quicker: this exchange now says “{state}”. Nothing was changed."
WRITE_WHY = "Say why, in a few words: it stands in the history for both sides."


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: for a side or as a broker with their account, by a signed link, or
    nobody, as time passes.
    """

    who: ExchangeEvent.Who
    user: User | None = None

    @classmethod
    def of(cls, side: Side, user: User) -> "Actor":
        """A member of a side."""
        return cls(Who(side.value), user)

    @property
    def side(self) -> Side | None:
        """The side acted for; None for a broker, a link and time."""
        return Side(self.who.value) if self.who.value in Side.values else None

    def acts_for(self, side: Side) -> bool:
        """Whether this is the side's own word, or a broker's on its behalf."""
        return self.who == Who.BROKER or self.side == side


BY_ITSELF = Actor(Who.TIME)


def lock_exchange(exchange: Exchange, actor: Actor) -> Exchange:
    """The exchange as it is now, for somebody who may act on it; nobody else changes it until the
    transaction ends.

    Raises Refused when it has gone, and for who does not act for the side any more.
    """
    rows = Exchange.objects.filter(pk=exchange.pk)
    # Read once it is locked: what a row points at is joined as it was before the wait, so a result
    # that was confirmed meanwhile would seem not to be there.
    list(rows.select_for_update(no_key=True).values_list("pk"))
    found = rows.select_related("need", "offer", "host", "giver", "kind", "confirmed").first()
    if found is None:
        raise Refused(GONE)
    check_actor(found, actor)
    return found


def check_actor(exchange: Exchange, actor: Actor) -> None:
    """Raises Refused for who does not act for the side, or is no broker, as of now."""
    if actor.side is not None:
        organisation = exchange.organisation_of(actor.side)
        if actor.user is None or not is_member(actor.user, organisation):
            raise Refused(NOT_YOURS)
    elif actor.who == Who.BROKER and (actor.user is None or not is_broker(actor.user)):
        raise Refused(NOT_BROKER)


def check_state(exchange: Exchange, *states: Exchange.State) -> None:
    """Raises Overtaken when it is in none of these."""
    if exchange.state not in states:
        raise Overtaken(MOVED_ON.format(state=exchange.get_state_display()))


def check_reason(reason: str) -> str:
    """The reason without spaces around it. Raises Refused for none."""
    if not (said := reason.strip()):
        raise Refused(WRITE_WHY)
    return said


def happened(
    exchange: Exchange,
    actor: Actor,
    verb: str,
    *,
    before: str | None = None,
    reason: str = "",
    version: ExchangeVersion | None = None,
) -> None:
    """Write one line of its history and of the audit; ``before`` is the state that it left."""
    ExchangeEvent.objects.create(
        exchange=exchange,
        who=actor.who,
        verb=verb,
        from_state=before or "",
        to_state=exchange.state,
        reason=reason,
        version=version,
    )
    AuditEvent.record(
        verb=verb,
        target=exchange,
        organisation=exchange.organisation_of(actor.side) if actor.side else exchange.host,
        actor_key=actor.user.audit_key if actor.user else None,
    )
