"""Words that people type and the terms they mean. Search reads them with every question.

A synonym is removed by taking its terms away; its row stays, so that loading the vocabulary, which
adds the words it misses, does not bring it back.
"""

import hashlib
from collections.abc import Collection

from django.db import transaction

from accounts.models import AuditEvent, User
from accounts.permissions import NOT_CURATOR, is_curator
from accounts.refused import Overtaken, Refused
from providers import listing_index
from providers.models import Synonym, Term
from providers.services.vocabulary import OVERTAKEN, Taken

TOO_COMMON = "Search leaves these words out, as they are in everything. Choose another word."


def version_of_synonym(synonym: Synonym) -> str:
    """What a form was about. One query."""
    terms = sorted(synonym.terms.values_list("pk", flat=True))
    return hashlib.sha256(repr((synonym.words, terms)).encode()).hexdigest()[:16]


@transaction.atomic
def add_synonym(*, words: str, terms: Collection[Term], by: User) -> Synonym:
    """These words mean these terms from now on. Raises Taken when they mean something already."""
    _check(by, terms)
    return _put(words, terms, by, "added")


@transaction.atomic
def change_synonym(
    *, synonym: Synonym, words: str, terms: Collection[Term], seen: str, by: User
) -> Synonym:
    """Other words, or other terms. Returns the synonym, another row where the words are new.

    Raises Overtaken, and Taken when the new words mean something already.
    """
    _check(by, terms)
    now = _lock(synonym, seen)
    if now.words != words:
        now.terms.clear()
        return _put(words, terms, by, "changed")
    if set(now.terms.all()) != set(terms):
        now.terms.set(terms)
        _record("changed", now, by)
        listing_index.touch()
    return now


@transaction.atomic
def remove_synonym(*, synonym: Synonym, seen: str, by: User) -> None:
    """The words mean nothing special any more. Raises Overtaken."""
    _check(by, [])
    now = _lock(synonym, seen)
    now.terms.clear()
    _record("removed", now, by)
    listing_index.touch()


def _check(by: User, terms: Collection[Term]) -> None:
    if not is_curator(by):
        raise Refused(NOT_CURATOR)
    if retired := [term.label for term in terms if not term.active]:
        raise Refused(f"“{retired[0]}” has been retired. Choose another term.")


def _lock(synonym: Synonym, seen: str) -> Synonym:
    now = Synonym.objects.select_for_update().filter(pk=synonym.pk).first()
    if now is None or version_of_synonym(now) != seen:
        raise Overtaken(OVERTAKEN)
    return now


def _put(words: str, terms: Collection[Term], by: User, verb: str) -> Synonym:
    made, _ = Synonym.objects.get_or_create(words=words)
    now = Synonym.objects.select_for_update().get(pk=made.pk)
    if now.terms.exists():
        raise Taken(f"“{now.words}” means something already. Change that instead.")
    if not now.vector:
        raise Refused(TOO_COMMON)
    now.terms.set(terms)
    _record(verb, now, by)
    listing_index.touch()
    return now


def _record(verb: str, synonym: Synonym, by: User) -> None:
    AuditEvent.record(verb=verb, target=synonym, actor_key=by.audit_key, fields=["terms"])
