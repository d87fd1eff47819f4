"""Example needs, offers and exchanges: all of it made up, of organisations that are marked so.

A seeded generator makes the same ones each time. Exchanges stand in every state, and hold what they
hold through ``services.holding.settle``, as real ones do.
"""

import datetime
from collections.abc import Sequence
from decimal import Decimal
from random import Random
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Organisation
from brokerage import notice_index
from brokerage.figures.what_it_came_to import first_of_quarter
from brokerage.models import (
    Access,
    Actual,
    Cause,
    Contact,
    Exchange,
    ExchangeEvent,
    ExchangeVersion,
    Feedback,
    Gate,
    Helper,
    HostCapacity,
    Kind,
    Notice,
    NoticeSkill,
    Side,
    Skill,
)
from brokerage.references import free_exchange_reference, free_notice_reference
from brokerage.services.holding import settle
from brokerage.services.terms import new_version
from places.models import Ward

SEED = 2026_11_26
NOTICES, EXCHANGES = 120, 60
HOSTS, GIVERS = 24, 16
"""So many of the example organisations need something, and so many offer something."""

State = Exchange.State

WORK = {
    "team-day": ("Clear the paths and plant a hedge", "Paint the hall", "Sort winter coats",
                 "Build raised beds", "Tidy the beck"),
    "skilled-one-off": ("Read our lease with us", "Set up our accounts", "A logo and a leaflet",
                        "A risk assessment for the kitchen"),
    "skilled-long-term": ("Look after our website", "A finance lead, one afternoon a month",
                          "Help us write bids"),
    "training": ("First aid for twelve volunteers", "Spreadsheets from the start",
                 "Fire safety for an old building"),
    "release": ("Run our building project", "Set up a new warehouse"),
    "mentoring": ("Mentors for young people looking for work", "A mentor for our new manager"),
    "trusteeship": ("A treasurer for our board", "Two trustees who know housing"),
    "money": ("A new boiler for the hall", "A minibus for the summer", "Seeds and tools"),
    "goods": ("Twenty laptops", "Chairs that stack", "Paint that is left over"),
    "space": ("A room for a choir", "A kitchen on Mondays", "A yard for a tool library"),
}  # fmt: skip
OFFERED = {
    "team-day": "Our people, for a day outdoors",
    "skilled-one-off": "An hour with somebody who knows",
    "skilled-long-term": "A specialist, a few hours a month",
    "training": "A trainer and the material",
    "release": "A project manager for three months",
    "mentoring": "Twelve mentors",
    "trusteeship": "People who would join a board",
    "money": "A fund for small things",
    "goods": "What is left when we move office",
    "space": "A meeting room after five",
}
HELPERS: tuple[tuple[str, str, str, list[str]], ...] = (
    ("Ada Beckwith", "Business relationship manager", "Employers who want to begin", ["third"]),
    ("Dev Scholes", "Community broker", "Groups that have never hosted anybody", []),
    ("Grace Armitage", "Broker of skills", "Trustees, mentors and advice", ["third", "public"]),
    ("Jo Lister", "Relationship manager", "Money and rooms", []),
)
NAMES = ("Ada", "Bilal", "Carys", "Dev", "Ellen", "Femi", "Grace", "Hamza", "Iris", "Jo")


