"""What each filter of the needs and offers can be set to."""

from collections.abc import Mapping
from dataclasses import dataclass

from brokerage.models import Access, Cause, Kind, Mode, Requirement, Skill
from places.models import Ward


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter."""

    value: str
    label: str


@dataclass(frozen=True, slots=True, eq=False)
class Choices:
    """Every filter's values in the order of the page, as of one version of the vocabulary."""

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
    """The choices of the vocabulary's ``version``: three queries when it has changed, else none."""
    kept = _Kept.choices
    if kept is None or kept.version != version:
        kept = _Kept.choices = _read(version)
    return kept


def forget() -> None:
    """Drop what this process remembers, for tests that rebuild the database."""
    _Kept.choices = None


def _read(version: int) -> Choices:
    listed = {
        "kind": Kind.objects.searched().values_list("code", "label"),
        "skill": Skill.objects.searched().order_by("label").values_list("code", "label"),
        "ward": Ward.objects.values_list("code", "name"),
        "mode": [(mode.value, mode.label) for mode in (Mode.IN_PERSON, Mode.REMOTE)],
        "cause": Cause.choices,
        "access": Access.choices,
        "requirement": Requirement.choices,
    }
    return Choices(
        version,
        {
            facet: {str(value): Choice(str(value), str(label)) for value, label in rows}
            for facet, rows in listed.items()
        },
    )
