"""Themes and outcomes: their order and their words. Their codes are permanent."""

import hashlib
from collections.abc import Iterable, Sequence
from operator import attrgetter

from django.db import transaction

from accounts.models import AuditEvent, User
from accounts.refused import Overtaken, Refused
from toms import measure_index
from toms.models import Measure, Outcome, Theme
from toms.services.locking import GONE, check_curator

OVERTAKEN = "Somebody else changed this in the meantime. Look at it again."
_place = attrgetter("position", "code")


def seen_of(rows: Iterable[Theme | Outcome]) -> str:
    """What somebody looked at, order and words; a form carries it."""
    shown = [
        (row.pk, row.position, row.label, getattr(row, "description", ""), _ambition(row))
        for row in sorted(rows, key=_place)
    ]
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


def _ambition(row: Theme | Outcome) -> str:
    return row.ambition if isinstance(row, Theme) else ""


@transaction.atomic
def move_theme(*, theme: Theme, earlier: bool, looked_at: str, by: User) -> None:
    """Let a theme change places with the one before or after it.

    Raises Overtaken when themes are not as they were looked at, so that a second click moves
    nothing twice, and Refused.
    """
    check_curator(by)
    themes = list(Theme.objects.select_for_update(no_key=True).order_by("position", "code"))
    moved = _swap(themes, theme, earlier, looked_at)
    Theme.objects.bulk_update(moved, ["position"])
    _done("moved", theme, by, ["position"], moved)


@transaction.atomic
def move_outcome(*, outcome: Outcome, earlier: bool, looked_at: str, by: User) -> None:
    """The same of an outcome in its theme."""
    check_curator(by)
    Theme.objects.select_for_update(no_key=True).get(pk=outcome.theme_id)
    mine = Outcome.objects.filter(theme=outcome.theme_id).order_by("position", "code")
    moved = _swap(list(mine), outcome, earlier, looked_at)
    Outcome.objects.bulk_update(moved, ["position"])
    _done("moved", outcome, by, ["position"], moved)


@transaction.atomic
def reword_theme(
    *, theme: Theme, label: str, description: str, ambition: str, looked_at: str, by: User
) -> None:
    """Its words, and which of the city's ambitions it serves. Raises Overtaken and Refused."""
    check_curator(by)
    row = Theme.objects.select_for_update(no_key=True).filter(pk=theme.pk).first()
    _check(row, looked_at)
    words = {"label": label, "description": description, "ambition": ambition}
    Theme.objects.filter(pk=theme.pk).update(**words)
    _done("reworded", theme, by, list(words), [theme])


@transaction.atomic
def reword_outcome(*, outcome: Outcome, label: str, looked_at: str, by: User) -> None:
    """What should become true in Leeds, in other words. Raises Overtaken and Refused."""
    check_curator(by)
    row = Outcome.objects.select_for_update(no_key=True).filter(pk=outcome.pk).first()
    _check(row, looked_at)
    Outcome.objects.filter(pk=outcome.pk).update(label=label)
    _done("reworded", outcome, by, ["label"], [outcome])


def _check(row: Theme | Outcome | None, looked_at: str) -> None:
    if row is None:
        raise Refused(GONE)
    if seen_of([row]) != looked_at:
        raise Overtaken(OVERTAKEN)


def _swap[Row: (Theme, Outcome)](
    rows: Sequence[Row], row: Row, earlier: bool, looked_at: str
) -> list[Row]:
    """Those whose position is another one now; at an end it stays."""
    order = list(rows)
    if seen_of(order) != looked_at:
        raise Overtaken(OVERTAKEN)
    here = order.index(row)
    there = here + (-1 if earlier else 1)
    if 0 <= there < len(order):
        order[here], order[there] = order[there], order[here]
    moved = []
    for position, each in enumerate(order, start=1):
        if each.position != position:
            each.position = position
            moved.append(each)
    return moved


def _done(
    verb: str,
    target: Theme | Outcome,
    by: User,
    fields: list[str],
    touched: Sequence[Theme | Outcome],
) -> None:
    if not touched:
        return
    AuditEvent.record(verb=verb, target=target, actor_key=by.audit_key, fields=fields)
    name = "outcome__theme" if isinstance(target, Theme) else "outcome"
    measures = Measure.objects.filter(**{f"{name}__in": [row.pk for row in touched]})
    measure_index.refresh(list(measures.values_list("pk", flat=True)))
