"""Curators look after the vocabulary: adding, rewording, re-ordering, retiring, merging terms.

Codes never change and no term is deleted. Every step locks the terms of its facet, so that curators
come one after the other; whoever looked at what is no longer so is told, and nothing of theirs is
done. Search follows in the same transaction.
"""

import hashlib
from collections.abc import Iterable, Sequence

from django.db import transaction

from accounts.codes import free_code
from accounts.models import AuditEvent, User
from accounts.permissions import NOT_CURATOR, is_curator
from accounts.refused import Overtaken, Refused
from providers import listing_index
from providers.models import Listing, Term
from providers.vocabulary import STEP

OVERTAKEN = (
    "Somebody else changed this while you looked at it, so nothing of yours was done. "
    "What you wrote is still here: look at what stands now, then save it again."
)
LONGEST_CODE = 60


class Taken(Refused):
    """Another term of the facet is called that already."""


def version_of_term(term: Term) -> str:
    """What a form was about; the service compares it once more."""
    return _digest([term.label, term.description, term.parent_id, term.active, term.successor_id])


def version_of_order(terms: Iterable[Term]) -> str:
    """What a page showed of the order of a facet's terms."""
    shown = [(term.pk, term.position, term.parent_id) for term in terms if term.active]
    return _digest(sorted(shown))


def _digest(value: object) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()[:16]


@transaction.atomic
def add_term(
    *, facet: Term.Facet, label: str, description: str, parent: Term | None, by: User
) -> Term:
    """A new term, last of its kind. Its code comes from the label and stays for ever."""
    terms = lock_facet(facet, by)
    _check_label(terms, label, None)
    above = _check_parent(terms, parent, None)
    last = max((term.position for term in terms), default=0)
    term = Term.objects.create(
        facet=facet,
        code=free_code(
            label, {term.code for term in terms}, otherwise="term", longest=LONGEST_CODE
        ),
        label=label,
        description=description,
        parent=above,
        position=last + STEP,
    )
    record("added", term, by, ["label", "description", "parent"])
    listing_index.touch()
    return term


@transaction.atomic
def reword_term(
    *, term: Term, label: str, description: str, parent: Term | None, seen: str, by: User
) -> int:
    """Other words for it, or another place in the tree; returns how many listings that touched.

    Raises Overtaken, and Taken when another term has the label.
    """
    terms = lock_facet(term.facet, by)
    now = _the_same(terms, term, seen)
    _check_label(terms, label, now)
    above = _check_parent(terms, parent, now)
    wanted = {"label": label, "description": description, "parent_id": above.pk if above else None}
    changed = [name for name, value in wanted.items() if getattr(now, name) != value]
    if not changed:
        return 0
    for name in changed:
        setattr(now, name, wanted[name])
    now.save(update_fields=changed)
    record("reworded", now, by, [name.removesuffix("_id") for name in changed])
    # A description stands on no card and is not searched.
    return refresh_listings([now.pk] if set(changed) - {"description"} else [])


@transaction.atomic
def move_term(*, term: Term, place: int, seen: str, by: User) -> int:
    """Put it at this place, counted from 1, among its neighbours; returns how many listings that
    touched. A place beyond the last one is the last. Raises Overtaken, and Refused when retired.
    """
    terms = lock_facet(term.facet, by)
    now = next((row for row in terms if row.pk == term.pk), None)
    if now is None or seen != version_of_order(terms):
        raise Overtaken(OVERTAKEN)
    order = neighbours(terms, now)
    if now not in order:
        raise Refused("It has been retired, so it has no place.")
    positions = [row.position for row in order]
    if len(set(positions)) < len(positions):
        positions = [number * STEP for number in range(1, len(order) + 1)]
    order.remove(now)
    order.insert(max(place, 1) - 1, now)
    moved = []
    for row, position in zip(order, positions, strict=True):
        if row.position != position:
            row.position = position
            moved.append(row)
    if not moved:
        return 0
    Term.objects.bulk_update(moved, ["position"])
    record("moved", now, by, ["position"])
    return refresh_listings([row.pk for row in moved])


def neighbours(terms: Iterable[Term], term: Term) -> list[Term]:
    """The active ones of ``terms`` with the same parent, in their order."""
    near = [row for row in terms if row.parent_id == term.parent_id and row.active]
    return sorted(near, key=lambda row: (row.position, row.label, row.pk))


@transaction.atomic
def retire_term(*, term: Term, seen: str, by: User) -> int:
    """Nobody can choose it any more; what has it keeps it. Returns how many listings have it."""
    now = _the_same(lock_facet(term.facet, by), term, seen)
    if now.active and now.children.filter(active=True).exists():
        raise Refused("It has narrower terms. Retire them, or put them somewhere else, first.")
    return _switch(now, active=False, by=by)


@transaction.atomic
def bring_back_term(*, term: Term, seen: str, by: User) -> int:
    """It can be chosen again. What moved on when it was merged stays where it is."""
    terms = lock_facet(term.facet, by)
    now = _the_same(terms, term, seen)
    _check_label(terms, now.label, now)
    _check_parent(terms, now.parent, now)
    return _switch(now, active=True, by=by)


def _switch(term: Term, *, active: bool, by: User) -> int:
    if term.active == active:
        return 0
    term.active, term.successor = active, None
    term.save(update_fields=["active", "successor"])
    record("brought back" if active else "retired", term, by, ["active"])
    return refresh_listings([term.pk])


def lock_facet(facet: str, by: User) -> list[Term]:
    """Its terms as they are now; no other curator changes them until the transaction ends."""
    if not is_curator(by):
        raise Refused(NOT_CURATOR)
    list(Term.objects.of(facet).select_for_update(no_key=True).order_by("pk"))
    # Read anew: what was added while this one waited was not there to be locked.
    return list(Term.objects.of(facet).order_by("pk"))


def refresh_listings(term_ids: Sequence[int]) -> int:
    """Let search follow; returns how many listings these terms touch. Call it last."""
    touched = list(Listing.objects.carrying(term_ids).values_list("pk", flat=True))
    listing_index.refresh(touched)
    listing_index.touch()
    return len(touched)


def record(verb: str, term: Term, by: User, fields: list[str]) -> None:
    AuditEvent.record(verb=verb, target=term, actor_key=by.audit_key, fields=fields)


def _the_same(terms: list[Term], term: Term, seen: str) -> Term:
    now = next((row for row in terms if row.pk == term.pk), None)
    if now is None or version_of_term(now) != seen:
        raise Overtaken(OVERTAKEN)
    return now


def _check_label(terms: list[Term], label: str, mine: Term | None) -> None:
    for row in terms:
        if row.active and row != mine and row.label.casefold() == label.casefold():
            raise Taken(f"There is a term called “{row.label}” already.")


def _check_parent(terms: list[Term], parent: Term | None, mine: Term | None) -> Term | None:
    """The parent as it is now. The tree has two levels, and only categories have one."""
    if parent is None:
        return None
    now = next((row for row in terms if row.pk == parent.pk), None)
    if now is None or not now.active or now.parent_id or now == mine:
        raise Refused(f"“{parent.label}” cannot have narrower terms now. Choose another one.")
    if mine is not None and any(row.parent_id == mine.pk for row in terms):
        raise Refused("It has narrower terms itself, so it cannot lie under another one.")
    return now
