"""Which step a change to a measure asks for.

``X.Y.Z``: Z is for wording alone, Y for guidance or evidence that leaves figures comparable, X for
another unit or another thing that counts: a new series (domain.md, "toms").
"""

from collections.abc import Collection
from dataclasses import dataclass

from toms.models import MeasureVersion
from toms.models.measure import Number

Step = MeasureVersion.Step

_ORDER = (Step.PATCH, Step.MINOR, Step.MAJOR)
_TEXTS = {"what_counts", "does_not_count", "existing_value_rule", "evidence", "evidence_small"}
"""Fields in which a change may be a slip of the pen: a curator may say that it is wording alone."""


class BadStep(ValueError):
    """A version's number does not fit what was changed; the words say why, for people."""


@dataclass(frozen=True, slots=True)
class Change:
    """What differs between two versions, and the steps that it proposes and at least asks for."""

    fields: tuple[str, ...]
    proposed: Step
    least: Step


def compare(before: MeasureVersion, after: MeasureVersion) -> Change:
    """Every field of the content that differs, in the order in which a page shows them.

    A field of the series proposes X, one of the guidance Y, another Z; and no less will do, but for
    texts, where a curator may say that only the wording changed. Without any difference, Z.
    """
    fields = tuple(
        name
        for name in MeasureVersion.CONTENT_FIELDS
        if _value(before, name) != _value(after, name)
    )
    return Change(fields, _step(fields), _step([name for name in fields if name not in _TEXTS]))


def _value(version: MeasureVersion, name: str) -> object:
    if name in {"unit", "overlap_group"}:
        name = f"{name}_id"  # so that comparing reads no row
    value = getattr(version, name)
    return sorted(value) if isinstance(value, list) else value


def _step(fields: Collection[str]) -> Step:
    if any(name in MeasureVersion.SERIES_FIELDS for name in fields):
        return Step.MAJOR
    if any(name in MeasureVersion.GUIDANCE_FIELDS for name in fields):
        return Step.MINOR
    return Step.PATCH


def next_number(number: Number, step: Step) -> Number:
    """The number that follows by this step. Raises BadStep for a new measure, which has none."""
    if step == Step.MAJOR:
        return Number(number.major + 1, 0, 0)
    if step == Step.MINOR:
        return Number(number.major, number.minor + 1, 0)
    if step == Step.PATCH:
        return Number(number.major, number.minor, number.patch + 1)
    raise BadStep("A new measure follows no version.")


def check_step(change: Change, step: Step) -> None:
    """Raises BadStep when a change would hide behind too small a step. A larger one is allowed."""
    if step not in _ORDER:
        raise BadStep("This measure has a version already, so this one is no new measure.")
    if _ORDER.index(step) < _ORDER.index(change.least):
        asking = [name for name in change.fields if _step([name]) == change.least]
        names = ", ".join(words_for(name) for name in asking if name not in _TEXTS)
        raise BadStep(f"{step.label} is too small a step: {names} changed. {change.least.label}.")


def step_between(before: Number, after: Number) -> Step:
    """The step from one number to the next. Raises BadStep when no single step leads there."""
    for step in _ORDER:
        if next_number(before, step) == after:
            return step
    raise BadStep(f"{after} does not follow {before}.")


def words_for(name: str) -> str:
    """The name of a field for people: "what counts"."""
    return WORDS.get(name, name.replace("_", " "))


WORDS = {
    "unit_words": "the unit in words",
    "value_kind": "the kind of value",
    "agg_time": "how it adds over time",
    "agg_entity": "how it adds across organisations",
    "basis_allowed": "whether new or sustained counts",
    "at_risk": "whether the part at risk is asked for",
    "existing_value_rule": "how existing value counts",
    "evidence_small": "evidence for small organisations",
    "suits": "what it suits",
    "profile": "whom it is for",
    "concern": "the concern it answers",
}