@transaction.atomic
def load(*, today: datetime.date) -> int:
    """Make the examples where there are none and the organisations for them are; returns how many
    exchanges there are then of those that were made, and 0 where nothing was made.
    """
    examples = Organisation.objects.filter(is_example=True)
    if Notice.objects.filter(organisation__in=examples).exists():
        return 0
    hosts = list(examples.exclude(sector=Organisation.Sector.PRIVATE).order_by("pk")[:HOSTS])
    givers = list(examples.exclude(pk__in=[row.pk for row in hosts]).order_by("-pk")[:GIVERS])
    kinds = list(Kind.objects.active())
    if not hosts or not givers or not kinds:
        return 0
    random = Random(SEED)  # noqa: S311 (made-up data)
    for host in hosts:
        HostCapacity.objects.get_or_create(
            organisation=host,
            defaults={"groups_a_month": random.randint(8, 12), "largest_party": 30,
                      "most_pending": 9},
        )  # fmt: skip
    skills = list(Skill.objects.active())
    needs: list[Notice] = []
    offers: list[Notice] = []
    for number in range(NOTICES):
        kind = kinds[number % len(kinds)]
        # A round of every kind: four of needs, then one of offers.
        is_need = number // len(kinds) % 5 != 4
        organisation = random.choice(hosts if is_need else givers)
        made = _notice(random, today, organisation, kind, skills, is_need=is_need)
        (needs if is_need else offers).append(made)
    made_up = [
        _exchange(random, today, needs, givers, list(State)[number % len(State)])
        for number in range(EXCHANGES)
    ]
    _helpers(givers)
    notice_index.refresh([row.pk for row in (*needs, *offers)])
    return len(made_up)


def _helpers(givers: Sequence[Organisation]) -> None:
    """People who can help, of whom one has not answered yet."""
    now = timezone.now()
    wards = list(Ward.objects.order_by("name")[:3])
    for number, (name, role, helps_with, sectors) in enumerate(HELPERS):
        helper = Helper.objects.create(
            name=name,
            role=role,
            organisation_name=givers[number % len(givers)].name,
            helps_with=helps_with,
            sectors=sectors,
            email=f"{name.split()[0].lower()}@example.org",
            asked_at=now,
            consented_at=None if number == len(HELPERS) - 1 else now,
            is_example=True,
        )
        if number == 1:
            helper.wards.set(wards)


def _notice(
    random: Random,
    today: datetime.date,
    organisation: Organisation,
    kind: Kind,
    skills: Sequence[Skill],
    *,
    is_need: bool,
) -> Notice:
    side = Notice.Side.NEED if is_need else Notice.Side.OFFER
    title = random.choice(WORK[kind.code]) if is_need else OFFERED[kind.code]
    most = random.choice((1, 6, 8, 10, 12, 20)) if kind.takes_people else None
    in_time = datetime.timedelta(days=random.randint(7, 90))
    first = today + in_time if random.random() < 0.6 else None
    notice = Notice(
        organisation=organisation,
        side=side,
        kind=kind,
        reference=free_notice_reference(side),
        state=Notice.State.PUBLISHED,
        published_at=timezone.now() - datetime.timedelta(days=random.randint(1, 60)),
        expires_on=today + datetime.timedelta(days=random.randint(20, 120)),
        title=title,
        description=f"{kind.description} This one is made up, to show how the board works.",
        benefit_to_host=kind.benefit_to_host,
        benefit_to_giver=kind.benefit_to_giver,
        causes=random.sample(Cause.values, random.randint(0, 3)),
        access=random.sample(Access.values, 2) if random.random() < 0.7 else None,
        places_min=(2 if most > 4 else 1) if most else None,
        places_max=most,
        hours_each=Decimal(random.choice((3, 6, 7))) if most else None,
        amount=None if most else Decimal(random.choice((10, 20, 250, 500, 1250))),
        cost_contribution=Decimal(random.choice((0, 80, 160))) if random.random() < 0.5 else None,
        first_day=first,
        last_day=first + datetime.timedelta(days=random.randint(30, 120)) if first else None,
        mode=random.choice(("in-person", "in-person", "remote", "either")),
        postcode=organisation.postcode,
        ward_id=organisation.ward_id,
        latitude=organisation.public_latitude,
        longitude=organisation.public_longitude,
        **_who(random, organisation),
    )
    notice.save()
    if kind.takes_people:
        NoticeSkill.objects.bulk_create(
            NoticeSkill(notice=notice, skill=skill, must=is_need and not place)
            for place, skill in enumerate(random.sample(skills, random.randint(1, 3)))
        )
    return notice


