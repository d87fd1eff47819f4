"""The register's page: the same manners as every filtered list."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.factories import make_user
from tests.providers.reading import words
from tests.providers.search_html import SearchPage
from tests.providers.search_html import get as get_page
from tests.toms.factories import make_measure_version
from toms import measure_index
from toms.models import Measure, MeasureVersion
from toms.search import MeasureSearch
from toms.services.loading import STARTER, load
from toms.views import register as view

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_lazy_loading")]


@pytest.fixture(autouse=True)
def starter(db: None) -> None:
    load(STARTER.read_bytes(), apply=True)


def get(client: Client, query: str = "", **headers: str) -> SearchPage:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return get_page(client, query, "/toms/", named)


def codes(page: SearchPage) -> list[str]:
    return re.findall(r'class="num nowrap">(LT-[A-Z]+-[0-9]+)<', page.html)


def retire(code: str) -> MeasureVersion:
    version = MeasureVersion.objects.get(measure__code=code)
    version.state = "retired"
    version.adopted_on = version.ended_on = version.created.date()
    version.ended_reason = "Nobody counted it."
    version.save()
    measure_index.refresh([version.measure_id])
    return version


# -- Unfiltered -------------------------------------------------------------------------------


def test_the_whole_register_stands_on_one_page_by_theme_and_outcome(client: Client) -> None:
    page = get(client)
    assert page.heading == "40 measures under 18 outcomes"
    assert page.chosen == set()
    assert page.chips == {}
    assert len(codes(page)) == 40
    results = page.html.partition('id="results"')[2].partition('id="use"')[0]
    themes = [unescape(found) for found in re.findall(r"<h2>(.*?)</h2>", results)]
    assert themes[0] == "Good work and skills"
    assert len(themes) == 6
    assert len(re.findall(r"<h3>.*?</h3>", results)) == 18
    assert codes(page)[:4] == ["LT-WRK-01", "LT-WRK-02", "LT-WRK-03", "LT-WRK-04"]


def test_drafts_are_called_drafts_and_not_examples(client: Client) -> None:
    page = get(client)
    assert words(page.html).count("Draft for consultation") > 40
    assert "not example data" in page.html
    assert "badge--example" not in page.html


def test_what_is_adopted_carries_no_such_note(client: Client) -> None:
    MeasureVersion.objects.update(state="adopted", adopted_on="2026-11-01")
    measure_index.refresh(Measure.objects.values_list("pk", flat=True))
    page = get(client)
    assert "not example data" not in page.html
    assert page.html.count("badge--good") == 40


def test_an_empty_register_says_so(client: Client) -> None:
    measures = list(Measure.objects.values_list("pk", flat=True))
    connection.cursor().execute("DELETE FROM toms_releaseitem")
    measure_index.refresh(measures)
    page = get(client)
    assert (page.status, page.heading) == (200, "0 measures")
    assert "No measure matches." in words(page.html)


# -- The address is the whole state -----------------------------------------------------------


def test_parameters_in_any_order_give_the_same_page(client: Client) -> None:
    one = get(client, "theme=WRK&theme=RES&level=2&q=people")
    other = get(client, "q=people&level=2&theme=RES&theme=WRK")
    assert codes(one) == codes(other) != []
    assert one.chips == other.chips


def test_filters_never_persist(client: Client) -> None:
    assert len(codes(get(client, "theme=WRK"))) == 7
    assert len(codes(get(client))) == 40


# -- Or inside, and across; counts ------------------------------------------------------------


def test_or_inside_a_facet_and_across_facets(client: Client) -> None:
    assert len(codes(get(client, "theme=WRK&theme=RES"))) == 12
    both = codes(get(client, "theme=WRK&theme=RES&baseline=yes"))
    assert both == ["LT-WRK-01", "LT-WRK-02", "LT-RES-01"]


FACETS = {
    "theme=HEA": 7,
    "outcome=LT-WRK-A": 3,
    "status=draft": 40,
    "status=adopted": 0,
    "baseline=yes": 12,
    "level=3": 8,
    "level=4": 0,
    "suits=volunteering": 20,
    "basis=sustained": 39,
    "profile=buyers": 1,
    "kind=state": 3,
    "unit=GBP": 6,
    "policy=ambition": 40,
    "policy=ambition:Growing": 15,
    "policy=compact": 0,
}


@pytest.mark.parametrize(("query", "number"), FACETS.items())
def test_every_attribute_can_be_filtered_by(client: Client, query: str, number: int) -> None:
    page = get(client, query)
    assert len(codes(page)) == number
    facet, _, value = query.partition("=")
    assert page.counts[facet, value] == number
    assert len(page.chips) == 1


def test_counts_leave_their_own_facet_out_and_show_zero(client: Client) -> None:
    page = get(client, "theme=WRK&level=1")
    assert page.counts["theme", "FAI"] == 4
    assert page.counts["level", "2"] == 4
    assert page.counts["level", "4"] == 0
    assert page.counts["baseline", "yes"] == 2
    for (facet, value), number in page.counts.items():
        asked = get(client, f"theme=WRK&level=1&{facet}={value}")
        if facet not in ("theme", "level"):
            assert len(codes(asked)) == number, (facet, value)


def test_each_chip_removes_one_filter(client: Client) -> None:
    page = get(client, "q=people&theme=WRK&theme=HEA&level=2")
    assert list(page.chips) == [
        "‘people’",
        "Good work and skills",
        "Health, care and household security",
        "Level 2",
    ]
    url = page.chips["Good work and skills"]
    assert url == "/toms/?q=people&theme=HEA&level=2"
    assert ("theme", "WRK") in page.chosen
    assert 'href="/toms/">Clear all' in page.html


# -- Words ------------------------------------------------------------------------------------


def test_a_code_finds_its_measure_first(client: Client) -> None:
    for typed in ("LT-WRK-04", "lt-wrk-04"):
        assert codes(get(client, f"q={typed}"))[0] == "LT-WRK-04"


def test_words_are_found_wherever_they_stand_and_titles_come_first(client: Client) -> None:
    page = get(client, "q=volunteer+hours")
    assert codes(page)[0] == "LT-COM-01"
    assert page.order == "Relevance"
    assert page.heading.endswith("for ‘volunteer hours’")
    assert "<h4" not in page.html


def test_a_slip_is_corrected(client: Client) -> None:
    page = get(client, "q=aprenticeship")
    assert "LT-WRK-06" in codes(page)
    assert "Nothing here has" in words(page.html)


def test_orders(client: Client) -> None:
    page = get(client, "sort=title")
    titles = re.findall(r'<h2 class="result__t"><a href="[^"]*">(.*?)</a>', page.html)
    assert titles == sorted(titles, key=str.lower)
    assert page.orders == ["Themes and outcomes", "Title"]
    assert codes(get(client, "q=people&sort=register"))[0].startswith("LT-WRK")


def test_nothing_found_offers_to_ask_for_less(client: Client) -> None:
    page = get(client, "q=carbon&level=4")
    assert page.heading == "0 measures for ‘carbon’"
    text = words(page.html)
    assert "Leave out Level 4 gives 3 measures" in text
    assert "Leave out ‘carbon’ gives 0 measures" in text
    assert "Answer five questions" in text


# -- Bad values -------------------------------------------------------------------------------


def test_a_bad_value_stands_beside_its_field_and_the_rest_stays(client: Client) -> None:
    page = get(client, f"theme=WRK&theme=XXX&level=9&sort=zzz&q={'a' * 300}")
    assert page.errors == {
        "theme": "“XXX” is not one of the choices.",
        "level": "“9” is not one of the choices.",
        "sort": "Choose one of the orders offered.",
        "q": "Use at most 200 characters.",
    }
    assert page.title.startswith("Error: ")
    assert ("theme", "WRK") in page.chosen
    assert len(codes(page)) == 7
    for target in re.findall(r'<li><a href="#([^"]+)">', page.html):
        assert target in page.ids


def test_pages_past_the_end_are_not_there(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert get(client, "page=2").status == 404
    for page in ("0", "-1", "x", "9" * 30, "%00", "²"):
        assert get(client, f"page={page}").status == 404
    monkeypatch.setattr(view, "PAGE_SIZE", 15)
    find = MeasureSearch.find
    monkeypatch.setattr(
        MeasureSearch, "find", lambda asked, *, page: find(asked, page=page, size=15)
    )
    last = get(client, "page=3")
    assert len(codes(last)) == 10
    assert "page 3 of 3" in last.title
    assert 'rel="prev" href' not in last.html
    assert "page=2" in last.html


HOSTILE = [
    "%00", "%ff%fe", "a" * 10_000, "<script>alert(1)</script>", "{{ 7*7 }}", "1' OR ''='", "-1",
    "%ED%A0%80", "or", '"""', "--", "a & | ! :*", "\u202eLS8", "%", "LT-%00-01", "ambition:%00",
]  # fmt: skip


