"""The register for other programs: what it says, which version, and what it answers to nonsense."""

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from pytest_django import Settings

from tests.toms.factories import (
    make_measure,
    make_measure_version,
    make_outcome,
    make_overlap_group,
    make_policy_link,
    make_release,
    make_theme,
)
from toms.exchange.columns import COLUMNS, row_of
from toms.exchange.described import current_versions
from toms.models import Measure, MeasureVersion
from toms.services.loading import STARTER, load

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_lazy_loading")]

URL = "/api/toms/measures"
SITE = "https://leeds.example"


@pytest.fixture(autouse=True)
def at_our_address(settings: Settings) -> None:
    settings.SITE_URL = SITE


@pytest.fixture
def measure(db: None) -> Measure:
    theme = make_theme("WRK", label="Good work", ambition="Growing")
    return make_measure(make_outcome(theme, label="Work is decent"), "LT-WRK-01")


def get(client: Client, path: str = "", status: int = 200) -> dict[str, Any]:
    """The answer, which is as the API says of itself that it would be."""
    response = client.get(f"{URL}{path}")
    assert response.status_code == status, response.content
    assert response["Access-Control-Allow-Origin"] == "*"
    described = client.get("/api/openapi.json").json()
    name = "Measure" if path.startswith("/") else "Page"
    if status != 200:
        name = "Problem"
        assert response["Content-Type"] == "application/problem+json"
    schema = {"$ref": f"#/components/schemas/{name}", "components": described["components"]}
    answer: dict[str, Any] = response.json()
    Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(
        answer
    )
    return answer


def test_it_describes_itself(client: Client) -> None:
    described = client.get("/api/openapi.json").json()
    validate(described)
    assert set(described["paths"]) == {URL, f"{URL}/{{code}}"}


def test_a_measure_says_everything(client: Client, measure: Measure) -> None:
    version = make_measure_version(
        measure,
        "1.2.0",
        state="adopted",
        adopted_on=datetime.date(2026, 3, 1),
        title="Hours “given” – всё",
        overlap_group=make_overlap_group("VOLHRS", label="Hours"),
        baseline=True,
        at_risk=True,
        step="minor",
        reason="Clearer evidence.",
    )
    release = make_release(version, state="adopted")
    make_policy_link(measure, code="7", url="https://example.org/7", match="close")
    assert get(client, "/LT-WRK-01") == {
        "code": "LT-WRK-01",
        "version": "1.2.0",
        "status": "adopted",
        "theme": {"code": "WRK", "label": "Good work", "ambition": "Growing"},
        "outcome": {"code": "LT-WRK-A", "label": "Work is decent"},
        "unit": {"code": "HR", "label": "hours", "words": "hours"},
        "overlap_group": {"code": "VOLHRS", "label": "Hours"},
        "title": "Hours “given” – всё",
        "value_kind": "flow",
        "agg_time": "sum",
        "agg_entity": "sum",
        "profile": "all",
        "baseline": True,
        "level": 1,
        "basis_allowed": ["new", "sustained"],
        "at_risk_field": True,
        "what_counts": "Hours that were spent.",
        "existing_value_rule": "What went on before counts as sustained.",
        "does_not_count": "",
        "evidence": "A register.",
        "applies_to": ["contract"],
        "roundtable_concern": "",
        "evidence_small": "",
        "example": "",
        "reason": "Clearer evidence.",
        "series": 1,
        "change_type": "minor",
        "valid_from": "2026-03-01",
        "valid_until": None,
        "ended_reason": "",
        "replaced_by": None,
        "policy_links": [
            {
                "framework": "compact",
                "framework_name": "Compact for Leeds",
                "code": "7",
                "url": "https://example.org/7",
                "match": "close",
            }
        ],
        "releases": [release.slug],
        "url": f"{SITE}/toms/measures/LT-WRK-01/",
        "version_url": f"{SITE}/toms/measures/LT-WRK-01/1.2.0/",
    }


