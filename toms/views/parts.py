"""What several pages of the register share."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from toms import plain
from toms.models import MeasureVersion, Release, ReleaseItem

DRAFTS = {MeasureVersion.State.DRAFT, MeasureVersion.State.CONSULTATION}


def unknown(
    request: HttpRequest, heading: str, words: str, *, near: Sequence[tuple[str, str]] = ()
) -> HttpResponse:
    """A 404 with a way on: ``near`` are names and addresses of what may have been meant."""
    context = {"heading": heading, "words": words, "near": near}
    return render(request, "toms/unknown.html", context, status=404)


def unknown_release(request: HttpRequest) -> HttpResponse:
    return unknown(
        request,
        "There is no release here",
        "No release has this name. A release keeps its address for ever.",
    )


@dataclass(frozen=True, slots=True)
class Listed:
    """A version as a release shows it, with its rules in words."""

    version: MeasureVersion

    @property
    def code(self) -> str:
        return self.version.measure.code

    @property
    def state(self) -> str:
        return plain.state_words(self.version.state)

    @property
    def adding(self) -> str:
        return plain.adding_words(self.version)

    @property
    def basis(self) -> str:
        return plain.basis_words(self.version)

    @property
    def suits(self) -> str:
        return plain.suits_words(self.version)

    @property
    def profile(self) -> str:
        return plain.profile_words(self.version)


@dataclass(frozen=True, slots=True)
class OutcomeRows:
    """What a release lists under an outcome."""

    code: str
    label: str
    rows: list[Listed]


@dataclass(frozen=True, slots=True)
class ThemeRows:
    """What a release lists under a theme."""

    code: str
    label: str
    ambition: str
    outcomes: list[OutcomeRows]


def listed_by_theme(release: Release) -> list[ThemeRows]:
    """What the release lists, in the order of themes and outcomes. One query."""
    items = list(
        ReleaseItem.objects.filter(release=release)
        .select_related(
            "version__measure__outcome__theme", "version__unit", "version__overlap_group"
        )
        .order_by(
            "version__measure__outcome__theme__position",
            "version__measure__outcome__theme__code",
            "version__measure__outcome__position",
            "version__measure__outcome__code",
            "position",
            "pk",
        )
    )
    versions = [item.version for item in items]
    return [
        ThemeRows(theme.code, theme.label, theme.ambition, list(_by_outcome(of_theme)))
        for theme, of_theme in groupby(versions, lambda version: version.measure.outcome.theme)
    ]


def _by_outcome(versions: Iterable[MeasureVersion]) -> Iterable[OutcomeRows]:
    for outcome, of_outcome in groupby(versions, lambda version: version.measure.outcome):
        yield OutcomeRows(outcome.code, outcome.label, [Listed(one) for one in of_outcome])


def release_words(release: Release) -> str:
    """How far a release has come."""
    return {
        Release.State.DRAFT: "Draft for consultation",
        Release.State.CONSULTATION: "Draft for consultation, open for comment",
        Release.State.ADOPTED: "Adopted",
        Release.State.WITHDRAWN: "Withdrawn",
    }[Release.State(release.state)]
