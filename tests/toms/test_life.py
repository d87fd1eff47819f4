"""The life of measures and releases: from a first draft to a retired code that still resolves."""

import contextlib
import datetime
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import AuditEvent, User
from accounts.refused import Overtaken, Refused
from accounts.services.people import make_person
from tests.accounts.racing import race
from tests.factories import make_user
from tests.toms.factories import (
    make_measure,
    make_measure_version,
    make_outcome,
    make_release,
    make_theme,
    make_unit,
)
from toms import measure_index
from toms.models import MeasureVersion, Release
from toms.services import release as releases
from toms.services import version as versions
from toms.services.locking import seen
from toms.services.release import Incomplete
from toms.versions import BadStep, Step

pytestmark = pytest.mark.django_db


@pytest.fixture
def curator() -> User:
    return User.objects.get(pk=make_person(email="curator@example.org", roles=("curator",)).pk)


def content(**fields: Any) -> dict[str, Any]:
    return {
        "title": "Hours of volunteering",
        "unit": make_unit(),
        "unit_words": "hours",
        "value_kind": "flow",
        "agg_time": "sum",
        "agg_entity": "sum",
        "level": 1,
        "basis_allowed": ["new"],
        "what_counts": "Hours.",
        "existing_value_rule": "As before.",
        "evidence": "A register.",
        "suits": ["contract"],
        **fields,
    }


def adopted(curator: User, *fields: dict[str, Any]) -> list[MeasureVersion]:
    """Measures of a release that was adopted today."""
    outcome = make_outcome(make_theme("WRK"))
    drafts = [
        versions.begin_measure(
            outcome=outcome, code=f"LT-WRK-0{number}", fields=content(**each), by=curator
        )
        for number, each in enumerate(fields or ({},), start=1)
    ]
    release = make_release(*drafts)
    releases.adopt(release=release, looked_at=seen(release), by=curator)
    return [MeasureVersion.objects.get(pk=draft.pk) for draft in drafts]


def test_a_measure_begins_as_a_draft(curator: User) -> None:
    outcome = make_outcome(make_theme("WRK"))
    version = versions.begin_measure(
        outcome=outcome, code="LT-WRK-01", fields=content(), by=curator
    )
    assert (str(version.number), version.state, version.step) == ("0.1.0", "draft", "new")
    with pytest.raises(Refused, match="Codes are permanent"):
        versions.begin_measure(outcome=outcome, code="LT-WRK-01", fields=content(), by=curator)
    with pytest.raises(Refused, match="begins with LT-WRK-"):
        versions.begin_measure(outcome=outcome, code="LT-LOC-01", fields=content(), by=curator)


def test_only_curators_write(curator: User) -> None:
    (version,) = adopted(curator)
    release = make_release(slug="next")
    by = make_user()
    works = [
        lambda: versions.begin_version(measure=version.measure, by=by),
        lambda: versions.retire_measure(measure=version.measure, reason="x", by=by),
        lambda: releases.begin_release(slug="x", title="x", by=by),
        lambda: releases.list_version(release=release, version=version, by=by),
        lambda: releases.adopt(release=release, looked_at=seen(release), by=by),
    ]
    for work in works:
        with pytest.raises(Refused, match="Only a curator"):
            work()


def test_adoption_makes_1_0_0_and_the_next_version_replaces_it(curator: User) -> None:
    (first,) = adopted(curator)
    assert (str(first.number), first.state) == ("1.0.0", "adopted")
    assert first.adopted_on == timezone.localdate()
    draft = versions.begin_version(measure=first.measure, by=curator)
    with pytest.raises(Refused, match=r"begun already: 1\.0\.1"):
        versions.begin_version(measure=first.measure, by=curator)
    draft = versions.save_version(
        version=draft,
        fields={"level": 2},
        step=None,
        reason="Level 1 was too low.",
        looked_at=seen(draft),
        by=curator,
    )
    assert (str(draft.number), draft.step) == ("1.1.0", "minor")
    release = make_release(draft)
    releases.adopt(release=release, looked_at=seen(release), by=curator)
    first.refresh_from_db()
    draft.refresh_from_db()
    assert (first.state, first.ended_reason, first.successor) == (
        "retired",
        "Replaced by 1.1.0.",
        first.measure,
    )
    assert (draft.state, str(draft.number)) == ("adopted", "1.1.0")


def test_a_step_that_is_too_small_changes_nothing(curator: User) -> None:
    (first,) = adopted(curator)
    draft = versions.begin_version(measure=first.measure, by=curator)
    with pytest.raises(BadStep):
        versions.save_version(
            version=draft,
            fields={"unit": make_unit("GBP"), "title": "Pounds"},
            step=Step.PATCH,
            reason="x",
            looked_at=seen(draft),
            by=curator,
        )
    draft.refresh_from_db()
    assert draft.title == first.title


