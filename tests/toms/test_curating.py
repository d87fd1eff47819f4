"""Curators write measures and put releases together, on pages of their own."""

import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEvent, User
from accounts.services.people import make_person
from tests.accounts.racing import race
from tests.signing_in import signed_in
from tests.toms.factories import (
    make_measure,
    make_measure_version,
    make_outcome,
    make_release,
    make_theme,
    make_unit,
)
from toms import measure_index
from toms.models import Measure, MeasureIndexRow, MeasureVersion, Release
from toms.services import framework
from toms.services import version as versions
from toms.services.locking import seen

pytestmark = pytest.mark.django_db
HOME = "/curate/toms/"


@pytest.fixture
def curator() -> User:
    return User.objects.get(pk=make_person(email="curator@example.org", roles=("curator",)).pk)


@pytest.fixture
def page(curator: User) -> Client:
    return signed_in(curator)


def typed(version: MeasureVersion, **fields: Any) -> dict[str, Any]:
    """What a browser sends of a draft's form."""
    sent = {
        name: getattr(version, name)
        for name in MeasureVersion.CONTENT_FIELDS
        if name not in {"unit", "overlap_group", "baseline", "at_risk"}
    }
    return {
        **sent,
        "unit": version.unit_id,
        "seen": seen(version),
        "do": "save",
        **fields,
    }


def begun(curator: User, **fields: Any) -> MeasureVersion:
    """A draft of a new version of an adopted measure, LT-WRK-01 1.0.0."""
    measure = make_measure(make_outcome(make_theme("WRK")), "LT-WRK-01")
    make_measure_version(measure, "1.0.0", state="adopted", **fields)
    return versions.begin_version(measure=measure, by=curator)


EDIT = f"{HOME}measures/LT-WRK-01/edit/"


# -- The overview and new measures -------------------------------------------------------------


def test_the_overview_shows_releases_and_what_is_written(page: Client, curator: User) -> None:
    draft = begun(curator)
    make_measure_version(make_measure(draft.measure.outcome, "LT-WRK-02"), "1.0.0", state="adopted")
    make_release(slug="2027", title="Release of 2027")
    text = page.get(HOME).text
    assert "Release of 2027" in text
    assert f'href="{EDIT}"' in text
    assert "/curate/toms/measures/LT-WRK-02/begin/" in text
    assert "/curate/toms/measures/LT-WRK-01/begin/" not in text
    assert f'href="{HOME}"' in page.get("/curate/").text


def test_the_overview_asks_the_same_of_many(
    page: Client, django_assert_max_num_queries: Any
) -> None:
    outcome = make_outcome(make_theme("WRK"))
    for number in range(1, 30):
        make_measure_version(make_measure(outcome, f"LT-WRK-{number:02}"), "1.0.0", state="adopted")
    with django_assert_max_num_queries(12):
        page.get(HOME)


def test_a_new_version_is_begun_by_a_button_once(page: Client, curator: User) -> None:
    measure = make_measure(make_outcome(make_theme("WRK")), "LT-WRK-01")
    make_measure_version(measure, "1.0.0", state="adopted")
    for _ in range(2):
        response = page.post(f"{HOME}measures/LT-WRK-01/begin/")
        assert response["Location"] == EDIT
    assert measure.versions.open().count() == 1


def test_a_new_measure_is_begun(page: Client) -> None:
    outcome, unit = make_outcome(make_theme("WRK")), make_unit()
    sent = typed(MeasureVersion(unit=unit, **_content()), outcome=outcome.pk, code="LT-WRK-01")
    response = page.post(f"{HOME}measures/new/", sent)
    assert response["Location"] == EDIT
    version = MeasureVersion.objects.get()
    assert (str(version.number), version.title) == ("0.1.0", "Hours")
    again = page.post(f"{HOME}measures/new/", sent)
    assert again.status_code == 200
    assert "Codes are permanent" in again.text
    assert 'value="LT-WRK-01"' in again.text


def _content() -> dict[str, Any]:
    return {
        "title": "Hours",
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
        "modified": timezone.now(),
    }


# -- Writing a draft -----------------------------------------------------------------------------


def test_a_save_proposes_the_step_and_says_why(page: Client, curator: User) -> None:
    draft = begun(curator)
    response = page.post(EDIT, typed(draft, evidence="Two registers.", reason="One was lost."))
    assert response["Location"] == EDIT
    draft.refresh_from_db()
    assert (str(draft.number), draft.step, draft.reason) == ("1.1.0", "minor", "One was lost.")
    text = page.get(EDIT).text
    assert "Evidence changed from A register to Two registers." in text
    assert "Proposed: 1.1.0." in text


