"""What the score promises: gates, 0 to 100, neutral where nothing was said, one order."""

import datetime
from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from brokerage.matching import score
from brokerage.matching.facts import Days, Facts, Host, Released
from brokerage.matching.score import Match, in_order, match, penalty_of
from brokerage.models import Access, Cause, Mode, Requirement
from places.distance import Point

TODAY = datetime.date(2026, 11, 26)
DAYS = Days(TODAY)
SKILLS = {1: "Planting", 2: "Hedge laying", 3: "Driving", 4: "Law"}

windows = st.tuples(st.integers(-5, 60), st.integers(-5, 60), st.sets(st.integers(1, 7))).map(
    lambda said: DAYS.between(ahead(min(said[:2])), ahead(max(said[:2]))) & DAYS.on(said[2])
)
some = st.none() | st.integers(0, 30)
points = st.none() | st.builds(Point, st.floats(53.6, 54.0), st.floats(-1.8, -1.2))


def ahead(days: int) -> datetime.date:
    return TODAY + datetime.timedelta(days=days)


def ago(days: int) -> datetime.datetime:
    noon = datetime.datetime.combine(ahead(-days), datetime.time(12))
    return timezone.make_aware(noon)


@st.composite
def sides(draw: st.DrawFn, organisation: int) -> Facts:
    skills = draw(st.sets(st.sampled_from(sorted(SKILLS))))
    return Facts(
        reference=f"R-{draw(st.integers(1, 99)):02}",
        organisation=organisation,
        kind=draw(st.integers(1, 2)),
        days=draw(windows),
        days_said=draw(st.booleans()),
        takes_people=draw(st.booleans()),
        skills={key: SKILLS[key] for key in skills},
        must=frozenset(draw(st.sets(st.sampled_from(sorted(skills)))) if skills else ()),
        causes=draw(st.frozensets(st.sampled_from(Cause.values), max_size=3)),
        access=draw(st.none() | st.frozensets(st.sampled_from(Access.values), max_size=3)),
        requirements=draw(
            st.none() | st.frozensets(st.sampled_from(Requirement.values), max_size=3)
        ),
        fewest=draw(some),
        places_left=draw(some),
        hours_each=draw(st.none() | st.integers(0, 9).map(Decimal)),
        amount_left=draw(some.map(lambda left: None if left is None else Decimal(left))),
        mode=draw(st.sampled_from(Mode.values)),
        point=draw(points),
        connected_at=draw(st.none() | st.integers(0, 90).map(ago)),
        host=Host(draw(st.booleans()), draw(some), draw(windows), draw(windows)),
        released=tuple(Released(draw(windows), Decimal(9)) for _ in range(draw(st.integers(0, 2)))),
    )


needs, offers = sides(1), sides(2)


def judged(need: Facts, offer: Facts, together: int = 0) -> Match:
    return match(need, offer, about=need, days=DAYS, today=TODAY, together=together)


def plain_side(organisation: int, **said: object) -> Facts:
    values = {"reference": f"R-{organisation}", "kind": 1, "days": DAYS.all, **said}
    return Facts(organisation=organisation, **values)  # type: ignore[arg-type]


@given(needs, offers, st.integers(0, 3))
def test_the_total_is_the_sum_of_what_is_shown(need: Facts, offer: Facts, together: int) -> None:
    found = judged(need, offer, together)
    assert 0 <= found.total <= 100
    assert [part.most for part in found.parts] == [35, 20, 20, 10, 10, 5]
    for part in found.parts:
        assert 0 <= part.points <= part.most
        assert part.points == round(part.points, 1)
        assert part.why
        assert part.raised_by or part.points == part.most or part.why.startswith("Nothing more")
        if part.is_neutral:
            assert part.points * 2 == part.most
            assert "so counted as neutral" in part.why
    assert 0 <= found.penalty <= 30
    assert found.fits == (not any(gate.holds is False for gate in found.gates))
    assert all(gate.why for gate in found.gates)


@given(needs, offers, windows)
def test_more_days_more_skills_and_more_room_never_lower_a_part(
    need: Facts, offer: Facts, more: int
) -> None:
    before = score.availability(need, offer).points
    assert score.availability(need, replace(offer, days=offer.days | more)).points >= before
    if offer.skills:
        better = replace(offer, skills=SKILLS)
        assert score.skills(need, better).points >= score.skills(need, offer).points
    if need.takes_people and need.places_left is not None:
        wider = replace(need, places_left=need.places_left + 3)
        assert score.capacity(wider, offer).points >= score.capacity(need, offer).points


@given(st.floats(0, 30), st.floats(0, 30))
def test_nearer_never_scores_lower(one: float, other: float) -> None:
    here = plain_side(1, point=Point(53.8, -1.5))
    near, far = (
        plain_side(2, point=Point(53.8 + degrees / 100, -1.5)) for degrees in sorted((one, other))
    )
    assert score.distance(here, near).points >= score.distance(here, far).points


