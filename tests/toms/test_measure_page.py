"""A measure's page, each of its versions', and what stands where there is none."""

import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.providers.reading import facts, words
from tests.toms.factories import (
    make_measure,
    make_measure_version,
    make_outcome,
    make_overlap_group,
    make_policy_link,
    make_release,
    make_theme,
)
from toms.models import Measure, MeasureVersion
from toms.services.loading import STARTER, load

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_lazy_loading")]

CODE = "LT-WRK-01"
URL = f"/toms/measures/{CODE}/"


@pytest.fixture
def measure(db: None) -> Measure:
    theme = make_theme("WRK", label="Good work", ambition="Growing")
    return make_measure(make_outcome(theme, label="Work is decent"), CODE)


def adopted(measure: Measure, number: str, **fields: object) -> MeasureVersion:
    return make_measure_version(
        measure, number, **{"state": "adopted", "adopted_on": datetime.date(2026, 3, 1), **fields}
    )


def replaced(measure: Measure, number: str, **fields: object) -> MeasureVersion:
    return make_measure_version(
        measure,
        number,
        state="retired",
        adopted_on=datetime.date(2025, 3, 1),
        ended_on=datetime.date(2026, 3, 1),
        **fields,
    )


def test_it_says_everything_in_plain_words(client: Client, measure: Measure) -> None:
    group = make_overlap_group(label="Hours of volunteering")
    other = adopted(make_measure(), "1.0.0", overlap_group=group, title="Other hours")
    version = adopted(
        measure,
        "1.2.0",
        title="Hours given",
        what_counts="Hours that were spent.\n\nIn Leeds.",
        existing_value_rule="What went on is sustained.",
        does_not_count="Travel.",
        evidence="A register.",
        evidence_small="A signed note.",
        level=2,
        baseline=True,
        at_risk=True,
        suits=["contract", "volunteering"],
        overlap_group=group,
        example="A choir sings <b>twice</b>.",
        concern="Nobody counts it.",
        agg_entity="sum_flag_overlap",
        step="minor",
        reason="Clearer evidence.",
    )
    make_policy_link(measure, code="part 3", url="https://compact.example/3", match="close")
    make_policy_link(measure, framework="other", framework_name="SDG", code="8.5")
    release = make_release(version, title="Spring release")
    page = client.get(URL).text
    found = facts(page)
    assert found["Unit"] == "hours"
    assert found["How figures add up"] == (
        "Added up over time; across organisations the sum may count some of them twice."
    )
    assert found["What kind of figure"] == "Counted over a period"
    assert found["Suits"] == "A contract or volunteering"
    assert found["For"] == "Everybody"
    assert "which part would be lost" in found["New or sustained"]
    assert found["What was said in Leeds"] == "Nobody counts it."
    assert found["Evidence"] == "A register."
    assert found["With fewer than 10 staff"] == "A signed note."
    assert other.measure.code in found["Overlaps"]
    assert CODE not in found["Overlaps"]
    assert found["Compact for Leeds"] == "part 3 (nearly the same)"
    assert found["SDG"] == "8.5 (related)"
    assert found["Leeds ambition"] == "Growing"
    assert found["Listed in"] == "Spring release"
    assert 'href="https://compact.example/3" rel="external noopener"' in page
    assert f'href="{release.get_absolute_url()}"' in page
    text = words(page)
    for part in (
        "Level 2 of 4.",
        "You meet it by answering",
        "Travel.",
        "What went on is sustained.",
        "A choir sings <b>twice</b>.",
        "Clearer evidence.",
        "in force since 1 March 2026",
        "Guidance or evidence has changed; still comparable.",
    ):
        assert part in text
    assert "<b>twice" not in page
    assert page.count('class="on"') == 1


def test_what_is_not_there_leaves_no_gap(client: Client, measure: Measure) -> None:
    adopted(measure, "1.0.0")
    page = client.get(URL).text
    found = facts(page)
    assert found.keys().isdisjoint({"Overlaps", "With fewer than 10 staff", "Listed in"})
    assert "An example" not in page
    assert "Nothing is left out by name." in page
    assert "baseline" not in words(page).lower()


# -- Which version ----------------------------------------------------------------------------


def test_the_address_always_shows_the_current_version(client: Client, measure: Measure) -> None:
    first = make_measure_version(measure, "0.1.0", title="A draft")
    assert client.get(URL).status_code == 404, "it stands in no release yet"
    release = make_release(first)
    page = client.get(URL).text
    assert "Draft for consultation" in page
    assert "not example data" in page
    release.items.all().delete()
    first.delete()
    replaced(measure, "1.0.0", title="The first")
    adopted(measure, "1.1.0", title="The second", step="minor", reason="Clearer.")
    make_release(make_measure_version(measure, "2.0.0", title="The third", step="major"))
    page = client.get(URL).text
    assert "<h1>The second</h1>" in page
    assert "not example data" not in page
    assert "A change is a draft for consultation: version 2.0.0" in words(page)
    assert f'href="{URL}2.0.0/"' in page