def test_another_step_needs_a_reason(page: Client, curator: User) -> None:
    draft = begun(curator)
    sent = typed(draft, evidence="A register!", step="patch")
    response = page.post(EDIT, sent)
    assert "why it is another step" in response.text
    assert "A register!" in response.text
    assert page.post(EDIT, sent | {"reason": "A slip."}).status_code == 302
    draft.refresh_from_db()
    assert (str(draft.number), draft.step) == ("1.0.1", "patch")
    assert (
        'value="patch" aria-describedby' in page.get(EDIT).text or "checked" in page.get(EDIT).text
    )


def test_too_small_a_step_is_told_beside_the_field(page: Client, curator: User) -> None:
    draft = begun(curator)
    sent = typed(draft, unit=make_unit("GBP").pk, step="patch", reason="x")
    response = page.post(EDIT, sent)
    assert "too small a step: unit changed" in response.text
    draft.refresh_from_db()
    assert draft.unit.code == "HR"


def test_what_does_not_fit_is_told_beside_the_field(page: Client, curator: User) -> None:
    draft = begun(curator)
    response = page.post(EDIT, typed(draft, agg_time="ratio"))
    assert "A ratio stays one over time and across organisations." in response.text
    response = page.post(EDIT, typed(draft, basis_allowed=["new"], at_risk="on"))
    assert "Only what is sustained can be at risk." in response.text


def test_a_preview_saves_nothing(page: Client, curator: User) -> None:
    draft = begun(curator)
    response = page.post(EDIT, typed(draft, what_counts="Every hour.", do="preview"))
    assert response.status_code == 200
    assert "Nothing has been saved yet." in response.text
    assert "<p>Every hour.</p>" in response.text
    draft.refresh_from_db()
    assert draft.what_counts == "Hours that were spent."


def test_a_line_end_is_no_change(page: Client, curator: User) -> None:
    draft = begun(curator, what_counts="One.\nTwo.")
    page.post(EDIT, typed(draft, what_counts="One.\r\nTwo.", title="Hours given"))
    draft.refresh_from_db()
    assert str(draft.number) == "1.0.1"


def test_the_later_save_sees_both_texts_and_loses_nothing(page: Client, curator: User) -> None:
    draft = begun(curator)
    sent = typed(draft, evidence="My register.")
    page.post(EDIT, typed(draft, evidence="Their register."))
    response = page.post(EDIT, sent)
    assert response.status_code == 409
    assert "Both texts" in response.text
    assert "Their</ins>" in response.text or "Their" in response.text
    assert "My register.</textarea>" in response.text
    draft.refresh_from_db()
    assert draft.evidence == "Their register."
    assert page.post(EDIT, sent | {"seen": seen(draft)}).status_code == 302
    draft.refresh_from_db()
    assert draft.evidence == "My register."


@pytest.mark.django_db(transaction=True)
def test_two_curators_save_at_once(curator: User) -> None:
    other = User.objects.get(pk=make_person(email="other@example.org", roles=("curator",)).pk)
    draft = begun(curator)
    pages = [signed_in(curator), signed_in(other)]
    answers = race(
        draft.measure,
        lambda: pages[0].post(EDIT, typed(draft, title="Mine")).status_code,
        lambda: pages[1].post(EDIT, typed(draft, title="Theirs")).status_code,
    )
    assert sorted(answers) == [302, 409]  # type: ignore[type-var]


def test_what_was_typed_outlives_the_draft(page: Client, curator: User) -> None:
    draft = begun(curator)
    sent = typed(draft, evidence="My register.")
    versions.withdraw_version(version=draft, reason="Too early.", by=curator)
    response = page.post(EDIT, sent)
    assert response.status_code == 409
    assert "My register.</textarea>" in response.text
    assert "Nobody is writing LT-WRK-01 now." in page.get(EDIT).text


def test_a_draft_that_is_open_for_comment_waits(page: Client, curator: User) -> None:
    draft = begun(curator)
    MeasureVersion.objects.filter(pk=draft.pk).update(state="consultation")
    draft.refresh_from_db()
    make_release(draft, state="consultation")
    assert "It can be changed once that has closed." in page.get(EDIT).text
    response = page.post(EDIT, typed(draft, evidence="My register."))
    assert response.status_code == 409
    assert "My register.</textarea>" in response.text


