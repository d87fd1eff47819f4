"""Which version of a measure another program asks for."""

from collections.abc import Sequence

from toms.models import MeasureVersion
from toms.models.measure import Number

State = MeasureVersion.State
_OPEN = (State.DRAFT, State.CONSULTATION)
# What is asked for, to the states that answer it, the best first.
_WANTED: dict[str, tuple[Sequence[str], ...]] = {
    "": ([State.ADOPTED], _OPEN, [State.RETIRED], [State.WITHDRAWN]),
    "latest": ([State.ADOPTED], [State.RETIRED]),
    "latest-draft": (_OPEN, [State.ADOPTED], [State.RETIRED]),
}


class NoSuchVersion(ValueError):
    """There is no version like that; the words say what to ask for instead."""


def version_asked(versions: Sequence[MeasureVersion], asked: str) -> MeasureVersion:
    """Of a measure's public versions, the newest first, the one that is asked for.

    ``latest`` was adopted, so that nobody takes a draft for what holds. Raises NoSuchVersion.
    """
    if asked in _WANTED:
        return _by_state(versions, asked)
    try:
        number = Number.parse(asked[:40])
    except ValueError as error:
        raise NoSuchVersion(f"{error} There are “latest” and “latest-draft”, too.") from error
    if not number.major:
        raise NoSuchVersion("A draft before adoption may still change. Ask for “latest-draft”.")
    for version in versions:
        if version.number == number:
            return version
    raise NoSuchVersion(f"It has no version {number}.")


def _by_state(versions: Sequence[MeasureVersion], asked: str) -> MeasureVersion:
    for states in _WANTED[asked]:
        for version in versions:
            if version.state in states:
                return version
    if asked == "latest":
        raise NoSuchVersion("No version of it was adopted yet. Ask for “latest-draft”.")
    raise NoSuchVersion("It was withdrawn before any was adopted. Ask without a version.")
