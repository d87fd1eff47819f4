"""What each filter of the register can be set to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from toms.measure_index import AMBITION, policy_values
from toms.models import MeasureVersion, Outcome, PolicyLink, Theme, Unit
from toms.plain import STATES


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter; ``parent`` is the value it lies under."""

    value: str
    label: str
    parent: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Choices:
    """Every filter's values in the order of the page, as of one version of the index."""

    version: int
    by_facet: Mapping[str, Mapping[str, Choice]]

    def label(self, facet: str, value: str) -> str:
        """How people read a value; the value itself where it is unknown."""
        choice = self.by_facet[facet].get(value)
        return choice.label if choice else value


class _Kept:
    """The newest choices this process has read. Replaced as a whole, so threads need no lock."""

    choices: Choices | None = None


def current(version: int) -> Choices:
    """The choices of the index's ``version``: four queries when it has changed, else none."""
    kept = _Kept.choices
    if kept is None or kept.version != version:
        kept = _Kept.choices = _read(version)
    return kept


def forget() -> None:
    """Drop what this process remembers, for tests that rebuild the database."""
    _Kept.choices = None


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
            yield Choice(value, link[1] or link[2], framework)