@pytest.mark.parametrize(
    "hostile",
    [
        {"title": "\0"},
        {"title": "x" * 10_000},
        {"unit": "zzz"},
        {"unit": "9" * 40},
        {"level": "9"},
        {"basis_allowed": ["new", "zzz"]},
        {"overlap_group": "\0"},
        {"step": "new"},
        {"reason": "\0"},
        {"seen": "\0"},
        {"seen": "x" * 10_000},
        {"what_counts": "<script>alert(1)</script>\0"},
    ],
)
def test_hostile_input_gets_words(page: Client, curator: User, hostile: dict[str, Any]) -> None:
    draft = begun(curator)
    response = page.post(EDIT, typed(draft, **hostile))
    assert response.status_code in {200, 409}
    assert "There is a problem" in response.text or "problems" in response.text
    assert "<script>alert" not in response.text


def test_an_empty_form_is_told_field_by_field(page: Client, curator: User) -> None:
    begun(curator)
    text = page.post(EDIT, {}).text
    assert "Fill in what counts." in text
    assert "This field is required" not in text


# -- Releases --------------------------------------------------------------------------------------


def test_a_release_from_its_beginning_to_its_adoption(page: Client, curator: User) -> None:
    draft = begun(curator)
    response = page.post(f"{HOME}releases/new/", {"title": "Release of 2027", "slug": "2027"})
    address = response["Location"]
    assert address == f"{HOME}releases/2027/"
    assert "Nothing is listed." in page.get(address).text
    page.post(address, {"do": "rest"})
    release = Release.objects.get()
    assert [item.version for item in release.items.all()] == [draft]
    text = page.get(address).text
    assert "is empty" not in text
    assert "does not say why it changed" in text
    assert f'href="{EDIT}"' in text
    response = page.post(f"{address}adopt/", {"seen": seen(release)})
    assert response.status_code == 409
    assert "Not everything is there yet" in response.text
    page.post(EDIT, typed(draft, title="Hours given", reason="Clearer."))
    release.refresh_from_db()
    assert "Adopt it</button>" in page.get(f"{address}adopt/").text
    response = page.post(f"{address}adopt/", {"seen": seen(release)})
    assert response["Location"] == address
    release.refresh_from_db()
    assert release.state == "adopted"
    again = page.post(f"{address}adopt/", {"seen": seen(release)})
    assert again.status_code == 409
    assert AuditEvent.objects.filter(verb="adopted").count() == 1
    assert page.post(address, {"take_out": draft.pk}).status_code == 409


def test_versions_are_listed_moved_and_taken_out(page: Client) -> None:
    outcome = make_outcome(make_theme("WRK"))
    first, second, third = (
        make_measure_version(make_measure(outcome, f"LT-WRK-0{number}")) for number in (1, 2, 3)
    )
    release = make_release(first, second, slug="2027")
    address = f"{HOME}releases/2027/"
    page.post(address, {"list": third.pk})
    release.refresh_from_db()
    looked_at = seen(release)
    assert page.post(address, {"up": third.pk, "seen": looked_at}).status_code == 302
    # A second click moves nothing twice.
    assert page.post(address, {"up": third.pk, "seen": looked_at}).status_code == 409
    order = [item.version for item in release.items.all()]
    assert order == [first, third, second]
    page.post(address, {"take_out": third.pk})
    page.post(address, {"take_out": third.pk})
    assert [item.version for item in release.items.all()] == [first, second]
    for hostile in ({}, {"list": "zzz"}, {"up": "9" * 30}, {"take_out": "\0"}, {"list": "-1"}):
        assert page.post(address, hostile).status_code == 409


def test_a_release_opens_between_two_days(page: Client) -> None:
    draft = make_measure_version()
    release = make_release(draft, slug="2027")
    address = f"{HOME}releases/2027/open/"
    today = timezone.localdate()
    days = {"opens_on": today, "closes_on": today + datetime.timedelta(days=-1)}
    assert "comes before the first" in page.post(address, days).text
    assert "Enter a day" in page.post(address, {"opens_on": "zzz\0"}).text
    days["closes_on"] = today
    assert page.post(address, days | {"seen": "stale"}).status_code == 409
    assert page.post(address, days | {"seen": seen(release)}).status_code == 302
    release.refresh_from_db()
    assert release.state == "consultation"
    assert page.post(address, days | {"seen": seen(release)}).status_code == 409


@pytest.mark.parametrize("slug", ["new", "compare", "a b", "", "\0", "x" * 41])
def test_an_address_that_cannot_be_is_refused(page: Client, slug: str) -> None:
    response = page.post(f"{HOME}releases/new/", {"title": "A release", "slug": slug})
    assert response.status_code == 200
    assert not Release.objects.exists()


