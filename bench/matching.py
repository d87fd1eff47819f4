"""Whether help spreads, and what a ranking costs: generated months of 500 needs and 500 offers.

In each month givers come in turn, look at the first few needs of their ranking, and connect with
one of them, which then has less room. The share of needs with at least one connection is compared
with the same month ranked by plain score. Everything is seeded; nobody real is behind it.
"""

import datetime
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from random import Random
from statistics import mean, median
from time import perf_counter

from django.utils import timezone

from accounts.models import Organisation
from bench.report import Report
from brokerage import vocabulary
from brokerage.matching.facts import Days, Facts, Host
from brokerage.matching.reading import best_for, facts_of
from brokerage.matching.score import Match, in_order, match
from brokerage.models import Cause, Kind, Mode, Notice, NoticeSkill, Skill
from places.distance import Point

NUMBER = 500
MONTHS = 4
LOOKS_AT = 5
"""How many of its ranking a giver reads before it chooses one of them."""
MOST_READS = 4
"""How many times as long as reading the candidates alone a ranking may take."""


def run(told: Report) -> None:
    """Say what it came to; made-up rows stay in the scratch database."""
    shares = [_month(seed) for seed in range(MONTHS)]
    ours, plain = (mean(row[place] for row in shares) for place in (0, 2))
    made, made_plain = (mean(row[place] for row in shares) for place in (1, 3))
    told.verdict(
        f"needs connected, {MONTHS} months of {NUMBER} × {NUMBER}: more than by score alone",
        holds=ours > plain,
        numbers=f"{ours:.1%} against {plain:.1%}; connections {made:.0f} against {made_plain:.0f}",
    )
    whole, reading = _times()
    told.verdict(
        f"one ranking of {NUMBER} ≤ {MOST_READS} × reading its candidates",
        holds=whole <= MOST_READS * reading,
        numbers=f"{whole / reading:.2f} × ({1000 * whole:.0f} ms)",
    )


def _month(seed: int) -> tuple[float, int, float, int]:
    """The share of needs connected and the connections, by our ranking and by plain score."""
    random, days = Random(seed), Days(timezone.localdate())
    needs = [_side(random, days, number, is_need=True) for number in range(NUMBER)]
    offers = [_side(random, days, number, is_need=False) for number in range(NUMBER)]
    spread = _connect(needs, offers, days, Random(seed), fair=True)
    alone = _connect(needs, offers, days, Random(seed), fair=False)
    return (_share(spread), sum(spread.values()), _share(alone), sum(alone.values()))