def test_the_later_save_is_told(curator: User) -> None:
    draft = make_measure_version()
    before = seen(draft)
    how: dict[str, Any] = {"step": None, "reason": "", "looked_at": before, "by": curator}
    versions.save_version(version=draft, fields={"title": "Mine"}, **how)
    with pytest.raises(Overtaken):
        versions.save_version(version=draft, fields={"title": "Theirs"}, **how)
    draft.refresh_from_db()
    assert draft.title == "Mine"


@pytest.mark.django_db(transaction=True)
def test_two_saves_at_once_keep_one(curator: User) -> None:
    draft = make_measure_version()
    how: dict[str, Any] = {"step": None, "reason": "", "looked_at": seen(draft), "by": curator}
    outcomes = race(
        draft.measure,
        lambda: versions.save_version(version=draft, fields={"title": "Mine"}, **how),
        lambda: versions.save_version(version=draft, fields={"title": "Theirs"}, **how),
    )
    assert sum(isinstance(outcome, Overtaken) for outcome in outcomes) == 1


@pytest.mark.django_db(transaction=True)
def test_two_adoptions_at_once_adopt_once(curator: User) -> None:
    release = make_release(make_measure_version())
    looked_at = seen(release)
    outcomes = race(
        release,
        lambda: releases.adopt(release=release, looked_at=looked_at, by=curator),
        lambda: releases.adopt(release=release, looked_at=looked_at, by=curator),
    )
    assert sum(isinstance(outcome, Refused) for outcome in outcomes) == 1
    assert AuditEvent.objects.filter(verb="adopted").count() == 1


def test_what_is_open_for_comment_waits_until_it_has_closed(curator: User) -> None:
    draft = make_measure_version()
    release = make_release(draft)
    today = timezone.localdate()
    day = datetime.timedelta(days=1)
    for opens, closes, words in ((today, today - day, "before the first"),):
        with pytest.raises(Refused, match=words):
            releases.open_for_comment(
                release=release,
                opens_on=opens,
                closes_on=closes,
                looked_at=seen(release),
                by=curator,
            )
    release = releases.open_for_comment(
        release=release, opens_on=today, closes_on=today, looked_at=seen(release), by=curator
    )
    draft.refresh_from_db()
    assert (draft.state, release.state) == ("consultation", "consultation")
    with pytest.raises(Refused, match="is open for comment"):
        versions.withdraw_version(version=draft, reason="x", by=curator)
    with pytest.raises(Refused, match="It can be adopted after that"):
        releases.adopt(release=release, looked_at=seen(release), by=curator)
    with pytest.raises(Refused, match="its list stands"):
        releases.take_out(release=release, version=draft, by=curator)
    Release.objects.update(opens_on=today - 2 * day, closes_on=today - day)
    release.refresh_from_db()
    versions.save_version(
        version=draft,
        fields={"title": "As was said"},
        step=None,
        reason="",
        looked_at=seen(draft),
        by=curator,
    )
    releases.adopt(release=release, looked_at=seen(release), by=curator)
    draft.refresh_from_db()
    assert (draft.state, draft.title) == ("adopted", "As was said")


def test_adopting_lists_everything_that_is_missing_and_adopts_nothing(curator: User) -> None:
    (old,) = adopted(curator)
    bare = make_measure_version(evidence="", what_counts="")
    unexplained = make_measure_version(number="1.0.1", step="patch")
    gone = make_measure_version(state="withdrawn")
    release = make_release(bare, unexplained, gone)
    with pytest.raises(Incomplete) as caught:
        releases.adopt(release=release, looked_at=seen(release), by=curator)
    words = [missing.words for missing in caught.value.missing]
    assert words == [
        f"{bare.measure.code}: what counts is empty.",
        f"{bare.measure.code}: evidence is empty.",
        f"{unexplained.measure.code} 1.0.1 does not say why it changed.",
        f"{gone.measure.code} 0.1.0 is withdrawn before adoption.",
        f"{old.measure.code} is adopted and not listed: list or retire it.",
    ]
    bare.refresh_from_db()
    release.refresh_from_db()
    assert (bare.state, release.state) == ("draft", "draft")


