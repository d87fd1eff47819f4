"""Random people drive exchanges through every transition: what must hold, holds after each step."""

import datetime
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from typing import Any, ClassVar

import pytest
from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.models import AuditEvent, Membership
from accounts.refused import Refused
from brokerage.models import (
    Actual,
    Exchange,
    ExchangeEvent,
    ExchangeVersion,
    Feedback,
    HeldHours,
    HostMonth,
    Kind,
    Notice,
    ReleasedHours,
    Side,
    VerifierLink,
)
from brokerage.passing_links import Passed
from brokerage.services.acting import Actor, Who
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
from brokerage.services.ending import (
    ask_broker,
    cancel,
    close,
    expire,
    reopen,
    settled,
    stop,
)
from brokerage.services.gates import Settled, settle_gate, waive_gate
from brokerage.services.passing import take_places
from brokerage.services.proposing import Reach, decline, introduce, propose, withdraw
from tests.brokerage.acting import figures, make_broker, terms, today
from tests.brokerage.factories import make_capacity, make_kind, make_need, make_offer, make_released
from tests.factories import make_membership, make_organisation
from tslsv.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db

State = Exchange.State
NUMBERS = st.integers(0, 3)
SEATS = st.integers(1, 12)
HOURS = st.integers(0, 80)
DAYS = st.just(0) | st.integers(0, 70)
WHO = st.sampled_from(["host", "host", "giver", "giver", "broker", "stranger", "another"])


