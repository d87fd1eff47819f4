"""Number ranges as steps, and positions whose straight lines order as great circles do."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from places.distance import Point, miles_between
from providers.listing_index import SCHEMA
from tslsv.search.schema import Position, Range, chord_of

ladders = st.lists(st.integers(0, 60), max_size=6, unique=True).map(lambda s: tuple(sorted(s)))
numbers = st.integers(0, 70)


@given(ladders, st.booleans(), st.none() | numbers, numbers)
def test_steps_and_the_rest_together_are_the_range(
    ladder: tuple[int, ...], at_least: bool, number: int | None, wanted: int
) -> None:
    """What a step or the look-up finds is what a comparison finds: no more and no less."""
    steps = Range("c", ladder, at_least)
    step, rest = steps.split(wanted)
    by_step = step is not None and step in steps.steps_met(number)
    by_number = rest is not None and number is not None and rest[0] <= number <= rest[1]
    expected = number is not None and (number >= wanted if at_least else number <= wanted)
    assert (by_step or by_number) == expected


@given(ladders, st.booleans(), numbers)
def test_a_step_never_says_too_much(ladder: tuple[int, ...], at_least: bool, wanted: int) -> None:
    step, rest = Range("c", ladder, at_least).split(wanted)
    if step is not None:
        assert int(step) >= wanted if at_least else int(step) <= wanted
    if rest is not None:
        assert rest[0] <= rest[1]


@pytest.mark.parametrize("name", sorted(SCHEMA.ranges))
def test_no_look_up_for_a_number_on_the_ladder(name: str) -> None:
    for step in SCHEMA.ranges[name].ladder:
        assert SCHEMA.ranges[name].split(step) == (str(step), None)


points = st.builds(Point, st.floats(53.6, 54.0), st.floats(-1.9, -1.2))


def chord(one: Point, other: Point) -> float:
    a = Position.at(one.latitude, one.longitude)
    b = Position.at(other.latitude, other.longitude)
    return float(((a.x - b.x) ** 2 + (a.y - b.y) ** 2 + (a.z - b.z) ** 2) ** 0.5)


@given(points, points)
def test_a_chord_is_as_long_as_its_miles_say(one: Point, other: Point) -> None:
    assert chord(one, other) == pytest.approx(chord_of(miles_between(one, other)), abs=1e-3)


@given(st.floats(0.0, 12_000.0), st.floats(0.0, 12_000.0))
def test_chords_grow_with_miles(one: float, other: float) -> None:
    assert (chord_of(one) <= chord_of(other)) == (one <= other) or abs(one - other) < 1e-6


def test_nothing_is_farther_than_the_other_side_of_the_earth() -> None:
    assert chord_of(1e9) == pytest.approx(chord_of(12_436), rel=1e-4)
    assert chord_of(1e9) < inf
