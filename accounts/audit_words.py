"""The audit in sentences, for the curators who may read it."""

import datetime
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model

from accounts.models import AuditEvent, User

NOBODY = "The site, or a visitor"
"""Jobs, imports and people without an account leave no key."""
NAMED_BY = ("title", "name", "label", "words")
"""The field that a row is called by; a model without any may say another way as ``AUDIT_NAME``."""


@dataclass(frozen=True, slots=True)
class Told:
    """One event: when, who ("Olu", or "Somebody erased (1a2b3c4d)"), and what they did."""

    at: datetime.datetime
    who: str
    did: str


def tell(events: Iterable[AuditEvent]) -> list[Told]:
    """The events in words, in the order given. One query for people, and one for each kind of row.

    Rows that have gone are named by their number. A page of events at a time, please: all of them
    are read.
    """
    rows = list(events)
    people = _people({row.actor_key for row in rows if row.actor_key})
    names = _names(rows)
    return [
        Told(
            at=row.at,
            who=_who(row.actor_key, people),
            did=_did(row, names.get((row.object_type, row.object_id))),
        )
        for row in rows
    ]


def _people(keys: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    users = User.objects.filter(audit_key__in=keys)
    return {user.audit_key: user.get_full_name() for user in users}


def _who(key: uuid.UUID | None, people: dict[uuid.UUID, str]) -> str:
    if key is None:
        return NOBODY
    return people.get(key) or f"Somebody erased ({str(key)[:8]})"


def _names(rows: list[AuditEvent]) -> dict[tuple[str, str], str]:
    """What the rows that were acted on are called, where they are still there and have a name."""
    ids: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        ids[row.object_type].add(row.object_id)
    found: dict[tuple[str, str], str] = {}
    for object_type, keys in ids.items():
        model = _model(object_type)
        column = _column(model) if model else None
        if model is None or column is None:
            continue
        named = model._base_manager.filter(pk__in=[key for key in keys if key.isdecimal()])
        found |= {(object_type, str(pk)): str(name) for pk, name in named.values_list("pk", column)}
    return found


def _model(object_type: str) -> type[Model] | None:
    try:
        return apps.get_model(object_type)
    except (LookupError, ValueError):
        return None  # an app of former times


def _column(model: type[Model]) -> str | None:
    named: str | None = getattr(model, "AUDIT_NAME", None)
    if named:
        return named
    for name in NAMED_BY:
        try:
            model._meta.get_field(name)
        except FieldDoesNotExist:
            continue
        return name
    return None


def _did(row: AuditEvent, name: str | None) -> str:
    model = _model(row.object_type)
    kind = str(model._meta.verbose_name) if model else row.object_type
    what = f"“{name}”" if name else f"number {row.object_id}"
    fields = ", ".join(field.replace("_", " ") for field in row.fields)
    return acted(row.verb, f"{kind} {what}") + (f": {fields}" if fields else "")


def acted(verb: str, what: str) -> str:
    """The verb with its object: after it, or in the place of its "…"."""
    return verb.replace("…", what) if "…" in verb else f"{verb} {what}"
