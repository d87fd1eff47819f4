"""What changed, in sentences."""

import pytest

from tests.toms.factories import (
    make_measure,
    make_measure_version,
    make_overlap_group,
    make_release,
    make_unit,
)
from toms.differences import between_releases, between_versions

pytestmark = pytest.mark.django_db


def test_a_difference_is_a_sentence() -> None:
    measure = make_measure()
    before = make_measure_version(measure, "1.0.0", state="adopted")
    after = make_measure_version(
        measure,
        "2.0.0",
        unit=make_unit("PHR", label="person-hours"),
        unit_words="person-hours",
        value_kind="stock",
        basis_allowed=["new"],
        baseline=True,
        overlap_group=make_overlap_group(),
        evidence="A register that is signed every week by whoever led the session.",
        suits=["grant", "contract"],
        example="Ten people for two hours are twenty.",
    )
    found = {row.field: row.sentence for row in between_versions(before, after)}
    assert found == {
        "unit": "Unit changed from hours to person-hours.",
        "unit_words": "The unit in words changed from hours to person-hours.",
        "value_kind": "The kind of value changed from counted over a period to "
        "how many there are at a time.",
        "basis_allowed": "Whether new or sustained counts changed from new, sustained to new.",
        "overlap_group": "Overlap group was added: Volunteering.",
        "evidence": "Evidence was reworded.",
        "baseline": "Baseline changed from no to yes.",
        "suits": "What it suits changed from contract to contract, grant.",
        "example": "Example was added: Ten people for two hours are twenty.",
    }
    back = {row.field: row.sentence for row in between_versions(after, before)}
    assert back["overlap_group"] == "Overlap group was taken out."
    assert between_versions(before, before) == ()


def test_two_releases_are_compared_measure_by_measure() -> None:
    kept, gone, new = (make_measure_version(number="1.0.0", state="adopted") for _ in range(3))
    measure = make_measure()
    old = make_measure_version(measure, "1.0.0", state="adopted")
    later = make_measure_version(measure, "1.0.1", title="In other words")
    found = between_releases(make_release(kept, gone, old), make_release(new, later, kept))
    assert (found.added, found.left_out, found.unchanged) == ((new,), (gone,), 1)
    (change,) = found.changed
    assert (change.before, change.after) == (old, later)
    assert [row.field for row in change.differences] == ["title"]


def test_comparing_costs_the_same_for_many(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    one = make_release(*(make_measure_version() for _ in range(12)))
    other = make_release(*(make_measure_version() for _ in range(12)))
    with django_assert_num_queries(2):
        between_releases(one, other)