def test_it_says_what_the_file_says(client: Client) -> None:
    load(STARTER.read_bytes(), apply=True)
    answers = {one["code"]: one for one in get(client, "?limit=500")["measures"]}
    inside = {
        "theme_code": ("theme", "code"),
        "theme": ("theme", "label"),
        "leeds_ambition": ("theme", "ambition"),
        "outcome_code": ("outcome", "code"),
        "outcome": ("outcome", "label"),
        "unit": ("unit", "words"),
        "unit_code": ("unit", "code"),
        "overlap_group": ("overlap_group", "code"),
    }
    for version in current_versions():
        answer = answers.pop(version.measure.code)
        for column in COLUMNS:
            value = answer[inside.get(column.name, (column.name,))[0]]
            if column.name in inside and value is not None:
                value = value[inside[column.name][1]]
            if isinstance(value, list):
                value = "|".join(value)
            elif isinstance(value, bool):
                value = "yes" if value else "no"
            assert str(value or "") == row_of(version)[column.name]
    assert answers == {}


@pytest.fixture
def history(measure: Measure) -> dict[str, MeasureVersion]:
    """1.0.0 was followed by 1.1.0, which stands; 2.0.0 is a draft; 3.0.0 is a curator's note."""
    day = datetime.date(2026, 3, 1)
    made = {
        "1.0.0": make_measure_version(measure, "1.0.0", state="retired", ended_on=day),
        "1.1.0": make_measure_version(measure, "1.1.0", state="adopted", adopted_on=day),
        "2.0.0": make_measure_version(measure, "2.0.0"),
    }
    make_release(made["2.0.0"])
    return made


@pytest.mark.parametrize(
    ("asked", "version"),
    [
        ("", "1.1.0"),
        ("?version=latest", "1.1.0"),
        ("?version=latest-draft", "2.0.0"),
        ("?version=1.0.0", "1.0.0"),
        ("?version=2.0.0", "2.0.0"),
        ("?version=", "1.1.0"),
    ],
)
def test_the_version_asked_for(
    client: Client, history: dict[str, MeasureVersion], asked: str, version: str
) -> None:
    answer = get(client, f"/LT-WRK-01{asked}")
    assert (answer["version"], answer["series"]) == (version, int(version[0]))
    assert get(client, f"/lt-wrk-01{asked}") == answer


def test_what_was_replaced_says_by_what(
    client: Client, history: dict[str, MeasureVersion], measure: Measure
) -> None:
    answer = get(client, "/LT-WRK-01?version=1.0.0")
    assert answer["valid_until"] == "2026-03-01"
    assert answer["replaced_by"] == {
        "code": "LT-WRK-01",
        "version": "1.1.0",
        "url": f"{SITE}/toms/measures/LT-WRK-01/1.1.0/",
    }
    other = make_measure(measure.outcome, "LT-WRK-02")
    make_measure_version(
        other, "1.0.0", state="retired", successor=measure, ended_reason="It says the same."
    )
    answer = get(client, "/LT-WRK-02")
    assert (answer["status"], answer["ended_reason"]) == ("retired", "It says the same.")
    assert answer["replaced_by"] == {
        "code": "LT-WRK-01",
        "version": None,
        "url": f"{SITE}/toms/measures/LT-WRK-01/",
    }


def test_latest_is_never_a_draft_in_disguise(client: Client, measure: Measure) -> None:
    version = make_measure_version(measure)
    make_release(version)
    assert get(client, "/LT-WRK-01")["status"] == "draft"
    assert get(client, "/LT-WRK-01?version=latest-draft")["version"] == "0.1.0"
    assert "latest-draft" in get(client, "/LT-WRK-01?version=latest", 404)["detail"]
    assert "may still change" in get(client, "/LT-WRK-01?version=0.1.0", 404)["detail"]


def test_what_was_withdrawn_resolves_and_is_not_listed(client: Client, measure: Measure) -> None:
    make_measure_version(measure, state="withdrawn")
    assert get(client, "/LT-WRK-01")["status"] == "withdrawn"
    assert "withdrawn" in get(client, "/LT-WRK-01?version=latest-draft", 404)["detail"]
    assert get(client)["measures"] == []
    assert len(get(client, "?status=withdrawn")["measures"]) == 1


def test_a_curators_notes_are_nobodys(client: Client, measure: Measure) -> None:
    make_measure_version(measure)
    assert get(client, "/LT-WRK-01", 404)["title"] == "There is no measure here"
    assert get(client)["measures"] == []


