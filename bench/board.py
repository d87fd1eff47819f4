"""The brokerage board among as many needs: right answers, the time of a page, and of one save.

The peers are not asked again: the engine is that of the provider list. Everything is seeded.
"""

import datetime
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial
from itertools import count
from random import Random
from statistics import median
from typing import Any

from django.db import connection, transaction
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation
from bench import servers, speed, upkeep
from bench.data import settle
from bench.queries import Query
from bench.report import Report
from brokerage import notice_index, vocabulary
from brokerage.examples import OFFERED, WORK
from brokerage.filters import NoticeFilter
from brokerage.models import Access, Cause, Kind, Mode, Notice, NoticeSkill, Requirement, Skill
from brokerage.search import PAGE_SIZE, NoticeSearch, versions
from places.distance import Point, miles_between
from places.models import PostcodeSector
from places.services import load_builtin
from tslsv.search.query import Found

SEED = 2026
BATCH = 5_000
A_HOST_HAS = 4
OFFERS = 5
"""One offer for so many needs: what is searched for shares its index with what is not."""
MOST_STATEMENTS = 4
SMALL, MIDDLE = 3_000, 100_000

QUERIES = tuple(
    Query(name, parameters)
    for name, parameters in (
        ("everything", {}),
        ("second page", {"page": "2"}),
        ("by title", {"sort": "title"}),
        ("ending soonest", {"sort": "ending"}),
        ("one kind", {"kind": "mentoring"}),
        ("two kinds and a skill", {"kind": ["team-day", "training"], "skill": "gardening"}),
        ("three skills", {"skill": ["web", "data", "law"]}),
        ("remotely", {"mode": "remote"}),
        ("a cause and what is asked", {"cause": "green", "requirement": ["lifting", "outdoors"]}),
        ("access", {"access": ["step-free", "toilet"]}),
        ("twelve of us", {"party": "12"}),
        ("seven of us", {"party": "7"}),
        ("next month", {"since": "+20", "until": "+50"}),
        ("from a day", {"since": "+77"}),
        ("near", {"near": "LS8 4"}),
        ("within two miles", {"near": "LS8 4", "within": "2"}),
        ("within ten miles", {"near": "LS1 4", "within": "10", "kind": "team-day"}),
        ("a word", {"q": "paths"}),
        ("two words", {"q": "paint hall"}),
        ("a word and a place", {"q": "boiler", "near": "LS8 4", "within": "5"}),
        (
            "six filters",
            {"kind": ["team-day", "mentoring"], "mode": "in-person", "party": "4",
             "since": "+10", "cause": ["green", "food", "arts"], "near": "LS8 4"},
        ),
        ("nothing found", {"kind": "money", "party": "4"}),
    )
)  # fmt: skip
ASIDE = ("nothing found",)
"""Asks for what there would be without each filter."""


def run(told: Report, sizes: Sequence[int], repetitions: int) -> None:
    """Say what it came to, at each size; the scratch database has no organisations afterwards."""
    pages: dict[int, speed.Times] = {}
    try:
        for size in sizes:
            told.say()
            told.say(f"### {size:,} needs")
            told.say()
            _make(size)
            queries = [Query(query.name, _dated(query.parameters)) for query in QUERIES]
            pages[size] = _one_size(told, size, queries, repetitions)
    finally:
        _clear()
    if SMALL in pages and MIDDLE in pages:
        ratio = pages[MIDDLE].p95 / pages[SMALL].p95
        told.verdict(
            f"2 needs: page p95 at {MIDDLE:,} ≤ 3 × p95 at {SMALL:,}",
            holds=ratio <= 3,
            numbers=f"{ratio:.2f} ×",
        )


