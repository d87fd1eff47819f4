"""What has to be there before a release is adopted."""

from dataclasses import dataclass

from toms import consistency
from toms.models import MeasureVersion, PolicyLink, Release
from toms.versions import words_for

NEEDED = (
    "title",
    "unit_words",
    "basis_allowed",
    "what_counts",
    "existing_value_rule",
    "evidence",
    "suits",
)


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing to mend: the version, where it is one version's, and words for people."""

    version: MeasureVersion | None
    words: str


def check_list(release: Release) -> list[Missing]:
    """Everything that is missing, in the order of the list; four queries whatever its length.

    Every measure has its unit, its rules and its evidence, and says why it changed; what it serves
    can be opened; and nothing that is adopted is left out without having been retired. That codes
    are unique, that nothing stands without an outcome or is listed twice, the database holds.
    """
    versions = [
        item.version for item in release.items.select_related("version__measure", "version__unit")
    ]
    if not versions:
        return [Missing(None, "Nothing is listed.")]
    listed = {version.measure_id for version in versions}
    dead: dict[int, list[str]] = {}
    for link in PolicyLink.objects.filter(measure__in=listed, url="").select_related("measure"):
        dead.setdefault(link.measure_id, []).append(
            f"{link.measure.code}: the link to {link} has no address."
        )
    found = [
        Missing(version, words)
        for version in versions
        for words in (*_of(version), *dead.get(version.measure_id, ()))
    ]
    left_out = (
        MeasureVersion.objects.adopted()
        .exclude(measure__in=listed)
        .select_related("measure")
        .order_by("measure__code")
    )
    found += [
        Missing(version, f"{version.measure.code} is adopted and not listed: list or retire it.")
        for version in left_out
    ]
    return found


def _of(version: MeasureVersion) -> list[str]:
    code = version.measure.code
    empty = [name for name in NEEDED if not getattr(version, name)]
    words = [f"{code}: {words_for(name)} is empty." for name in empty]
    words += [f"{code}: {why}" for _, why in consistency.problems(version)]
    if version.state in {MeasureVersion.State.RETIRED, MeasureVersion.State.WITHDRAWN}:
        words.append(f"{code} {version.number} is {version.get_state_display().lower()}.")
    if version.step != MeasureVersion.Step.NEW and not version.reason.strip():
        words.append(f"{code} {version.number} does not say why it changed.")
    return words
