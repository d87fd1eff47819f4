"""Whatever a parameter or a path holds: never a server error, and the rest of the search stays."""

from copy import deepcopy
from urllib.parse import quote

import pytest
from django.test import Client

from providers.filters import ListingFilter
from tests.conftest import Cast
from tests.providers.search_html import get

db = pytest.mark.django_db

PAGE, MAP = "/providers/", "/providers/map/"
ATOM, CSV = "/providers/results.atom", "/providers/results.csv"

# As they stand in an address, already percent-encoded.
VALUES = {
    "empty": "",
    "spaces": "%20%20",
    "long": "a" * 10_000,
    "long digits": "9" * 10_000,
    "NUL": "%00",
    "NUL inside": "LS8%004AA",
    "line breaks": "a%0D%0ASet-Cookie:%20x=1",
    "right to left": quote("\u202eLS8 \u05d0\u0661"),
    "emoji": quote("😀👩‍👩‍👧"),
    "combining": quote("e" + "\u0301" * 200),
    "SQL": quote("1'; DROP TABLE providers_listing; --"),
    "SQL pattern": quote("%' OR ''='"),
    "script": quote("<script>alert(1)</script>\"'>"),
    "template": quote("{{ 7*7 }}{% debug %}"),
    "negative": "-1",
    "zero": "0",
    "minus zero": "-0",
    "too large": "1" + "0" * 30,
    "exponent": "1e400",
    "small": "1e-400",
    "infinity": "Infinity",
    "not a number": "NaN",
    "hexadecimal": "0x10",
    "other digits": quote("١٢"),
    "superscript": quote("²"),
    "fraction": "2.5",
    "comma": "1,000",
    "list": "[1,2]",
    "only punctuation": "!",
    "only quotes": "%22%22%22",
    "only minus": "--",
    "query syntax": quote("a & | ! <-> :* ( ) \\"),
    "or": "or",
    "bad UTF-8": "%ff%fe",
    "surrogate": "%ED%A0%80",
    "not a character": "%EF%BF%BF",
    "cut-off escape": "%",
    "wrong escape": "%zz",
    "a path": "../../etc/passwd",
    "null": "null",
}
FULL = ("q", "near", "within", "notice", "capacity", "checked", "sort", "category", "page")
OTHERS = sorted(set(ListingFilter.base_filters) - set(FULL) - {"sector"})


@pytest.fixture
def cast(lasting_cast: Cast, db: None) -> Cast:
    return deepcopy(lasting_cast)


def assert_survives(client: Client, name: str, query: str, path: str) -> None:
    page = get(client, f"sector=third&{query}", path)
    if name == "page" and path in (PAGE, MAP):
        assert page.status in (200, 404), query[:80]
    elif path in (PAGE, MAP):
        assert page.status == 200, query[:80]
    else:
        assert page.status in (200, 400), query[:80]
    if page.status == 200 and path in (PAGE, MAP):
        assert "Third sector" in page.chips, query[:80]
        assert ("sector", "third") in page.chosen
        assert "<script>alert" not in page.html
        assert "Set-Cookie" not in page.headers
        assert set(page.titles) <= {"Big hall", "Buffet lunches", "Celebration cakes"}
    if page.status == 400:
        assert f"{name}: " in page.html, query[:80]


@db
@pytest.mark.parametrize("name", FULL)
def test_any_value_of_a_parameter(client: Client, cast: Cast, name: str) -> None:
    for place, value in enumerate(VALUES.values()):
        # The same field reads the value for the page and for the files, so a few will do here.
        if name in ("q", "near", "within", "page") or place % 4 == 0:
            assert_survives(client, name, f"{name}={value}", PAGE)
        assert_survives(client, name, f"{name}={value}", ATOM)


@db
@pytest.mark.parametrize("name", OTHERS)
def test_any_value_of_a_facet(client: Client, cast: Cast, name: str) -> None:
    for value in ("", "%00", "long" * 900, quote("<script>alert(1)</script>"), "%ff", "-1"):
        assert_survives(client, name, f"{name}={value}", ATOM)
    assert_survives(client, name, f"{name}={quote(VALUES['script'])}", PAGE)


@db
def test_any_value_on_the_map(client: Client, cast: Cast) -> None:
    for place, value in enumerate(VALUES.values()):
        name = FULL[place % len(FULL)]
        assert_survives(client, name, f"{name}={value}", MAP)