def _who(random: Random, organisation: Organisation) -> dict[str, str]:
    name = random.choice(NAMES)
    return {
        "contact_name": f"{name} (example)",
        "contact_email": f"{name.lower()}@{organisation.slug[:40]}.example",
        "contact_phone": f"0113 496 0{random.randint(0, 999):03}",
    }


def _exchange(
    random: Random,
    today: datetime.date,
    needs: Sequence[Notice],
    givers: Sequence[Organisation],
    state: Exchange.State,
) -> Exchange:
    """One in this state, with everything that led there."""
    need, giver = _free_pair(random, needs, givers)
    is_past = state in {State.DELIVERED, State.CLOSED, State.DISPUTED, State.NOT_DELIVERED}
    offset = -random.randint(2, 20) if is_past else random.randint(10, 80)
    if state == State.CLOSED:
        # In the quarter that is over, which everybody can look at.
        offset -= (today - first_of_quarter(today)).days
    ago = 20 - offset if is_past else random.randint(1, 8)
    began = timezone.now() - datetime.timedelta(days=ago)
    exchange = Exchange.objects.create(
        reference=free_exchange_reference(),
        need=need,
        host=need.organisation,
        giver=giver,
        kind=need.kind,
        title=need.title,
        benefit_to_host=need.benefit_to_host,
        benefit_to_giver=need.benefit_to_giver,
        proposed_by=Side.GIVER,
        state=State.PROPOSED,
        state_since=began,
        created=began,
        holds_until=began + datetime.timedelta(days=10),
    )
    version = new_version(
        exchange, Side.GIVER, _terms(random, need, today + datetime.timedelta(days=offset))
    )
    Gate.objects.bulk_create(Gate(exchange=exchange, check_of=check) for check in need.kind.checks)
    for side, organisation in ((Side.HOST, exchange.host), (Side.GIVER, giver)):
        who = _who(random, organisation)
        Contact.objects.create(
            exchange=exchange,
            side=side,
            name=who["contact_name"],
            email=who["contact_email"],
            phone=who["contact_phone"],
        )
    # Held while it was open, as what happened never raises what is held.
    settle(exchange)
    _lead_to(random, exchange, version, state, began)
    settle(exchange)
    return exchange


def _free_pair(
    random: Random, needs: Sequence[Notice], givers: Sequence[Organisation]
) -> tuple[Notice, Organisation]:
    """A need with room, and a giver who has nothing open with it."""
    while True:
        need, giver = random.choice(needs), random.choice(givers)
        need.refresh_from_db()
        left = need.seats_left
        if left is not None and left < 2:
            continue
        if need.amount is not None and need.amount - need.amount_held < 5:
            continue
        if not Exchange.objects.filter(need=need, giver=giver).exists():
            return need, giver


def _terms(random: Random, need: Notice, day: datetime.date) -> dict[str, Any]:
    people = need.kind.takes_people
    most = min(need.seats_left or 1, 8)
    return {
        "first_day": day,
        "last_day": day,
        "start_time": datetime.time(9, 30) if people else None,
        "end_time": datetime.time(15, 30) if people else None,
        "seats": random.randint(1, most) if people else None,
        "hours_each": need.hours_each,
        "amount": None if people else Decimal(5),
        "mode": "remote" if need.mode == "remote" else "in-person",
        "postcode": need.postcode,
        "cost_contribution": need.cost_contribution,
    }