def test_nothing_said_is_half_and_shuts_no_gate() -> None:
    found = judged(plain_side(1), plain_side(2))
    assert found.fits
    assert [str(part.points) for part in found.parts] == ["17.5", "10", "10", "5", "5", "0"]
    assert all(part.is_neutral for part in found.parts[:5])


def test_two_musts_of_three_skills_score_as_designed() -> None:
    need = plain_side(1, skills={1: "Planting", 2: "Hedge laying", 3: "Digging"})
    need = replace(need, must=frozenset({1, 3}))
    part = score.skills(need, plain_side(2, skills={1: "Planting", 3: "Digging"}))
    assert (part.shown, part.why) == ("30 of 35", "2 of 3 skills match")
    assert part.raised_by == "Somebody who brings Hedge laying"


@pytest.mark.parametrize(
    ("need", "offer", "name"),
    [
        ({"is_open": False}, {}, "On the board"),
        ({}, {"is_open": False}, "On the board"),
        ({}, {"organisation": 1}, "Two organisations"),
        ({"is_example": True}, {}, "Two organisations"),
        ({"kind": 2}, {}, "Kind"),
        ({"host": Host(paused=True)}, {}, "Host"),
        ({"days": 1}, {"days": 2}, "Dates"),
        ({"days": 1, "host": Host(off=1)}, {}, "Dates"),
        ({"days": 1, "host": Host(full=1)}, {}, "A group’s turn"),
        ({"host": Host(pending=3)}, {}, "Room for a proposal"),
        ({"places_left": 0}, {}, "Places"),
        ({"places_left": 4}, {"fewest": 5}, "Places"),
        ({"fewest": 5}, {"places_left": 4}, "Places"),
        ({"host": Host(most_at_once=4)}, {"fewest": 5}, "Places"),
        ({"takes_people": False, "amount_left": Decimal(0)}, {}, "Amount"),
        ({"mode": "remote"}, {"mode": "in-person"}, "Where"),
        (
            {"skills": SKILLS, "must": frozenset({4})},
            {"skills": {1: "Planting"}},
            "Skills it must have",
        ),
        (
            {"requirements": frozenset({"driver"})},
            {"requirements": frozenset()},
            "What is asked of people",
        ),
        ({"access": frozenset()}, {"access": frozenset({"toilet"})}, "Access"),
        ({"hours_each": Decimal(6)}, {"released": (Released(1, Decimal(5)),)}, "Hours"),
        ({"hours_each": Decimal(6)}, {"released": (Released(0, Decimal(9)),)}, "Hours"),
    ],
)
def test_a_gate_keeps_out_and_says_why(
    need: dict[str, object], offer: dict[str, object], name: str
) -> None:
    theirs = {"organisation": 2, **offer}
    found = judged(plain_side(1, **need), plain_side(**theirs))  # type: ignore[arg-type]
    assert len(found.reasons) == 1
    assert found.reasons[0].name == name
    assert found.reasons[0].why.endswith(".")


def test_a_mentor_comes_though_the_host_has_days_off() -> None:
    host = Host(off=DAYS.all)
    assert judged(plain_side(1, host=host, is_long=True), plain_side(2)).fits


def test_what_was_connected_is_ranked_lower_for_sixty_days() -> None:
    taken = [penalty_of(plain_side(1, connected_at=ago(days)), TODAY)[0] for days in range(70)]
    assert taken[0] == 30
    assert taken[30] == 15
    assert taken == sorted(taken, reverse=True)
    assert not any(taken[60:])
    assert penalty_of(plain_side(1), TODAY)[0] == 0


@given(st.lists(needs, max_size=12), offers, st.integers())
def test_the_order_does_not_depend_on_how_they_came(
    found: list[Facts], offer: Facts, seed: int
) -> None:
    rows = [replace(need, reference=f"R-{place:02}") for place, need in enumerate(found)]
    pairs = [(judged(need, offer), need) for need in rows]
    ordered = in_order(pairs)
    Random(seed).shuffle(pairs)
    assert in_order(pairs) == ordered
    assert [row.rank for row in ordered] == sorted((row.rank for row in ordered), reverse=True)


def test_of_equals_the_one_that_waited_longest_comes_first() -> None:
    rows = [
        plain_side(1, reference="R-3", connected_at=ago(80)),
        plain_side(1, reference="R-2", connected_at=ago(90)),
        plain_side(1, reference="R-9"),
        plain_side(1, reference="R-1"),
    ]
    ordered = in_order((judged(row, plain_side(2)), row) for row in rows)
    assert [row.need.reference for row in ordered] == ["R-1", "R-9", "R-2", "R-3"]
