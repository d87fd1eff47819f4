"""The audit in sentences."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.audit_words import NOBODY, tell
from accounts.models import AuditEvent, Organisation
from accounts.services.membership import change_role
from accounts.services.personal_data import erase_person
from tests.factories import (
    make_claim,
    make_confirmed_user,
    make_listing,
    make_membership,
    make_organisation,
    make_term,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def kitchen() -> Organisation:
    return make_organisation("Holbeck Kitchen")


def test_who_did_what_to_what(kitchen: Organisation) -> None:
    olu = make_confirmed_user(name="Olu")
    listing = make_listing(kitchen, title="Buffet")
    AuditEvent.record(
        verb="changed",
        target=listing,
        organisation=kitchen,
        actor_key=olu.audit_key,
        fields=["price_from", "summary"],
    )
    AuditEvent.record(verb="reported", target=kitchen, organisation=kitchen)
    told = [(row.who, row.did) for row in tell(AuditEvent.objects.about(kitchen))]
    assert told == [
        (NOBODY, "reported organisation “Holbeck Kitchen”"),
        ("Olu", "changed listing “Buffet”: price from, summary"),
    ]


def test_a_verb_can_have_its_object_within_and_a_model_its_own_way_to_be_called(
    kitchen: Organisation,
) -> None:
    claim = make_claim(kitchen, make_term("ethos", label="Pays the Living Wage"))
    AuditEvent.record(verb="judged … to be checked", target=claim, organisation=kitchen)
    (row,) = tell(AuditEvent.objects.about(kitchen))
    assert row.did == "judged claim “Pays the Living Wage” to be checked"


def test_an_erased_person_has_a_pseudonym_that_stays_the_same(kitchen: Organisation) -> None:
    olu, kim = make_confirmed_user(name="Olu"), make_confirmed_user(name="Kim")
    make_membership(kitchen, olu)
    other = make_membership(kitchen, kim)
    for role in ("editor", "owner"):
        change_role(organisation=kitchen, membership_id=other.pk, role=role, by=olu)  # type: ignore[arg-type]
    key = str(olu.audit_key)[:8]
    erase_person(user=olu)
    told = tell(AuditEvent.objects.about(kitchen))
    assert {row.who for row in told} == {f"Somebody erased ({key})"}
    assert told[-1].did == "changed role of user “Kim”: role"
    assert "Olu" not in str(told)


def test_rows_and_kinds_that_have_gone_are_named_by_number(kitchen: Organisation) -> None:
    listing = make_listing(kitchen)
    AuditEvent.record(verb="archived", target=listing, organisation=kitchen)
    AuditEvent.objects.create(
        verb="fed", object_type="zoo.lion", object_id="x", organisation=kitchen
    )
    number = listing.pk
    listing.delete()
    did = [row.did for row in tell(AuditEvent.objects.about(kitchen))]
    assert did == ["fed zoo.lion number x", f"archived listing number {number}"]


def test_many_events_cost_as_many_queries_as_one(kitchen: Organisation) -> None:
    counts = []
    for number in (1, 19):
        for _ in range(number):
            AuditEvent.record(
                verb="changed",
                target=make_listing(kitchen),
                organisation=kitchen,
                actor_key=make_confirmed_user().audit_key,
            )
        with CaptureQueriesContext(connection) as captured:
            tell(AuditEvent.objects.about(kitchen))
        counts.append(len(captured))
    assert counts[0] == counts[1]
