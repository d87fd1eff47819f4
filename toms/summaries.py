"""What the home page says of the register."""

from dataclasses import dataclass

from toms.models import MeasureValue, MeasureVersion


@dataclass(frozen=True, slots=True)
class RegisterSummary:
    """How many measures there are, how many of them are the baseline, and how many are adopted."""

    measures: int
    baseline: int
    adopted: int


def register_summary() -> RegisterSummary:
    """The figures of the home page, from the index: one query."""
    adopted = ("status", MeasureVersion.State.ADOPTED)
    counts = {
        (facet, value): number
        for facet, value, number in MeasureValue.objects.filter(
            facet__in=["baseline", "status"]
        ).values_list("facet", "value", "documents")
    }
    baseline, others = counts.get(("baseline", "yes"), 0), counts.get(("baseline", "no"), 0)
    return RegisterSummary(baseline + others, baseline, counts.get(adopted, 0))
