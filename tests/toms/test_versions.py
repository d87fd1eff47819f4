"""Which step a change asks for, and which numbers follow each other."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toms.models import MeasureVersion
from toms.models.measure import Number
from toms.versions import (
    BadStep,
    Step,
    check_step,
    compare,
    next_number,
    step_between,
    words_for,
)

VALUES: dict[str, list[Any]] = {
    "unit_id": [1, 2],
    "overlap_group_id": [None, 1],
    "value_kind": ["flow", "stock"],
    "agg_time": ["sum", "mean"],
    "agg_entity": ["sum", "sum_flag_overlap"],
    "basis_allowed": [["new"], ["new", "sustained"]],
    "suits": [["contract"], ["grant", "contract"]],
    "at_risk": [False, True],
    "baseline": [False, True],
    "level": [1, 2],
    "profile": ["all", "buyers"],
}


def attribute(name: str) -> str:
    return MeasureVersion._meta.get_field(name).attname  # type: ignore[union-attr]


def version(**fields: Any) -> MeasureVersion:
    return MeasureVersion(**{name: values[0] for name, values in VALUES.items()} | fields)


def other(name: str) -> dict[str, Any]:
    """The field with another value."""
    attname = attribute(name)
    return {attname: VALUES.get(attname, ["", "Other words."])[1]}


def test_every_field_of_the_content_has_its_step() -> None:
    content = set(MeasureVersion.CONTENT_FIELDS)
    assert len(content) == len(MeasureVersion.CONTENT_FIELDS)
    aside = {
        "id", "measure", "major", "minor", "patch", "state", "step", "reason", "successor",
        "ended_reason", "adopted_on", "ended_on", "made_by", "created", "modified",
    }  # fmt: skip
    assert {field.name for field in MeasureVersion._meta.concrete_fields} == content | aside
    for name in content:
        expected = (
            Step.MAJOR
            if name in MeasureVersion.SERIES_FIELDS
            else Step.MINOR
            if name in MeasureVersion.GUIDANCE_FIELDS
            else Step.PATCH
        )
        change = compare(version(), version(**other(name)))
        assert (change.fields, change.proposed) == ((name,), expected)


def test_nothing_changed_is_a_step_of_wording() -> None:
    assert compare(version(), version(suits=["contract"])) == compare(version(), version())
    assert compare(version(), version()).proposed == Step.PATCH


def test_the_order_of_a_list_is_no_change() -> None:
    one, two = version(suits=["grant", "contract"]), version(suits=["contract", "grant"])
    assert compare(one, two).fields == ()


def test_a_curator_may_call_a_text_wording_but_not_a_unit() -> None:
    text = compare(version(), version(what_counts="Hour's spent."))
    assert (text.proposed, text.least) == (Step.MAJOR, Step.PATCH)
    check_step(text, Step.PATCH)
    unit = compare(version(), version(unit_id=2, what_counts="Other."))
    with pytest.raises(BadStep, match="too small a step: unit changed"):
        check_step(unit, Step.MINOR)
    check_step(unit, Step.MAJOR)
    level = compare(version(), version(level=2))
    with pytest.raises(BadStep, match="level changed"):
        check_step(level, Step.PATCH)
    check_step(level, Step.MINOR)
    with pytest.raises(BadStep, match="no new measure"):
        check_step(level, Step.NEW)


parts = st.integers(0, 200)


@given(parts, parts, parts, st.sampled_from([Step.MAJOR, Step.MINOR, Step.PATCH]))
def test_a_number_and_a_step_lead_to_each_other(x: int, y: int, z: int, step: Step) -> None:
    number = Number(x, y, z)
    after = next_number(number, step)
    assert after > number
    assert step_between(number, after) == step
    assert (after.major == number.major) == (step != Step.MAJOR)
    assert Number.parse(str(number)) == number


@pytest.mark.parametrize("after", ["1.2.3", "1.2.5", "1.4.0", "1.3.1", "3.0.0", "2.0.1", "0.9.0"])
def test_no_other_number_follows(after: str) -> None:
    with pytest.raises(BadStep, match=r"does not follow 1\.2\.3"):
        step_between(Number(1, 2, 3), Number.parse(after))


def test_a_new_measure_follows_nothing() -> None:
    with pytest.raises(BadStep):
        next_number(Number(0, 1, 0), Step.NEW)


@pytest.mark.parametrize("text", ["", "1", "1.2", "1.2.3.4", "v1.2.3", "01.2.3", "1.2.x", "1.2.-3"])
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(ValueError, match="is no version"):
        Number.parse(text)


def test_fields_have_words_for_people() -> None:
    for name in MeasureVersion.CONTENT_FIELDS:
        assert "_" not in words_for(name)
