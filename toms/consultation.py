"""What was said of a release: for each measure who said what, and what came of it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from toms.models import Comment, MeasureVersion, Release

Sector, Stance = Comment.Sector, Comment.Stance


@dataclass(frozen=True, slots=True)
class SectorRow:
    """How many comments of each kind came from a sector; ``numbers`` in the order of Stance."""

    sector: str
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Heard:
    """What was said of one version, or, where it is None, of the release as a whole."""

    version: MeasureVersion | None
    comments: list[Comment]

    @property
    def anchor(self) -> str:
        return self.version.measure.code if self.version else "whole"

    @property
    def rows(self) -> list[SectorRow]:
        """Who is for and against. Sectors stand in one order everywhere, also with nothing."""
        numbers = Counter((comment.sector, comment.stance) for comment in self.comments)
        return [
            SectorRow(str(sector.label), tuple(numbers[sector, stance] for stance in Stance))
            for sector in Sector
        ]


@dataclass(frozen=True, slots=True)
class Consultation:
    """Everything public that was said, in the register's own order: nothing is ranked."""

    whole: Heard
    measures: list[Heard]
    silent: list[MeasureVersion]
    """Listed, and nobody has said anything of them."""

    @property
    def heard(self) -> list[Heard]:
        return [self.whole, *self.measures]

    @property
    def comments(self) -> list[Comment]:
        return [comment for heard in self.heard for comment in heard.comments]

    @property
    def answered(self) -> int:
        return sum(1 for comment in self.comments if comment.outcome)

    @property
    def rows(self) -> list[SectorRow]:
        """Of everything together."""
        return Heard(None, self.comments).rows

    @property
    def names_examples(self) -> bool:
        return any(
            comment.organisation is not None and comment.organisation.is_example
            for comment in self.comments
        )


def consultation_of(release: Release) -> Consultation:
    """Two queries, however much was said."""
    said: dict[int | None, list[Comment]] = {}
    for comment in release.comments.public().select_related("organisation").order_by("pk"):
        said.setdefault(comment.version_id, []).append(comment)
    versions = _in_order(release)
    return Consultation(
        whole=Heard(None, said.get(None, [])),
        measures=[Heard(one, said[one.pk]) for one in versions if one.pk in said],
        silent=[one for one in versions if one.pk not in said],
    )


def _in_order(release: Release) -> list[MeasureVersion]:
    rows: Iterable[MeasureVersion] = (
        MeasureVersion.objects.filter(items__release=release)
        .select_related("measure")
        .order_by(
            "measure__outcome__theme__position",
            "measure__outcome__theme__code",
            "measure__outcome__position",
            "measure__outcome__code",
            "items__position",
            "pk",
        )
    )
    return list(rows)
