"""What each filter of a list can be set to, as of one version of its vocabulary."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter; ``parent`` is the value it lies under, where values form a tree."""

    value: str
    label: str
    description: str = ""
    parent: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Choices:
    """Every filter's values in the order of the page, by facet."""

    version: int
    by_facet: Mapping[str, Mapping[str, Choice]]

    def label(self, facet: str, value: str) -> str:
        """How people read a value; the value itself where it is unknown."""
        choice = self.by_facet[facet].get(value)
        return choice.label if choice else value


class Newest[C: Choices]:
    """The newest choices that this process has read, with ``read`` for another version.

    Replaced as a whole, so threads need no lock.
    """

    def __init__(self, read: Callable[[int], C]) -> None:
        self._read = read
        self._kept: C | None = None

    def of(self, version: int) -> C:
        """The choices of a version: read when that is another than the last one, else at hand."""
        kept = self._kept
        if kept is None or kept.version != version:
            kept = self._kept = self._read(version)
        return kept

    def forget(self) -> None:
        """Drop what this process remembers, for tests that rebuild the database."""
        self._kept = None
