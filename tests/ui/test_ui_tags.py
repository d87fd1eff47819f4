"""The filters that every template has."""

import datetime as dt

import pytest
from django.template import engines

from tslsv.ui.templatetags.ui import browser_name, miles, thousands, uk_date, uk_date_short


@pytest.mark.parametrize(
    ("distance", "text"),
    [
        (None, ""),
        (0.0, "less than 0.1 miles"),
        (0.04, "less than 0.1 miles"),
        (0.06, "0.1 miles"),
        (0.94, "0.9 miles"),
        (1, "1.0 miles"),
        (12.34, "12.3 miles"),
    ],
)
def test_miles(distance: float | None, text: str) -> None:
    assert miles(distance) == text


def test_thousands_have_a_comma() -> None:
    assert [thousands(number) for number in (0, 999, 1000, 1234567)] == [
        "0", "999", "1,000", "1,234,567",
    ]  # fmt: skip


def test_dates_read_as_in_britain() -> None:
    day = dt.date(2026, 11, 2)
    assert uk_date(day) == "2 November 2026"
    assert uk_date_short(day) == "2 Nov 2026"
    assert uk_date(None) == uk_date_short(None) == ""


def test_a_moment_is_the_day_it_was_in_leeds() -> None:
    late = dt.datetime(2026, 6, 30, 23, 30, tzinfo=dt.UTC)
    assert uk_date(late) == "1 July 2026"


def test_templates_have_the_filters_without_loading_them() -> None:
    template = engines["django"].from_string("{{ far|miles }}, {{ day|uk_date_short }}")
    assert template.render({"far": 2.0, "day": dt.date(2026, 1, 5)}) == "2.0 miles, 5 Jan 2026"


@pytest.mark.parametrize(
    ("described", "name"),
    [
        (
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
                "Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0"
            ),
            "Edge on Windows",
        ),
        (
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 "
                "(KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
            ),
            "Safari on iPhone",
        ),
        (
            "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36",
            "Chrome on Android",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0", "Firefox on Linux"),
        ("Lynx/2.9", "Lynx/2.9"),
        ("", "Unknown browser"),
        ("x" * 200, "x" * 60),
    ],
)
def test_browser_name(described: str, name: str) -> None:
    assert browser_name(described) == name
