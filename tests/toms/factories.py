"""Rows of the register for tests: each function saves the smallest valid one."""

from itertools import count
from typing import Any

from django.utils import timezone

from accounts.models import Organisation
from tests.factories import make_organisation
from toms.models import (
    Adoption,
    Comment,
    Measure,
    MeasureVersion,
    Outcome,
    OverlapGroup,
    PolicyLink,
    Release,
    ReleaseItem,
    Theme,
    Unit,
)

_numbers = count(1)


def letters(number: int, length: int) -> str:
    """A number written with capital letters: 0 is AAA."""
    found = ""
    for _ in range(length):
        number, digit = divmod(number, 26)
        found = chr(ord("A") + digit) + found
    return found


def make_theme(code: str = "", **fields: Any) -> Theme:
    number = next(_numbers)
    return Theme.objects.create(
        code=code or letters(number, 3), **{"label": f"Theme {number}", **fields}
    )


def make_outcome(theme: Theme | None = None, code: str = "", **fields: Any) -> Outcome:
    number, theme = next(_numbers), theme or make_theme()
    code = code or f"LT-{theme.code}-{letters(theme.outcomes.count(), 1)}"
    return Outcome.objects.create(
        theme=theme, code=code, **{"label": f"Outcome {number}", **fields}
    )


def make_unit(code: str = "HR", **fields: Any) -> Unit:
    """Hours; the same row the second time."""
    return Unit.objects.get_or_create(code=code, defaults={"label": "hours", **fields})[0]


def make_overlap_group(code: str = "VOLHRS", **fields: Any) -> OverlapGroup:
    return OverlapGroup.objects.create(code=code, **{"label": "Volunteering", **fields})


def make_measure(outcome: Outcome | None = None, code: str = "", **fields: Any) -> Measure:
    """A measure without a version."""
    outcome = outcome or make_outcome()
    if not code:
        start = f"LT-{outcome.theme.code}-"
        used = set(Measure.objects.filter(code__startswith=start).values_list("code", flat=True))
        # As short as the column has room for, however many tests went before.
        code = next(free for n in count(1) if (free := f"{start}{n:02}") not in used)
    return Measure.objects.create(outcome=outcome, code=code, **fields)


def make_measure_version(
    measure: Measure | None = None, number: str = "0.1.0", **fields: Any
) -> MeasureVersion:
    """A draft of hours that are added up."""
    major, minor, patch = map(int, number.split("."))
    values = {
        "title": "Hours of volunteering",
        "unit_words": "hours",
        "value_kind": MeasureVersion.ValueKind.FLOW,
        "agg_time": MeasureVersion.AggTime.SUM,
        "agg_entity": MeasureVersion.AggEntity.SUM,
        "level": 1,
        "basis_allowed": ["new", "sustained"],
        "what_counts": "Hours that were spent.",
        "existing_value_rule": "What went on before counts as sustained.",
        "evidence": "A register.",
        "suits": ["contract"],
        **fields,
    }
    values.setdefault("unit", make_unit())
    if values.get("state") in {"adopted", "retired"}:
        values.setdefault("adopted_on", timezone.localdate())
    if values.get("state") in {"retired", "withdrawn"}:
        values.setdefault("ended_on", timezone.localdate())
        values.setdefault("ended_reason", "Nobody counted it.")
    return MeasureVersion.objects.create(
        measure=measure or make_measure(), major=major, minor=minor, patch=patch, **values
    )


def make_release(*versions: MeasureVersion, **fields: Any) -> Release:
    """A draft of a release that lists these versions; adopted only once it does."""
    number = next(_numbers)
    state = fields.pop("state", Release.State.DRAFT)
    release = Release.objects.create(
        slug=fields.pop("slug", f"release-{number}"),
        **{"title": f"Release {number}", **fields},
    )
    for position, version in enumerate(versions, start=1):
        ReleaseItem.objects.create(release=release, version=version, position=position)
    if state != Release.State.DRAFT:
        today = timezone.localdate()
        release.state = state
        release.opens_on, release.closes_on = release.opens_on or today, release.closes_on or today
        release.adopted_on = today if state == Release.State.ADOPTED else None
        release.save()
    return release


def make_policy_link(measure: Measure, **fields: Any) -> PolicyLink:
    return PolicyLink.objects.create(
        measure=measure, **{"framework": "compact", "code": f"part {next(_numbers)}", **fields}
    )


def make_comment(release: Release | None = None, **fields: Any) -> Comment:
    """A confirmed one on a release as a whole, which waits for a curator."""
    now = timezone.now()
    values = {
        "stance": Comment.Stance.CONCERN,
        "text": "Too much to count.",
        "name": "Sam Speaker",
        "email": f"speaker{next(_numbers)}@example.org",
        "sector": Comment.Sector.PERSON,
        "state": Comment.State.WAITING,
        **fields,
    }
    if values["state"] != Comment.State.UNCONFIRMED:
        values.setdefault("confirmed_at", now)
    if values["state"] == Comment.State.REFUSED:
        values.setdefault("refusal", "It names somebody.")
    if values.get("outcome"):
        values = {"responded_at": now, "response": "We changed it.", **values}
    if values.get("organisation"):
        values.setdefault("organisation_name", str(values["organisation"]))
    release = release or make_release(make_measure_version(), state=Release.State.CONSULTATION)
    return Comment.objects.create(release=release, **values)


def make_adoption(
    organisation: Organisation | None = None, release: Release | None = None, **fields: Any
) -> Adoption:
    """An organisation that uses an adopted release; both are new unless they are given."""
    return Adoption.objects.create(
        organisation=organisation or make_organisation(),
        release=release or make_release(state=Release.State.ADOPTED),
        **fields,
    )
