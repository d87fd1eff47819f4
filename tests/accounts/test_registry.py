"""Every model that points at somebody is in somebody's part, and the registry itself."""

import datetime
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import models
from django.test.utils import isolate_apps
from django.utils import timezone

from accounts import registry
from accounts.models import Organisation, User
from accounts.registry import Part, Waiting
from accounts.services.retention import retain

# What no field shows to be about a person, but is.
ALSO = {
    "sessions.session": "who is signed in is inside its data",
    "socialaccount.socialtoken": "opens a person's account elsewhere",
    "account.emailconfirmation": "hangs on a person's address",
    "procrastinate.procrastinatejob": "its arguments could hold anything",
}
EXCUSED = {
    "procrastinate.procrastinatejob": "arguments are ids (test_personal_data looks into them)",
}


def every_model() -> list[type[models.Model]]:
    """Of all installed apps, third parties' too; tables of many-to-many fields go with those."""
    return [model for model in apps.get_models() if not model._meta.proxy]


def about_somebody(model: type[models.Model]) -> Iterator[str]:
    """Why a model is about a person or an organisation."""
    if model in {User, Organisation}:
        yield "is one"
    for field in model._meta.get_fields():
        if field.auto_created and not field.concrete:
            continue  # seen from the other side
        if field.is_relation and field.related_model in {User, Organisation}:
            yield f"{field.name} points at one"
        elif isinstance(field, models.EmailField):
            yield f"{field.name} is an address"
    if model._meta.label_lower in ALSO:
        yield ALSO[model._meta.label_lower]


def found_models() -> dict[str, list[str]]:
    found = {model._meta.label_lower: list(about_somebody(model)) for model in every_model()}
    return {label: reasons for label, reasons in found.items() if reasons}


def covered() -> dict[str, str]:
    return {model: part.name for part in registry.parts() for model in part.models}


def test_every_model_about_somebody_is_covered_or_excused() -> None:
    found = found_models()
    # It found ours, third parties', and by each kind of reason.
    assert {
        "accounts.membership",
        "account.emailaddress",
        "admin.logentry",
        "mail.outgoingmail",
        "mfa.authenticator",
        "providers.problemreport",
        "sessions.session",
        "usersessions.usersession",
    } <= found.keys()
    missing = found.keys() - covered().keys() - EXCUSED.keys()
    assert not missing, {label: found[label] for label in missing}


def test_nothing_is_covered_that_is_not_there_or_twice() -> None:
    known = {model._meta.label_lower for model in every_model()}
    listed = [model for part in registry.parts() for model in part.models]
    assert len(listed) == len(set(listed))
    assert set(listed) <= known
    assert known >= EXCUSED.keys()
    assert ALSO.keys() <= known
    assert not EXCUSED.keys() & set(listed)


@isolate_apps("providers")
def test_a_model_that_nobody_covers_would_be_found() -> None:
    class Diary(models.Model):
        writer = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
        readers = models.ManyToManyField(Organisation, related_name="+")
        reply_to = models.EmailField()

        class Meta:
            app_label = "providers"

        def __str__(self) -> str:
            return ""

    assert len(list(about_somebody(Diary))) == 3


def test_each_app_of_ours_with_such_models_has_a_part() -> None:
    names = [part.name for part in registry.parts()]
    assert names[0] == "accounts"
    assert "providers" in names


@pytest.fixture
def no_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_parts", {})


@pytest.mark.usefixtures("no_parts")
def test_a_name_is_registered_once() -> None:
    class Mine(Part):
        name = "mine"

    class Other(Part):
        name = "mine"

    for _ in range(2):  # the same once more is no other
        registry.register(Mine())
    with pytest.raises(ValueError, match="mine"):
        registry.register(Other())
    assert [part.name for part in registry.parts()] == ["mine"]


@pytest.mark.usefixtures("no_parts")
def test_what_waits_for_oneself_comes_first_and_the_oldest_before_the_newest() -> None:
    now = timezone.now()

    class Mine(Part):
        name = "mine"

        def waiting(self, user: User) -> list[Waiting]:
            return [
                Waiting("new", since=now),
                Waiting("theirs", whom="a curator", since=now - datetime.timedelta(days=9)),
                Waiting("some time"),
                Waiting("old", since=now - datetime.timedelta(days=2)),
            ]

    registry.register(Mine())
    found = [row.text for row in registry.waiting(User())]
    assert found == ["old", "new", "some time", "theirs"]


@pytest.mark.django_db
@pytest.mark.usefixtures("no_parts")
def test_a_part_that_fails_at_retention_stops_no_other() -> None:
    class Broken(Part):
        name = "broken"

        def retain(self, today: object) -> int:
            raise RuntimeError("broken")

    class Sound(Part):
        name = "sound"
        ran = False

        def retain(self, today: object) -> int:
            Sound.ran = True
            return 1

    registry.register(Broken())
    registry.register(Sound())
    with pytest.raises(ExceptionGroup) as caught:
        retain(timezone.localdate())
    assert len(caught.value.exceptions) == 1
    assert Sound.ran