_PATHS: dict[str, tuple[tuple[str, str, str], ...]] = {
    State.INTRODUCED: (("host", "introduced", State.INTRODUCED),),
    State.DECLINED: (("host", "declined", State.DECLINED),),
    State.WITHDRAWN: (("giver", "withdrew", State.WITHDRAWN),),
    State.EXPIRED: (("time", "ran out", State.EXPIRED),),
}
_AGREED = (("host", "introduced", State.INTRODUCED), ("host", "agreed", State.AGREED))
_PATHS |= {
    State.PROPOSED: (),
    State.AGREED: _AGREED,
    State.AMENDED: (*_AGREED, ("giver", "proposed a change", State.AMENDED)),
    State.CANCELLED: (*_AGREED, ("giver", "cancelled", State.CANCELLED)),
    State.NOT_DELIVERED: (*_AGREED, ("host", "said that it did not happen", State.NOT_DELIVERED)),
    State.DELIVERED: (*_AGREED, ("giver", "said what happened", State.DELIVERED)),
    State.DISPUTED: (
        *_AGREED,
        ("giver", "said what happened", State.DELIVERED),
        ("host", "disputed", State.DISPUTED),
    ),
    State.CLOSED: (
        *_AGREED,
        ("giver", "said what happened", State.DELIVERED),
        ("host", "confirmed what happened", State.DELIVERED),
        ("time", "closed", State.CLOSED),
    ),
}
_WHY = {
    State.DECLINED: "We have two groups that month already.",
    State.WITHDRAWN: "Our team is smaller than we thought.",
    State.CANCELLED: "The ground is flooded.",
    State.NOT_DELIVERED: "Nobody came, and nobody rang.",
    State.DISPUTED: "They left at noon.",
}


def _lead_to(
    random: Random,
    exchange: Exchange,
    version: ExchangeVersion,
    state: Exchange.State,
    began: datetime.datetime,
) -> None:
    """The history up to the state, and what stands in the rows because of it."""
    steps = (("giver", "proposed", State.PROPOSED), *_PATHS[state])
    before = ""
    for number, (who, verb, to_state) in enumerate(steps):
        ExchangeEvent.objects.create(
            exchange=exchange,
            at=began + datetime.timedelta(hours=20 * number),
            who=who,
            verb=verb,
            from_state=before,
            to_state=to_state,
            reason=_WHY.get(to_state, "") if to_state == state else "",  # type: ignore[call-overload]
        )
        before = to_state
    reached = {to_state for _, _, to_state in steps}
    if State.AGREED in reached:
        exchange.gates.update(met_on=began.date(), words="Settled between us.", level="none")
        exchange.gates.exclude(check_of=Kind.Check.DBS).update(level="")
        version.status = ExchangeVersion.Status.AGREED
        version.host_confirmed_at = version.giver_confirmed_at = began
        version.save()
        exchange.holds_until = None
    if state == State.AMENDED:
        terms = {name: getattr(version, name) for name in ExchangeVersion.TERMS}
        new_version(exchange, Side.GIVER, terms | {"note": "Half an hour later would suit us."})
    exchange.state = state
    if state == State.DISPUTED:
        exchange.broker_asked_at = timezone.now()
    if State.DELIVERED in reached:
        _say_what_happened(random, exchange, version)
    exchange.save()


def _say_what_happened(random: Random, exchange: Exchange, version: ExchangeVersion) -> None:
    people = exchange.kind.takes_people
    actual = Actual.objects.create(
        exchange=exchange,
        by=Actual.By.GIVER,
        people=version.seats,
        giver_hours=version.person_hours if people else None,
        host_hours=Decimal(random.randint(4, 14)) if people else None,
        amount=version.amount,
        host_cost=Decimal(random.choice((40, 120, 240))),
        contribution=version.cost_contribution,
        happened_on=version.last_day or timezone.localdate(),
    )
    if exchange.state != State.CLOSED:
        return
    actual.confirmed_by, actual.confirmed_at = Actual.By.HOST, timezone.now()
    actual.save()
    exchange.confirmed = actual
    for side in Side:
        Feedback.objects.create(
            exchange=exchange, side=side, went=Feedback.Went.WELL, again=True, shared=True,
            words="Made up: it went well, and the tea was hot.",
        )  # fmt: skip
