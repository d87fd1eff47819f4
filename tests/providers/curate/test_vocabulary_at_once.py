"""Two curators at one term in the same moment, and a listing that is saved meanwhile."""

from typing import Any

import pytest

from accounts.models import AuditEvent
from accounts.refused import Overtaken
from accounts.services.people import make_person
from providers import listing_index
from providers.models import Term
from providers.services.term_merge import merge_terms
from providers.services.vocabulary import Taken, add_term, reword_term, version_of_term
from tests.accounts.racing import race
from tests.factories import make_listing, make_term
from tests.search.worker import Worker

pytestmark = pytest.mark.django_db(transaction=True)


def lost(*works: Any) -> int:
    """Run them at once, and count who was overtaken."""
    overtaken: list[Overtaken] = []

    def attempt(work: Any) -> None:
        try:
            work()
        except Overtaken as error:
            overtaken.append(error)

    for worker in [Worker(lambda work=work: attempt(work)) for work in works]:  # type: ignore[misc]
        worker.finish()
    return len(overtaken)


def test_of_two_mergers_one_is_told() -> None:
    by = make_person(email="c@example.org", roles=("curator",))
    halls, rooms, studios = (make_term(code=code) for code in ("halls", "rooms", "studios"))
    listing = make_listing(categories=[halls])
    listing_index.refresh([listing.pk])
    seen = version_of_term(halls)
    assert (
        lost(
            lambda: merge_terms(term=halls, into=rooms, seen=seen, by=by),
            lambda: merge_terms(term=halls, into=studios, seen=seen, by=by),
        )
        == 1
    )
    halls.refresh_from_db()
    assert halls.successor == listing.categories.get()
    assert AuditEvent.objects.filter(verb="merged").count() == 1
    assert listing_index.differences() == []


def test_of_two_wordings_one_stands() -> None:
    by = make_person(email="c@example.org", roles=("curator",))
    term = make_term()
    seen = version_of_term(term)

    def reword(label: str) -> None:
        reword_term(term=term, label=label, description="x", parent=None, seen=seen, by=by)

    assert lost(lambda: reword("One"), lambda: reword("Two"), lambda: reword("Three")) == 2
    assert AuditEvent.objects.filter(verb="reworded").count() == 1


def test_one_word_added_twice_at_once_is_there_once() -> None:
    by = make_person(email="c@example.org", roles=("curator",))
    there = make_term(facet=Term.Facet.ETHOS)

    def add() -> Term:
        return add_term(facet=Term.Facet.ETHOS, label="Fair", description="x", parent=None, by=by)

    outcomes = race(there, add, add)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == [Taken.__name__, "Term"]
