"""What the board does when organisations become one, leave, or a person asks to be forgotten."""

import datetime
import uuid
from typing import Any

import pytest
from django.utils import timezone

from accounts.refused import Refused
from accounts.registry import Person
from accounts.services.merge import merge_organisations
from brokerage import notice_index
from brokerage.models import (
    Actual,
    Contact,
    Exchange,
    HostCapacity,
    HostMonth,
    Notice,
    NoticeIndexRow,
    VerifierLink,
)
from brokerage.part import ERASED, BrokeragePart
from brokerage.services.agreeing import confirm_version
from brokerage.services.delivering import claim
from brokerage.services.proposing import Reach, propose
from tests.brokerage.acting import Two, figures, make_broker, terms, today
from tests.brokerage.factories import make_capacity, make_need, make_offer, make_released
from tests.brokerage.test_states import REACHED
from tests.factories import make_confirmed_user, make_membership, make_organisation, make_user
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db

State = Exchange.State


def test_two_organisations_become_one_with_everything_they_have() -> None:
    two = Two()
    make_capacity(organisation=two.need.organisation, groups_a_month=1)
    make_released(organisation=two.giver_organisation)
    exchange = two.proposed(first_day=today())
    keep = make_organisation("Kept")
    make_capacity(organisation=keep, groups_a_month=1, largest_party=8)
    HostMonth.objects.create(organisation=keep, month=today().replace(day=1), groups_held=1)
    notice_index.refresh([two.need.pk])
    merge_organisations(keep=keep, gone=two.need.organisation, by=make_user())
    exchange.refresh_from_db()
    assert exchange.host == keep
    assert HostMonth.objects.get().groups_held == 2, "what is held stays, above the limit"
    capacity = HostCapacity.objects.get()
    assert (capacity.organisation, capacity.groups_a_month) == (keep, 1)
    assert notice_index.differences() == []
    assert NoticeIndexRow.objects.get().group_id == keep.pk
    merge_organisations(
        keep=make_organisation("Giver"), gone=two.giver_organisation, by=make_user()
    )
    exchange.refresh_from_db()
    assert exchange.giver.name == "Giver"
    assert exchange.held_hours.get().released.organisation == exchange.giver


def test_two_that_gave_to_each_other_are_not_one() -> None:
    exchange = Two().proposed()
    with pytest.raises(Refused, match=exchange.reference):
        merge_organisations(keep=exchange.host, gone=exchange.giver, by=make_user())
    exchange.refresh_from_db()
    assert exchange.state == State.PROPOSED


def test_of_two_proposals_to_one_need_one_stands() -> None:
    two = Two()
    make_capacity(organisation=two.need.organisation)
    kept = two.proposed()
    other = Two(need=two.need)
    gone = other.proposed()
    merge_organisations(keep=two.giver_organisation, gone=other.giver_organisation, by=make_user())
    gone.refresh_from_db()
    kept.refresh_from_db()
    assert (kept.state, gone.state) == (State.PROPOSED, State.WITHDRAWN)
    two.need.refresh_from_db()
    assert two.need.seats_held == 4


def test_an_organisation_that_leaves_is_on_the_board_no_more() -> None:
    two = Two()
    exchange = two.introduced()
    confirm_version(exchange=exchange, number=1, actor=two.host)
    notice_index.refresh([two.need.pk])
    BrokeragePart().close(two.need.organisation, actor_key=uuid.uuid4())
    exchange.refresh_from_db()
    two.need.refresh_from_db()
    assert (exchange.state, two.need.state) == (State.CANCELLED, Notice.State.CLOSED)
    assert (two.need.seats_held, two.need.contact_email) == (0, "")
    assert not NoticeIndexRow.objects.exists()


def test_what_happened_stays_when_somebody_leaves() -> None:
    two = Two()
    exchange = REACHED[State.CLOSED](two)
    BrokeragePart().close(two.need.organisation, actor_key=uuid.uuid4())
    exchange.refresh_from_db()
    assert exchange.confirmed is not None


def test_a_person_is_forgotten_and_figures_stay() -> None:
    two = Two()
    user = make_confirmed_user("hana@example.org", name="Hana")
    exchange = two.introduced(first_day=today())
    confirm_version(exchange=exchange, number=1, actor=two.host)
    claim(exchange=exchange, figures=figures(), actor=two.giver)
    Notice.objects.update(contact_name="Hana", contact_email="Hana@Example.org")
    person = Person(user, frozenset({"hana@example.org"}))
    held = BrokeragePart().export(person)
    assert held["Contact in exchanges"][0]["name"] == "Hana Host"
    assert held["Results you were asked to confirm"][0]["email"] == "hana@example.org"
    BrokeragePart().erase(person)
    contact = Contact.objects.get(exchange=exchange, side="host")
    assert (contact.name, contact.email) == (ERASED, "")
    assert not VerifierLink.objects.exists()
    two.need.refresh_from_db()
    assert (two.need.contact_name, two.need.contact_email) == ("", "")
    assert Actual.objects.count() == 1
    assert Contact.objects.get(exchange=exchange, side="giver").name == "Gita Giver"


def test_what_is_too_old_goes(settings: Any) -> None:
    two = Two()
    exchange = REACHED[State.CLOSED](two)
    Exchange.objects.update(state_since=timezone.now() - datetime.timedelta(days=729))
    VerifierLink.objects.update(expires_at=timezone.now() - datetime.timedelta(days=89))
    assert BrokeragePart().retain(today()) == 0
    Exchange.objects.update(state_since=timezone.now() - datetime.timedelta(days=731))
    VerifierLink.objects.update(expires_at=timezone.now() - datetime.timedelta(days=91))
    assert BrokeragePart().retain(today()) == 3
    assert BrokeragePart().retain(today()) == 0
    assert {row.name for row in exchange.contacts.all()} == {ERASED}


def test_my_pages_say_what_waits() -> None:
    two = Two()
    exchange = two.proposed()
    page = signed_in(two.host.user).get("/my/").text  # type: ignore[arg-type]
    assert exchange.title in page
    assert "1 need and 0 offers on the board" in page
    theirs = signed_in(two.giver.user).get("/my/").text  # type: ignore[arg-type]
    assert ">Answer<" not in theirs
    make_need(state=Notice.State.SUBMITTED, submitted_at=timezone.now())
    assert "1 need or offer to read" in signed_in(make_broker()).get("/my/").text
    member = make_membership()
    make_offer(organisation=member.organisation, state=Notice.State.RETURNED, title="Ours")
    assert "A broker asks for a change: Ours" in signed_in(member.user).get("/my/").text


def test_a_new_name_stands_on_the_cards() -> None:
    need = make_need()
    notice_index.refresh([need.pk])
    need.organisation.name = "Another name"
    need.organisation.save()
    BrokeragePart().organisation_changed(need.organisation)
    assert notice_index.differences() == []


def test_examples_and_others_do_not_write_to_each_other() -> None:
    two = Two(need=make_need(organisation=make_organisation(is_example=True)))
    with pytest.raises(Refused, match="an example"):
        propose(
            need=two.need,
            offer=None,
            other=two.giver_organisation,
            side=two.giver.side,  # type: ignore[arg-type]
            terms=terms(),
            contact=Reach("Gita"),
            actor=two.giver,
        )
