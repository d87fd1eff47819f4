"""The engine finds, counts and orders exactly what a plain search over the rows does."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoDbBlocker

from places.models import PostcodeSector, Ward
from providers import listing_index
from providers.listing_index import SCHEMA
from providers.models import ListingBitmap, Synonym, Term
from tests.conftest import rolled_back
from tests.factories import make_synonym
from tests.search.brute import Answer, Around, Brute, Typed, Wanted
from tests.search.conftest import use_small_chunks, walk_always
from tests.search.town import CODES, WARDS, Town, build_town, change_town
from tslsv.search import paging
from tslsv.search.opening import Circle
from tslsv.search.query import Found, Search, find, find_ids
from tslsv.search.schema import Position

pytestmark = pytest.mark.django_db
SIZE = 20


@dataclass(frozen=True, slots=True)
class Searched:
    """A town in the index, and the plain search over its rows."""

    # Kept out of the words of a failure: hundreds of listings.
    town: Town = field(repr=False)
    brute: Brute = field(repr=False)

    def check(self, wanted: Wanted, pages: int = 3, size: int = SIZE) -> Found:
        """Compare everything the engine says of ``wanted`` with the plain search."""
        search = search_of(wanted)
        first = find(SCHEMA, search, page=1, size=size)
        answer = self.brute.search(corrected(wanted, first))
        assert first.total == len(answer.ids)
        assert first.groups == answer.groups
        compare_counts(first, answer)
        assert sorted(find_ids(SCHEMA, search)) == sorted(answer.ids)
        for page in range(1, pages + 1):
            found = first if page == 1 else find(SCHEMA, search, page=page, size=size)
            self.compare_page(found, answer, wanted, (page - 1) * size, size)
        return first

    def compare_page(
        self, found: Found, answer: Answer, wanted: Wanted, offset: int, size: int
    ) -> None:
        ids = [hit.object_id for hit in found.hits]
        assert len(ids) == min(size, max(0, len(answer.ids) - offset))
        assert len(set(ids)) == len(ids)
        assert set(ids) <= answer.ids
        if wanted.order != "relevance":
            keys = [self.brute.key(listing_id, wanted) for listing_id in ids]
            assert keys == list(answer.keys[offset : offset + size])
        for hit in found.hits:
            miles = self.brute.miles(hit.object_id, wanted)
            assert hit.miles == (None if miles is None else pytest.approx(miles, abs=1e-6))

    def walk(self, wanted: Wanted, size: int = 7) -> list[int]:
        """The ids of every page, one after the other; each page compared."""
        search = search_of(wanted)
        answer: Answer | None = None
        ids: list[int] = []
        while True:
            found = find(SCHEMA, search, page=len(ids) // size + 1, size=size)
            answer = answer or self.brute.search(corrected(wanted, found))
            self.compare_page(found, answer, wanted, len(ids), size)
            ids += [hit.object_id for hit in found.hits]
            if len(found.hits) < size:
                break
        assert len(ids) == len(set(ids))
        assert set(ids) == answer.ids
        return ids


def search_of(wanted: Wanted) -> Search:
    """The same question as the engine takes it."""
    numbers = {"notice": wanted.notice, "capacity": wanted.capacity}
    around = wanted.around
    return Search(
        text=wanted.whole or " ".join(map(str, wanted.words)),
        choices=wanted.choices,
        numbers={name: number for name, number in numbers.items() if number is not None},
        circle=Circle(
            Position.at(around.latitude, around.longitude),
            around.miles,
            [("delivers_to", around.ward)] if around.ward else [],
        )
        if around
        else None,
        counted=SCHEMA.facets,
        order=wanted.order,
        origin=Position.at(*wanted.origin) if wanted.origin else None,
    )


def corrected(wanted: Wanted, found: Found) -> Wanted:
    """What was searched for in the end: words that occur nowhere are taken for slips."""
    words = tuple(
        Typed(found.corrections.get(word.text, word.text), word.phrase, word.barred)
        for word in wanted.words
    )
    return Wanted(
        words, wanted.whole, wanted.choices, wanted.notice, wanted.capacity, wanted.around,
        wanted.origin, wanted.order,
    )  # fmt: skip


def compare_counts(found: Found, answer: Answer) -> None:
    assert {key: number for key, number in found.counts.items() if number} == answer.counts


# -- The town, in every state an index can be in ----------------------------------------------


def _rebuilt(_: pytest.MonkeyPatch) -> Town:
    town = build_town(1, organisations=60, listings=240)
    listing_index.rebuild()
    return town


def _refreshed(_: pytest.MonkeyPatch) -> Town:
    """Never rebuilt: every listing stands in the tail, and no word has a bitmap."""
    town = build_town(2, organisations=50, listings=200)
    listing_index.refresh(listing.pk for listing in town.listings)
    return town


def _rebuilt_then_refreshed() -> Town:
    town = build_town(3, organisations=60, listings=240)
    listing_index.rebuild()
    listing_index.refresh(change_town(town))
    listing_index.refresh(change_town(town))
    return town


def _in_many_chunks(patch: pytest.MonkeyPatch) -> Town:
    use_small_chunks(patch)
    town = _rebuilt_then_refreshed()
    assert ListingBitmap.objects.values("chunk").distinct().count() >= 5
    return town


def _walking(patch: pytest.MonkeyPatch) -> Town:
    use_small_chunks(patch)
    walk_always(patch)
    return _rebuilt_then_refreshed()


STATES: list[Callable[[pytest.MonkeyPatch], Town]] = [
    _rebuilt,
    _refreshed,
    _in_many_chunks,
    _walking,
]


@pytest.fixture(scope="module", params=STATES, ids=lambda state: state.__name__.strip("_"))
def searched(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Searched]:
    """One town for the module, rolled back at its end; tests here only read."""
    with rolled_back(django_db_blocker), pytest.MonkeyPatch.context() as patch:
        town = request.param(patch)
        category = Term.objects.get(facet="category", code="catering")
        make_synonym("rainbow team", category)
        make_synonym("zine", category)
        yield Searched(town, Brute(town.today))


# -- Fixed questions --------------------------------------------------------------------------

ROUNDHAY = "E05011411"
CENTRE = (53.7974, -1.5557)


def words(*texts: str) -> tuple[Typed, ...]:
    return tuple(Typed(text) for text in texts)


QUESTIONS = {
    "nothing": Wanted(),
    "one value": Wanted(choices={"category": ["catering"]}),
    "or inside a facet": Wanted(choices={"price": ["free", "ask", "low"]}),
    "and across facets": Wanted(choices={"sector": ["third"], "pay": ["card"]}),
    "a value nothing has": Wanted(choices={"category": ["no-such-thing"]}),
    "a value nothing has beside one": Wanted(choices={"category": ["no-such-thing", "catering"]}),
    "the same value twice": Wanted(choices={"sector": ["third", "third"]}),
    "checked claims": Wanted(choices={"ethos@checked": ["living-wage"]}),
    "delivered to": Wanted(choices={"delivers_to": [ROUNDHAY]}),
    "notice on a step": Wanted(notice=7),
    "notice between steps": Wanted(notice=13),
    "no notice": Wanted(notice=0),
    "most notice": Wanted(notice=365),
    "room on a step": Wanted(capacity=60),
    "room between steps": Wanted(capacity=61),
    "room above every step": Wanted(capacity=1500),
    "room nobody has": Wanted(capacity=2000),
    "a frequent word": Wanted(words=words("kitchen")),
    "a rare word": Wanted(words=words("drum")),
    "a word with an accent": Wanted(words=words("café")),
    "a word without its accent": Wanted(words=words("elan")),
    "a word with a hyphen": Wanted(words=words("well-being")),
    "a word in another form": Wanted(words=words("kitchens", "cooking")),
    "a stop word alone": Wanted(words=words("the")),
    "a phrase": Wanted(words=(Typed("trade coffee", phrase=True),)),
    "a phrase nobody wrote": Wanted(words=(Typed("coffee trade", phrase=True),)),
    "a barred word alone": Wanted(words=(Typed("kitchen", barred=True),)),
    "a barred phrase": Wanted(words=(Typed("fair trade", phrase=True, barred=True),)),
    "a word and a barred one": Wanted(words=(Typed("hall"), Typed("garden", barred=True))),
    "a barred word that means something": Wanted(words=(Typed("zine", barred=True),)),
    "a synonym": Wanted(words=words("lunch")),
    "a synonym of two words": Wanted(words=words("rainbow", "team")),
    "half of a synonym": Wanted(words=words("rainbow")),
    "a synonym whose other half is barred": Wanted(
        words=(Typed("rainbow"), Typed("team", barred=True))
    ),
    "either word": Wanted(whole="drum or choir"),
    "either word without a third": Wanted(whole="kitchen or canal -tea"),
    "a circle": Wanted(around=Around(*CENTRE, 2)),
    "a circle or delivered": Wanted(around=Around(*CENTRE, 1, ROUNDHAY)),
    "a circle far away": Wanted(around=Around(50.0, 0.0, 3)),
    "a circle around everything": Wanted(around=Around(*CENTRE, 500)),
    "everything at once": Wanted(
        words=(Typed("kitchen"), Typed("bike", barred=True)),
        choices={"price": ["low", "medium", "high", "free"], "delivers_to": [ROUNDHAY]},
        notice=40,
        capacity=5,
        around=Around(*CENTRE, 4, ROUNDHAY),
    ),
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_is_answered_as_by_hand(searched: Searched, name: str) -> None:
    searched.check(QUESTIONS[name])


@pytest.mark.parametrize("name", ["nothing", "either word", "everything at once", "a circle"])
@pytest.mark.parametrize("order", ["name", "confirmed", "distance", "relevance"])
def test_all_pages_together_hold_each_listing_once(
    searched: Searched, name: str, order: str
) -> None:
    asked = QUESTIONS[name]
    if order == "relevance" and not (asked.words or asked.whole):
        order = "name"
    wanted = Wanted(
        asked.words, asked.whole, asked.choices, asked.notice, asked.capacity, asked.around,
        CENTRE, order,
    )  # fmt: skip
    ids = searched.walk(wanted)
    assert ids or name == "everything at once"


@pytest.mark.parametrize("ranked", [1, 10, 40])
@pytest.mark.parametrize("text", ["kitchen", "drum", "garden tea"])
def test_results_beyond_the_ranked_ones_follow_without_loss_or_repeat(
    searched: Searched, monkeypatch: pytest.MonkeyPatch, ranked: int, text: str
) -> None:
    monkeypatch.setattr(paging, "RANKED", ranked)
    wanted = Wanted(words=words(*text.split()), order="relevance")
    assert searched.walk(wanted, size=7)


def test_nearest_first_ends_with_those_of_unknown_place(searched: Searched) -> None:
    wanted = Wanted(origin=CENTRE, order="distance")
    places = [searched.brute.by_id[i].point for i in searched.walk(wanted)]
    unknown = [place is None for place in places]
    assert unknown == sorted(unknown)
    assert any(unknown)
    assert len({place for place in places if place}) < unknown.count(False)  # ties are in it


# -- Questions made up ------------------------------------------------------------------------

WORDS = (
    "kitchen", "kitchens", "fair", "trade", "coffee", "café", "garden", "drum", "zine", "choir",
    "well-being", "the", "and", "lunch", "venue", "room", "rainbow", "team", "tea", "bike",
    "cleaning", "co-operative", "elan", "workshop", "recycled", "ethical", "living", "wage",
)  # fmt: skip
PHRASES = ("fair trade", "community centre", "trade fair", "the hour", "recycled paper")

typed_words = st.one_of(
    st.builds(Typed, st.sampled_from(WORDS), barred=st.sampled_from([False, False, True])),
    st.builds(Typed, st.sampled_from(PHRASES), phrase=st.just(True), barred=st.booleans()),
)
VALUES: dict[str, tuple[str, ...]] = {
    **{facet: (*codes, "nothing-has-this") for facet, codes in CODES.items()},
    **{f"{facet}@checked": CODES[facet] for facet in ("ethos", "edi_serves", "accreditation")},
    "sector": ("third", "public", "private"),
    "ward": ("E05011403", ROUNDHAY, "E05012647", "E05012842"),
    "legal_form": ("cio", "cic", "trust", "llp"),
    "price": ("free", "low", "medium", "high", "ask"),
    "pay": ("invoice", "po", "card"),
    "delivers_to": WARDS,
    "origin": ("provider", "curator", "register"),
}
points = st.sampled_from([CENTRE, (53.8301, -1.5006), (53.7074, -1.6299), (51.5, -0.12)])
choices = st.dictionaries(st.sampled_from(sorted(VALUES)), st.just(None), max_size=3).flatmap(
    lambda chosen: st.fixed_dictionaries(
        {
            facet: st.lists(st.sampled_from(VALUES[facet]), min_size=1, max_size=3)
            for facet in chosen
        }
    )
)
arounds = st.builds(
    lambda point, miles, ward: Around(point[0], point[1], miles, ward),
    points,
    st.sampled_from([0.3, 1, 2.5, 5, 20, 500]),
    st.sampled_from(["", ROUNDHAY, "E05011403"]),
)


@st.composite
def questions(draw: st.DrawFn) -> Wanted:
    typed = draw(st.lists(typed_words, max_size=3))
    origin = draw(st.none() | points)
    orders = ["name", "confirmed"]
    if origin is not None:
        orders.append("distance")
    if typed:
        orders.append("relevance")
    return Wanted(
        words=tuple(typed),
        choices=draw(choices),
        notice=draw(st.none() | st.integers(0, 365)),
        capacity=draw(st.none() | st.integers(1, 1600)),
        around=draw(st.none() | arounds),
        origin=origin,
        order=draw(st.sampled_from(orders)),
    )


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(wanted=questions())
@example(wanted=Wanted(words=(Typed("the", barred=True),)))
@example(wanted=Wanted(words=(Typed("kitchen"), Typed("kitchen", barred=True))))
def test_any_question_is_answered_as_by_hand(searched: Searched, wanted: Wanted) -> None:
    searched.check(wanted, pages=2)


def test_the_made_up_values_are_worth_asking_for(searched: Searched) -> None:
    """Else the questions above would compare nothing with nothing."""
    everything = searched.brute.search(Wanted()).counts
    for facet, values in VALUES.items():
        assert any((facet, value) in everything for value in values), facet
    for ward in (*VALUES["ward"], ROUNDHAY):
        assert Ward.objects.filter(code=ward).exists()
    found = [word for word in WORDS if searched.brute.search(Wanted(words=words(word))).ids]
    assert len(found) > len(WORDS) * 0.7
    assert Synonym.objects.count() > 100
    assert PostcodeSector.objects.count() > 100
    assert Random(1).random() != Random(2).random()
