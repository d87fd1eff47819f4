"""What each filter of the register can be set to."""

from collections.abc import Iterator, Mapping

from toms.measure_index import AMBITION, policy_values
from toms.models import MeasureVersion, Outcome, PolicyLink, Theme, Unit
from toms.plain import STATES
from tslsv.ui.choices import Choice, Choices, Newest

FIXED: Mapping[str, Mapping[str, str]] = {
    "status": {
        state: words for state, words in STATES.items() if state != MeasureVersion.State.WITHDRAWN
    },
    "baseline": {"yes": "Baseline", "no": "Beyond the baseline"},
    "level": {str(level): f"Level {level}" for level in range(1, 5)},
    "suits": dict(MeasureVersion.Suits.choices),
    "basis": {
        MeasureVersion.Basis.NEW: "What is new",
        MeasureVersion.Basis.SUSTAINED: "What is sustained",
    },
    "profile": dict(MeasureVersion.Profile.choices),
    "kind": dict(MeasureVersion.ValueKind.choices),
}


def _read(version: int) -> Choices:
    themes = list(Theme.objects.all())
    outcomes = Outcome.objects.order_by("theme__position", "theme__code", "position", "code")
    listed = {
        "theme": [Choice(theme.code, theme.label) for theme in themes],
        "outcome": [Choice(outcome.code, outcome.label) for outcome in outcomes],
        "unit": [Choice(unit.code, unit.label) for unit in Unit.objects.order_by("label", "code")],
        "policy": list(_policies(themes)),
        **{
            facet: [Choice(str(value), str(label)) for value, label in values.items()]
            for facet, values in FIXED.items()
        },
    }
    return Choices(
        version,
        {facet: {choice.value: choice for choice in found} for facet, found in listed.items()},
    )


def _policies(themes: list[Theme]) -> Iterator[Choice]:
    """Every framework, and under it each part that a measure serves."""
    links = PolicyLink.objects.order_by("framework", "framework_name", "code")
    found = set(links.values_list("framework", "framework_name", "code"))
    found |= {(AMBITION, "", theme.ambition) for theme in themes if theme.ambition}
    for framework, label in PolicyLink.Framework.choices:
        yield Choice(framework, str(label))
        for link in sorted(link for link in found if link[0] == framework):
            _, value = policy_values(*link)
            yield Choice(value, link[1] or link[2], parent=framework)


CHOICES = Newest(_read)
"""By version of the index: four queries when it has changed, else none."""
