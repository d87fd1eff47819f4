"""Releases, their handbook, and the glossary."""

import datetime
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.providers.reading import words
from tests.toms.factories import make_measure, make_measure_version, make_outcome, make_release
from toms.models import GlossaryTerm, Release
from toms.services import glossary
from toms.services.loading import STARTER, load

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_lazy_loading")]


@pytest.fixture
def first(db: None) -> Release:
    load(STARTER.read_bytes(), apply=True)
    glossary.load()
    return Release.objects.get(slug="first")


def test_all_releases_with_how_far_they_have_come(client: Client, first: Release) -> None:
    text = words(client.get("/toms/releases/").text)
    assert "Leeds TOMs, first release Draft for consultation 40 measures" in text
    day = datetime.date(2026, 12, 1)
    version = make_measure_version(number="1.0.0", state="adopted")
    make_release(version, title="The second", state="adopted")
    make_release(title="The third", state="consultation", opens_on=day, closes_on=day)
    text = words(client.get("/toms/releases/").text)
    assert "The second Adopted since" in text
    assert "open for comment comments from 1 December 2026 to 1 December 2026 0 measures" in text


def test_no_release_yet(client: Client) -> None:
    assert "There is no release yet." in client.get("/toms/releases/").text


def test_a_release_lists_its_versions_by_theme_and_outcome(client: Client, first: Release) -> None:
    page = client.get("/toms/releases/first/").text
    text = words(page)
    assert "Draft for consultation 40 measures" in text
    assert "not example data" in text
    codes = re.findall(r"LT-[A-Z]{3}-\d\d", text)
    assert len(codes) == 40
    assert codes[:4] == ["LT-WRK-01", "LT-WRK-02", "LT-WRK-03", "LT-WRK-04"]
    assert page.count("<h3>") == 18


def test_a_release_that_was_adopted_leads_to_exactly_its_versions(client: Client) -> None:
    measure = make_measure()
    version = make_measure_version(measure, "1.0.0", state="adopted")
    make_release(version, slug="2026", state="adopted")
    page = client.get("/toms/releases/2026/").text
    assert f'href="{measure.get_absolute_url()}1.0.0/"' in page
    assert "not example data" not in page
    assert "Draft" not in words(page)


def test_the_handbook_has_everything_and_its_contents(client: Client, first: Release) -> None:
    page = client.get("/toms/releases/first/handbook/").text
    idents = re.findall(r'\sid="([^"]+)"', page)
    assert len(idents) == len(set(idents))
    contents = re.findall(r'href="#([^"]+)"', page.partition('id="contents"')[2])
    assert len(contents) == 6 + 40 + 1
    assert set(contents) <= set(idents)
    assert page.count("<article") == 40
    text = words(page)
    assert "Payroll summary with home postcode district" in text
    assert "Baseline. Level 1 of 4. Counted in full-time-equivalent posts." in text
    assert "Draft for consultation" in text
    assert "What the words mean" in text


def test_a_handbook_of_nothing(client: Client) -> None:
    make_release(slug="empty")
    for path in ("", "handbook/"):
        response = client.get(f"/toms/releases/empty/{path}")
        assert response.status_code == 200
        assert "lists no measure yet" in response.text


def test_unknown_releases_have_a_way_on(client: Client) -> None:
    for path in ("nope/", "nope/handbook/", f"{'x' * 5000}/"):
        response = client.get(f"/toms/releases/{path}")
        assert response.status_code == 404
        assert 'href="/toms/releases/"' in response.text


@pytest.mark.parametrize("path", ["", "handbook/"])
def test_a_release_costs_the_same_however_long_it_is(client: Client, path: str) -> None:
    def cost(slug: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/toms/releases/{slug}/{path}").status_code == 200
        return len(queries)

    make_release(make_measure_version(), slug="short")
    versions = [
        make_measure_version(make_measure(make_outcome()), level=n % 4 + 1) for n in range(12)
    ]
    make_release(*versions, slug="long")
    assert cost("long") == cost("short") <= 3


def test_the_glossary_explains_the_words_that_pages_link_to(client: Client, first: Release) -> None:
    page = client.get("/toms/glossary/").text
    there = set(re.findall(r'<div id="([^"]+)"', page))
    assert len(there) >= 20
    linked = set()
    for path in ("", "measures/LT-WRK-01/", "measures/LT-COM-01/", "fit/"):
        linked |= set(re.findall(r"/toms/glossary/#([\w-]+)", client.get(f"/toms/{path}").text))
    query = "who=public&arrangement=grant&size=large&does=employ&time=more"
    page = client.get(f"/toms/fit/?{query}").text
    linked |= set(re.findall(r"/toms/glossary/#([\w-]+)", page))
    assert len(linked) > 5
    assert linked <= there


def test_the_glossary_belongs_to_curators_once_it_is_there(db: None) -> None:
    assert glossary.load() >= 20
    GlossaryTerm.objects.filter(slug="baseline").update(meaning="Ours.")
    GlossaryTerm.objects.filter(slug="unit").delete()
    assert glossary.load() == 1
    assert GlossaryTerm.objects.get(slug="baseline").meaning == "Ours."
    assert glossary.load() == 0
    for term in GlossaryTerm.objects.all():
        term.full_clean()


def test_an_empty_glossary(client: Client) -> None:
    assert "No word has been explained yet." in client.get("/toms/glossary/").text
