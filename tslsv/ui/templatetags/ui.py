"""Filters that every template has without loading them (see ``TEMPLATES`` in the settings)."""

import datetime as dt

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
def uk_date(value: dt.date | None) -> str:
    """A day in full, "2 November 2026"; of a moment, the day it was in Leeds."""
    return _date(value, "j F Y")


@register.filter
def uk_date_short(value: dt.date | None) -> str:
    """A day where room is scarce: "2 Nov 2026"."""
    return _date(value, "j M Y")


def _date(value: dt.date | None, form: str) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return date_format(value, form)
