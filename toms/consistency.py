"""What makes sense together in one version; the database holds the same."""

from collections.abc import Iterator

from toms.models import MeasureVersion

RATIO = MeasureVersion.AggTime.RATIO


def problems(version: MeasureVersion) -> Iterator[tuple[str, str]]:
    """Fields that do not fit each other: the name of one, and words for people."""
    if (version.agg_time == RATIO) != (version.agg_entity == MeasureVersion.AggEntity.RATIO):
        yield "agg_entity", "A ratio stays one over time and across organisations."
    is_state = version.value_kind == MeasureVersion.ValueKind.STATE
    counts = version.agg_entity == MeasureVersion.AggEntity.COUNT_TRUE
    if is_state != counts or (is_state and version.agg_time != MeasureVersion.AggTime.LAST):
        yield "agg_entity", "A yes or no is counted, by its last answer, and nothing else is."
    if version.at_risk and MeasureVersion.Basis.SUSTAINED not in version.basis_allowed:
        yield "at_risk", "Only what is sustained can be at risk."