def test_each_version_has_its_own_address_for_ever(client: Client, measure: Measure) -> None:
    replaced(measure, "1.0.0", title="The first")
    replaced(measure, "1.1.0", title="The second", step="minor")
    adopted(measure, "2.0.0", title="The third", step="major")
    make_release(make_measure_version(measure, "2.1.0", title="The fourth", step="minor"))
    oldest = client.get(f"{URL}1.0.0/").text
    assert "<h1>The first</h1>" in oldest
    assert "The first, version 1.0.0 – " in oldest
    assert "This is version 1.0.0, not the current one. Version 1.1.0 replaced it" in words(oldest)
    assert "never added" not in words(oldest).partition("Versions")[0].partition("Read the")[0]
    second = words(client.get(f"{URL}1.1.0/").text)
    assert "Version 2.0.0 replaced it on 1 March 2026. A new series" in second
    assert "Figures of the two are never added." in second
    assert "Read the current version, 2.0.0" in second
    current = client.get(f"{URL}2.0.0/").text
    assert "not the current one" not in current
    assert f'<link rel="canonical" href="http://testserver{URL}">' in current
    draft = client.get(f"{URL}2.1.0/").text
    assert "a draft for consultation of a change to version 2.0.0" in words(draft)
    assert f'<link rel="canonical" href="http://testserver{URL}2.1.0/">' in draft


def test_a_retired_measure_names_its_successor_and_why(client: Client, measure: Measure) -> None:
    heir = adopted(make_measure(), "1.0.0").measure
    replaced(measure, "1.0.0", successor=heir, ended_reason="Two measures became one.")
    text = client.get(URL).text
    assert "This measure was retired on 1 March 2026. Two measures became one." in words(text)
    assert f'Use <a href="{heir.get_absolute_url()}">{heir.code}</a> instead.' in text
    assert client.get(f"{URL}1.0.0/").status_code == 200


def test_a_withdrawn_measure_still_resolves(client: Client, measure: Measure) -> None:
    make_measure_version(measure, "0.1.0", state="withdrawn", ended_reason="Nobody wanted it.")
    text = words(client.get(URL).text)
    assert "was withdrawn before it was adopted" in text
    assert "Nobody wanted it." in text
    assert "Nothing takes its place." in text


def test_the_history_names_every_version_newest_first(client: Client, measure: Measure) -> None:
    replaced(measure, "1.0.0", reason="Because we began.")
    adopted(measure, "1.1.0", step="minor", reason="Clearer evidence.")
    make_measure_version(measure, "1.2.0", title="Nobody may see it")
    page = client.get(URL).text
    history = words(page.partition('class="timeline"')[2])
    assert history.index("1.1.0 adopted") < history.index("1.0.0 retired")
    for part in ("Clearer evidence.", "Because we began.", "Adopted 1 March 2025, ended 1 March"):
        assert part in history
    assert "1.2.0" not in page
    assert "Nobody may see it" not in page


# -- Where there is none ----------------------------------------------------------------------


def test_lower_case_leads_to_the_code(client: Client, measure: Measure) -> None:
    adopted(measure, "1.0.0")
    for path, target in (
        ("lt-wrk-01/", URL),
        ("Lt-Wrk-01/", URL),
        ("lt-wrk-01/1.0.0/", f"{URL}1.0.0/"),
    ):
        response = client.get(f"/toms/measures/{path}")
        assert (response.status_code, response["Location"]) == (301, target)
    assert client.get("/toms/measures/lt-wrk-09/").status_code == 404


def test_an_unknown_code_has_a_way_on(client: Client, measure: Measure) -> None:
    adopted(measure, "1.0.0")
    response = client.get("/toms/measures/LT-WRK-99/")
    assert response.status_code == 404
    assert f'href="{URL}">{CODE}</a>' in response.text
    assert 'action="/toms/"' in response.text
    assert 'content="noindex"' in response.text


@pytest.mark.parametrize("number", ["0.1.0", "0.9.9", "1.0.1", "9.9.9", "1.0", "1", "x", "1.0.0 "])
def test_unknown_versions_have_a_way_on(client: Client, measure: Measure, number: str) -> None:
    adopted(measure, "1.0.0")
    response = client.get(f"{URL}{number}/")
    assert response.status_code == 404
    assert f'href="{URL}">{CODE} as it stands now</a>' in response.text


def test_the_number_of_a_draft_is_no_address(client: Client, measure: Measure) -> None:
    make_release(make_measure_version(measure, "0.1.0"))
    text = words(client.get(f"{URL}0.1.0/").text)
    assert "0.1.0 is the number of a draft. A draft may still change" in text


@pytest.mark.parametrize(
    "code",
    [
        "%00",
        "%ff",
        "x" * 10_000,
        "<script>",
        "LT-WRK-%00",
        "LT-%D9%A1RK-01",
        "lt-ﬀk-01",
        "ß",
        "...",
    ],
)
def test_whatever_stands_for_a_code_or_a_number(
    client: Client, measure: Measure, code: str
) -> None:
    adopted(measure, "1.0.0")
    for path in (f"/toms/measures/{code}/", f"/toms/measures/{code}/1.0.0/", f"{URL}{code}/"):
        response = client.get(path)
        # A NUL byte gets no further than the site's own door.
        assert response.status_code == (400 if "%00" in path else 404), path[:60]
        assert "<script>alert" not in response.text


def test_it_costs_the_same_however_much_there_is(client: Client, measure: Measure) -> None:
    group = make_overlap_group()
    version = adopted(measure, "1.9.0", overlap_group=group)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(URL).status_code == 200
        return len(queries)

    few = cost()
    for number in range(8):
        replaced(measure, f"1.{number}.0")
        adopted(make_measure(), "1.0.0", overlap_group=group)
        make_policy_link(measure)
        make_release(version)
    assert cost() == few <= 4


def test_every_measure_of_the_starter_set_has_its_page(client: Client) -> None:
    load(STARTER.read_bytes(), apply=True)
    for measure in Measure.objects.all():
        response = client.get(measure.get_absolute_url())
        assert response.status_code == 200
        assert "Draft for consultation" in response.text
        assert facts(response.text)["How figures add up"]
