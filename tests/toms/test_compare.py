"""What changed between two versions and two releases, and the change log."""

from xml.etree import ElementTree

import pytest
from django.test import Client

from accounts.models import User
from accounts.services.people import make_person
from tests.factories import make_membership, make_organisation, make_user
from tests.toms.factories import (
    make_adoption,
    make_measure,
    make_measure_version,
    make_outcome,
    make_release,
    make_theme,
)
from toms.models import Measure, Release
from toms.services import release as releases
from toms.services.locking import seen
from tslsv.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db


@pytest.fixture
def measure() -> Measure:
    """Three versions: 1.0.0 and 1.1.0 were replaced by 2.0.0."""
    measure = make_measure(make_outcome(make_theme("WRK")), "LT-WRK-01")
    for number, state, fields in (
        ("1.0.0", "retired", {}),
        ("1.1.0", "retired", {"level": 2, "reason": "It asks more."}),
        (
            "2.0.0",
            "adopted",
            {"level": 2, "unit_words": "person-hours", "step": "major", "reason": "x"},
        ),
    ):
        make_measure_version(
            measure,
            number,
            state=state,
            **({"successor": measure} if state == "retired" else {}),
            **fields,
        )
    return measure


COMPARE = "/toms/measures/LT-WRK-01/compare/"


def test_two_versions_side_by_side(client: Client, measure: Measure) -> None:
    text = client.get(f"{COMPARE}?from=1.0.0&to=1.1.0").text
    assert "Level changed from 1 to 2." in text
    assert "It asks more." in text
    assert "Figures of the two can be added." in text
    text = client.get(COMPARE).text
    assert "What changed from 1.1.0 to 2.0.0" in text
    assert "The unit in words changed from hours to person-hours." in text
    assert "<del>" in text
    assert "never added" in text
    assert COMPARE in client.get("/toms/measures/LT-WRK-01/").text


def test_versions_that_are_not_there(client: Client, measure: Measure) -> None:
    for asked in ("from=9.9.9", "to=zzz", "from=%00&to=1.0.0", "to=" + "9" * 3000):
        response = client.get(f"{COMPARE}?{asked}")
        assert response.status_code == 404
        assert "There is no such version" in response.text
    assert client.get("/toms/measures/LT-WRK-99/compare/").status_code == 404
    assert client.get("/toms/measures/lt-wrk-01/compare/").status_code == 301


def test_a_draft_in_no_release_is_not_compared(client: Client, measure: Measure) -> None:
    make_measure_version(measure, "2.0.1", title="Secret hours")
    response = client.get(f"{COMPARE}?to=2.0.1")
    assert response.status_code == 404
    assert "Secret" not in response.text


def test_two_releases(client: Client, measure: Measure) -> None:
    old, _, new = measure.versions.newest_first().reverse()
    gone = make_measure_version(title="Gone hours")
    fresh = make_measure_version(title="Fresh hours")
    first = make_release(old, gone, slug="first", title="First", state="adopted")
    make_release(new, fresh, slug="second", title="Second")
    text = client.get("/toms/releases/compare/").text
    assert "What changed from First to Second" in text
    assert "1 new, 1 left out, 1 changed, 0 as before." in text
    for words in ("Fresh hours", "Gone hours", "Level changed from 1 to 2."):
        assert words in text
    assert "Choose two releases." in client.get("/toms/releases/compare/?to=first").text
    assert "Against" in client.get("/toms/releases/second/").text
    response = client.get("/toms/releases/compare/?from=zzz%00")
    assert response.status_code == 404
    assert first.title in response.text


def test_no_release_at_all(client: Client) -> None:
    assert "There is no release yet." in client.get("/toms/releases/compare/").text
    assert "Nothing has happened yet." in client.get("/toms/changes/").text


def test_the_change_log_and_its_feed(client: Client, measure: Measure) -> None:
    other = make_measure(measure.outcome, "LT-WRK-02")
    make_measure_version(other, "1.0.0", state="retired", successor=measure, title="Old \x0bhours")
    new = measure.versions.adopted().get()
    make_release(new, slug="first", title="First", state="adopted")
    text = client.get("/toms/changes/").text
    assert "First was adopted" in text
    assert "LT-WRK-01 2.0.0 was adopted" in text
    assert "LT-WRK-02 was retired" in text
    assert "Nobody counted it. Use LT-WRK-01 instead." in text
    # A version that was replaced is told by the one that took its place.
    assert "LT-WRK-01 was retired" not in text
    response = client.get("/toms/changes.atom")
    assert response["Content-Type"].startswith("application/atom+xml")
    feed = ElementTree.fromstring(response.content)  # noqa: S314 (our own)
    name = "{http://www.w3.org/2005/Atom}"
    ids = [entry.findtext(f"{name}id") for entry in feed.iter(f"{name}entry")]
    assert len(ids) == len(set(ids)) == text.count("<dt")


def test_who_uses_an_earlier_release_hears_of_the_next_once(measure: Measure) -> None:
    by = User.objects.get(pk=make_person(email="curator@example.org", roles=("curator",)).pk)
    first = make_release(measure.versions.get(major=1, minor=0), title="First", state="adopted")
    one, two, left = (make_organisation(name=name) for name in ("One", "Two", "Left"))
    person = make_user("olu@example.org")
    for organisation in (one, two):
        make_membership(organisation, person)
        make_adoption(organisation, first)
    make_membership(left, make_user("gone@example.org"))
    make_adoption(left, first, withdrawn_at=first.created)
    alone = make_organisation(name="Alone", email="alone@example.org")
    make_adoption(alone, first)
    new = make_release(measure.versions.adopted().get(), title="Second", slug="second")
    releases.adopt(release=new, looked_at=seen(new), by=by)
    mails = OutgoingMail.objects.filter(template="release_adopted").order_by("to")
    assert [mail.to for mail in mails] == ["alone@example.org", "olu@example.org"]
    assert "One, Two use an earlier release, First." in mails[1].text
    assert "/toms/releases/compare/?from=" in mails[1].text
    assert "&amp;" not in mails[1].text


def test_nobody_hears_of_an_adoption_that_failed(measure: Measure) -> None:
    by = User.objects.get(pk=make_person(email="curator@example.org", roles=("curator",)).pk)
    make_adoption(make_organisation(email="alone@example.org"))
    new = make_release()
    with pytest.raises(releases.Incomplete):
        releases.adopt(release=new, looked_at=seen(new), by=by)
    assert not OutgoingMail.objects.exists()
    assert Release.objects.get(pk=new.pk).state == "draft"
