"""Writing the draft of a choice: two who write at once lose nothing."""

import datetime
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.models import AuditEvent, User
from accounts.refused import Overtaken, Refused
from buying.models import Choice, ChoiceVersion, Considered
from buying.services.choice import USED, file_version, lock_choice, lock_draft

WRITTEN = (
    "what",
    "category_id",
    "amount",
    "decided_on",
    "reason",
    "conflict",
    "conflict_words",
    "rule_reason",
    "correction",
    "tells_provider",
)
"""What people write of a version; whom it chose follows from who was considered."""
CHANGED = "Somebody else saved this draft while you were writing."
FULL = f"A record holds up to {Considered.MOST} providers. Take some out first."


class DraftChanged(Overtaken):
    """Somebody else saved it first. ``now`` is what stands."""

    def __init__(self, now: ChoiceVersion) -> None:
        super().__init__(CHANGED)
        self.now = now


@dataclass(frozen=True, slots=True)
class Entry:
    """A provider that is considered, as it is to stand; ``key`` is its row, None for a new one.

    ``name`` and ``postcode`` count only where they were typed.
    """

    key: int | None
    name: str
    postcode: str
    answer: str
    price: Decimal | None
    words: str
    chosen: bool

    @classmethod
    def of(cls, row: Considered) -> "Entry":
        return cls(row.pk, row.name, row.postcode, row.answer, row.price, row.words, row.chosen)

    @property
    def shown(self) -> tuple[object, ...]:
        """What a reader sees of it."""
        return (self.name, self.postcode, self.answer, self.price, self.words, self.chosen)


def version_of_draft(draft: ChoiceVersion) -> str:
    """What somebody looked at: a form carries it, and saving compares it once more."""
    shown = [
        [_plain(getattr(draft, name)) for name in WRITTEN],
        draft.choice.own_reference,
        [(row.pk, *map(_plain, Entry.of(row).shown)) for row in draft.considered.all()],
    ]
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


def _plain(value: object) -> object:
    """The same however it was read: a Decimal of the database and one that was typed."""
    return str(value) if isinstance(value, Decimal | datetime.date) else value


@transaction.atomic
def save_draft(
    *,
    version: ChoiceVersion,
    by: User,
    seen: str,
    values: Mapping[str, Any],
    entries: Sequence[Entry],
    own_reference: str | None = None,
) -> ChoiceVersion:
    """Write ``values`` (every name of ``WRITTEN``) and who was considered; who is not among
    ``entries`` is taken out. ``own_reference`` is the buyer's own, which is written while nothing
    is filed; None leaves it.

    Raises DraftChanged when somebody saved something else since ``seen``, Overtaken when it was
    filed, and Refused when it is gone, when they do not act for the buyer, or for a reference of
    theirs that another purchase has.
    """
    choice = lock_choice(version.choice, by)
    draft = lock_draft(choice, version)
    if draft.number > 1:
        own_reference = None
    if not _is_new(draft, values, entries, own_reference):
        return draft
    if version_of_draft(draft) != seen:
        raise DraftChanged(draft)
    if len(entries) > Considered.MOST:
        raise Refused(FULL)
    changed = [name for name in WRITTEN if getattr(draft, name) != values[name]]
    for name in changed:
        setattr(draft, name, values[name])
    if own_reference is not None and own_reference != choice.own_reference:
        _refer(choice, own_reference)
        changed.append("own_reference")
    if [row.shown for row in entries] != [Entry.of(row).shown for row in draft.considered.all()]:
        _consider(draft, entries)
        changed.append("considered")
    draft.save()
    AuditEvent.record(
        verb="changed the draft of",
        target=choice,
        organisation=choice.organisation,
        actor_key=by.audit_key,
        fields=[name.removesuffix("_id") for name in changed],
    )
    return draft


@transaction.atomic
def save_and_file(
    *,
    version: ChoiceVersion,
    by: User,
    seen: str,
    values: Mapping[str, Any],
    entries: Sequence[Entry],
    own_reference: str | None = None,
) -> ChoiceVersion:
    """Both in one step, so that what is filed is what its person saw. Raises as both do."""
    draft = save_draft(
        version=version,
        by=by,
        seen=seen,
        values=values,
        entries=entries,
        own_reference=own_reference,
    )
    return file_version(version=draft, by=by)


def _is_new(
    draft: ChoiceVersion,
    values: Mapping[str, Any],
    entries: Sequence[Entry],
    own_reference: str | None,
) -> bool:
    """Whether anything differs from what stands: a form sent twice is no second change."""
    return (
        any(getattr(draft, name) != values[name] for name in WRITTEN)
        or (own_reference is not None and own_reference != draft.choice.own_reference)
        or [row.shown for row in entries] != [Entry.of(row).shown for row in draft.considered.all()]
    )


def _refer(choice: Choice, own_reference: str) -> None:
    others = choice.organisation.choices.exclude(pk=choice.pk)
    taken = others.filter(own_reference=own_reference).first() if own_reference else None
    if taken is not None:
        raise Refused(USED.format(reference=taken.reference))
    choice.own_reference = own_reference
    choice.save(update_fields=["own_reference", "modified"])


def _consider(draft: ChoiceVersion, entries: Sequence[Entry]) -> None:
    """Let exactly these be considered, in this order, and write down who is chosen."""
    there = {row.pk: row for row in draft.considered.all()}
    draft.considered.exclude(pk__in=[entry.key for entry in entries]).delete()
    # First nobody, as two are never chosen, not even for a moment.
    draft.considered.update(chosen=False)
    chosen = None
    for position, entry in enumerate(entries, start=1):
        row = there.get(entry.key or 0) or Considered(version=draft, name=entry.name)
        if row.is_typed:
            row.name, row.postcode = entry.name, entry.postcode
        row.position, row.answer, row.price = position, entry.answer, entry.price
        row.words, row.chosen = entry.words, entry.chosen
        row.save()
        if row.chosen:
            chosen = row
    draft.supplier_id = chosen.organisation_id if chosen else None
    draft.supplier_name = chosen.name if chosen else ""
    draft.supplier_postcode = chosen.postcode if chosen else ""
