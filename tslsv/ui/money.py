"""Amounts of money as people type them."""

import re
from decimal import Decimal

MOST = Decimal("99999999.99")
"""The most that a column of money holds, in pounds."""

EXAMPLE = "such as 240 or 1,200.50"
UNREADABLE = f"Enter an amount in pounds, {EXAMPLE}."
COMMA = f"Put a point before the pence and commas only between thousands, {EXAMPLE}."
NEGATIVE = "Enter an amount that is not below zero."
PENCE = f"Enter at most two digits after the point, {EXAMPLE}."
TOO_MUCH = "Enter an amount below £100,000,000."

_AROUND = re.compile(r"£|GBP|\s", re.IGNORECASE)
_AMOUNT = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)?(?:\.(\d*))?", re.ASCII)
_WITH_COMMA = re.compile(r"[\d.]*,[\d.,]*", re.ASCII)
_LONGEST = 40


def parse_money(text: str) -> Decimal:
    """Pounds with pence, from £0.00 up to ``MOST``, out of "240", "£1,200.50", "1 200.5".

    A comma before the pence, as in "1.200,50" or "6,50", is refused: without it the amount would be
    a hundred times as much. So are exponents, signs and more than two digits of pence. Raises
    ValueError, with words to stand beside the field.
    """
    if len(text) > _LONGEST:
        raise ValueError(UNREADABLE)
    bare = _AROUND.sub("", text)
    if bare[:1] in {"-", "−", "–"}:  # the sign, and what word processors make of it
        raise ValueError(NEGATIVE)
    found = _AMOUNT.fullmatch(bare)
    pounds, pence = (found[1] or "", found[2] or "") if found else ("", "")
    if not pounds and not pence:
        raise ValueError(COMMA if _WITH_COMMA.fullmatch(bare) else UNREADABLE)
    if len(pence) > 2:
        raise ValueError(PENCE)
    amount = Decimal(f"{pounds.replace(',', '') or '0'}.{pence or '0'}")
    if amount > MOST:
        raise ValueError(TOO_MUCH)
    return amount.quantize(Decimal("0.01"))


def in_pounds(amount: Decimal) -> str:
    """As it is written on pages and in mails: "£1,200.50"."""
    return f"£{amount:,.2f}"
