"""What changed between two versions or two releases, in sentences that can be read aloud."""

from dataclasses import dataclass

from toms.models import MeasureVersion, Release
from toms.versions import compare, words_for


@dataclass(frozen=True, slots=True)
class Difference:
    """One field: its name in words, what it said and says, and both in a sentence.

    A long text is told by "The evidence was reworded."; ``before`` and ``after`` hold it.
    """

    field: str
    name: str
    before: str
    after: str
    sentence: str


@dataclass(frozen=True, slots=True)
class MeasureChange:
    """A measure that two releases list in different versions."""

    before: MeasureVersion
    after: MeasureVersion
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class ReleaseChange:
    """What a release added, left out and changed against another one."""

    added: tuple[MeasureVersion, ...]
    left_out: tuple[MeasureVersion, ...]
    changed: tuple[MeasureChange, ...]
    unchanged: int


LONG = 60


def between_versions(before: MeasureVersion, after: MeasureVersion) -> tuple[Difference, ...]:
    """Every field of the content that differs. Select unit and overlap group beforehand."""
    return tuple(_difference(name, before, after) for name in compare(before, after).fields)


def _difference(name: str, before: MeasureVersion, after: MeasureVersion) -> Difference:
    words = words_for(name)
    was, now = _said(before, name), _said(after, name)
    subject = words[:1].upper() + words[1:]
    if not was:
        sentence = f"{subject} was added: {now}." if len(now) <= LONG else f"{subject} was added."
    elif not now:
        sentence = f"{subject} was taken out."
    elif max(len(was), len(now)) > LONG:
        sentence = f"{subject} was reworded."
    else:
        sentence = f"{subject} changed from {was.rstrip('.')} to {now}."
    return Difference(name, words, was, now, sentence.replace("..", "."))


def _said(version: MeasureVersion, name: str) -> str:
    """The value as people read it."""
    value = getattr(version, name)
    field = MeasureVersion._meta.get_field(name)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        labels = dict(field.base_field.choices)  # type: ignore[union-attr]
        return ", ".join(str(labels[item]).lower() for item in labels if item in value)
    if getattr(field, "choices", None):
        return str(dict(field.flatchoices)[value]).lower()  # type: ignore[union-attr]
    return "" if value is None else str(value)


def between_releases(before: Release, after: Release) -> ReleaseChange:
    """Two queries, whatever the number of measures."""
    old, new = _listed(before), _listed(after)
    shared = [code for code in new if code in old]
    changed = [code for code in shared if old[code].pk != new[code].pk]
    return ReleaseChange(
        added=tuple(new[code] for code in new if code not in old),
        left_out=tuple(old[code] for code in old if code not in new),
        changed=tuple(
            MeasureChange(old[code], new[code], between_versions(old[code], new[code]))
            for code in changed
        ),
        unchanged=len(shared) - len(changed),
    )


def _listed(release: Release) -> dict[str, MeasureVersion]:
    items = release.items.select_related(
        "version__measure", "version__unit", "version__overlap_group"
    )
    return {item.version.measure.code: item.version for item in items}