# -- Endings ---------------------------------------------------------------------------------------


def test_a_measure_is_retired_with_a_successor(page: Client, curator: User) -> None:
    draft = begun(curator)
    make_measure_version(make_measure(draft.measure.outcome, "LT-WRK-02"), "1.0.0", state="adopted")
    address = f"{HOME}measures/LT-WRK-01/retire/"
    assert "is withdrawn with it" in page.get(address).text
    for wrong, words in (
        ({"reason": ""}, "why it ends"),
        ({"reason": "x", "successor": "LT-WRK-99"}, "No measure has the code LT-WRK-99."),
        ({"reason": "x", "successor": "lt-wrk-01"}, "cannot be followed by itself"),
    ):
        assert words in page.post(address, wrong).text
    assert (
        page.post(address, {"reason": "Two are one.", "successor": "lt-wrk-02"}).status_code == 302
    )
    assert page.post(address, {"reason": "Two are one."}).status_code == 409
    text = Client().get("/toms/measures/LT-WRK-01/").text
    assert "Two are one." in text
    assert "LT-WRK-02" in text


def test_a_draft_is_withdrawn(page: Client, curator: User) -> None:
    draft = begun(curator)
    address = f"{HOME}measures/LT-WRK-01/withdraw/"
    assert page.post(address, {"reason": "Too early."}).status_code == 302
    draft.refresh_from_db()
    assert draft.state == "withdrawn"
    assert page.post(address, {"reason": "Too early."}).status_code == 409
    assert "nothing to withdraw" in page.get(address).text


# -- Themes and outcomes ---------------------------------------------------------------------------


def test_themes_and_outcomes_change_places(page: Client) -> None:
    first, second = make_theme("AAA", position=1), make_theme("BBB", position=2)
    one, two = make_outcome(first), make_outcome(first)
    for outcome in (one, two, make_outcome(second)):
        version = make_measure_version(make_measure(outcome), "1.0.0", state="adopted")
        measure_index.refresh([version.measure_id])
    themes = framework.seen_of([first, second])
    outcomes = framework.seen_of([one, two])
    assert page.post(f"{HOME}themes/", {"down": two.code, "seen": outcomes}).status_code == 302
    assert page.post(f"{HOME}themes/", {"up": "BBB", "seen": themes}).status_code == 302
    assert page.post(f"{HOME}themes/", {"up": "BBB", "seen": themes}).status_code == 409
    assert page.post(f"{HOME}themes/", {"up": "\0"}).status_code == 409
    text = page.get(f"{HOME}themes/").text
    assert text.index('id="BBB"') < text.index('id="AAA"')
    assert measure_index.differences() == []


def test_a_theme_is_reworded_and_found_by_it(page: Client) -> None:
    theme = make_theme("AAA", label="Work")
    version = make_measure_version(make_measure(make_outcome(theme)), "1.0.0", state="adopted")
    measure_index.refresh([version.measure_id])
    address = f"{HOME}themes/AAA/"
    looked_at = framework.seen_of([theme])
    sent = {"label": "Good work", "description": "Jobs.", "ambition": "", "seen": looked_at}
    assert page.post(address, sent).status_code == 302
    assert measure_index.differences() == []
    assert MeasureIndexRow.objects.count() == 1
    response = page.post(address, sent | {"label": "Fair work"})
    assert response.status_code == 409
    assert 'value="Fair work"' in response.text
    assert "Good work" in response.text


def test_an_outcome_is_reworded(page: Client) -> None:
    outcome = make_outcome(make_theme("AAA"), label="People work")
    address = f"{HOME}outcomes/{outcome.code}/"
    looked_at = framework.seen_of([outcome])
    assert page.post(address, {"label": "All work", "seen": looked_at}).status_code == 302
    assert page.post(address, {"label": "None work", "seen": looked_at}).status_code == 409
    assert "Say what should become true." in page.post(address, {"label": " "}).text
    outcome.refresh_from_db()
    assert outcome.label == "All work"


def test_nothing_is_there_for_codes_that_are_not(page: Client) -> None:
    for path in ("measures/LT-NOT-01/edit/", "themes/ZZZ/", "outcomes/ZZZ/", "releases/nowhere/"):
        assert page.get(f"{HOME}{path}").status_code == 404
    assert page.post(f"{HOME}measures/LT-NOT-01/begin/").status_code == 404
    assert not Measure.objects.exists()
