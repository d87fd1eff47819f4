"""The menu's kinds and the skills: what the files say, and loading it."""

import pytest

from brokerage import vocabulary
from brokerage.models import Kind, Skill

pytestmark = pytest.mark.django_db


def test_the_files_load_once_and_never_undo_a_brokers_work() -> None:
    first = vocabulary.load()
    assert (first.kinds, first.skills) == (Kind.objects.count(), Skill.objects.count())
    Kind.objects.filter(code="team-day").update(label="A day together", active=False)
    assert vocabulary.load() == vocabulary.Report(0, 0)
    assert Kind.objects.get(code="team-day").label == "A day together"


def test_every_kind_and_skill_can_be_saved_as_it_is() -> None:
    kinds, skills = vocabulary.read()
    for row in (*kinds, *skills):
        row.full_clean()
    assert {kind.code for kind in kinds} == {
        "team-day",
        "skilled-one-off",
        "skilled-long-term",
        "training",
        "release",
        "mentoring",
        "trusteeship",
        "money",
        "goods",
        "space",
    }
    assert 38 <= len(skills) <= 45
    assert {kind.unit for kind in kinds} == set(Kind.Unit)
