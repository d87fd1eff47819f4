"""Drawing results: a card's HTML is made once and kept, with a gap for what changes by reader."""

import datetime
from collections.abc import Iterable
from functools import partial
from typing import Any

from django.template.loader import get_template
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from providers.models import Listing
from providers.models.listing import months_before
from tslsv.search.paging import Hit
from tslsv.ui.drawn import Drawn
from tslsv.ui.templatetags.ui import miles

MOST_TAGS = 4
"""So many claims stand open on a card; the rest fold away."""

_GAP = "\x00"
_LEVELS = ("checked", "evidenced", "declared")


drawn_cards = Drawn()
"""By card key, day, and whether it is for a frame."""


def result_rows(
    hits: list[Hit], day: datetime.date, first: int, numbered: bool, *, embedded: bool = False
) -> SafeString:
    """The list items of a page of results; ``numbered`` gives the numbers that the map shows.

    ``embedded`` is for a frame on another website: links open in a new tab, and nothing is chosen.
    """
    rows: list[str] = []
    for number, hit in enumerate(hits, start=first):
        draw = partial(_draw, hit.object_id, hit.card, day, embedded=embedded)
        before, after = drawn_cards.get((hit.key, day, embedded), draw).split(_GAP)
        mark = f'<span class="result__n">{number}</span> ' if numbered else ""
        distance = miles(hit.miles)
        rows.append(
            f'<li class="result" id="result-{number}" value="{number}">{mark}{before}'
            f"{escape(distance)}{', ' if distance and hit.card['ward'] else ''}{after}</li>"
        )
    return mark_safe("".join(rows))  # noqa: S308 (cards come escaped from their template)


def shown_on(hits: Iterable[Hit], day: datetime.date) -> list[Hit]:
    """The hits without those that time has hidden since the index was last brought up to date."""
    hidden = Listing.hidden_before(day).isoformat()
    return [hit for hit in hits if _is_shown(hit.card, hidden)]


def cards_shown_on(
    cards: Iterable[tuple[int, dict[str, Any]]], day: datetime.date
) -> list[tuple[int, dict[str, Any]]]:
    """The same of listings' ids with their cards."""
    hidden = Listing.hidden_before(day).isoformat()
    return [(pk, card) for pk, card in cards if _is_shown(card, hidden)]


def _is_shown(card: dict[str, Any], hidden: str) -> bool:
    return bool(card["origin"] == Listing.Origin.REGISTER or card["confirmed"] >= hidden)


def standing_claims(card: dict[str, Any], day: datetime.date) -> list[dict[str, Any]]:
    """The claims that have not run out by ``day``, whatever day the card was written on."""
    return [
        claim
        for claim in card["claims"]
        if claim["until"] is None or datetime.date.fromisoformat(claim["until"]) >= day
    ]


def listing_url(card: dict[str, Any]) -> str:
    """The address of a card's listing."""
    return reverse("providers:listing", args=[card["organisation_slug"], card["slug"]])


def _draw(listing_id: int, card: dict[str, Any], day: datetime.date, *, embedded: bool) -> str:
    confirmed = datetime.date.fromisoformat(card["confirmed"])
    register = card["origin"] == Listing.Origin.REGISTER
    claims = sorted(standing_claims(card, day), key=lambda claim: _LEVELS.index(claim["level"]))
    # A fold that hides one claim would take as much room as the claim.
    shown = MOST_TAGS if len(claims) > MOST_TAGS + 1 else len(claims)
    return get_template("providers/parts/card.html").render(
        {
            "listing_id": listing_id,
            "card": card,
            "url": listing_url(card),
            "organisation_url": reverse("providers:organisation", args=[card["organisation_slug"]]),
            "claims": claims[:shown],
            "more_claims": claims[shown:],
            "confirmed": confirmed,
            "register": register,
            "stale": not register and confirmed < months_before(day, Listing.STALE_AFTER_MONTHS),
            "embedded": embedded,
            "gap": _GAP,
        }
    )
