"""Versions to be written down, with what stands around them, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Case, QuerySet, Value, When

from toms.models import Measure, MeasureVersion, PolicyLink, Release, ReleaseItem
from toms.models.measure import Number

State = MeasureVersion.State


@dataclass(frozen=True, slots=True)
class Described:
    """A version and what is true of it beside its own fields.

    ``is_over``: its measure is counted no more. ``replaced_by``: the measure that follows it, and
    of the same measure the number of the version that was adopted next.
    """

    version: MeasureVersion
    is_over: bool
    replaced_by: tuple[Measure, Number | None] | None
    policy_links: tuple[PolicyLink, ...]
    releases: tuple[Release, ...]


def with_headings(versions: QuerySet[MeasureVersion]) -> QuerySet[MeasureVersion]:
    """The versions with all that a description reads, in the same query."""
    return versions.select_related("measure__outcome__theme", "unit", "overlap_group", "successor")


def in_register_order(versions: QuerySet[MeasureVersion]) -> QuerySet[MeasureVersion]:
    """By theme, outcome and measure; what is retired stands last under its outcome."""
    retired = Case(When(state=State.RETIRED, then=Value(1)), default=Value(0))
    return versions.order_by(
        "measure__outcome__theme__position",
        "measure__outcome__theme__code",
        "measure__outcome__position",
        "measure__outcome__code",
        retired,
        "measure__position",
        "measure__code",
    )


def current_versions() -> QuerySet[MeasureVersion]:
    """Of every measure the version that its address shows, with its headings."""
    current = MeasureVersion.objects.public().current().values("pk")
    return with_headings(MeasureVersion.objects.filter(pk__in=current))


def listed_versions(release: Release) -> QuerySet[MeasureVersion]:
    """What a release lists, with the headings."""
    return with_headings(MeasureVersion.objects.filter(items__release=release))


def describe(versions: Iterable[MeasureVersion]) -> list[Described]:
    """What is to be said of each, in their order. Three queries for any number of them."""
    versions = list(versions)
    measures = {version.measure_id for version in versions}
    states: dict[int, list[tuple[Number, str]]] = defaultdict(list)
    public = MeasureVersion.objects.public().filter(measure__in=measures)
    for measure, *number, state in public.order_by("major", "minor", "patch").values_list(
        "measure_id", "major", "minor", "patch", "state"
    ):
        states[measure].append((Number(*number), state))
    links: dict[int, list[PolicyLink]] = defaultdict(list)
    for link in PolicyLink.objects.filter(measure__in=measures):
        links[link.measure_id].append(link)
    releases: dict[int, list[Release]] = defaultdict(list)
    items = ReleaseItem.objects.filter(version__in=[version.pk for version in versions])
    for item in items.select_related("release").order_by("release__created", "release_id"):
        releases[item.version_id].append(item.release)
    return [
        Described(
            version,
            _is_over(states[version.measure_id]),
            _replacement(version, states[version.measure_id]),
            tuple(links[version.measure_id]),
            tuple(releases[version.pk]),
        )
        for version in versions
    ]


def _is_over(states: Sequence[tuple[Number, str]]) -> bool:
    return all(state in {State.RETIRED, State.WITHDRAWN} for _, state in states)


def _replacement(
    version: MeasureVersion, states: Sequence[tuple[Number, str]]
) -> tuple[Measure, Number | None] | None:
    if version.state == State.RETIRED:
        for number, state in states:
            if number > version.number and state in {State.ADOPTED, State.RETIRED}:
                return version.measure, number
    return (version.successor, None) if version.successor else None
