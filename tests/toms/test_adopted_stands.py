"""The database itself keeps codes and what was adopted."""

import datetime
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction

from tests.factories import make_user
from tests.toms.factories import (
    make_measure,
    make_measure_version,
    make_outcome,
    make_overlap_group,
    make_release,
    make_theme,
    make_unit,
)
from toms.models import MeasureVersion, Release, ReleaseItem

pytestmark = pytest.mark.django_db

MAY_MOVE = {"state", "successor", "ended_reason", "ended_on", "made_by", "modified"}
OTHER: dict[type[models.Field], object] = {  # type: ignore[type-arg]
    models.CharField: "other",
    models.TextField: "other",
    models.PositiveSmallIntegerField: 2,
    models.BooleanField: True,
    models.DateField: datetime.date(2001, 1, 1),
    models.DateTimeField: datetime.datetime(2001, 1, 1, tzinfo=datetime.UTC),
}


def refused(rows: "models.QuerySet[models.Model]", **change: object) -> bool:
    try:
        with transaction.atomic():
            rows.update(**change) if change else rows._raw_delete(rows.db)
    except IntegrityError as error:
        return "stands: " in str(error) or "permanent" in str(error)
    return False


@pytest.mark.parametrize("make", [make_theme, make_outcome, make_measure, make_unit])
def test_a_code_is_permanent(make) -> None:  # type: ignore[no-untyped-def]
    row = make()
    rows = type(row)._default_manager.filter(pk=row.pk)
    assert refused(rows, code="ZZZ")
    assert not refused(rows, code=row.code)


def test_the_code_of_an_overlap_group_is_permanent() -> None:
    group = make_overlap_group()
    assert refused(type(group)._default_manager.all(), code="ZZZ")


@pytest.mark.parametrize("state", ["adopted", "retired", "withdrawn"])
def test_the_content_of_what_was_adopted_or_ended_never_changes(state: str) -> None:
    version = make_measure_version(state=state)
    rows = MeasureVersion.objects.filter(pk=version.pk)
    tried = set()
    for field in MeasureVersion._meta.concrete_fields:
        if field.primary_key or field.name in MAY_MOVE:
            continue
        value = OTHER.get(type(field), ["new"])
        if field.name == "overlap_group":
            value = make_overlap_group()
        elif field.name == "unit":
            value = make_unit("GBP")
        elif field.name == "measure":
            value = make_measure()
        elif field.name == "suits":
            value = ["grant"]
        tried.add(field.name)
        assert refused(rows, **{field.name: value}), field.name
    assert tried > set(MeasureVersion.CONTENT_FIELDS)
    assert refused(rows)


def test_states_move_forwards_alone() -> None:
    version = make_measure_version(state="adopted")
    rows = MeasureVersion.objects.filter(pk=version.pk)
    for back in ("draft", "consultation", "withdrawn"):
        assert refused(rows, state=back, ended_on=datetime.date(2026, 1, 1), ended_reason="x")
    successor = make_measure()
    rows.update(
        state="retired",
        successor=successor,
        ended_on=datetime.date(2026, 11, 1),
        ended_reason="Two became one.",
    )
    assert refused(rows, state="adopted")
    rows.update(ended_reason="Two measures became one.")


def test_a_draft_may_change_and_go() -> None:
    version = make_measure_version()
    assert not refused(MeasureVersion.objects.all(), title="Another title")
    version.delete()


def test_an_adopted_release_and_its_list_stand() -> None:
    version, other = make_measure_version(state="adopted"), make_measure_version(state="adopted")
    release = make_release(version, state="adopted", adopted_by=make_user())
    draft = make_release(other)
    releases = Release.objects.filter(pk=release.pk)
    items = ReleaseItem.objects.filter(release=release)
    for change in ({"title": "x"}, {"slug": "x"}, {"state": "draft"}, {"introduction": "x"}):
        assert refused(releases, **change)
    assert refused(releases)
    assert refused(items, position=9)
    assert refused(items)
    assert refused(ReleaseItem.objects.filter(release=draft), release=release)
    with pytest.raises(IntegrityError, match="INSERT refused"), transaction.atomic():
        ReleaseItem.objects.create(release=release, version=other, position=2)
    assert not refused(releases, adopted_by=None)
    draft.items.update(position=5)
    draft.delete()


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"agg_time": "ratio"}, "ratio_both_ways"),
        ({"value_kind": "state"}, "yes_or_no_is_counted"),
        ({"at_risk": True, "basis_allowed": ["new"]}, "at_risk_of_sustained"),
        ({"level": 5}, "level_1_to_4"),
        ({"state": "retired", "ended_reason": ""}, "ended_says_why"),
        ({"state": "adopted", "adopted_on": None}, "adopted_has_day"),
    ],
)
def test_a_version_makes_sense(fields: dict[str, Any], constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        make_measure_version(**fields)


def test_a_measure_has_one_open_and_one_adopted_version() -> None:
    measure = make_measure()
    make_measure_version(measure, "1.0.0", state="adopted")
    make_measure_version(measure, "1.1.0")
    with pytest.raises(IntegrityError, match="one_open"), transaction.atomic():
        make_measure_version(measure, "2.0.0", state="consultation")
    with pytest.raises(IntegrityError, match="one_adopted"), transaction.atomic():
        make_measure_version(measure, "2.0.0", state="adopted")
    with pytest.raises(IntegrityError, match="version_once"), transaction.atomic():
        make_measure_version(measure, "1.0.0", state="withdrawn")