def test_an_adopted_release_is_adopted_once(curator: User) -> None:
    release = make_release(make_measure_version())
    releases.adopt(release=release, looked_at=seen(release), by=curator)
    release.refresh_from_db()
    with pytest.raises(Refused, match="is adopted"):
        releases.adopt(release=release, looked_at=seen(release), by=curator)
    with pytest.raises(Refused, match="its list stands"):
        releases.list_version(release=release, version=make_measure_version(), by=curator)


def test_a_list_holds_each_measure_once(curator: User) -> None:
    version = make_measure_version()
    release = make_release()
    item = releases.list_version(release=release, version=version, by=curator)
    assert releases.list_version(release=release, version=version, by=curator) == item
    ended = make_measure_version(state="withdrawn")
    with pytest.raises(Refused, match="so no release can list it"):
        releases.list_version(release=release, version=ended, by=curator)
    releases.take_out(release=release, version=version, by=curator)
    releases.take_out(release=release, version=version, by=curator)
    assert not release.items.exists()


def test_a_retired_measure_names_its_successor(curator: User) -> None:
    first, second = adopted(curator, {}, {"title": "Another"})
    begun = versions.begin_version(measure=first.measure, by=curator)
    with pytest.raises(Refused, match="Say why"):
        versions.retire_measure(measure=first.measure, reason=" ", by=curator)
    with pytest.raises(Refused, match="by itself"):
        versions.retire_measure(
            measure=first.measure, reason="x", successor=first.measure, by=curator
        )
    versions.retire_measure(
        measure=first.measure,
        reason="Two measures became one.",
        successor=second.measure,
        by=curator,
    )
    first.refresh_from_db()
    begun.refresh_from_db()
    assert (first.state, first.successor) == ("retired", second.measure)
    assert begun.state == "withdrawn"
    with pytest.raises(Refused, match="Only an adopted measure is retired"):
        versions.retire_measure(measure=first.measure, reason="x", by=curator)


def test_a_draft_that_is_withdrawn_leaves_its_release(curator: User) -> None:
    draft = make_measure_version()
    release = make_release(draft)
    versions.withdraw_version(version=draft, reason="Nobody wanted it.", by=curator)
    assert not release.items.exists()
    with pytest.raises(Refused, match="withdrawn before adoption"):
        versions.withdraw_version(version=draft, reason="Again.", by=curator)


STEPS = st.lists(
    st.sampled_from(["begin", "save", "list", "open", "adopt", "withdraw", "retire", "day"]),
    max_size=14,
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS, data=st.data())
def test_no_path_edits_an_adopted_version(curator: User, steps: list[str], data: Any) -> None:
    """Whatever curators do in whatever order, what was adopted reads the same for ever."""
    measure = make_measure()
    make_measure_version(measure)
    release = make_release(*measure.versions.all())
    measure_index.refresh([measure.pk])
    kept: dict[int, dict[str, Any]] = {}
    for step in steps:
        newest = measure.versions.newest_first()[0]
        with contextlib.suppress(Refused, BadStep):
            _do(step, newest, release, curator, data)
        if release.state == "adopted":
            release = make_release()
        for version in measure.versions.exclude(adopted_on=None):
            now = {name: getattr(version, name) for name in MeasureVersion.CONTENT_FIELDS}
            now["number"] = str(version.number)
            assert kept.setdefault(version.pk, now) == now
        assert measure.versions.adopted().count() <= 1
        assert measure.versions.open().count() <= 1
    assert measure_index.differences() == []


def _do(step: str, version: MeasureVersion, release: Release, curator: User, data: Any) -> None:
    release.refresh_from_db()
    today = timezone.localdate()
    match step:
        case "begin":
            versions.begin_version(measure=version.measure, by=curator)
        case "save":
            fields = data.draw(
                st.fixed_dictionaries({"title": st.sampled_from("abc"), "level": st.integers(1, 4)})
            )
            versions.save_version(
                version=version,
                fields=fields,
                step=data.draw(st.sampled_from([None, *Step])),
                reason="Why not.",
                looked_at=seen(version),
                by=curator,
            )
        case "list":
            releases.list_version(release=release, version=version, by=curator)
        case "open":
            releases.open_for_comment(
                release=release,
                opens_on=today,
                closes_on=today,
                looked_at=seen(release),
                by=curator,
            )
        case "adopt":
            releases.adopt(release=release, looked_at=seen(release), by=curator)
            release.refresh_from_db()
        case "withdraw":
            versions.withdraw_version(version=version, reason="Because.", by=curator)
        case "retire":
            versions.retire_measure(measure=version.measure, reason="Because.", by=curator)
        case "day":
            yesterday = today - datetime.timedelta(days=1)
            Release.objects.filter(state="consultation").update(
                opens_on=yesterday, closes_on=yesterday
            )
