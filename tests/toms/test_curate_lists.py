"""Units, overlap groups, the glossary, links to other frameworks and a draft's words."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import AuditEvent, User
from accounts.refused import Overtaken, Refused
from accounts.services.people import make_person
from tests.factories import make_user
from tests.signing_in import signed_in
from tests.toms.factories import (
    make_comment,
    make_measure,
    make_measure_version,
    make_outcome,
    make_overlap_group,
    make_policy_link,
    make_release,
    make_theme,
    make_unit,
)
from tests.toms.test_curating import HOME
from toms import measure_index
from toms.check_list import check_list
from toms.forms.curate_lists import PolicyLinkForm
from toms.models import GlossaryTerm, MeasureVersion, OverlapGroup, PolicyLink, Unit
from toms.services import glossary
from toms.services import lists as services
from toms.services.lists import version_of
from toms.services.locking import seen
from toms.services.policy_link import add_link
from toms.services.release import Incomplete, adopt

pytestmark = pytest.mark.django_db


@pytest.fixture
def curator() -> User:
    return User.objects.get(pk=make_person(email="curator@example.org", roles=("curator",)).pk)


@pytest.fixture
def page(curator: User) -> Client:
    return signed_in(curator)


def make_version(state: str = "draft", **fields: Any) -> MeasureVersion:
    measure = make_measure(make_outcome(make_theme("WRK")), "LT-WRK-01")
    return make_measure_version(measure, "1.0.0", state=state, **fields)


def test_a_unit_is_added_reworded_and_removed(page: Client) -> None:
    assert "New unit" in page.get(f"{HOME}lists/").text
    page.post(f"{HOME}lists/units/new/", {"code": "TREE", "label": "trees"})
    unit = Unit.objects.get(code="TREE")
    twice = page.post(f"{HOME}lists/units/new/", {"code": "TREE", "label": "bushes"})
    assert "There is one with this code already: trees." in twice.text
    assert 'value="bushes"' in twice.text
    make_version(unit=unit)
    address = f"{HOME}lists/units/TREE/"
    page.post(address, {"label": "young trees", "seen": version_of(unit)})
    unit.refresh_from_db()
    assert unit.label == "young trees"
    assert measure_index.differences() == []
    page.post(f"{address}remove/")
    assert Unit.objects.filter(code="TREE").exists(), "a measure uses it"
    assert "cannot be removed" in page.get(address).text
    MeasureVersion.objects.all().delete()
    for _ in range(2):
        assert page.post(f"{address}remove/").status_code == 302
    assert not Unit.objects.filter(code="TREE").exists()
    verbs = AuditEvent.objects.filter(object_type="toms.unit").order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == ["added", "reworded", "removed"]


@pytest.mark.parametrize("state", ["adopted", "retired"])
def test_what_adopted_measures_are_counted_in_stands(
    page: Client, curator: User, state: str
) -> None:
    unit, group = make_unit(), make_overlap_group("CHOIR")
    make_version(state, unit=unit, overlap_group=group)
    for kind, row in (("units", unit), ("groups", group)):
        address = f"{HOME}lists/{kind}/{row.code}/"
        assert "so it stays as it is" in page.get(address).text
        said = {"label": "Something else", "description": "", "seen": version_of(row)}
        refused = page.post(address, said)
        assert refused.status_code == 409
        assert "Something else" in refused.text, "what was typed is kept"
        before = row.label
        row.refresh_from_db()
        assert row.label == before
    # Saved as it is, nothing is refused.
    services.reword(row=unit, values={"label": unit.label}, looked_at=version_of(unit), by=curator)


def test_a_group_and_a_word(page: Client, client: Client) -> None:
    said = {"code": "CHOIR", "label": "Hours of singing", "description": "Use one of them."}
    page.post(f"{HOME}lists/groups/new/", said)
    assert OverlapGroup.objects.get().description == "Use one of them."
    page.post(f"{HOME}lists/glossary/new/", {"words": "Choir", "meaning": "People who sing."})
    assert "People who sing." in client.get("/toms/glossary/").text
    twice = page.post(f"{HOME}lists/glossary/new/", {"words": "choir", "meaning": "Singers."})
    assert "The glossary explains this already." in twice.text
    term = GlossaryTerm.objects.get()
    address = f"{HOME}lists/glossary/{term.slug}/"
    changed = {"words": "Choirs", "meaning": "All who sing.", "seen": version_of(term)}
    page.post(address, changed)
    late = page.post(address, {**changed, "meaning": "All who hum."})
    assert late.status_code == 409
    assert "All who sing." in late.text, "what stands now"
    assert "All who hum." in late.text, "what was typed"
    term.refresh_from_db()
    page.post(address, {**changed, "meaning": "All who hum.", "seen": version_of(term)})
    assert "All who hum." in client.get("/toms/glossary/").text
    page.post(f"{address}remove/")
    assert not GlossaryTerm.objects.exists()


def test_a_word_that_the_register_begins_with_is_not_removed(page: Client) -> None:
    glossary.load()
    page.post(f"{HOME}lists/glossary/theme/remove/")
    assert GlossaryTerm.objects.filter(slug="theme").exists()
    assert "reword it instead" in page.get(f"{HOME}lists/glossary/theme/").text


@pytest.mark.parametrize(
    ("kind", "field", "value", "words"),
    [
        ("units", "code", "tree", "2 to 16 capital letters"),
        ("units", "code", "", "Enter its code."),
        ("units", "label", "\u200b", "Say what it is called."),
        ("units", "label", "x" * 81, "at most 80 characters"),
        ("units", "label", "a\x07b", "characters that cannot be shown"),
        ("groups", "description", "y" * 1001, "at most 1000 characters"),
        ("glossary", "meaning", " ", "Say what it means."),
        ("glossary", "meaning", "a\x00b", "Null characters"),
    ],
)
def test_what_cannot_be_is_said_beside_it(
    page: Client, kind: str, field: str, value: str, words: str
) -> None:
    said = {"code": "TREE", "label": "trees", "words": "Tree", "meaning": "It grows."}
    response = page.post(f"{HOME}lists/{kind}/new/", {**said, field: value})
    assert response.status_code == 200
    assert words in response.text
    assert not Unit.objects.exists()
    assert not GlossaryTerm.objects.exists()


@pytest.mark.parametrize("path", ["nothing/new/", "nothing/HR/", "units/NONE/", "glossary/none/"])
def test_what_is_not_there_is_not_found(page: Client, path: str) -> None:
    assert page.get(f"{HOME}lists/{path}").status_code == 404


def test_a_measure_is_linked_to_a_framework_and_not_twice(page: Client, client: Client) -> None:
    measure = make_version("adopted").measure
    measure_index.refresh([measure.pk])
    address = f"{HOME}measures/LT-WRK-01/links/"
    said = {"framework": "compact", "framework_name": "typed in vain", "code": "Principle 3",
            "url": "https://compact.example/3", "match": "close"}  # fmt: skip
    page.post(address, said)
    link = PolicyLink.objects.get()
    assert (link.framework_name, link.match) == ("", "close")
    text = client.get("/toms/measures/LT-WRK-01/").text
    assert "Principle 3" in text
    assert 'href="https://compact.example/3"' in text
    assert measure_index.differences() == []
    assert "Compact for Leeds, " in page.get(address).text
    assert "nearly the same" in page.get(address).text
    twice = page.post(address, said)
    assert "This measure has this link already." in twice.text
    assert "nearly the same" in twice.text
    other = page.post(address, {**said, "framework": "other", "framework_name": ""})
    assert "Say which framework it is." in other.text
    bad = page.post(address, {**said, "url": "javascript:alert(1)", "match": "same"})
    assert "Enter a whole web address" in bad.text
    assert "Choose one of the list." in bad.text
    for _ in range(2):
        assert page.post(f"{address}{link.pk}/remove/").status_code == 302
    assert not PolicyLink.objects.exists()
    assert measure_index.differences() == []


def test_a_link_of_another_measure_is_not_removed(page: Client) -> None:
    link = make_policy_link(make_version().measure)
    other = make_measure(link.measure.outcome, "LT-WRK-02")
    page.post(f"{HOME}measures/{other.code}/links/{link.pk}/remove/")
    assert PolicyLink.objects.exists()


def test_a_draft_release_is_reworded_until_it_opens(page: Client, client: Client) -> None:
    release = make_release(make_version(), slug="2027", title="Leeds TOMs 2027")
    address = f"{HOME}releases/2027/words/"
    first = seen(release)
    page.post(address, {"title": "Leeds TOMs for 2027", "introduction": "New.", "seen": first})
    assert "Leeds TOMs for 2027" in client.get("/toms/releases/2027/").text
    late = page.post(address, {"title": "Mine", "introduction": "Mine, too.", "seen": first})
    assert late.status_code == 409
    assert "Leeds TOMs for 2027" in late.text
    assert 'value="Mine"' in late.text
    release.refresh_from_db()
    release.state = "consultation"
    release.opens_on = release.closes_on = timezone.localdate()
    release.save()
    assert "so its words stand" in page.get(address).text
    over = page.post(address, {"title": "Mine", "introduction": "", "seen": seen(release)})
    assert over.status_code == 409
    release.refresh_from_db()
    assert release.title == "Leeds TOMs for 2027"


def test_only_a_curator_does_any_of_it() -> None:
    user, version = make_user(), make_version()
    unit = version.unit
    for act in (
        lambda: services.add_code(kind=Unit, code="TREE", values={"label": "trees"}, by=user),
        lambda: services.add_term(words="Tree", meaning="It grows.", by=user),
        lambda: services.reword(row=unit, values={}, looked_at=version_of(unit), by=user),
        lambda: services.remove(row=unit, by=user),
        lambda: add_link(
            measure=version.measure, framework="compact", framework_name="", code="1", url="",
            match="related", by=user,
        ),
    ):  # fmt: skip
        with pytest.raises(Refused, match="curator"):
            act()


def test_rewording_what_somebody_else_has_reworded_is_told(curator: User) -> None:
    unit = make_unit()
    looked_at = version_of(unit)
    services.reword(row=unit, values={"label": "whole hours"}, looked_at=looked_at, by=curator)
    with pytest.raises(Overtaken):
        services.reword(row=unit, values={"label": "hour"}, looked_at=looked_at, by=curator)


@given(
    said=st.fixed_dictionaries(
        {
            name: st.text(max_size=130)
            for name in ("framework", "framework_name", "code", "url", "match")
        }
    )
)
def test_no_link_is_taken_that_the_database_would_refuse(said: dict[str, str]) -> None:
    form = PolicyLinkForm(said)
    if form.is_valid():
        link = PolicyLink(**form.cleaned_data)
        link.clean_fields(exclude=["measure"])
        assert link.framework != "other" or link.framework_name


def test_the_queue_of_curators_leads_to_comments(page: Client) -> None:
    assert "comment" not in page.get("/curate/").text.partition("<main")[2]
    release = make_release(make_version("consultation"), state="consultation")
    make_comment(release)
    text = page.get("/curate/").text
    assert "1 comment waits on the Leeds TOMs" in text
    assert 'href="/curate/toms/comments/"' in text
    assert "Everything is decided" not in text


def test_a_release_waits_until_every_link_can_be_opened(curator: User) -> None:
    version = make_version()
    release = make_release(version)
    before = [row.words for row in check_list(release)]
    link = make_policy_link(version.measure, code="Principle 3")
    added = [row for row in check_list(release) if row.words not in before]
    words = "LT-WRK-01: the link to Compact for Leeds Principle 3 has no address."
    assert [(row.version, row.words) for row in added] == [(version, words)]
    with pytest.raises(Incomplete):
        adopt(release=release, looked_at=seen(release), by=curator)
    PolicyLink.objects.filter(pk=link.pk).update(url="https://compact.example/3")
    assert [row.words for row in check_list(release)] == before
