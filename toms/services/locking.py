"""Locks that the services of the register take before they look, and what they look at."""

import hashlib

from accounts.models import User
from accounts.permissions import NOT_CURATOR, is_curator
from accounts.refused import Overtaken, Refused
from toms.models import Comment, Measure, MeasureVersion, Release

GONE = "This is not here any more."
OVERTAKEN = "Somebody else saved this in the meantime. Both texts are below; nothing is lost."


def check_curator(by: User) -> None:
    """Raises Refused for everybody who is no curator."""
    if not is_curator(by):
        raise Refused(NOT_CURATOR)


def lock_measure(measure: Measure) -> Measure:
    """The measure as it is now; nobody else adds or changes a version until the transaction ends.

    Raises Refused when it has gone.
    """
    found = Measure.objects.select_for_update(no_key=True).filter(pk=measure.pk).first()
    if found is None:
        raise Refused(GONE)
    return found


def lock_version(version: MeasureVersion) -> MeasureVersion:
    """The version as it is now, its measure locked before it. Raises Refused when it has gone."""
    measure = lock_measure(version.measure)
    found = MeasureVersion.objects.select_for_update().filter(pk=version.pk).first()
    if found is None:
        raise Refused(GONE)
    found.measure = measure
    return found


def lock_release(release: Release) -> Release:
    """The release as it is now; its list does not change either until the transaction ends.

    Raises Refused when it has gone.
    """
    found = Release.objects.select_for_update(no_key=True).filter(pk=release.pk).first()
    if found is None:
        raise Refused(GONE)
    return found


def seen(row: Comment | MeasureVersion | Release) -> str:
    """What somebody looked at: a form carries it, and the service compares it once more."""
    return hashlib.sha256(row.modified.isoformat().encode()).hexdigest()[:16]


def check_seen(row: Comment | MeasureVersion | Release, looked_at: str) -> None:
    """Raises Overtaken when the row is not as it was looked at."""
    if seen(row) != looked_at:
        raise Overtaken(OVERTAKEN)
