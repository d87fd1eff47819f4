"""An exchange as a row of a list, seen by one of its sides."""

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import Organisation
from brokerage.models import Exchange, ExchangeVersion, Side
from brokerage.terms_words import facts_of_terms

State = Exchange.State
Status = ExchangeVersion.Status


@dataclass(frozen=True, slots=True)
class Row:
    """``when`` and ``how_many`` are of what stands, else of what is proposed."""

    exchange: Exchange
    side: Side
    them: Organisation
    when: str
    how_many: str
    waits_for_us: bool


def rows_of(exchanges: Iterable[Exchange], organisation: Organisation) -> list[Row]:
    """The rows, in the same order. No query where the versions are prefetched."""
    return [_row(exchange, organisation) for exchange in exchanges]


def _row(exchange: Exchange, organisation: Organisation) -> Row:
    side = exchange.side_of(organisation) or Side.HOST
    versions = {version.status: version for version in exchange.versions.all()}
    shown = versions.get(Status.AGREED) or versions.get(Status.PENDING)
    facts = dict(facts_of_terms(exchange, shown)) if shown else {}
    places = facts.get("Places", "")
    return Row(
        exchange,
        side,
        exchange.organisation_of(side.other),
        facts.get("When", ""),
        f"{places} places" if places else facts.get("How much", ""),
        _waits_for(exchange, side, versions.get(Status.PENDING)),
    )


def _waits_for(exchange: Exchange, side: Side, pending: ExchangeVersion | None) -> bool:
    if exchange.state == State.PROPOSED:
        return exchange.answering_side == side
    if exchange.state in {State.INTRODUCED, State.AMENDED}:
        return pending is None or pending.confirmed_at(side) is None
    return False