def _connect(
    needs: list[Facts], offers: list[Facts], days: Days, random: Random, *, fair: bool
) -> dict[str, int]:
    """How often each need was connected. Offers come over 30 days, one after the other."""
    now = {need.reference: need for need in needs}
    times = dict.fromkeys(now, 0)
    for place, offer in enumerate(offers):
        today = days.today + datetime.timedelta(days=30 * place // len(offers))
        chosen = _choose(_first(now.values(), offer, days, today, fair=fair), random)
        if chosen is None:
            continue
        need = chosen.need
        party = min(need.places_left or 0, offer.places_left or 0)
        noon = datetime.datetime.combine(today, datetime.time(12))
        now[need.reference] = replace(
            need,
            places_left=(need.places_left or 0) - party,
            connected_at=timezone.make_aware(noon),
        )
        times[need.reference] += 1
    return times


def _first(
    needs: Iterable[Facts],
    offer: Facts,
    days: Days,
    today: datetime.date,
    *,
    fair: bool,
) -> list[Match]:
    """The first few that fit, in our order or by score and reference."""
    found = (match(need, offer, about=need, days=days, today=today) for need in needs)
    fitting = [pair for pair in found if pair.fits]
    if fair:
        return in_order((pair, pair.need) for pair in fitting)[:LOOKS_AT]
    return sorted(fitting, key=lambda pair: (-pair.total, pair.need.reference))[:LOOKS_AT]


def _choose(pairs: list[Match], random: Random) -> Match | None:
    """The first is chosen most often: each is passed over half the time, but for the last."""
    for pair in pairs[:-1]:
        if random.random() < 0.5:
            return pair
    return pairs[-1] if pairs else None


def _share(times: dict[str, int]) -> float:
    return sum(number > 0 for number in times.values()) / len(times)


def _side(random: Random, days: Days, number: int, *, is_need: bool) -> Facts:
    """One need or offer of people, as diverse as the board's own examples; some say little."""
    begin = days.today + datetime.timedelta(days=random.randrange(60))
    end = begin + datetime.timedelta(days=random.choice((0, 6, 30, 90)))
    says_days, weekdays = random.random() < 0.7, random.sample(range(1, 8), random.randint(1, 5))
    window = days.between(begin, end) & days.on(weekdays) if says_days else days.all
    # What many bring and many ask for is the same few skills.
    keys = {min(int(random.expovariate(0.12)), 39) for _ in range(random.randint(0, 4))}
    skills = {key: f"Skill {key}" for key in sorted(keys)}
    fewest = random.choice((1, 1, 2, 4, 6))
    return Facts(
        reference=f"{'N' if is_need else 'O'}-{number:04}",
        organisation=number if is_need else NUMBER + number,
        kind=1,
        days=window or days.between(begin, begin),
        days_said=says_days,
        skills=skills,
        must=frozenset(list(skills)[:1]) if is_need and random.random() < 0.4 else frozenset(),
        causes=frozenset(random.sample(Cause.values, random.randint(0, 2))),
        fewest=fewest,
        places_left=fewest + random.choice((0, 2, 6, 12)),
        hours_each=Decimal(6),
        mode=random.choice((Mode.IN_PERSON, Mode.IN_PERSON, Mode.EITHER, Mode.REMOTE)),
        point=Point(random.gauss(53.8, 0.05), random.gauss(-1.55, 0.08)),
        host=Host(),
    )


def _times() -> tuple[float, float]:
    """Seconds of one whole ranking of 500 offers, and of reading them alone; medians in turn."""
    need = _rows()
    whole, reading = [], []
    for _ in range(7):
        begun = perf_counter()
        best_for(need)
        whole.append(perf_counter() - begun)
        begun = perf_counter()
        rows = Notice.objects.findable(timezone.localdate()).filter(side=Notice.Side.OFFER)
        facts_of(rows.select_related("organisation", "kind"), Days(timezone.localdate()))
        reading.append(perf_counter() - begun)
    return median(whole), median(reading)


def _rows() -> Notice:
    """500 offers and a need of as many organisations, of which each has two skills."""
    vocabulary.load()
    random, today = Random(1), timezone.localdate()
    kind, skills = Kind.objects.get(code="team-day"), list(Skill.objects.all())
    organisations = Organisation.objects.bulk_create(
        Organisation(name=f"Made up {number}", slug=f"made-up-{number}")
        for number in range(NUMBER + 1)
    )
    notices = Notice.objects.bulk_create(
        Notice(
            side=Notice.Side.OFFER if number else Notice.Side.NEED,
            reference=f"{'O' if number else 'N'}-{number:05}",
            state=Notice.State.PUBLISHED,
            organisation=organisation,
            kind=kind,
            title=f"Made up {number}",
            benefit_to_host="Work done.",
            benefit_to_giver="A day together.",
            places_min=1,
            places_max=random.randint(2, 20),
            published_at=timezone.now(),
            expires_on=today + datetime.timedelta(days=90),
            latitude=random.gauss(53.8, 0.05),
            longitude=random.gauss(-1.55, 0.08),
        )
        for number, organisation in enumerate(organisations)
    )
    NoticeSkill.objects.bulk_create(
        NoticeSkill(notice=notice, skill=skill)
        for notice in notices
        for skill in random.sample(skills, 2)
    )
    return notices[0]