@pytest.mark.parametrize(
    "name", ["q", "sort", "theme", "outcome", "status", "level", "unit", "policy", "page", "other"]
)
def test_whatever_a_parameter_holds_the_rest_stays(client: Client, name: str) -> None:
    for value in HOSTILE:
        page = get(client, f"suits=grant&{name}={value}")
        assert page.status in ((200, 404) if name == "page" else (200,)), value
        assert "<script>alert" not in page.html
        if page.status == 200:
            assert ("suits", "grant") in page.chosen
    assert get(client, "&".join([f"{name}=x"] * 900)).status in (200, 404)
    assert get(client, "&".join(["theme=x"] * 5000)).status == 400


# -- For robots, caches and scripts -----------------------------------------------------------


def test_only_the_plain_page_is_for_robots(client: Client) -> None:
    plain, filtered = get(client), get(client, "theme=WRK")
    assert 'content="noindex"' not in plain.html
    assert 'content="noindex"' in filtered.html
    for page in (plain, filtered):
        assert '<link rel="canonical" href="http://testserver/toms/">' in page.html


def test_a_script_gets_the_results_alone(client: Client) -> None:
    page = get(client, "theme=WRK", HX_Request="true")
    assert page.html.lstrip().startswith('<div class="wrap" id="found"')
    assert "HX-Request" in page.headers["Vary"]
    back = get(client, "theme=WRK", HX_Request="true", HX_History_Restore_Request="true")
    assert "<html" in back.html


def test_an_unchanged_page_is_not_made_again(client: Client) -> None:
    tag = get(client, "theme=WRK").headers["ETag"]
    with CaptureQueriesContext(connection) as queries:
        again = client.get("/toms/?theme=WRK", headers={"If-None-Match": tag})
    assert (again.status_code, len(queries)) == (304, 1)
    retire("LT-RES-01")
    assert get(client, "theme=WRK").headers["ETag"] != tag
    client.force_login(make_user())
    assert "ETag" not in get(client, "theme=WRK").headers


def test_what_is_retired_stands_last_and_can_be_asked_for(client: Client) -> None:
    retire("LT-WRK-01")
    page = get(client)
    assert codes(page)[:3] == ["LT-WRK-02", "LT-WRK-03", "LT-WRK-01"]
    assert codes(get(client, "status=retired")) == ["LT-WRK-01"]


def test_a_draft_that_stands_in_no_release_is_nobodys_business(client: Client) -> None:
    version = make_measure_version(title="Secret hours")
    measure_index.refresh([version.measure_id])
    assert "Secret hours" not in get(client).html
    assert client.get(version.measure.get_absolute_url()).status_code == 404
