"""What happened to the register, for people: the newest first."""

import datetime
from dataclasses import dataclass

from django.db.models import F, Q
from django.utils import timezone

from toms.models import MeasureVersion, Release

State = MeasureVersion.State
MOST = 100
"""So many events a page and the feed hold."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened: when, what in a few words, why, and where to read on.

    ``key`` never changes, and no other event has it.
    """

    on: datetime.date
    key: str
    title: str
    words: str
    url: str


def latest(most: int = MOST) -> list[Event]:
    """What happened to releases and measures. Three queries, whatever the size of the register."""
    events = [*_of_releases(most), *_adopted(most), *_retired(most)]
    # Of one day a release stands before what it adopted: sorting is stable.
    return sorted(events, key=lambda event: event.on, reverse=True)[:most]


def of_release(release: Release) -> list[Event]:
    """What happened to this release alone; no query."""
    return sorted(_events(release), key=lambda event: event.on, reverse=True)


def _of_releases(most: int) -> list[Event]:
    happened = Release.objects.filter(
        Q(adopted_on__isnull=False) | Q(opens_on__lte=timezone.localdate())
    )
    newest = happened.order_by(F("adopted_on").desc(nulls_first=True), "-opens_on")[:most]
    return [event for release in newest for event in _events(release)]


def _events(release: Release) -> list[Event]:
    found, url = [], release.get_absolute_url()
    if release.adopted_on:
        words = "What it lists never changes any more."
        found.append(
            Event(
                release.adopted_on,
                f"release/{release.pk}/adopted",
                f"{release} was adopted",
                words,
                url,
            )
        )
    if release.opens_on and release.closes_on and release.opens_on <= timezone.localdate():
        words = f"Until {release.closes_on.day} {release.closes_on:%B %Y}."
        found.append(
            Event(
                release.opens_on,
                f"release/{release.pk}/opened",
                f"{release} opened for comment",
                words,
                url,
            )
        )
    return found


def _adopted(most: int) -> list[Event]:
    versions = (
        MeasureVersion.objects.filter(adopted_on__isnull=False)
        .select_related("measure")
        .order_by("-adopted_on", "measure__code")[:most]
    )
    return [
        Event(
            version.adopted_on or timezone.localdate(),
            f"version/{version.pk}/adopted",
            f"{version.measure.code} {version.number} was adopted: {version.title}",
            f"{version.get_step_display()}. {version.reason}".strip(),
            version.get_absolute_url(),
        )
        for version in versions
    ]


def _retired(most: int) -> list[Event]:
    """Measures that ended; a version that the next one replaced is told by that one."""
    versions = (
        MeasureVersion.objects.filter(state=State.RETIRED)
        .exclude(successor=F("measure"))
        .select_related("measure", "successor")
        .order_by("-ended_on", "measure__code")[:most]
    )
    return [
        Event(
            version.ended_on or timezone.localdate(),
            f"version/{version.pk}/retired",
            f"{version.measure.code} was retired: {version.title}",
            version.ended_reason
            + (f" Use {version.successor.code} instead." if version.successor else ""),
            version.measure.get_absolute_url(),
        )
        for version in versions
    ]
