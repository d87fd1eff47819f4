"""Which measures fit us: five answers lead to a short list, and each says why."""

import re
from itertools import combinations, product
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.providers.reading import words
from toms.fitting import (
    ACTIVITIES,
    ARRANGEMENTS,
    OUTCOMES,
    SIZES,
    TIMES,
    WHO,
    Answers,
    ShortList,
    current_versions,
    short_list,
)
from toms.models import MeasureVersion, Outcome
from toms.services.loading import STARTER, load

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_lazy_loading")]

SMALL = Answers("community", "grant", "small", ["employ", "volunteer"], "some")


@pytest.fixture(autouse=True)
def starter(db: None) -> None:
    load(STARTER.read_bytes(), apply=True)


def fitting(**said: object) -> ShortList:
    answers = {name: said.get(name, getattr(SMALL, name)) for name in SMALL.__slots__}
    return short_list(current_versions(), Answers(**answers))  # type: ignore[arg-type]


def codes(found: ShortList) -> list[str]:
    return [fit.version.measure.code for fit in [*found.baseline, *found.more]]


def query(answers: Answers = SMALL) -> str:
    return urlencode({name: getattr(answers, name) for name in answers.__slots__}, doseq=True)


def test_the_baseline_comes_first_and_fits_a_charity_of_two() -> None:
    found = fitting(time="little")
    assert [fit.version.baseline for fit in found.baseline] == [True] * 11
    assert {fit.version.level for fit in found.more} <= {1}
    assert len(found) <= 14


def test_what_does_not_suit_the_arrangement_is_left_out() -> None:
    for arrangement in ARRANGEMENTS:
        found = fitting(arrangement=arrangement, time="more", size="large", does=list(ACTIVITIES))
        assert codes(found)
        for fit in [*found.baseline, *found.more]:
            assert arrangement in fit.version.suits


def test_more_time_and_more_people_bring_more_within_reach() -> None:
    little, some, more = (len(fitting(time=time, size="large")) for time in TIMES)
    assert little < some < more
    reach = [
        max(fit.version.level for fit in fitting(time="more", size=size).more) for size in SIZES
    ]
    assert reach == [2, 3, 3]


def test_what_is_for_some_alone_is_offered_to_them_alone() -> None:
    everything = {"does": list(ACTIVITIES), "size": "large", "time": "more"}

    def all_codes(**said: object) -> set[str]:
        found = set()
        for name in ACTIVITIES:
            found |= set(codes(fitting(**{**everything, "does": [name], **said})))
        return found

    assert "LT-LOC-06" in all_codes(who="public", arrangement="contract")
    assert "LT-LOC-06" not in all_codes(who="business", arrangement="contract")
    assert "LT-HEA-01" in codes(fitting(does=["support"]))
    assert "LT-HEA-01" not in codes(fitting(does=["employ"]))


def test_each_says_why() -> None:
    found = fitting()
    for fit in found.baseline:
        assert any("baseline" in reason for reason in fit.reasons)
    for fit in found.more:
        assert any(reason.startswith(("You ", "It fits whatever")) for reason in fit.reasons)
        assert any("is in reach with fewer than 10 staff" in reason for reason in fit.reasons)
    for fit in [*found.baseline, *found.more]:
        assert "It suits a grant." in fit.reasons


def test_every_outcome_is_reached_by_something_that_people_do() -> None:
    known = set(Outcome.objects.values_list("code", flat=True))
    reached = set().union(*OUTCOMES.values())
    assert OUTCOMES.keys() == ACTIVITIES.keys()
    assert reached < known
    assert {code for code in known - reached if not code.startswith("LT-FAI")} == set()


def test_whatever_is_answered_the_list_is_short_and_holds_nothing_twice() -> None:
    versions = list(current_versions())
    for who, arrangement, size, time in product(WHO, ARRANGEMENTS, SIZES, TIMES):
        for does in (*combinations(ACTIVITIES, 1), tuple(ACTIVITIES)):
            found = short_list(versions, Answers(who, arrangement, size, does, time))
            assert 1 <= len(found) <= 24
            assert len(set(codes(found))) == len(found)
            assert found.left >= 0


def test_what_is_retired_is_not_recommended(client: Client) -> None:
    MeasureVersion.objects.filter(measure__code="LT-WRK-01").update(
        state="retired", adopted_on="2026-01-01", ended_on="2026-02-01", ended_reason="Over."
    )
    assert "LT-WRK-01" not in codes(fitting())


# -- The page ---------------------------------------------------------------------------------


def test_it_asks_five_questions_and_no_account(client: Client) -> None:
    page = client.get("/toms/fit/")
    assert page.text.count("<fieldset") == 5
    assert "Error" not in page.text
    assert not page.cookies
    assert 'content="noindex"' not in page.text


def test_the_address_holds_the_answers_and_brings_the_list_back(client: Client) -> None:
    page = client.get(f"/toms/fit/?{query()}").text
    assert re.findall(r'class="num nowrap">(LT-[A-Z]+-[0-9]+)<', page) == codes(fitting())
    text = words(page)
    assert "You employ or train people." in text
    assert "Draft for consultation" in text
    assert page.count(" checked") == 6
    assert 'content="noindex"' in page
    link = re.search(r'class="go" href="(/toms/\?suits=grant[^"]*)"', page)
    assert link is not None
    assert client.get(link[1].replace("&amp;", "&")).status_code == 200


def test_nothing_answered_asks_for_everything(client: Client) -> None:
    page = client.get("/toms/fit/?show=1").text
    assert "There are 5 problems" in words(page)


def test_missing_answers_are_asked_for_beside_their_question(client: Client) -> None:
    page = client.get("/toms/fit/?who=community&time=zzz").text
    assert "<title>Error: " in page
    text = words(page)
    for message in (
        "Choose what you are agreeing on.",
        "Choose how large you are.",
        "Tick at least one thing that you do.",
        "Choose how much time you have from the list.",
    ):
        assert text.count(message) == 2, message
    assert 'value="community"' in page
    assert page.count(" checked") == 1


@pytest.mark.parametrize("value", ["%00", "%ff", "x" * 9000, "<script>alert(1)</script>", "", "9"])
def test_whatever_an_answer_holds(client: Client, value: str) -> None:
    for name in SMALL.__slots__:
        for start in ("", f"{query()}&"):
            response = client.get(f"/toms/fit/?{start}{name}={value}")
            assert response.status_code == 200
            assert "<script>alert" not in response.text


def test_it_costs_one_query(client: Client) -> None:
    with CaptureQueriesContext(connection) as queries:
        client.get(f"/toms/fit/?{query()}")
    assert len(queries) == 1


def test_nothing_fits_where_nothing_is(client: Client) -> None:
    connection.cursor().execute("DELETE FROM toms_releaseitem")
    assert "Nothing in the register fits" in client.get(f"/toms/fit/?{query()}").text
