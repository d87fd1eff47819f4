"""An exchange from the proposal to the result, and every way in which it can end."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import AuditEvent
from accounts.refused import Overtaken, Refused
from brokerage.models import Exchange, ExchangeEvent, Feedback, Gate, Kind, Notice, VerifierLink
from brokerage.services.agreeing import (
    confirm_version,
    hand_over,
    propose_change,
    reduce_places,
    refuse_version,
)
from brokerage.services.delivering import (
    claim,
    confirm_actual,
    confirm_by_link,
    decide,
    dispute,
    give_feedback,
    not_delivered,
)
from brokerage.services.ending import ask_broker, cancel, reopen, settled, stop
from brokerage.services.gates import Settled, settle_gate, waive_gate
from brokerage.services.proposing import Reach, decline, introduce, propose, withdraw
from brokerage.services.terms import Clash
from tests.brokerage.acting import Two, figures, in_days, make_broker, terms, today
from tests.brokerage.factories import make_kind, make_need, make_offer
from tests.factories import make_membership
from tslsv.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db

State = Exchange.State


@pytest.fixture
def two() -> Two:
    return Two()


def agreed(two: Two, **said: object) -> Exchange:
    exchange = two.introduced(**said)
    return confirm_version(exchange=exchange, number=1, actor=two.host)


def test_from_proposal_to_closed(two: Two) -> None:
    exchange = two.proposed(first_day=today(), seats=12)
    assert exchange.state == State.PROPOSED
    assert Notice.objects.get().seats_held == 12
    exchange = introduce(exchange=exchange, contact=Reach("Hana", "h@example.org"), actor=two.host)
    exchange = confirm_version(exchange=exchange, number=1, actor=two.host)
    assert exchange.state == State.AGREED
    version = reduce_places(exchange=exchange, seats=9, actor=two.giver, seen=1)
    assert (version.number, version.seats, version.status) == (2, 9, "agreed")
    assert Notice.objects.get().seats_held == 9
    said = claim(exchange=exchange, figures=figures(giver_hours=Decimal(50)), actor=two.giver)
    exchange = confirm_actual(exchange=exchange, actual=said.pk, actor=two.host)
    assert exchange.state == State.DELIVERED
    assert exchange.confirmed == said
    for actor in (two.host, two.giver):
        give_feedback(
            exchange=exchange,
            went=Feedback.Went.WELL,
            again=True,
            words="",
            shared=True,
            actor=actor,
        )
    exchange.refresh_from_db()
    assert exchange.state == State.CLOSED
    verbs = list(exchange.events.values_list("verb", flat=True))
    assert verbs[:4] == ["proposed", "introduced", "agreed", "reduced the places"]
    events = AuditEvent.objects.filter(object_type="brokerage.exchange")
    assert sorted(events.values_list("verb", flat=True)) == sorted(verbs)


def test_contacts_stay_hidden_until_the_other_side_introduces(two: Two) -> None:
    exchange = two.proposed()
    mail = OutgoingMail.objects.get()
    assert mail.to == two.need.contact_email
    assert "gita@example.org" not in mail.text
    assert not exchange.contacts_shown
    introduce(exchange=exchange, contact=Reach("Hana", "hana@example.org"), actor=two.host)
    to_giver = OutgoingMail.objects.get(to="gita@example.org")
    assert "hana@example.org" in to_giver.text
    assert exchange.contacts_shown


def test_the_same_form_proposes_once(two: Two) -> None:
    first = two.proposed(key="a form")
    assert two.proposed(key="a form") == first
    with pytest.raises(Refused, match=f"open already: {first.reference}"):
        two.proposed(key="another form")


@pytest.mark.parametrize("how", ["decline", "withdraw"])
def test_an_answer_or_a_second_thought_frees_what_was_held(two: Two, how: str) -> None:
    exchange = two.proposed()
    if how == "decline":
        ended = decline(exchange=exchange, reason="Not that week.", actor=two.host)
    else:
        ended = withdraw(exchange=exchange, reason="Our team is smaller.", actor=two.giver)
    assert ended.state == (State.DECLINED if how == "decline" else State.WITHDRAWN)
    assert Notice.objects.get().seats_held == 0
    assert OutgoingMail.objects.filter(text__contains="> ").exists()
    with pytest.raises(Overtaken, match="Somebody was quicker"):
        introduce(exchange=exchange, contact=Reach("Hana"), actor=two.host)


def test_only_the_right_side_may(two: Two) -> None:
    exchange = two.proposed()
    with pytest.raises(Refused, match="for the other side"):
        introduce(exchange=exchange, contact=Reach("Gita"), actor=two.giver)
    with pytest.raises(Refused, match="Only whoever proposed"):
        withdraw(exchange=exchange, reason="No.", actor=two.host)
    stranger = Two(need=make_need())
    with pytest.raises(Refused, match="no longer act"):
        introduce(exchange=exchange, contact=Reach("Sam"), actor=stranger.host)
    with pytest.raises(Refused, match="Only a broker"):
        stop(exchange=exchange, reason="No.", actor=two.host)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"seats": None}, "how many people"),
        ({"seats": 13}, "12 of the 12 places"),
        ({"first_day": in_days(-1)}, "has passed"),
        ({"last_day": in_days(20)}, "before the first"),
        ({"start_time": datetime.time(15), "end_time": datetime.time(9)}, "end after it starts"),
        ({"amount": Decimal(5)}, "people and hours"),
    ],
)
def test_terms_that_cannot_be(two: Two, change: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused, match=words):
        two.proposed(**change)
    assert not Exchange.objects.exists()


def test_money_is_held_by_amount() -> None:
    money = make_kind(unit=Kind.Unit.POUNDS)
    need = make_need(kind=money, places_min=None, places_max=None, amount=Decimal(500))
    two = Two(need=need)
    with pytest.raises(Refused, match="Say how much, in pounds"):
        two.proposed(seats=None, hours_each=None, amount=None)
    two.proposed(seats=None, hours_each=None, amount=Decimal(400))
    other = Two(need=need)
    with pytest.raises(Refused, match=r"100 of 500 pounds"):
        other.proposed(seats=None, hours_each=None, amount=Decimal("100.01"))


def test_a_host_proposes_to_an_offer() -> None:
    offer = make_offer()
    host, giver = make_membership(), make_membership(organisation=offer.organisation)
    two = Two(need=make_need(organisation=host.organisation, kind=offer.kind))
    exchange = propose(
        need=two.need,
        offer=offer,
        side=two.host.side,  # type: ignore[arg-type]
        terms=terms(),
        contact=Reach("Hana"),
        actor=two.host,
    )
    assert (exchange.host, exchange.giver) == (host.organisation, giver.organisation)
    offer.refresh_from_db()
    assert offer.seats_held == 4


def test_nothing_is_proposed_to_what_has_gone(two: Two) -> None:
    Notice.objects.update(state=Notice.State.PAUSED)
    with pytest.raises(Refused, match="not on the board"):
        two.proposed()
    Notice.objects.update(state=Notice.State.PUBLISHED, expires_on=in_days(-1))
    with pytest.raises(Refused, match="not on the board"):
        two.proposed()


def test_checks_come_before_agreeing() -> None:
    kind = make_kind(checks=["dbs", "insurance"])
    two = Two(need=make_need(kind=kind))
    exchange = two.introduced()
    with pytest.raises(Refused, match="settle: DBS level, insurance"):
        confirm_version(exchange=exchange, number=1, actor=two.host)
    by = Settled("No children on site.", today(), level=Gate.Level.NONE)
    with pytest.raises(Refused, match="for the host"):
        settle_gate(exchange=exchange, check=Kind.Check.DBS, said=by, actor=two.giver)
    settle_gate(exchange=exchange, check=Kind.Check.DBS, said=by, actor=two.host)
    soon = Settled("Our public liability.", today(), valid_to=in_days(29))
    settle_gate(exchange=exchange, check=Kind.Check.INSURANCE, said=soon, actor=two.giver)
    with pytest.raises(Refused, match="settle: insurance"):
        confirm_version(exchange=exchange, number=1, actor=two.host)
    with pytest.raises(Refused, match="Only a broker"):
        waive_gate(exchange=exchange, check=Kind.Check.INSURANCE, reason="Fine.", actor=two.host)
    waive_gate(
        exchange=exchange, check=Kind.Check.INSURANCE, reason="Renewed in May.", actor=two.broker
    )
    done = confirm_version(exchange=exchange, number=1, actor=two.host)
    assert done.state == State.AGREED


def test_what_is_agreed_stands_until_both_confirm_the_change(two: Two) -> None:
    exchange = agreed(two)
    change = propose_change(exchange=exchange, terms=terms(seats=10), actor=two.host, seen=1)
    exchange.refresh_from_db()
    assert exchange.state == State.AMENDED
    assert exchange.versions.agreed().get().seats == 4
    assert Notice.objects.get().seats_held == 10
    with pytest.raises(Refused, match="waits for the other side"):
        confirm_version(exchange=exchange, number=change.number, actor=two.host)
    with pytest.raises(Overtaken, match="not the version that you read"):
        propose_change(exchange=exchange, terms=terms(seats=11), actor=two.giver, seen=1)
    refuse_version(exchange=exchange, number=2, reason="Too many.", actor=two.giver)
    exchange.refresh_from_db()
    assert exchange.state == State.AGREED
    assert Notice.objects.get().seats_held == 4
    second = propose_change(exchange=exchange, terms=terms(seats=6), actor=two.host)
    with pytest.raises(Overtaken):
        confirm_version(exchange=exchange, number=2, actor=two.giver)
    done = confirm_version(exchange=exchange, number=second.number, actor=two.giver)
    assert done.state == State.AGREED
    assert confirm_version(exchange=exchange, number=second.number, actor=two.giver) == done
    assert Notice.objects.get().seats_held == 6
    assert done.sequence > exchange.sequence - 1


def test_fewer_places_but_not_too_few(two: Two) -> None:
    exchange = agreed(two)
    for seats, words in ((4, "fewer than 4"), (0, "fewer than 4"), (1, "at least 2")):
        with pytest.raises(Refused, match=words):
            reduce_places(exchange=exchange, seats=seats, actor=two.giver, seen=1)
    with pytest.raises(Refused, match="Only the giver"):
        reduce_places(exchange=exchange, seats=3, actor=two.host, seen=1)
    with pytest.raises(Overtaken):
        reduce_places(exchange=exchange, seats=3, actor=two.giver, seen=2)


def test_a_clash_is_said_and_may_be_overridden(two: Two) -> None:
    agreed(two)
    other = Two(need=make_need(organisation=two.need.organisation, kind=two.kind))
    with pytest.raises(Clash, match="already has"):
        other.proposed()
    assert other.proposed(first_day=in_days(31)).state == State.PROPOSED
    third = Two(need=make_need(organisation=two.need.organisation, kind=two.kind))
    assert third.proposed(clash_seen=True).state == State.PROPOSED


def test_a_result_is_confirmed_by_the_other_side_alone(two: Two) -> None:
    exchange = agreed(two, first_day=today())
    said = claim(exchange=exchange, figures=figures(), actor=two.giver)
    with pytest.raises(Refused, match="said this yourself"):
        confirm_actual(exchange=exchange, actual=said.pk, actor=two.giver)
    corrected = claim(exchange=exchange, figures=figures(giver_hours=Decimal(20)), actor=two.giver)
    with pytest.raises(Overtaken, match="were changed"):
        confirm_actual(exchange=exchange, actual=said.pk, actor=two.host)
    with pytest.raises(Overtaken, match="other side was first"):
        claim(exchange=exchange, figures=figures(), actor=two.host)
    assert Exchange.objects.unconfirmed().get() == exchange
    done = confirm_actual(exchange=exchange, actual=corrected.pk, actor=two.host)
    assert done.confirmed == corrected
    assert not Exchange.objects.unconfirmed().exists()


def test_more_than_agreed_needs_a_broker_with_a_reason(two: Two) -> None:
    exchange = agreed(two, first_day=today())
    said = claim(exchange=exchange, figures=figures(giver_hours=Decimal(25)), actor=two.giver)
    with pytest.raises(Refused, match=r"25 hours are more than the 24"):
        confirm_actual(exchange=exchange, actual=said.pk, actor=two.host)
    exchange.refresh_from_db()
    assert exchange.broker_asked_at is not None
    with pytest.raises(Refused, match="Say why"):
        decide(exchange=exchange, figures=figures(), reason=" ", actor=two.broker)
    more = figures(giver_hours=Decimal(25))
    done = decide(exchange=exchange, figures=more, reason="They stayed on.", actor=two.broker)
    assert done.confirmed is not None
    assert done.confirmed.giver_hours == 25
    assert done.broker_asked_at is None


def test_a_link_confirms_once(two: Two) -> None:
    exchange = agreed(two, first_day=today())
    claim(exchange=exchange, figures=figures(), actor=two.giver)
    link = VerifierLink.objects.get()
    assert link.email == "hana@example.org"
    done = confirm_by_link(link=link)
    assert done.confirmed is not None
    assert done.confirmed.confirmed_by == "verifier"
    with pytest.raises(Overtaken, match="has been used"):
        confirm_by_link(link=link)


def test_a_link_runs_out_and_dies_with_its_figures(two: Two) -> None:
    exchange = agreed(two, first_day=today())
    claim(exchange=exchange, figures=figures(), actor=two.giver)
    old = VerifierLink.objects.get()
    claim(exchange=exchange, figures=figures(giver_hours=Decimal(20)), actor=two.giver)
    with pytest.raises(Refused, match="changed since"):
        confirm_by_link(link=old)
    new = VerifierLink.objects.exclude(pk=old.pk).get()
    VerifierLink.objects.update(expires_at=timezone.now() - datetime.timedelta(days=1))
    with pytest.raises(Refused, match="run out"):
        confirm_by_link(link=new)


def test_a_dispute_is_settled_by_a_broker(two: Two) -> None:
    exchange = agreed(two, first_day=today())
    claim(exchange=exchange, figures=figures(), actor=two.giver)
    with pytest.raises(Refused, match="what the other side said"):
        dispute(exchange=exchange, reason="No.", actor=two.giver)
    done = dispute(exchange=exchange, reason="They left at noon.", actor=two.host)
    assert done.state == State.DISPUTED
    fewer = figures(giver_hours=Decimal(12))
    done = decide(exchange=exchange, figures=fewer, reason="Both say noon.", actor=two.broker)
    assert (done.state, done.confirmed.giver_hours) == (State.DELIVERED, 12)  # type: ignore[union-attr]
    gone = decide(exchange=exchange, figures=None, reason="It was another day.", actor=two.broker)
    assert (gone.state, gone.confirmed) == (State.NOT_DELIVERED, None)


def test_it_did_not_happen_and_the_other_side_says_that_it_did(two: Two) -> None:
    exchange = agreed(two)
    with pytest.raises(Refused, match="Its day has not come"):
        not_delivered(exchange=exchange, reason="Rain.", actor=two.host)
    other = Two(need=make_need())
    exchange = agreed(other, first_day=today())
    done = not_delivered(exchange=exchange, reason="Nobody came.", actor=other.host)
    assert done.state == State.NOT_DELIVERED
    with pytest.raises(Refused, match="what the other side said"):
        dispute(exchange=exchange, reason="We did not.", actor=other.host)
    disputed = dispute(exchange=exchange, reason="We were there.", actor=other.giver)
    assert disputed.state == State.DISPUTED


def test_cancelling_and_taking_it_up_again(two: Two) -> None:
    exchange = agreed(two)
    done = cancel(exchange=exchange, reason="Flooded.", actor=two.host)
    assert (done.state, Notice.objects.get().seats_held) == (State.CANCELLED, 0)
    back = reopen(exchange=exchange, reason="It dried.", actor=two.broker)
    assert (back.state, Notice.objects.get().seats_held) == (State.INTRODUCED, 4)
    for actor in (two.giver, two.host):
        back = confirm_version(exchange=exchange, number=1, actor=actor)
    assert back.state == State.AGREED
    stopped = stop(exchange=exchange, reason="Asked by both.", actor=two.broker)
    assert stopped.state == State.CANCELLED


def test_asking_a_broker_and_being_looked_at(two: Two) -> None:
    exchange = two.introduced()
    ask_broker(exchange=exchange, reason="They do not answer.", actor=two.giver)
    done = settled(exchange=exchange, reason="They will call.", actor=two.broker)
    assert done.broker_asked_at is None


def test_somebody_else_is_there_from_now_on(two: Two) -> None:
    exchange = two.introduced()
    hand_over(exchange=exchange, contact=Reach("Nia", "nia@example.org"), actor=two.giver)
    assert "nia@example.org" in OutgoingMail.objects.filter(to="hana@example.org").latest("pk").text


def test_a_broker_speaks_for_a_side(two: Two) -> None:
    exchange = propose(
        need=two.need,
        offer=None,
        other=two.giver_organisation,
        side=two.giver.side,  # type: ignore[arg-type]
        terms=terms(),
        contact=Reach("Gita Giver", "gita@example.org"),
        actor=two.broker,
    )
    told = set(OutgoingMail.objects.values_list("to", flat=True))
    assert told == {two.need.contact_email, "gita@example.org"}
    assert exchange.events.get().who == ExchangeEvent.Who.BROKER
    somebody = make_broker()
    somebody.groups.clear()
    asleep = type(two.broker)(two.broker.who, somebody)
    with pytest.raises(Refused, match="Only a broker"):
        introduce(exchange=exchange, contact=Reach("Hana"), actor=asleep)