class Board(RuleBasedStateMachine):
    """Two hosts, two givers, a broker and a stranger, on one small board with tight limits."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        kind = make_kind(checks=["dbs", "insurance"])
        self.people: list[Actor] = []
        self.givers: dict[int, Actor] = {}
        self.needs, self.offers = [], []
        for number in range(2):
            host = make_membership(make_organisation(f"Host {number}"))
            giver = make_membership(make_organisation(f"Giver {number}"))
            self.needs.append(
                make_need(organisation=host.organisation, kind=kind, places_max=14, places_min=2)
            )
            self.offers.append(make_offer(organisation=giver.organisation, kind=kind))
            make_capacity(
                organisation=host.organisation, groups_a_month=2, largest_party=10, most_pending=2
            )
            make_released(
                organisation=giver.organisation,
                first_day=today(),
                last_day=today() + datetime.timedelta(days=60),
                hours=Decimal(90),
            )
            self.givers[giver.organisation.pk] = Actor.of(Side.GIVER, giver.user)
            self.people += [Actor.of(Side.HOST, host.user), Actor.of(Side.GIVER, giver.user)]
        self.people.append(Actor(Who.BROKER, make_broker()))
        self.people.append(Actor.of(Side.GIVER, make_membership().user))

    seen: ClassVar[set[str]] = set()

    @invariant()
    def remember_the_states(self) -> None:
        self.seen.update(Exchange.objects.values_list("state", flat=True))

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def attempt(self, work: Callable[[], object]) -> None:
        with suppress(Refused), transaction.atomic():
            work()

    def exchange(self, number: int) -> Exchange | None:
        found = list(Exchange.objects.order_by("pk"))
        return found[number % len(found)] if found else None

    def act(self, which: int, service: Callable[..., object], **said: Any) -> None:
        if (exchange := self.exchange(which)) is not None:
            self.attempt(lambda: service(exchange=exchange, **said))

    def actor(self, which: int, by: str) -> Actor:
        """One of the exchange's own people, of the other pair's, a broker or a stranger."""
        exchange = self.exchange(which)
        own = 0 if exchange is None or exchange.need == self.needs[0] else 1
        if by == "broker":
            return self.people[4]
        if by == "stranger":
            return self.people[5]
        if by == "giver" and exchange is not None:
            return self.givers[exchange.giver_id]
        return self.people[2 * (1 - own if by == "another" else own)]

    @precondition(lambda self: Exchange.objects.count() < 4)
    @rule(need=NUMBERS, giver=NUMBERS, by=WHO, seats=SEATS, day=DAYS)
    def propose(self, need: int, giver: int, by: str, seats: int, day: int) -> None:
        offer = self.offers[giver % 2]
        actor = {
            "host": self.people[need % 2 * 2],
            "giver": self.givers[offer.organisation_id],
        }.get(by, self.people[4])
        self.attempt(
            lambda: propose(
                need=self.needs[need % 2],
                offer=offer if giver > 1 else None,
                other=offer.organisation,
                side=actor.side or Side.GIVER,
                terms=terms(seats=seats, first_day=today() + datetime.timedelta(days=day)),
                contact=Reach("Pat", f"{(actor.side or Side.GIVER).value}@secret.example"),
                actor=actor,
                clash_seen=True,
            )
        )

    @rule(need=NUMBERS, giver=NUMBERS, seats=SEATS)
    def agree_at_once(self, need: int, giver: int, seats: int) -> None:
        """A short way to what is deep in the machine."""
        self.propose(need, giver, "giver", seats, 0)
        exchange = Exchange.objects.filter(state=State.PROPOSED).last()
        if exchange is None:
            return
        which = list(Exchange.objects.order_by("pk")).index(exchange)
        self.introduce(which, exchange.answering_side.value)
        self.settle_checks(which, "host")
        self.confirm(which, exchange.answering_side.value, 0)

    @rule(which=NUMBERS, by=WHO)
    def introduce(self, which: int, by: str) -> None:
        actor = self.actor(which, by)
        exchange = self.exchange(which)
        side = exchange.answering_side if exchange else "host"
        self.act(which, introduce, actor=actor, contact=Reach("Ina", f"{side}@secret.example"))

    @rule(which=NUMBERS, by=WHO, how=st.integers(0, 8))
    def with_a_reason(self, which: int, by: str, how: int) -> None:
        service = (
            decline, withdraw, cancel, dispute, not_delivered, ask_broker, stop, reopen, settled,
        )[how]  # fmt: skip
        self.act(which, service, actor=self.actor(which, by), reason="Because.")

    @rule(which=NUMBERS, by=WHO, seats=SEATS, day=DAYS, hours=st.integers(1, 9))
    def change(self, which: int, by: str, seats: int, day: int, hours: int) -> None:
        said = terms(
            seats=seats,
            hours_each=Decimal(hours),
            first_day=today() + datetime.timedelta(days=day),
        )
        self.act(
            which,
            propose_change,
            actor=self.actor(which, by),
            terms=said,
            side=Side.HOST,
            clash_seen=True,
        )

    @rule(which=NUMBERS, by=WHO, back=st.integers(0, 1))
    def confirm(self, which: int, by: str, back: int) -> None:
        exchange = self.exchange(which)
        number = max((exchange.versions.count() if exchange else 1) - back, 1)
        self.act(
            which, confirm_version, actor=self.actor(which, by), number=number, side=Side.GIVER
        )

    @rule(which=NUMBERS, by=WHO)
    def refuse(self, which: int, by: str) -> None:
        exchange = self.exchange(which)
        number = exchange.versions.count() if exchange else 1
        self.act(which, refuse_version, actor=self.actor(which, by), number=number, reason="No.")

    @rule(which=NUMBERS, by=WHO, seats=SEATS)
    def reduce(self, which: int, by: str, seats: int) -> None:
        exchange = self.exchange(which)
        agreed = exchange.versions.agreed().first() if exchange else None
        if agreed is not None:
            self.act(
                which, reduce_places, actor=self.actor(which, by), seats=seats, seen=agreed.number
            )

    @precondition(lambda self: Exchange.objects.count() < 4)
    @rule(which=NUMBERS, giver=NUMBERS, seats=SEATS)
    def pass_on(self, which: int, giver: int, seats: int) -> None:
        """Another giver takes places by the link that was mailed."""
        exchange = self.exchange(which)
        agreed = exchange.versions.agreed().first() if exchange else None
        organisation = self.offers[giver % 2].organisation
        user = self.givers[organisation.pk].user
        if exchange is not None and agreed is not None and user is not None:
            passed = Passed(exchange.pk, agreed.number, seats)
            contact = Reach("Pia", "giver@secret.example")
            self.attempt(
                lambda: take_places(
                    passed=passed, organisation=organisation, contact=contact, user=user
                )
            )

    @rule(which=NUMBERS, by=WHO)
    def hand_over(self, which: int, by: str) -> None:
        actor = self.actor(which, by)
        side = actor.side or Side.HOST
        contact = Reach("Nia", f"{side.value}@secret.example")
        self.act(which, hand_over, actor=actor, contact=contact, side=side)

    @rule(which=NUMBERS, by=WHO)
    def settle_checks(self, which: int, by: str) -> None:
        said = Settled("None is needed.", today(), level="none")
        for check in (Kind.Check.DBS, Kind.Check.INSURANCE):
            self.act(which, settle_gate, actor=self.actor(which, by), check=check, said=said)

    @rule(which=NUMBERS, by=WHO)
    def waive(self, which: int, by: str) -> None:
        self.act(
            which,
            waive_gate,
            actor=self.actor(which, by),
            check=Kind.Check.INSURANCE,
            reason="Seen.",
        )

    @rule(which=NUMBERS, by=WHO, hours=HOURS)
    def claim(self, which: int, by: str, hours: int) -> None:
        self.act(
            which, claim, actor=self.actor(which, by), figures=figures(giver_hours=Decimal(hours))
        )

    @rule(which=NUMBERS, by=WHO)
    def confirm_result(self, which: int, by: str) -> None:
        exchange = self.exchange(which)
        actual = exchange.actuals.last() if exchange else None
        if actual is not None:
            self.act(which, confirm_actual, actor=self.actor(which, by), actual=actual.pk)

    @rule(which=NUMBERS)
    def open_link(self, which: int) -> None:
        if links := list(VerifierLink.objects.order_by("pk")):
            self.attempt(lambda: confirm_by_link(link=links[which % len(links)]))

    @rule(which=NUMBERS, by=WHO, hours=HOURS, happened=st.booleans())
    def decide(self, which: int, by: str, hours: int, happened: bool) -> None:
        said = figures(giver_hours=Decimal(hours)) if happened else None
        self.act(which, decide, actor=self.actor(which, by), figures=said, reason="Both said so.")

    @rule(which=NUMBERS, by=WHO)
    def feedback(self, which: int, by: str) -> None:
        self.act(
            which,
            give_feedback,
            actor=self.actor(which, by),
            went=Feedback.Went.WELL,
            again=None,
            words="",
            shared=False,
        )

    @rule(which=NUMBERS)
    def time_runs_out(self, which: int) -> None:
        exchange = self.exchange(which)
        if exchange is not None:
            past = timezone.now() - datetime.timedelta(days=100)
            Exchange.objects.filter(pk=exchange.pk).update(state_since=past)
            Exchange.objects.filter(pk=exchange.pk, holds_until__isnull=False).update(
                holds_until=past
            )
            expire(exchange=exchange)
            close(exchange=exchange)

    @rule(which=NUMBERS, most=st.integers(1, 14))
    def change_limit(self, which: int, most: int) -> None:
        """Lowered under what is held, it keeps what is held."""
        Notice.objects.filter(pk=self.needs[which % 2].pk).update(places_max=max(most, 2))

    @invariant()
    def held_is_what_exchanges_hold(self) -> None:
        for need in Notice.objects.all():
            column = "need" if need.is_need else "offer"
            held = Exchange.objects.filter(**{column: need}).aggregate(n=Sum("held_seats"))["n"]
            assert need.seats_held == (held or 0)
        for month in HostMonth.objects.all():
            groups = Exchange.objects.filter(
                host=month.organisation, held_months__contains=[month.month]
            )
            assert month.groups_held == groups.count() <= 2
        for released in ReleasedHours.objects.all():
            hours = HeldHours.objects.filter(released=released).aggregate(n=Sum("hours"))["n"]
            assert released.hours_held == (hours or 0) <= released.hours

    @invariant()
    def nothing_is_held_without_cause(self) -> None:
        holding = {*Exchange.HOLDING, *Exchange.HAPPENED}
        for exchange in Exchange.objects.exclude(state__in=holding):
            assert exchange.held_seats == 0
            assert exchange.held_months == []
            assert not exchange.held_hours.exists()

    @invariant()
    def contacts_never_leak(self) -> None:
        for exchange in Exchange.objects.all():
            was_introduced = exchange.events.filter(to_state=State.INTRODUCED).exists()
            assert exchange.contacts_shown == was_introduced
            if was_introduced:
                continue
            for side in Side:
                theirs = OutgoingMail.objects.filter(thread=f"exchange-{exchange.pk}-{side}")
                assert not theirs.filter(text__contains=f"{side.other.value}@secret").exists()

    @invariant()
    def no_more_is_confirmed_than_agreed(self) -> None:
        for exchange in Exchange.objects.confirmed():
            result = exchange.confirmed
            agreed = exchange.versions.agreed().get()
            assert result is not None
            if result.by != Actual.By.BROKER:
                assert result.giver_hours <= agreed.person_hours  # type: ignore[operator]
            else:
                assert result.reason

    @invariant()
    def every_step_is_written_down(self) -> None:
        events = ExchangeEvent.objects.count()
        assert AuditEvent.objects.filter(object_type="brokerage.exchange").count() == events
        for exchange in Exchange.objects.all():
            last = exchange.events.last()
            assert last is not None
            assert last.to_state == exchange.state
        assert not ExchangeVersion.objects.filter(status="agreed", host_confirmed_at=None).exists()
        assert not Exchange.objects.filter(host=F("giver")).exists()


def test_random_people() -> None:
    Board.seen = set()
    run_state_machine_as_test(
        Board,
        settings=settings(
            max_examples=20,
            stateful_step_count=50,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    # By chance, but by so good a chance that anything else is a fault.
    assert {State.PROPOSED, State.EXPIRED, State.AGREED, State.DELIVERED} <= Board.seen
    assert not Membership.objects.exists()
