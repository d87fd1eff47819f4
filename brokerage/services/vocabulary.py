"""The words of the board: how brokers describe kinds and skills, and which can be chosen.

A code never changes, as addresses and files name it. Nothing is taken away: what can no longer be
chosen stays on the needs and offers that have it.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet

from accounts.codes import free_code
from accounts.models import AuditEvent, User
from accounts.permissions import is_broker
from accounts.refused import Overtaken, Refused
from brokerage import notice_index
from brokerage.models import Kind, Notice, Skill
from brokerage.vocabulary import STEP

KIND_COLUMNS = (
    "label",
    "description",
    "asks_of_host",
    "asks_of_giver",
    "gives",
    "benefit_to_host",
    "benefit_to_giver",
    "active",
)
SKILL_COLUMNS = ("label", "description", "ssc_code", "ssc_url", "active")
"""What the forms answer."""

FOR_BROKERS = "Only a broker changes the words of the board."
OVERTAKEN = "Somebody else has changed “{now}” since you opened it. The page shows how it is now."
TAKEN = "“{other}” is called that already. Use another name."
LONGEST_CODE = 30


class Taken(Refused):
    """Another one has the name."""

    def __init__(self, other: Kind | Skill) -> None:
        super().__init__(TAKEN.format(other=other))


def version_of_words(row: Kind | Skill) -> str:
    """What a form was about."""
    said = repr([getattr(row, name) for name in _columns(row)])
    return hashlib.sha256(said.encode()).hexdigest()[:16]


@transaction.atomic
def add_skill(*, values: Mapping[str, Any], by: User) -> Skill:
    """One more skill, after all others; ``values`` are of ``SKILL_COLUMNS``.

    Raises Taken, or Refused for who is not a broker.
    """
    skills = _lock(Skill.objects.all(), by)
    _check_label(skills, values["label"])
    last = Skill.objects.aggregate(last=Max("position"))["last"] or 0
    taken = {skill.code for skill in skills}
    code = free_code(values["label"], taken, otherwise="skill", longest=LONGEST_CODE)
    skill = Skill(code=code, position=last + STEP)
    for name in SKILL_COLUMNS:
        setattr(skill, name, values[name])
    skill.save()
    _record("added", skill, list(SKILL_COLUMNS), by)
    notice_index.touch()
    return skill


@transaction.atomic
def change_words(*, row: Kind | Skill, values: Mapping[str, Any], seen: str, by: User) -> int:
    """Other words for a kind or a skill, or whether it can be chosen; returns how many needs and
    offers are found by other words now.

    Raises Taken, Overtaken when it is not what ``seen`` says, or Refused for who is not a broker.
    """
    rows: Sequence[Kind | Skill] = _lock(type(row)._default_manager.all(), by)
    now = next(other for other in rows if other.pk == row.pk)
    if version_of_words(now) != seen:
        raise Overtaken(OVERTAKEN.format(now=now))
    _check_label(rows, values["label"], now)
    changed = [name for name in _columns(now) if getattr(now, name) != values[name]]
    if not changed:
        return 0
    for name in changed:
        setattr(now, name, values[name])
    now.save(update_fields=changed)
    _record("reworded", now, changed, by)
    # Nothing else of it stands on a card or is searched.
    touched = _having(now) if "label" in changed else []
    notice_index.refresh(touched)
    notice_index.touch()
    return len(touched)


def _columns(row: Kind | Skill) -> tuple[str, ...]:
    return KIND_COLUMNS if isinstance(row, Kind) else SKILL_COLUMNS


def _having(row: Kind | Skill) -> list[int]:
    named = {"kind": row} if isinstance(row, Kind) else {"skill_links__skill": row}
    return list(Notice.objects.filter(**named).values_list("pk", flat=True))


def _lock(rows: QuerySet[Any], by: User) -> list[Any]:
    """All of them as they are now; no other broker changes them until the transaction ends."""
    if not is_broker(by):
        raise Refused(FOR_BROKERS)
    list(rows.select_for_update(no_key=True).order_by("pk"))
    # Read anew: what was added while this one waited was not there to be locked.
    return list(rows.order_by("pk"))


def _check_label(rows: Sequence[Kind | Skill], label: str, but: Kind | Skill | None = None) -> None:
    for row in rows:
        if row != but and row.label.casefold() == label.casefold():
            raise Taken(row)


def _record(verb: str, row: Kind | Skill, fields: list[str], by: User) -> None:
    AuditEvent.record(verb=verb, target=row, actor_key=by.audit_key, fields=fields)
