"""Many at the same moment: limits hold, nobody acts twice, and whoever comes second is told."""

import threading
from collections import Counter
from collections.abc import Callable
from decimal import Decimal

import psycopg
import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client

from accounts.models import AuditEvent
from accounts.refused import Overtaken, Refused
from brokerage.models import (
    Exchange,
    ExchangeEvent,
    HostCapacity,
    HostMonth,
    Notice,
    ReleasedHours,
    Side,
    VerifierLink,
)
from brokerage.services import proposing
from brokerage.services.acting import Actor
from brokerage.services.agreeing import confirm_version, propose_change, reduce_places
from brokerage.services.delivering import claim, confirm_by_link
from brokerage.services.ending import cancel, expire
from brokerage.services.proposing import Reach, decline, introduce, propose, withdraw
from brokerage.verifier_links import verifier_token
from tests.accounts.racing import race
from tests.brokerage.acting import Two, figures, terms, today
from tests.brokerage.factories import make_capacity, make_need, make_released
from tests.factories import make_membership
from tests.search.worker import Worker
from tslsv.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db(transaction=True)

State = Exchange.State


def all_at_once(works: list[Callable[[], object]]) -> list[object]:
    """Each in a thread of its own, over as many connections as the pool has (at most 20); returns
    what each returned or the Refused that it raised.
    """
    outcomes: list[object] = [None] * len(works)
    pool = settings.DATABASES["default"]["OPTIONS"]["pool"]["max_size"]
    places = threading.BoundedSemaphore(min(pool - 1, 20))
    begin = threading.Event()

    def run(number: int) -> None:
        begin.wait()
        with places:
            try:
                outcomes[number] = works[number]()
            except Refused as refused:
                outcomes[number] = refused
            finally:
                connection.close()

    threads = [threading.Thread(target=run, args=[number]) for number in range(len(works))]
    for thread in threads:
        thread.start()
    begin.set()
    for thread in threads:
        thread.join(180)
        assert not thread.is_alive()
    return outcomes


def test_two_hundred_proposals_for_the_last_five_seats() -> None:
    need = make_need(places_min=1, places_max=12, seats_held=7)
    make_capacity(organisation=need.organisation, most_pending=1000)
    givers = [make_membership() for _ in range(200)]

    def proposal(number: int) -> Exchange:
        membership = givers[number]
        return propose(
            need=need,
            offer=None,
            other=membership.organisation,
            side=Side.GIVER,
            terms=terms(seats=1),
            contact=Reach("Gita"),
            actor=Actor.of(Side.GIVER, membership.user),
        )

    outcomes = all_at_once([lambda number=number: proposal(number) for number in range(200)])  # type: ignore[misc]
    made = [outcome for outcome in outcomes if isinstance(outcome, Exchange)]
    refusals = Counter(str(outcome) for outcome in outcomes if isinstance(outcome, Refused))
    assert len(made) == 5
    assert refusals == {f"All 12 places of “{need.title}” are taken.": 195}
    need.refresh_from_db()
    assert need.seats_held == 12
    assert Exchange.objects.count() == ExchangeEvent.objects.count() == 5
    assert AuditEvent.objects.filter(object_type="brokerage.exchange").count() == 5
    assert HostMonth.objects.get().groups_held == 5


def test_proposals_that_wait_are_never_more_than_the_host_takes() -> None:
    host = make_membership().organisation
    needs = [make_need(organisation=host) for _ in range(20)]
    twos = [Two(need=need) for need in needs]
    outcomes = all_at_once([two.proposed for two in twos])
    made = [outcome for outcome in outcomes if isinstance(outcome, Exchange)]
    assert len(made) == HostCapacity.MOST_PENDING == Exchange.objects.count()
    assert all(
        "proposals that wait" in str(outcome)
        for outcome in outcomes
        if isinstance(outcome, Refused)
    )


def test_one_link_fifty_times_at_once() -> None:
    two = Two()
    exchange = two.introduced(first_day=today())
    confirm_version(exchange=exchange, number=1, actor=two.host)
    claim(exchange=exchange, figures=figures(), actor=two.giver)
    link = VerifierLink.objects.get()
    before = OutgoingMail.objects.count()
    outcomes = all_at_once([lambda: confirm_by_link(link=link)] * 50)
    assert sum(isinstance(outcome, Exchange) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Overtaken) for outcome in outcomes) == 49
    assert ExchangeEvent.objects.filter(verb="confirmed what happened").count() == 1
    assert OutgoingMail.objects.count() == before + 2


