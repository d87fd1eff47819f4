"""Whether the site's answers are the brute force's, to the last count."""

from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench import truth_sql
from bench.queries import Query
from bench.truth import Question, Truth, make_tables, question
from bench.truth_python import Listings
from places.distance import Point, miles_between
from providers.filters import ListingFilter
from providers.search import PAGE_SIZE
from tslsv.search.query import Found

SMALL = 20_000
"""Up to this size every row is looked at in Python; above it, plain SQL has to do."""

EXAMPLES = 150


class BruteForce:
    """Today's truth about the listings that there are now."""

    def __init__(self, size: int) -> None:
        make_tables()
        self._listings = Listings() if size <= SMALL else None

    def differences(self, query: Query) -> list[str]:
        """What the site gets wrong, in sentences; empty where it is right."""
        asked = query.asked()
        found = asked.find(page=query.page)
        text = asked.text
        problems: list[str] = []
        if dict(found.corrections) != ({text: query.corrected} if query.corrected else {}):
            problems.append(f"corrections are {dict(found.corrections)}")
        for slip, correction in found.corrections.items():
            text = text.replace(slip, correction)
        wanted = question(asked, text)
        offset = (query.page - 1) * PAGE_SIZE
        if self._listings is None:
            true = truth_sql.answer(wanted, offset=offset, size=PAGE_SIZE)
        else:
            true = self._listings.answer(wanted, offset=offset, size=PAGE_SIZE)
            if true.ids is None:
                # Relevance is checked among what the SQL finds, at any size.
                truth_sql.answer(wanted, offset=offset, size=PAGE_SIZE)
        problems += _wrong_numbers(found, true, wanted)
        if true.ids is not None:
            problems += _wrong_order(found, true)
        else:
            problems += _wrong_relevance(found, wanted, offset)
        problems += _wrong_miles(found, wanted)
        return [f"{query.name} ({query.string}): {problem}" for problem in problems]

    def differences_at_random(self) -> list[str]:
        """The smallest search that hypothesis can find to be wrong, if any; small sizes only."""
        wrong: list[list[str]] = []

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        @given(_searches())
        def agree(query: Query) -> None:
            problems = self.differences(query)
            if problems:
                wrong.append(problems)
            assert not problems

        try:
            agree()
        except AssertionError:
            return wrong[-1]
        return []


def check(queries: Sequence[Query], brute: BruteForce, say: Callable[[str], None]) -> int:
    """Print every difference; returns how many searches of the mix are wrong."""
    wrong = 0
    for query in queries:
        problems = brute.differences(query)
        wrong += bool(problems)
        for problem in problems:
            say(f"  WRONG {problem}")
    return wrong


def _wrong_numbers(found: Found, true: Truth, wanted: Question) -> list[str]:
    problems: list[str] = []
    if found.total != true.total:
        problems.append(f"total is {found.total}, true {true.total}")
    if found.groups != true.groups:
        problems.append(f"providers are {found.groups}, true {true.groups}")
    counted = {key: n for key, n in found.counts.items() if n and key[0] in wanted.counted}
    counts = {key: n for key, n in true.counts.items() if n}
    problems += [
        f"{key} is {counted.get(key, 0)}, true {counts.get(key, 0)}"
        for key in sorted(counted.keys() | counts.keys())
        if counted.get(key, 0) != counts.get(key, 0)
    ]
    return problems


def _wrong_order(found: Found, true: Truth) -> list[str]:
    ids = [hit.object_id for hit in found.hits]
    return [f"page is {ids}, true {true.ids}"] if ids != true.ids else []


def _wrong_relevance(found: Found, wanted: Question, offset: int) -> list[str]:
    """Exact names come first, and a title with every word before one with none."""
    ids = [hit.object_id for hit in found.hits]
    sizes, tiers = truth_sql.tiers(wanted, ids)
    problems: list[str] = []
    if len(set(ids)) != len(ids) or -1 in tiers:
        problems.append(f"page has listings twice or wrong ones: {ids}")
    if len(ids) != max(0, min(PAGE_SIZE, found.total - offset)):
        problems.append(f"page has {len(ids)} of {found.total} listings")
    end = offset + len(ids)
    exact = max(0, min(end, sizes[0]) - min(offset, sizes[0]))
    if tiers[:exact] != [0] * exact or 0 in tiers[exact:]:
        problems.append(f"whole names are not first: {tiers}, of {sizes}")
    if sizes[0] + sizes[1] >= end and 3 in tiers:
        problems.append(f"a title with no word comes before one with all: {tiers}, of {sizes}")
    return problems


def _wrong_miles(found: Found, wanted: Question) -> list[str]:
    """Distances shown are great-circle distances, to a metre."""
    if wanted.centre is None:
        return []
    return [
        f"listing {hit.object_id} is shown {hit.miles} miles away"
        for hit in found.hits
        if hit.card["lat"] is not None
        and abs(
            (hit.miles or 0) - miles_between(wanted.centre, Point(hit.card["lat"], hit.card["lon"]))
        )
        > 0.001
    ]


_WORDS = (
    "room", "lunch", "vegan", "hall", "training", "garden", "halal buffet", "the", "cakes",
    '"meeting room"', "-vegan", "-room", "co-op", "bike repair", "griddle", "packed", "-packed",
)  # fmt: skip


@st.composite
def _places(draw: st.DrawFn) -> dict[str, str]:
    """Nowhere, somewhere, or within some miles of it."""
    near = draw(st.sampled_from(["", "LS8 4", "LS1 4", "LS29", "BD3 7"]))
    within = draw(st.sampled_from(["", "0.5", "2", "5", "10"])) if near else ""
    return {name: value for name, value in (("near", near), ("within", within)) if value}


@st.composite
def _searches(draw: st.DrawFn) -> Query:
    """Any filters together, up to three values each."""
    parameters: dict[str, Any] = {}
    choices = Query("", {}).asked().choices.by_facet
    for facet in draw(st.lists(st.sampled_from(ListingFilter.FACETS), max_size=4, unique=True)):
        values = st.sampled_from(sorted(choices[facet]))
        parameters[facet] = draw(st.lists(values, min_size=1, max_size=3, unique=True))
    words = draw(st.lists(st.sampled_from(_WORDS), max_size=3, unique=True))
    if words:
        parameters["q"] = " ".join(words)
    parameters |= draw(_places())
    for name, largest in (("notice", 95), ("capacity", 1100)):
        if draw(st.booleans()):
            parameters[name] = str(draw(st.integers(1, largest)))
    if draw(st.booleans()):
        parameters["checked"] = "1"
    if draw(st.booleans()):
        parameters["sort"] = draw(st.sampled_from(["name", "confirmed", "distance", "relevance"]))
    if draw(st.integers(0, 4)) == 0:
        parameters["page"] = str(draw(st.integers(2, 40)))
    return Query("random", parameters)
