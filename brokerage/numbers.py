"""Numbers as people write them."""

from decimal import Decimal


def plain(number: Decimal) -> str:
    """ "25", "12.5": without noughts that say nothing."""
    return f"{number.normalize():f}"
