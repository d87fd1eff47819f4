"""The measure index says what the rows say, at once, and costs the same whatever their number."""

import itertools
from itertools import permutations

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.toms.factories import (
    make_measure,
    make_measure_version,
    make_outcome,
    make_policy_link,
    make_release,
    make_theme,
    make_unit,
)
from toms import measure_index
from toms.models import Measure, MeasureCard, MeasureIndexRow, MeasureVersion
from toms.services.loading import STARTER, load
from tslsv.search.reading import read_documents

pytestmark = pytest.mark.django_db


def shown() -> dict[str, tuple[str, str]]:
    """Code to the version and state that the index shows."""
    cards = MeasureCard.objects.values_list("card", flat=True)
    return {card["code"]: (card["version"], card["state"]) for card in cards}


def test_loading_a_file_fills_it_in_the_same_transaction() -> None:
    load(STARTER.read_bytes())
    assert not MeasureIndexRow.objects.exists(), "a dry run leaves nothing"
    load(STARTER.read_bytes(), apply=True)
    assert len(shown()) == 40
    assert measure_index.differences() == []
    changed = STARTER.read_bytes().replace(b"Promises kept", b"Promises that were kept")
    load(changed, apply=True)
    titles = {card["title"] for card in MeasureCard.objects.values_list("card", flat=True)}
    assert "Promises that were kept" in titles
    assert measure_index.differences() == []


def test_loading_the_same_file_again_does_not_touch_it() -> None:
    load(STARTER.read_bytes(), apply=True)
    before = set(MeasureCard.objects.values_list("pk", "version"))
    load(STARTER.read_bytes(), apply=True)
    assert set(MeasureCard.objects.values_list("pk", "version")) == before


NUMBERS = {
    "retired": "1.0.0",
    "adopted": "1.1.0",
    "draft": "1.2.0",
    "withdrawn": "1.3.0",
}
SETS = [
    states
    for length in range(1, len(NUMBERS) + 1)
    for states in itertools.combinations(NUMBERS, length)
]


def test_it_shows_what_the_address_shows_whatever_versions_there_are() -> None:
    expected = {}
    for states in [*SETS, ("hidden",), ("retired", "hidden")]:
        measure = make_measure()
        made = {
            state: make_measure_version(
                measure,
                NUMBERS.get(state, "2.0.0"),
                state="draft" if state == "hidden" else state,
            )
            for state in states
        }
        if "draft" in made:
            make_release(made["draft"])
        first = next((state for state in ("adopted", "draft", "retired") if state in made), None)
        if first:
            expected[measure.code] = (NUMBERS[first], first)
        current = MeasureVersion.objects.public().filter(measure=measure).current()
        of_orm = [(str(one.number), str(one.state)) for one in current]
        wanted = [(NUMBERS[first], first)] if first else []
        # What was withdrawn keeps its page, but is not listed.
        assert [one for one in of_orm if one[1] != "withdrawn"] == wanted
    measure_index.refresh(Measure.objects.values_list("pk", flat=True))
    assert shown() == expected
    assert measure_index.differences() == []


def test_a_version_of_a_consultation_is_listed_without_a_release() -> None:
    version = make_measure_version(state="consultation")
    measure_index.refresh([version.measure_id])
    assert shown() == {version.measure.code: ("0.1.0", "consultation")}


def test_a_measure_without_anything_public_leaves_it() -> None:
    release = make_release(version := make_measure_version())
    measure_index.refresh([version.measure_id])
    assert len(shown()) == 1
    release.items.all().delete()
    measure_index.refresh([version.measure_id])
    assert shown() == {}


def test_the_order_is_the_registers_and_what_is_retired_comes_last() -> None:
    late, early = make_theme("AAA", position=2), make_theme("ZZZ", position=1)
    outcome = make_outcome(early, position=1)
    wanted = []
    for number, state in ((1, "adopted"), (2, "adopted"), (0, "retired")):
        measure = make_measure(outcome, f"LT-ZZZ-{10 - number:02}", position=number)
        make_measure_version(measure, "1.0.0", state=state)
        wanted.append(measure.code)
    last = make_measure(make_outcome(late))
    make_measure_version(last, "1.0.0", state="adopted", adopted_on=timezone.localdate())
    measure_index.refresh(Measure.objects.values_list("pk", flat=True))
    by_place = MeasureIndexRow.objects.order_by("place_key").values_list("code_key", flat=True)
    assert [code.upper() for code in by_place] == [*wanted, last.code]


def test_policy_links_are_values_and_another_frameworks_go_by_its_name() -> None:
    version = make_measure_version(
        make_measure(make_outcome(make_theme(ambition="Thriving"))), state="consultation"
    )
    make_policy_link(version.measure, code="part 3")
    make_policy_link(version.measure, framework="other", framework_name="SDG", code="8.5")
    (document,) = read_documents(measure_index.SCHEMA, [version.measure_id])
    assert set(document.values["policy"]) == {
        "compact",
        "compact:part 3",
        "other",
        "other:SDG",
        "ambition",
        "ambition:Thriving",
    }


def test_the_command_rebuilds_and_compares(capsys: pytest.CaptureFixture[str]) -> None:
    load(STARTER.read_bytes(), apply=True)
    call_command("rebuild_index", "--check")
    call_command("rebuild_index")
    assert "40 measures and" in capsys.readouterr().out
    assert measure_index.differences() == []


def many(number: int) -> None:
    """So many adopted measures under ten outcomes, in the index."""
    theme, unit, start = make_theme(), make_unit(), Measure.objects.count()
    outcomes = [make_outcome(theme) for _ in range(10)]
    letters = [f"LT-{''.join(found)}" for found in permutations("BCDFGHJKLMNPQRSTV", 3)]
    measures = Measure.objects.bulk_create(
        Measure(outcome=outcomes[n % 10], code=f"{letters[n // 900]}-{n % 900:03}", position=n)
        for n in range(start, start + number)
    )
    pattern = make_measure_version(
        make_measure(outcomes[0]), "1.0.0", state="adopted", unit=unit, title="Hours of help"
    )
    values = {
        field.attname: getattr(pattern, field.attname)
        for field in MeasureVersion._meta.concrete_fields
        if field.attname not in ("id", "measure_id")
    }
    MeasureVersion.objects.bulk_create(
        MeasureVersion(**values, measure=measure) for measure in measures
    )
    measure_index.rebuild()


ADDRESSES = [
    "",
    "?q=hours",
    "?q=hoors",
    "?q=zzzz",
    "?level=1&suits=contract&basis=new&status=adopted",
    "?level=4&status=retired",
]


def cost(client: Client, address: str) -> int:
    """Queries of the page, once the process knows the choices."""
    client.get(f"/toms/{address}")
    with CaptureQueriesContext(connection) as queries:
        assert client.get(f"/toms/{address}").status_code == 200
    return len(queries)


def test_forty_and_four_thousand_measures_cost_the_same(client: Client) -> None:
    many(39)
    few = [cost(client, address) for address in ADDRESSES]
    assert max(few[0], few[1], few[4]) <= 4
    many(3_959)
    assert Measure.objects.count() >= 4_000
    assert [cost(client, address) for address in ADDRESSES] == few
    assert "4,000 measures under 20 outcomes" in client.get("/toms/").text
