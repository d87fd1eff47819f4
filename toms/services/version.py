"""Writing a measure's versions, from its first draft to its end."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import AuditEvent, User
from accounts.refused import Refused
from toms import measure_index
from toms.models import Measure, MeasureVersion, Outcome, Release
from toms.models.measure import Number
from toms.services.locking import (
    check_curator,
    check_seen,
    lock_measure,
    lock_version,
)
from toms.versions import Step, check_step, compare, next_number

FIRST = Number(0, 1, 0)
"""What a measure begins with; its adoption makes it 1.0.0 (services.release)."""

USED = "There is a measure {code} already. Codes are permanent, so take another number."
NOT_UNDER = "A measure of this theme has a code that begins with {start}."
BEGUN = "A new version of this measure is begun already: {number}."
NOTHING_ADOPTED = "Only an adopted measure is followed by a new version."
NOT_OPEN = "{code} {number} is {state}, so it cannot be changed."
COMMENTED = "{code} {number} is open for comment. It can be changed once that has closed."
SAY_WHY = "Say why, in a sentence or two: it is shown beside the version for ever."
OWN_SUCCESSOR = "A measure cannot be followed by itself."
NOT_ADOPTED = "Only an adopted measure is retired. Withdraw its draft instead."


@transaction.atomic
def begin_measure(
    *, outcome: Outcome, code: str, fields: Mapping[str, Any], by: User
) -> MeasureVersion:
    """A measure with its first draft, 0.1.0. ``fields`` are those of the content.

    Raises Refused for a code that is taken or does not fit the outcome's theme, and for who is no
    curator.
    """
    check_curator(by)
    outcome = Outcome.objects.select_for_update(no_key=True).get(pk=outcome.pk)
    start = f"LT-{outcome.theme.code}-"
    if not code.startswith(start):
        raise Refused(NOT_UNDER.format(start=start))
    if Measure.objects.filter(code=code).exists():
        raise Refused(USED.format(code=code))
    measure = Measure.objects.create(
        outcome=outcome, code=code, position=outcome.measures.count() + 1
    )
    version = _create(measure, FIRST, fields, by, step=Step.NEW, reason="")
    _record("began", version, by)
    measure_index.refresh([measure.pk])
    return version


@transaction.atomic
def begin_version(*, measure: Measure, by: User) -> MeasureVersion:
    """A draft with what is adopted now; its number follows from what is changed in it.

    Raises Refused while another one is open, and where nothing is adopted.
    """
    check_curator(by)
    row = lock_measure(measure)
    begun = row.versions.open().first()
    if begun is not None:
        raise Refused(BEGUN.format(number=begun.number))
    adopted = row.versions.adopted().first()
    if adopted is None:
        raise Refused(NOTHING_ADOPTED)
    fields = {name: getattr(adopted, name) for name in MeasureVersion.CONTENT_FIELDS}
    number = next_number(adopted.number, Step.PATCH)
    version = _create(row, number, fields, by, step=Step.PATCH, reason="")
    _record("began", version, by)
    measure_index.refresh([row.pk])
    return version


@transaction.atomic
def save_version(
    *,
    version: MeasureVersion,
    fields: Mapping[str, Any],
    step: Step | None,
    reason: str,
    looked_at: str,
    by: User,
) -> MeasureVersion:
    """Write a draft. ``step`` and ``reason`` count against the adopted version, if there is one.

    Raises Overtaken when somebody else saved it first, BadStep for a step that is too small for
    what changed, and Refused when it cannot be changed any more.
    """
    check_curator(by)
    row = lock_version(version)
    check_seen(row, looked_at)
    check_editable(row)
    changed = [name for name in fields if getattr(row, name) != fields[name]]
    for name in changed:
        setattr(row, name, fields[name])
    adopted = row.measure.versions.adopted().first()
    if adopted is not None:
        if step is None:
            step = compare(adopted, row).proposed
        check_step(compare(adopted, row), step)
        row.step, row.reason = step, reason
        row.major, row.minor, row.patch = next_number(adopted.number, step)
    row.save()
    _record("changed", row, by, changed)
    measure_index.refresh([row.measure_id])
    return row


@transaction.atomic
def withdraw_version(
    *, version: MeasureVersion, reason: str, by: User, successor: Measure | None = None
) -> MeasureVersion:
    """End a version that was never adopted. It leaves the releases that are not adopted.

    Its address still resolves. Raises Refused.
    """
    check_curator(by)
    row = lock_version(version)
    check_editable(row)
    _check_end(row, reason, successor)
    row.items.exclude(release__state=Release.State.ADOPTED).delete()
    _end(row, MeasureVersion.State.WITHDRAWN, reason, successor)
    _record("withdrew", row, by, ["state"])
    measure_index.refresh([row.measure_id])
    return row


@transaction.atomic
def retire_measure(
    *, measure: Measure, reason: str, by: User, successor: Measure | None = None
) -> MeasureVersion:
    """End a measure. Its code still resolves, and names the successor and the reason.

    A draft of it that is open is withdrawn with it. Raises Refused.
    """
    check_curator(by)
    row = lock_measure(measure)
    adopted = row.versions.adopted().first()
    if adopted is None:
        raise Refused(NOT_ADOPTED)
    begun = row.versions.open().first()
    if begun is not None:
        withdraw_version(version=begun, reason=reason, by=by, successor=successor)
    _check_end(adopted, reason, successor)
    _end(adopted, MeasureVersion.State.RETIRED, reason, successor)
    _record("retired", adopted, by, ["state"])
    measure_index.refresh([row.pk])
    return adopted


def check_editable(version: MeasureVersion) -> None:
    """A draft, or one whose time for comment is over. Raises Refused, in words."""
    names = {"code": version.measure.code, "number": version.number}
    if version.state not in MeasureVersion.OPEN_STATES:
        state = version.get_state_display().lower()
        raise Refused(NOT_OPEN.format(**names, state=state))
    if Release.objects.open_for_comment().filter(items__version=version).exists():
        raise Refused(COMMENTED.format(**names))


def _create(
    measure: Measure,
    number: Number,
    fields: Mapping[str, Any],
    by: User,
    *,
    step: Step,
    reason: str,
) -> MeasureVersion:
    return MeasureVersion.objects.create(
        measure=measure,
        major=number.major,
        minor=number.minor,
        patch=number.patch,
        step=step,
        reason=reason,
        made_by=by,
        **fields,
    )


def _check_end(version: MeasureVersion, reason: str, successor: Measure | None) -> None:
    if not reason.strip():
        raise Refused(SAY_WHY)
    if successor is not None and successor.pk == version.measure_id:
        raise Refused(OWN_SUCCESSOR)


def _end(version: MeasureVersion, state: str, reason: str, successor: Measure | None) -> None:
    version.state, version.ended_on = state, timezone.localdate()
    version.ended_reason, version.successor = reason, successor
    version.save(update_fields=["state", "ended_on", "ended_reason", "successor", "modified"])


def _record(verb: str, version: MeasureVersion, by: User, fields: list[str] | None = None) -> None:
    AuditEvent.record(verb=verb, target=version, actor_key=by.audit_key, fields=fields)