def test_the_list_is_filtered_and_paged_by_codes(client: Client) -> None:
    load(STARTER.read_bytes(), apply=True)
    assert len(get(client, "?theme=WRK")["measures"]) == 7
    assert len(get(client, "?status=draft&theme=RES")["measures"]) == 5
    assert get(client, "?status=adopted")["measures"] == []
    assert get(client, "?theme=XXX")["measures"] == []
    seen: list[str] = []
    address, pages = "?limit=12&status=draft", 0
    while address:
        page = get(client, address)
        seen += [one["code"] for one in page["measures"]]
        pages += 1
        address = (page["next"] or "").removeprefix(f"{SITE}{URL}")
    assert pages == 4
    assert seen == sorted(Measure.objects.values_list("code", flat=True))


def test_a_release_lists_its_own_versions(
    client: Client, history: dict[str, MeasureVersion]
) -> None:
    release = make_release(history["1.0.0"])
    (one,) = get(client, f"?release={release.slug}")["measures"]
    assert (one["version"], one["releases"]) == ("1.0.0", [release.slug])
    assert get(client, f"?release={release.slug}&status=adopted")["measures"] == []
    assert "No release" in get(client, "?release=nowhere", 404)["detail"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("?theme=work", 400),
        ("?theme=%00", 400),
        ("?status=good", 400),
        ("?release=%00", 400),
        ("?release=" + "x" * 10_000, 400),
        ("?after=zzz", 400),
        ("?after=%ED%A0%80", 400),
        ("?limit=0", 400),
        ("?limit=501", 400),
        ("?limit=-1", 400),
        ("?limit=%D9%A1", 400),
        ("?limit=1&limit=2", 400),
        ("?page=2", 400),
        ("?" + "x" * 5_000, 400),
        ("/LT-WRK-99", 404),
        ("/nonsense", 404),
        ("/LT-WRK-0%D9%A1", 404),
        ("/" + "x" * 5_000, 404),
        ("/LT-WRK-01?version=1.1", 404),
        ("/LT-WRK-01?version=9.9.9", 404),
        ("/LT-WRK-01?version=99999.0.0", 404),
        ("/LT-WRK-01?version=%00", 404),
        ("/LT-WRK-01?version=1.0.0&version=1.1.0", 400),
        ("/LT-WRK-01?versions=1.0.0", 400),
    ],
)
def test_nonsense_is_answered_in_words(
    client: Client, history: dict[str, MeasureVersion], path: str, status: int
) -> None:
    answer = get(client, path, status)
    assert answer["status"] == status
    assert len(answer["detail"]) > 15


def test_who_has_it_is_not_sent_it_again(
    client: Client, history: dict[str, MeasureVersion]
) -> None:
    for path in (URL, f"{URL}/LT-WRK-01?version=latest-draft", "/api/openapi.json"):
        first = client.get(path)
        again = client.get(path, headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert again["ETag"] == first["ETag"]
        assert again["Access-Control-Allow-Origin"] == "*"
    before = client.get(f"{URL}/LT-WRK-01?version=latest-draft")["ETag"]
    history["2.0.0"].title = "Other words"
    history["2.0.0"].save()
    path = f"{URL}/LT-WRK-01?version=latest-draft"
    assert client.get(path, headers={"If-None-Match": before}).status_code == 200


def test_it_is_open_to_scripts_of_other_sites_and_read_alone(client: Client) -> None:
    for path in (URL, f"{URL}/LT-WRK-01", "/api/openapi.json", "/toms/measures.csv"):
        asked = client.options(path, headers={"Origin": "https://example.org"})
        assert (asked.status_code, asked.content) == (204, b"")
        assert asked["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
        assert asked["Access-Control-Allow-Headers"] == "If-None-Match"
        head = client.head(path)
        assert head.content == b""
        assert head.status_code == client.get(path).status_code
        for answer in (asked, head):
            assert answer["Access-Control-Allow-Origin"] == "*"
            assert "Access-Control-Allow-Credentials" not in answer
        for method in (client.post, client.put, client.patch, client.delete):
            refused = method(path)
            assert refused.status_code == 405
            assert refused["Allow"] == "GET, HEAD, OPTIONS"


def test_forty_cost_the_queries_of_one(client: Client) -> None:
    counts = []
    for number in (1, 39):
        for _ in range(number):
            version = make_measure_version(number="1.0.0", state="adopted")
            make_policy_link(version.measure)
            make_release(version)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(URL).status_code == 200
        counts.append(len(queries))
    assert counts == [4, 4]
