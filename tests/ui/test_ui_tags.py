"""The filters that every template has."""

import datetime as dt

import pytest
from django.template import engines

from tslsv.ui.templatetags.ui import miles, thousands, uk_date, uk_date_short


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
