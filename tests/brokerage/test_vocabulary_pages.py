"""Kinds and skills: how brokers describe them, and how the board follows."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEvent
from accounts.refused import Overtaken, Refused
from brokerage import notice_index, vocabulary
from brokerage.models import Kind, NoticeSkill, Skill
from brokerage.services.vocabulary import (
    KIND_COLUMNS,
    SKILL_COLUMNS,
    Taken,
    add_skill,
    change_words,
    version_of_words,
)
from tests.accounts.racing import race
from tests.brokerage.acting import make_broker
from tests.brokerage.factories import make_need
from tests.factories import make_user
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _words() -> None:
    vocabulary.load()


def said(**fields: Any) -> dict[str, Any]:
    return {
        "label": "Beekeeping",
        "description": "Keeping bees, and showing others how.",
        "ssc_code": "",
        "ssc_url": "",
        "active": True,
        **fields,
    }


def typed(**fields: Any) -> dict[str, Any]:
    return {name: "on" if value is True else value for name, value in said(**fields).items()}


def words_of(row: Kind | Skill, **fields: Any) -> dict[str, Any]:
    columns = KIND_COLUMNS if isinstance(row, Kind) else SKILL_COLUMNS
    return {**{name: getattr(row, name) for name in columns}, **fields}


def change(row: Kind | Skill, **fields: Any) -> int:
    return change_words(
        row=row, values=words_of(row, **fields), seen=version_of_words(row), by=make_broker()
    )


def a_need_with(code: str) -> Skill:
    skill = Skill.objects.get(code=code)
    need = make_need(kind=Kind.objects.get(code="team-day"), title="A hedge of our own")
    NoticeSkill.objects.create(notice=need, skill=skill)
    notice_index.refresh([need.pk])
    return skill


def test_the_board_is_found_by_the_new_words_at_once() -> None:
    skill, page = a_need_with("gardening"), Client()
    assert "0 needs" in page.get("/brokerage/needs/?q=topiary").text
    assert change(skill, label="Topiary and planting") == 1
    found = page.get("/brokerage/needs/?q=topiary").text
    assert "A hedge of our own" in found
    assert "Topiary and planting" in found, "in the filter, and on the card"
    assert change(Kind.objects.get(code="team-day"), label="Day of helping hands") == 1
    assert "Day of helping hands" in page.get("/brokerage/needs/?q=hands").text
    assert notice_index.differences() == []


def test_a_description_touches_no_need() -> None:
    skill = a_need_with("gardening")
    assert change(skill, description="Whatever grows.") == 0
    assert "Whatever grows." in Client().get("/brokerage/skills/").text
    event = AuditEvent.objects.get(verb="reworded")
    assert event.fields == ["description"]
    skill.refresh_from_db()
    assert change(skill) == 0
    assert AuditEvent.objects.filter(verb="reworded").count() == 1, "nothing changed"


def test_what_cannot_be_chosen_any_more_stays_on_what_has_it() -> None:
    skill = a_need_with("gardening")
    change(skill, active=False)
    page = Client()
    assert f'value="{skill.code}"' in page.get("/brokerage/needs/").text, "it can be searched by"
    assert skill.label not in page.get("/brokerage/skills/").text
    assert skill.label in page.get("/brokerage/needs/?q=gardening").text
    assert "Cannot be chosen" in signed_in(make_broker()).get("/broker/vocabulary/").text
    kind = Kind.objects.get(code="team-day")
    change(kind, active=False)
    assert kind.description not in page.get("/brokerage/").text
    assert "A hedge of our own" in page.get("/brokerage/needs/").text
    assert notice_index.differences() == []


def test_skills_lead_to_what_has_them_and_to_the_classification() -> None:
    skill = a_need_with("gardening")
    change(skill, ssc_code="12.3", ssc_url="https://skills.example/12.3")
    text = Client().get("/brokerage/skills/").text
    assert '<a href="https://skills.example/12.3" rel="noopener noreferrer">SSC 12.3</a>' in text
    assert "1 need<" in text
    assert text.count("SSC ") == 1, "where no code was looked up, none is shown"


def test_a_broker_adds_and_describes() -> None:
    page = signed_in(make_broker())
    page.post("/broker/vocabulary/skills/new/", typed(), follow=True)
    made = Skill.objects.get(code="beekeeping")
    assert made.position > Skill.objects.exclude(pk=made.pk).order_by("-position")[0].position
    assert "Beekeeping" in page.get("/brokerage/skills/").text
    assert "Beekeeping" in page.get("/brokerage/needs/").text, "it can be searched by"
    address, seen = "/broker/vocabulary/skills/beekeeping/", version_of_words(made)
    page.post(address, {**typed(label="Bees"), "seen": seen})
    made.refresh_from_db()
    assert (made.label, made.code) == ("Bees", "beekeeping")
    late = page.post(address, {**typed(label="Hives"), "seen": seen})
    assert late.status_code == 409
    assert 'value="Hives"' in late.text, "what was typed is kept"
    assert "Somebody else has changed “Bees”" in late.text
    kind = Kind.objects.get(code="team-day")
    page.post(
        "/broker/vocabulary/kinds/team-day/",
        {**words_of(kind, gives="A fence."), "active": "on", "seen": version_of_words(kind)},
    )
    kind.refresh_from_db()
    assert kind.gives == "A fence."
    assert "A fence." in page.get("/brokerage/").text
    assert page.get("/broker/vocabulary/kinds/nothing/").status_code == 404


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("label", "", "Give it a name"),
        ("label", "\u200b", "Give it a name"),
        ("label", "a\0b", "Null characters"),
        ("label", "a" * 10_000, "at most 60 characters"),
        ("label", "gardening AND planting", "is called that already"),
        ("description", "", "Say in a sentence"),
        ("description", "a" * 201, "at most 200 characters"),
        ("ssc_code", "12 3", "letters, digits, dots and hyphens"),
        ("ssc_code", "12.", "letters, digits, dots and hyphens"),
        ("ssc_code", "1" * 21, "at most 20 characters"),
        ("ssc_url", "javascript:alert(1)", "Enter a whole web address"),
        ("ssc_url", "https://skills.example/1", "Give the code, too"),
    ],
)
def test_what_cannot_be_is_said_beside_it(field: str, value: str, words: str) -> None:
    before = Skill.objects.count()
    response = signed_in(make_broker()).post(
        "/broker/vocabulary/skills/new/", typed(**{field: value})
    )
    assert response.status_code == 200
    assert words in response.text
    assert Skill.objects.count() == before


def test_only_a_broker_changes_the_words() -> None:
    skill, user = Skill.objects.get(code="gardening"), make_user()
    for act in (
        lambda: add_skill(values=said(), by=user),
        lambda: change_words(
            row=skill, values=words_of(skill), seen=version_of_words(skill), by=user
        ),
    ):
        with pytest.raises(Refused, match="Only a broker"):
            act()


@pytest.mark.django_db(transaction=True)
def test_two_brokers_at_once() -> None:
    broker, skill = make_broker(), Skill.objects.get(code="gardening")
    outcomes = race(
        skill,
        lambda: add_skill(values=said(), by=broker),
        lambda: add_skill(values=said(label="BEEKEEPING"), by=broker),
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Skill", Taken.__name__]
    seen = version_of_words(skill)
    outcomes = race(
        skill,
        lambda: change_words(row=skill, values=words_of(skill, label="A"), seen=seen, by=broker),
        lambda: change_words(row=skill, values=words_of(skill, label="B"), seen=seen, by=broker),
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == [Overtaken.__name__, "int"]
