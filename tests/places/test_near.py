"""Where a list is asked for: a postcode, and miles from it."""

import pytest

from places.near import asked_miles


@pytest.mark.parametrize(
    ("number", "text"), [(1, "1 mile"), ("1.0", "1 mile"), (2, "2 miles"), ("0.5", "0.5 miles")]
)
def test_miles_in_words(number: object, text: str) -> None:
    assert asked_miles(number) == text
