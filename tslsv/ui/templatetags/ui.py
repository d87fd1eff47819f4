"""Filters that every template has without loading them (see ``TEMPLATES`` in the settings)."""

import datetime as dt
from decimal import Decimal

from django import template
from django.utils import timezone
from django.utils.formats import date_format

register = template.Library()


@register.filter
def miles(distance: float | None) -> str:
    """A distance in miles to one decimal: 0.94 gives "0.9 miles"; nothing where it is unknown."""
    if distance is None:
        return ""
    text = f"{distance:.1f}"
    return "less than 0.1 miles" if text == "0.0" else f"{text} miles"


@register.filter
def thousands(number: int) -> str:
    """A whole number as people write it: 1234 gives "1,234"."""
    return f"{number:,}"


@register.filter
def money(amount: Decimal | None) -> str:
    """Pounds and pence: 1200.5 gives "£1,200.50"; nothing where it is unknown."""
    return "" if amount is None else f"{'−' * (amount < 0)}£{abs(amount):,.2f}"


@register.filter
def uk_date(value: dt.date | None) -> str:
    """A day in full, "2 November 2026"; of a moment, the day it was in Leeds."""
    return _date(value, "j F Y")


@register.filter
def uk_date_short(value: dt.date | None) -> str:
    """A day where room is scarce: "2 Nov 2026"."""
    return _date(value, "j M Y")


# The first that a browser's own description holds is the one: most name others, to be let in.
_BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "Chrome": "Chrome",
    "CriOS": "Chrome",
    "Safari": "Safari",
}
_SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS": "a Mac",
    "Linux": "Linux",
    "CrOS": "a Chromebook",
}


@register.filter
def browser_name(described: str) -> str:
    """A browser as people call it, "Firefox on Windows"; what it says of itself where unknown."""
    browser = next((name for key, name in _BROWSERS.items() if key in described), "")
    system = next((name for key, name in _SYSTEMS.items() if key in described), "")
    if not browser:
        return described[:60] or "Unknown browser"
    return f"{browser} on {system}" if system else browser


def _date(value: dt.date | None, form: str) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return date_format(value, form)