@db
@pytest.mark.parametrize("name", [*FULL, "ethos", "unknown"])
def test_a_parameter_repeated_a_thousand_times(client: Client, cast: Cast, name: str) -> None:
    for value in ("1", "x", "LS8"):
        query = "&".join([f"{name}={value}"] * 1000)
        assert_survives(client, name, query, PAGE)
        assert_survives(client, name, query, ATOM)


@db
def test_a_thousand_different_values(client: Client, cast: Cast) -> None:
    for name in ("category", "delivers_to", "q"):
        assert_survives(client, name, "&".join(f"{name}=v{n}" for n in range(1000)), PAGE)
        assert_survives(client, name, "&".join(f"{name}=v{n}" for n in range(1000)), ATOM)


@db
@pytest.mark.parametrize("path", [PAGE, MAP, ATOM, CSV])
def test_more_parameters_than_any_form_has(client: Client, cast: Cast, path: str) -> None:
    assert get(client, "&".join(["category=x"] * 5000), path).status == 400


@db
@pytest.mark.parametrize("path", [PAGE, MAP, ATOM])
def test_values_that_contradict_each_other(client: Client, cast: Cast, path: str) -> None:
    for query in (
        "capacity=5&capacity=x", "capacity=x&capacity=5", "near=LS8&near=Atlantis",
        "near=Atlantis&near=LS8", "within=1&within=2&near=LS8", "checked=1&checked=0",
        "sort=name&sort=nope", "q=a&q=b", "page=1&page=x", "page=x&page=1",
    ):  # fmt: skip
        name = query.split("=")[0]
        assert_survives(client, name, query, path)


@db
@pytest.mark.parametrize(
    "query", ["&&&", "=", "=&=", "a", "sector", "&=third&", "?q=x", ";", "%00=1"]
)
def test_queries_that_are_none(client: Client, cast: Cast, query: str) -> None:
    for path in (PAGE, MAP, ATOM):
        assert get(client, query, path).status in (200, 400)


PATHS = [
    "/providers/%00/", "/providers/%ff/", "/providers/" + "a" * 10_000 + "/", "/providers//",
    "/providers/" + quote("١") + "/", "/providers/" + quote("<script>") + "/",
    "/providers/../admin/", "/providers/%2e%2e/", "/providers/a/b/c/d/e/", "/providers/a/%00/",
    "/providers/a/%00/report/", "/providers/-/", "/providers/_/_/", "/providers/map",
    "/providers/results.csv/", "/providers/results.CSV", "/providers/" + quote("😀") + "/report/",
    "/providers/nobody/", "/providers/nobody/nothing/", "/providers/nobody/report/",
    "/providers/holbeck-kitchen/nothing/report/", "/%ff", "/%00", "/" + "a/" * 500,
]  # fmt: skip


@db
@pytest.mark.parametrize("path", PATHS, ids=lambda path: path[:40])
def test_any_path(client: Client, cast: Cast, path: str) -> None:
    response = client.get(path)
    assert response.status_code in (301, 400, 404)
    assert "<script>alert" not in response.text


@db
@pytest.mark.parametrize(
    "headers",
    [
        {"If-None-Match": "*"},
        {"If-None-Match": '"'},
        {"If-None-Match": 'W/"' + "x" * 5000},
        {"If-Modified-Since": "yesterday"},
        {"HX-Request": "maybe"},
        {"HX-Request": "true", "HX-Target": "<script>"},
        {"HX-Request": "true", "HX-Target": "%ff", "HX-Target-URI-AutoEncoded": "true"},
        {"HX-Request": "true", "HX-Current-URL": "http://[bad"},
        {"HX-Request": "true", "HX-Trigger": "{"},
        {"Accept-Language": "x" * 5000},
        {"Cookie": "session=%00; csrf=x; messages=broken"},
        {"Cookie": "=;;;=="},
        {"Range": "bytes=0-"},
    ],
    ids=str,
)
def test_any_header(client: Client, cast: Cast, headers: dict[str, str]) -> None:
    for path in (PAGE, MAP, ATOM):
        assert client.get(f"{path}?q=cake", headers=headers).status_code in (200, 304, 400)


@db
@pytest.mark.parametrize("host", ["evil.example", "a b", "<script>", ""])
def test_an_unknown_host_is_refused(client: Client, cast: Cast, host: str) -> None:
    for path in (PAGE, ATOM):
        response = client.get(path, headers={"Host": host})
        assert response.status_code == 400
        assert "evil.example" not in response.text