def test_one_form_fifty_times_at_once() -> None:
    two = Two()
    outcomes = all_at_once([lambda: two.proposed(key="one form")] * 50)
    assert {outcome.pk for outcome in outcomes if isinstance(outcome, Exchange)} == {
        Exchange.objects.get().pk
    }
    assert len([outcome for outcome in outcomes if isinstance(outcome, Exchange)]) == 50


def test_taken_up_and_taken_back_at_once() -> None:
    two = Two()
    exchange = two.proposed()
    outcomes = race(
        exchange,
        lambda: introduce(exchange=exchange, contact=Reach("Hana"), actor=two.host),
        lambda: decline(exchange=exchange, reason="No.", actor=two.host),
        lambda: expire(exchange=exchange),
    )
    assert sum(isinstance(outcome, Overtaken) for outcome in outcomes) == 1
    exchange.refresh_from_db()
    held = Notice.objects.get().seats_held
    assert (exchange.state, held) in {(State.INTRODUCED, 4), (State.DECLINED, 0)}


def test_both_propose_a_change_at_once() -> None:
    two = Two()
    exchange = two.introduced()
    outcomes = race(
        exchange,
        lambda: propose_change(exchange=exchange, terms=terms(seats=6), actor=two.host, seen=1),
        lambda: propose_change(exchange=exchange, terms=terms(seats=8), actor=two.giver, seen=1),
    )
    assert sum(isinstance(outcome, Overtaken) for outcome in outcomes) == 1
    assert exchange.versions.pending().count() == 1


def test_fewer_places_while_it_is_cancelled() -> None:
    two = Two()
    make_released(organisation=two.giver_organisation, hours=Decimal(1000))
    exchange = two.introduced(first_day=today())
    confirm_version(exchange=exchange, number=1, actor=two.host)
    race(
        exchange,
        lambda: reduce_places(exchange=exchange, seats=3, actor=two.giver, seen=1),
        lambda: cancel(exchange=exchange, reason="Flooded.", actor=two.host),
    )
    assert Exchange.objects.get().state == State.CANCELLED
    assert Notice.objects.get().seats_held == 0
    assert ReleasedHours.objects.get().hours_held == 0
    assert HostMonth.objects.get().groups_held == 0


def test_the_database_is_lost_in_the_middle(monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection is cut after everything was written and before it was committed."""
    two = Two()
    exchange = two.proposed()
    mails = OutgoingMail.objects.count()

    def cut(*args: object, **kwargs: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (pid,) = cursor.fetchone()
        url = connection.get_connection_params()
        url = {
            key: url[key] for key in ("host", "port", "user", "password", "dbname") if url.get(key)
        }
        with psycopg.connect(**url, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [pid])

    monkeypatch.setattr(proposing, "tell", cut)

    def lost() -> None:
        with pytest.raises(Exception, match=r"terminat|closed|connection"):
            withdraw(exchange=exchange, reason="No.", actor=two.giver)

    Worker(lost).finish()
    exchange.refresh_from_db()
    assert exchange.state == State.PROPOSED
    assert Notice.objects.get().seats_held == 4
    assert exchange.events.count() == 1
    assert OutgoingMail.objects.count() == mails
    with transaction.atomic():
        monkeypatch.undo()
        assert withdraw(exchange=exchange, reason="No.", actor=two.giver).state == State.WITHDRAWN


def test_the_page_of_a_link_pressed_fifty_times_at_once_confirms_once() -> None:
    two = Two()
    exchange = two.introduced(first_day=today())
    confirm_version(exchange=exchange, number=1, actor=two.host)
    claim(exchange=exchange, figures=figures(), actor=two.giver)
    address = f"/brokerage/verify/{verifier_token(VerifierLink.objects.get())}/"
    outcomes = all_at_once([lambda: Client().post(address).status_code] * 50)
    assert Counter(outcomes) == {302: 1, 409: 49}
    assert exchange.actuals.exclude(confirmed_at=None).count() == 1
    assert ExchangeEvent.objects.filter(exchange=exchange, who="verifier").count() == 1
