"""How a need or an offer stands in a list: a card of the index, with what it says in words."""

import datetime
from collections.abc import Iterable
from decimal import Decimal
from functools import partial
from typing import Any

from django.template.loader import get_template
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from brokerage.numbers import plain
from tslsv.search.paging import Hit
from tslsv.ui.drawn import Drawn
from tslsv.ui.templatetags.ui import miles

_GAP = "\x00"

drawn_notices = Drawn()
"""By card key: a card holds all that its row shows but the distance."""


def shown_on(hits: Iterable[Hit], today: datetime.date) -> list[Hit]:
    """Those that have not run out since the index was brought up to date."""
    return [hit for hit in hits if hit.card["ends"] >= today.isoformat()]


def result_rows(hits: Iterable[Hit], today: datetime.date) -> list[dict[str, Any]]:
    """The cards of these hits but for those that have run out since the index was brought up to
    date; each with ``url``, ``how_many``, ``when``, ``where`` and ``distance``.
    """
    return [
        {
            **hit.card,
            "url": notice_url(hit.card),
            "how_many": how_many(hit.card),
            "when": when(hit.card),
            "miles": hit.miles,
            "distance": miles(hit.miles),
        }
        for hit in shown_on(hits, today)
    ]


def drawn_rows(hits: Iterable[Hit], today: datetime.date) -> SafeString:
    """The same as list items, each drawn once."""
    rows: list[str] = []
    for hit in shown_on(hits, today):
        before, after = drawn_notices.get(hit.key, partial(_draw, hit.card)).split(_GAP)
        distance = f"<span>{escape(words)}</span>" if (words := miles(hit.miles)) else ""
        rows.append(f"{before}{distance}{after}")
    return mark_safe("".join(rows))  # noqa: S308 (rows come escaped from their template)


def _draw(card: dict[str, Any]) -> str:
    row = {**card, "url": notice_url(card), "how_many": how_many(card), "when": when(card)}
    return get_template("brokerage/parts/row.html").render({"row": row, "gap": _GAP})


def notice_url(card: dict[str, Any]) -> str:
    """Its page."""
    return reverse(f"brokerage:{card['side']}", args=[card["reference"]])


def how_many(card: dict[str, Any]) -> str:
    """ "6 to 10 people, 5 places left", "£500", "20 items, 4 left"; empty where it was not said."""
    if card["unit"] != "person-hours":
        return _amount(card)
    least, most, left = card["places_min"], card["places_max"], card["places_left"]
    if most is None:
        return f"{least:,} people or more" if least and least > 1 else ""
    words = f"{most:,} people" if most > 1 else "1 person"
    if least and least < most:
        words = f"{least:,} to {words}"
    if left == most:
        return words
    return f"{words}, {left:,} place{'' if left == 1 else 's'} left" if left else f"{words}: full"


def _amount(card: dict[str, Any]) -> str:
    if card["amount"] is None:
        return ""
    amount, left = (quantity(card[name], card["unit"]) for name in ("amount", "amount_left"))
    return amount if amount == left else f"{amount}, {left} left"


def quantity(number: float, unit: str) -> str:
    """ "£1,250", "20 items", "12.5 room-hours"."""
    exact = Decimal(str(number))
    if unit == "pounds":
        return f"£{exact:,.2f}".removesuffix(".00")
    return f"{plain(exact)} {unit.removesuffix('s') if exact == 1 else unit}"


def when(card: dict[str, Any]) -> str:
    """ "1 May to 30 June 2027", "until 30 June 2027", "at any time"; and what else was said."""
    first, last = card["first_day"], card["last_day"]
    if first and last:
        words = _day(first) if first == last else f"{_day(first)} to {_day(last)}"
    elif first:
        words = f"from {_day(first)}"
    else:
        words = f"until {_day(last)}" if last else "at any time"
    return f"{words}, {card['when']}" if card["when"] else words


def _day(text: str) -> str:
    return date_format(datetime.date.fromisoformat(text), "j F Y")
