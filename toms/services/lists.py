"""Units, overlap groups and the glossary: what measures are counted in and explained by.

A code is permanent. What adopted measures are counted in stands as it is, since rewording it would
change what they say; until then it is a draft like they are.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.text import slugify

from accounts.models import AuditEvent, User
from accounts.refused import Overtaken, Refused
from toms import measure_index
from toms.models import GlossaryTerm, MeasureVersion, OverlapGroup, Unit
from toms.services import glossary
from toms.services.locking import GONE, check_curator

type Entry = GlossaryTerm | OverlapGroup | Unit

COLUMNS: dict[type[Entry], tuple[str, ...]] = {
    Unit: ("label",),
    OverlapGroup: ("label", "description"),
    GlossaryTerm: ("words", "meaning"),
}
"""What can be reworded, by the names of the columns."""

OVERTAKEN = "Somebody else saved this in the meantime. Both texts are below; nothing is lost."
TAKEN = "There is one with this code already: {row}."
EXPLAINED = "The glossary explains this already. Reword that entry instead."
STANDS = (
    "Adopted measures rest on it, so it stays as it is. Where something else is meant, add another "
    "one and let a new version use it."
)
USED = "Measures use it, so it cannot be removed."
LINKED = "The register begins with this word and its pages lead to it: reword it instead."


class TakenCode(Refused):
    """The code, or the word of the glossary, is there already."""


def version_of(row: Entry) -> str:
    """What somebody looked at; a form carries it."""
    shown = repr([getattr(row, name) for name in COLUMNS[type(row)]])
    return hashlib.sha256(shown.encode()).hexdigest()[:16]


def stands(row: Entry) -> bool:
    """Whether a version that stands for good is counted in it."""
    return (
        not isinstance(row, GlossaryTerm)
        and _versions(row).exclude(state__in=MeasureVersion.OPEN_STATES).exists()
    )


@transaction.atomic
def add_code(
    *, kind: type[Unit] | type[OverlapGroup], code: str, values: Mapping[str, Any], by: User
) -> Entry:
    """A new unit or overlap group. Raises TakenCode and Refused."""
    check_curator(by)
    row, made = kind.objects.get_or_create(code=code, defaults=dict(values))
    if not made:
        raise TakenCode(TAKEN.format(row=row))
    _record("added", row, by, ["code", *values])
    return row


@transaction.atomic
def add_term(*, words: str, meaning: str, by: User) -> GlossaryTerm:
    """A word that the glossary explains from now on. Raises TakenCode and Refused."""
    check_curator(by)
    slug = slugify(words, allow_unicode=False)[:80].strip("-") or "word"
    if GlossaryTerm.objects.filter(words__iexact=words).exists():
        raise TakenCode(EXPLAINED)
    row, made = GlossaryTerm.objects.get_or_create(
        slug=slug, defaults={"words": words, "meaning": meaning}
    )
    if not made:
        raise TakenCode(EXPLAINED)
    _record("added", row, by, ["words", "meaning"])
    return row


@transaction.atomic
def reword(*, row: Entry, values: Mapping[str, Any], looked_at: str, by: User) -> Entry:
    """Other words for it. Raises Overtaken when it is not as it was looked at, and Refused."""
    now = _lock(row, by)
    if version_of(now) != looked_at:
        raise Overtaken(OVERTAKEN)
    changed = [name for name, value in values.items() if getattr(now, name) != value]
    if not changed:
        return now
    if stands(now):
        raise Refused(STANDS)
    for name in changed:
        setattr(now, name, values[name])
    now.save(update_fields=changed)
    _record("reworded", now, by, changed)
    _refresh(now)
    return now


@transaction.atomic
def remove(*, row: Entry, by: User) -> None:
    """Take out what no measure uses; done twice, it is gone once. Raises Refused."""
    check_curator(by)
    now = type(row)._default_manager.select_for_update().filter(pk=row.pk).first()
    if now is None:
        return
    if isinstance(now, GlossaryTerm) and now.slug in glossary.starter():
        raise Refused(LINKED)
    _record("removed", now, by, [])
    try:
        now.delete()
    except ProtectedError:
        raise Refused(USED) from None


def _lock(row: Entry, by: User) -> Entry:
    check_curator(by)
    now = type(row)._default_manager.select_for_update().filter(pk=row.pk).first()
    if now is None:
        raise Refused(GONE)
    return now


def _versions(row: Unit | OverlapGroup) -> Any:
    name = "unit" if isinstance(row, Unit) else "overlap_group"
    return MeasureVersion.objects.filter(**{name: row})


def _refresh(row: Entry) -> None:
    if not isinstance(row, GlossaryTerm):
        measure_index.refresh(set(_versions(row).values_list("measure_id", flat=True)))


def _record(verb: str, row: Entry, by: User, fields: Sequence[str]) -> None:
    AuditEvent.record(verb=verb, target=row, actor_key=by.audit_key, fields=list(fields))