def _one_size(told: Report, size: int, queries: Sequence[Query], repetitions: int) -> speed.Times:
    wrong = _differences(queries)
    for line in wrong:
        told.say(f"  WRONG {line}")
    told.verdict(
        "1 needs: counts and pages equal brute force",
        holds=not wrong,
        numbers=f"{len(wrong)} differences in {len(queries)} searches",
    )
    address = reverse("brokerage:needs")
    needed = speed.most_statements(queries, address)
    most = max(count for name, count in needed.items() if name not in ASIDE)
    told.verdict(
        f"5 needs: at most {MOST_STATEMENTS} statements a page",
        holds=most <= MOST_STATEMENTS,
        numbers=f"{most}; {', '.join(f'{name} {needed[name]}' for name in ASIDE)}",
    )
    with servers.ours() as port:
        client = servers.Client(port)
        page, search, constant = (
            _times(client, at, queries, repetitions)
            for at in (address, "/bench/board-search", "/bench/board-constant")
        )
    told.say(f"- page p50 {page.p50:.1f}, p95 {page.p95:.1f} ms; its search p50 {search.p50:.1f}")
    for name, most_times, other in (
        ("its own search", 2, search.p50),
        ("a constant page", 15, constant.p50),
    ):
        told.verdict(
            f"3 needs: page p50 ≤ {most_times} × {name}",
            holds=page.p50 <= most_times * other,
            numbers=f"{page.p50 / other:.2f} ×",
        )
    ids = sorted(notice_index.all_ids())
    asked = upkeep.ROUNDS * (upkeep.WARMING + upkeep.COUNTED)
    ids = ids[:: max(1, len(ids) // asked)][:asked]
    small, large = (upkeep.Saves.timed(ids, partial(_save, large=large)) for large in (False, True))
    differences = notice_index.differences() if size <= MIDDLE else []
    told.verdict(
        "6 needs: upkeep of one save ≤ 2 ms p95, and the index is right after all of them",
        holds=small.p95 <= 2 and not differences,
        numbers="; ".join([str(small), f"many values changed: {large}", *differences]),
    )
    return page


def asked_of(data: QueryDict) -> NoticeSearch:
    """The search of needs that these parameters ask for."""
    return NoticeSearch(Notice.Side.NEED, data, versions().vocabulary)


def _dated(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Days that are counted from today, as days."""
    today = timezone.localdate()
    return {
        name: (today + datetime.timedelta(days=int(value))).isoformat()
        if name in ("since", "until")
        else value
        for name, value in parameters.items()
    }


def _times(
    client: servers.Client, address: str, queries: Sequence[Query], repetitions: int
) -> speed.Times:
    """Each search's median; the first round warms up."""
    spent: dict[str, list[float]] = {query.name: [] for query in queries}
    for number in range(repetitions + 1):
        for query in queries:
            milliseconds, _ = client.get(f"{address}?{query.string}")
            if number:
                spent[query.name].append(milliseconds)
    return speed.Times({name: median(times) for name, times in spent.items()})


# --- the truth, row by row ----------------------------------------------------------------------


def _differences(queries: Sequence[Query]) -> list[str]:
    """What a page says that a look at every row does not, in sentences."""
    rows = list(_needs())
    found: list[str] = []
    for query in queries:
        asked = asked_of(QueryDict(query.string))
        true = _Truth(asked, rows)
        answer = asked.find(page=query.page)
        found += [f"{query.name}: {words}" for words in true.wrong(answer, query.page)]
    return found


def _needs() -> Iterator[dict[str, Any]]:
    skills: dict[int, dict[str, str]] = {}
    for pk, code, label in NoticeSkill.objects.values_list(
        "notice_id", "skill__code", "skill__label"
    ):
        skills.setdefault(pk, {})[code] = label
    causes = dict(Cause.choices)
    today = timezone.localdate()
    wanted = Notice.objects.findable(today).filter(side=Notice.Side.NEED)
    for row in wanted.select_related("kind").iterator():
        modes = Mode if row.mode == Mode.EITHER else [Mode(row.mode)]
        mine = skills.get(row.pk, {})
        words = [row.title, row.description, row.kind.label, *mine.values()]
        yield {
            "id": row.pk,
            "organisation": row.organisation_id,
            "title": row.title.lower(),
            "text": " ".join(words + [causes[cause] for cause in row.causes]).lower(),
            "published": timezone.localdate(row.published_at),
            "ends": min(row.expires_on or today, row.last_day or datetime.date.max),
            "first": row.first_day or datetime.date.min,
            "last": row.last_day or datetime.date.max,
            "left": (row.places_max or 0) - row.seats_held if row.kind.takes_people else 0,
            "fewest": row.places_min or 1,
            "point": row.point,
            "values": {
                ("kind", row.kind.code),
                *(("skill", code) for code in mine),
                *(("mode", mode.value) for mode in modes),
                *([("ward", row.ward_id)] if row.ward_id else []),
                *(("cause", cause) for cause in row.causes),
                *(("access", code) for code in row.access or ()),
                *(("requirement", code) for code in row.requirements or ()),
            },
        }


class _Truth:
    """What a search has to answer, from a look at every row."""

    def __init__(self, asked: NoticeSearch, rows: Sequence[dict[str, Any]]) -> None:
        self.asked = asked
        failed = [(row, self._failed(row)) for row in rows]
        self.found = [row for row, names in failed if not names]
        self.counts: Counter[tuple[str, str]] = Counter()
        for row, names in failed:
            for facet, value in row["values"]:
                if names <= {facet}:
                    self.counts[facet, value] += 1

    def _failed(self, row: dict[str, Any]) -> set[str]:
        """The filters that leave this row out."""
        wanted, failed = self.asked.wanted, set()
        for facet in NoticeFilter.FACETS:
            if wanted[facet] and not any(
                (facet, value) in row["values"] for value in wanted[facet]
            ):
                failed.add(facet)
        if any(word not in row["text"] for word in self.asked.text.split()):
            failed.add("q")
        party = wanted.get("party")
        if party is not None:
            failed |= {name for name, fits in (
                ("left", party <= row["left"]), ("fewest", row["fewest"] <= party)
            ) if not fits}  # fmt: skip
        if wanted.get("since") and row["last"] < wanted["since"]:
            failed.add("since")
        if wanted.get("until") and row["first"] > wanted["until"]:
            failed.add("until")
        if wanted.get("within") and ("mode", "remote") not in row["values"]:
            miles = self._miles(row)
            if miles is None or miles > float(wanted["within"]):
                failed.add("within")
        return failed

    def _miles(self, row: dict[str, Any]) -> float | None:
        place = self.asked.place
        if place is None or row["point"] is None:
            return None
        point = Point(place.point.latitude, place.point.longitude)
        return miles_between(point, row["point"])

    def wrong(self, answer: Found, page: int) -> Iterator[str]:
        """Numbers, then the page: its rows are among the found, as many and in the right order."""
        if answer.total != len(self.found):
            yield f"total is {answer.total}, true {len(self.found)}"
        groups = len({row["organisation"] for row in self.found})
        if answer.groups != groups:
            yield f"organisations are {answer.groups}, true {groups}"
        counts = {key: n for key, n in answer.counts.items() if n and key[0] in NoticeFilter.FACETS}
        if counts != self.counts:
            odd = sorted(key for key in counts | self.counts if counts.get(key) != self.counts[key])
            yield f"{len(odd)} counts differ, first {odd[0]}"
        by_id = {row["id"]: row for row in self.found}
        ids = [hit.object_id for hit in answer.hits]
        first = (page - 1) * PAGE_SIZE
        if len(set(ids)) != max(0, min(PAGE_SIZE, len(by_id) - first)) or not set(ids) <= set(
            by_id
        ):
            yield f"page is {ids}"
        elif self.asked.order != "relevance":
            true = sorted(map(self._key, self.found))[first : first + PAGE_SIZE]
            shown = [self._key(by_id[pk]) for pk in ids]
            if shown != true:
                yield f"page is in another order: {shown[:3]}, true {true[:3]}"

    def _key(self, row: dict[str, Any]) -> Any:
        """What the order goes by; equal keys may stand in any order."""
        if self.asked.order == "distance":
            miles = self._miles(row)
            return float("inf") if miles is None else round(miles, 3)
        return {
            "newest": -row["published"].toordinal(),
            "ending": row["ends"].toordinal(),
            "title": row["title"],
        }[self.asked.order]


# --- made-up needs ------------------------------------------------------------------------------


def _clear() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE accounts_organisation CASCADE")


def _make(size: int) -> None:
    """As many needs, a fifth as many offers, and one in twenty more that is paused."""
    load_builtin()
    vocabulary.load()
    _clear()
    rng = Random(SEED)
    organisations = Organisation.objects.bulk_create(
        (
            Organisation(name=f"Made up {number}", slug=f"made-up-{number}")
            for number in range(max(1, size // A_HOST_HAS))
        ),
        batch_size=BATCH,
    )
    kinds, skills = list(Kind.objects.active()), list(Skill.objects.active())
    sectors = list(PostcodeSector.objects.order_by("code"))
    sides = [Notice.Side.NEED] * size + [Notice.Side.OFFER] * (size // OFFERS)
    states = [Notice.State.PUBLISHED] * len(sides) + [Notice.State.PAUSED] * (size // 20)
    sides += [Notice.Side.NEED] * (size // 20)
    notices = Notice.objects.bulk_create(
        (
            _notice(rng, which, organisations, kinds, sectors)
            for which in zip(count(), sides, states)
        ),
        batch_size=BATCH,
    )
    # The same few skills are asked for most.
    weights = [1 / rank for rank in range(1, len(skills) + 1)]
    NoticeSkill.objects.bulk_create(
        (
            NoticeSkill(notice=notice, skill=skill)
            for notice in notices
            for skill in set(rng.choices(skills, weights, k=rng.randint(0, 3)))
        ),
        batch_size=BATCH,
    )
    notice_index.rebuild()
    settle(notice_index.SCHEMA)


def _notice(
    rng: Random,
    which: tuple[int, str, str],
    organisations: Sequence[Organisation],
    kinds: Sequence[Kind],
    sectors: Sequence[PostcodeSector],
) -> Notice:
    """``which`` is its number, its side and its state."""
    number, side, state = which
    kind, sector, today = rng.choice(kinds), rng.choice(sectors), timezone.localdate()
    is_need = side == Notice.Side.NEED
    work = rng.choice(WORK[kind.code]) if is_need else OFFERED[kind.code]
    first = today + datetime.timedelta(days=rng.randint(0, 200)) if rng.random() < 0.6 else None
    last = first + datetime.timedelta(days=rng.choice((0, 6, 30, 90))) if first else None
    fewest, is_placed = rng.choice((1, 1, 2, 4, 6)), rng.random() < 0.9
    most = fewest + rng.choice((0, 2, 6, 12, 30))
    return Notice(
        side=side,
        reference=f"{side[0].upper()}{number:07}",
        state=state,
        organisation=rng.choice(organisations),
        kind=kind,
        # A long tail of rare words, as names of places make it.
        title=f"{work} at {_name(rng)}",
        description=f"{work}. Known to all in {_name(rng)} and {_name(rng)}.",
        benefit_to_host="What is asked for.",
        benefit_to_giver="What comes of it.",
        places_min=fewest if kind.takes_people else None,
        places_max=most if kind.takes_people else None,
        seats_held=rng.randint(0, most) if kind.takes_people and rng.random() < 0.4 else 0,
        hours_each=Decimal(6) if kind.takes_people else None,
        amount=None if kind.takes_people else Decimal(rng.randint(2, 2000)),
        causes=rng.sample(Cause.values, rng.randint(0, 2)),
        access=rng.choice((None, rng.sample(Access.values, rng.randint(0, 4)))),
        requirements=rng.choice((None, rng.sample(Requirement.values, rng.randint(0, 3)))),
        first_day=first,
        last_day=last,
        mode=rng.choice((Mode.IN_PERSON, Mode.IN_PERSON, Mode.EITHER, Mode.REMOTE)),
        ward_id=sector.main_ward_id if is_placed else None,
        latitude=sector.latitude + rng.uniform(-0.01, 0.01) if is_placed else None,
        longitude=sector.longitude + rng.uniform(-0.01, 0.01) if is_placed else None,
        published_at=timezone.now() - datetime.timedelta(days=rng.randint(1, 300)),
        expires_on=today + datetime.timedelta(days=rng.randint(1, 180)),
    )


def _name(rng: Random) -> str:
    start = rng.choice(("Ash", "Birk", "Cross", "Dun", "Ell", "Farn", "Gip", "Hare", "Ilk", "Kirk"))
    middle = rng.choice(("ing", "er", "ley", "by", "thorp", "wick", "stall", "mere"))
    return f"{start}{middle}{rng.choice(('ton', 'well', 'dale', 'gate', 'moor', 'ford'))}"


def _save(need_id: int, number: int, *, large: bool) -> tuple[float, float]:
    """Change a word of what one need asks for and how many may come, as when places are held; with
    ``large`` title and cause, too.
    """
    with transaction.atomic():
        row = Notice.objects.select_for_update(no_key=True).get(pk=need_id)
        row.description = f"{row.description[:900]} {'Newly' if number % 2 else 'Lately'} written."
        if row.places_max is not None:
            row.places_max += 1
        if large:
            row.title = f"{row.title[:100]} again"
            row.causes = [(Cause.FOOD if number % 2 else Cause.GREEN).value]
        return upkeep.timed_save(row, notice_index.refresh)
