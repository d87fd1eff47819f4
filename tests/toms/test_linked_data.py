"""The register as linked data: read back, it says what the rows say."""

import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings
from rdflib import DCTERMS, OWL, RDF, SKOS, Graph, Literal, URIRef

from tests.toms.factories import (
    make_measure,
    make_measure_version,
    make_outcome,
    make_policy_link,
    make_release,
    make_theme,
)
from toms.exchange import skos
from toms.exchange.described import Described
from toms.models import Measure, MeasureVersion, Outcome, Theme
from toms.services.loading import STARTER, load

pytestmark = [
    pytest.mark.usefixtures("no_lazy_loading"),
    # Its own reader of JSON-LD still uses it.
    pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning"),
]
db = pytest.mark.django_db

SITE = "https://leeds.example"
VERSION = URIRef("http://www.w3.org/ns/dcat#version")
REGISTER = URIRef(f"{SITE}/toms/")
FORMATS = {"ttl": "turtle", "jsonld": "json-ld"}
TYPES = {"ttl": "text/turtle; charset=utf-8", "jsonld": "application/ld+json; charset=utf-8"}
ENDINGS = pytest.mark.parametrize("ending", FORMATS)


@pytest.fixture(autouse=True)
def at_our_address(settings: Settings) -> None:
    settings.SITE_URL = SITE


@pytest.fixture
def measure(db: None) -> Measure:
    theme = make_theme("WRK", label="Good work", description="Work that is good.")
    return make_measure(make_outcome(theme, label="Work is decent"), "LT-WRK-01")


def uri(path: str) -> URIRef:
    return URIRef(f"{SITE}/toms/{path}")


def words(text: str) -> Literal:
    return Literal(text, lang="en")


def get(client: Client, path: str, ending: str) -> Graph:
    response = client.get(f"/toms/{path}.{ending}")
    assert response.status_code == 200
    assert response["Content-Type"] == TYPES[ending]
    assert response["Access-Control-Allow-Origin"] == "*"
    return Graph().parse(data=response.content, format=FORMATS[ending])


def said(graph: Graph, about: URIRef) -> set[tuple[object, object]]:
    return set(graph.predicate_objects(about))


@ENDINGS
def test_a_measure_says_what_its_row_says(client: Client, measure: Measure, ending: str) -> None:
    version = make_measure_version(
        measure,
        "1.2.0",
        state="adopted",
        adopted_on=datetime.date(2026, 3, 1),
        title='Hours “given”, "всё"',
        what_counts="Hours.\r\n\r\nIn Leeds \\ here.",
        does_not_count="Hours that nobody spent.",
        evidence_small="A note.",
        example="Ten people, an hour each.",
        reason="Clearer evidence.",
    )
    release = make_release(version, state="adopted", slug="2026")
    for match in ("exact", "close", "broad", "narrow", "related"):
        make_policy_link(measure, url=f"https://example.org/{match}", match=match)
    make_policy_link(measure, url="")
    make_policy_link(measure, url='https://example.org/a<b>"c"', match="exact")
    graph = get(client, "measures/LT-WRK-01", ending)
    about, outcome, theme = uri("measures/LT-WRK-01/"), uri("?outcome=LT-WRK-A"), uri("?theme=WRK")
    assert said(graph, about) == {
        (RDF.type, SKOS.Concept),
        (SKOS.notation, Literal("LT-WRK-01")),
        (SKOS.prefLabel, words(version.title)),
        (SKOS.definition, words(version.what_counts)),
        (SKOS.scopeNote, words("What goes on already: What went on before counts as sustained.")),
        (SKOS.scopeNote, words("Does not count: Hours that nobody spent.")),
        (SKOS.scopeNote, words("Evidence: A register.")),
        (SKOS.scopeNote, words("Evidence, with fewer than 10 staff: A note.")),
        (SKOS.example, words("Ten people, an hour each.")),
        (SKOS.changeNote, words("Clearer evidence.")),
        (SKOS.broader, outcome),
        (SKOS.inScheme, REGISTER),
        (SKOS.inScheme, uri("releases/2026/")),
        (VERSION, Literal("1.2.0")),
        (DCTERMS.issued, Literal(datetime.date(2026, 3, 1))),
        (SKOS.exactMatch, URIRef("https://example.org/exact")),
        (SKOS.exactMatch, URIRef("https://example.org/a%3Cb%3E%22c%22")),
        (SKOS.closeMatch, URIRef("https://example.org/close")),
        (SKOS.broadMatch, URIRef("https://example.org/broad")),
        (SKOS.narrowMatch, URIRef("https://example.org/narrow")),
        (SKOS.relatedMatch, URIRef("https://example.org/related")),
    }
    assert said(graph, outcome) == {
        (RDF.type, SKOS.Concept),
        (SKOS.notation, Literal("LT-WRK-A")),
        (SKOS.prefLabel, words("Work is decent")),
        (SKOS.broader, theme),
        (SKOS.inScheme, REGISTER),
    }
    assert said(graph, theme) == {
        (RDF.type, SKOS.Concept),
        (SKOS.notation, Literal("WRK")),
        (SKOS.prefLabel, words("Good work")),
        (SKOS.definition, words("Work that is good.")),
        (SKOS.topConceptOf, REGISTER),
        (SKOS.inScheme, REGISTER),
    }
    assert (REGISTER, RDF.type, SKOS.ConceptScheme) in graph
    assert str(release) not in graph.serialize()


@ENDINGS
@db
def test_the_whole_register_is_there(client: Client, ending: str) -> None:
    load(STARTER.read_bytes(), apply=True)
    graph = get(client, "register", ending)
    expected = {(theme.code, theme.label, f"?theme={theme.code}") for theme in Theme.objects.all()}
    expected |= {
        (outcome.code, outcome.label, f"?outcome={outcome.code}")
        for outcome in Outcome.objects.all()
    }
    expected |= {
        (version.measure.code, version.title, f"measures/{version.measure.code}/")
        for version in MeasureVersion.objects.select_related("measure")
    }
    assert len(expected) == 6 + 18 + 40
    found = {
        (
            str(graph.value(concept, SKOS.notation)),
            str(graph.value(concept, SKOS.prefLabel)),
            str(concept).removeprefix(REGISTER),
        )
        for concept in graph.subjects(RDF.type, SKOS.Concept)
    }
    assert found == expected
    assert set(graph.subjects(RDF.type, SKOS.ConceptScheme)) == {REGISTER}
    top = set(graph.objects(REGISTER, SKOS.hasTopConcept))
    assert top == {uri(f"?theme={theme.code}") for theme in Theme.objects.all()}
    # Every measure leads to the top.
    assert all(
        top & set(graph.transitive_objects(concept, SKOS.broader))
        for concept in graph.subjects(RDF.type, SKOS.Concept)
    )


@ENDINGS
def test_a_release_says_what_it_lists(client: Client, measure: Measure, ending: str) -> None:
    day = datetime.date(2026, 3, 1)
    older = make_measure_version(measure, "1.0.0", title="Hours", state="retired", ended_on=day)
    make_measure_version(measure, "1.1.0", title="Hours given", state="adopted", adopted_on=day)
    release = make_release(
        older, slug="2025", title="Leeds TOMs 2025", introduction="The first.", state="adopted"
    )
    graph = get(client, "releases/2025", ending)
    scheme, about = uri("releases/2025/"), uri("measures/LT-WRK-01/")
    assert said(graph, scheme) == {
        (RDF.type, SKOS.ConceptScheme),
        (DCTERMS.title, words("Leeds TOMs 2025")),
        (DCTERMS.description, words("The first.")),
        (DCTERMS.isVersionOf, REGISTER),
        (DCTERMS.issued, Literal(release.adopted_on)),
        (VERSION, Literal("2025")),
        (SKOS.hasTopConcept, uri("?theme=WRK")),
    }
    assert graph.value(about, VERSION) == Literal("1.0.0")
    assert set(graph.objects(about, SKOS.inScheme)) == {REGISTER, scheme}
    # Its measure lives on in a newer version, under the same address.
    assert graph.value(about, OWL.deprecated) is None
    assert graph.value(about, DCTERMS.isReplacedBy) is None
    assert get(client, "register", ending).value(about, SKOS.prefLabel) == words("Hours given")


@ENDINGS
def test_what_is_retired_says_so_for_ever(client: Client, measure: Measure, ending: str) -> None:
    other = make_measure(measure.outcome, "LT-WRK-02")
    make_measure_version(other, "1.0.0", state="adopted")
    make_measure_version(
        measure, "1.0.0", state="retired", successor=other, ended_reason="It says the same."
    )
    about = uri("measures/LT-WRK-01/")
    for path in ("register", "measures/LT-WRK-01", "measures/lt-wrk-01"):
        graph = get(client, path, ending)
        assert graph.value(about, OWL.deprecated) == Literal(True)
        assert graph.value(about, DCTERMS.isReplacedBy) == uri("measures/LT-WRK-02/")
        assert graph.value(about, SKOS.changeNote) == words("It says the same.")


@db
def test_drafts_that_nobody_may_read_and_what_was_withdrawn(client: Client) -> None:
    hidden = make_measure_version()
    withdrawn = make_measure_version(state="withdrawn")
    graph = get(client, "register", "ttl")
    assert set(graph.subjects(RDF.type, SKOS.Concept)) == set()
    assert client.get(f"/toms/measures/{hidden.measure.code}.ttl").status_code == 404
    alone = get(client, f"measures/{withdrawn.measure.code}", "ttl")
    about = uri(f"measures/{withdrawn.measure.code}/")
    assert alone.value(about, OWL.deprecated) == Literal(True)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=60))
def test_any_text_comes_back(text: str) -> None:
    outcome = Outcome(code="LT-WRK-A", label=text, theme=Theme(code="WRK", label=text))
    version = MeasureVersion(
        measure=Measure(code="LT-WRK-01", outcome=outcome),
        title=text,
        what_counts=text,
        example=text,
        major=1,
        minor=0,
        patch=0,
    )
    graph = skos.graph_of([Described(version, False, None, (), ())])
    for ending, name in FORMATS.items():
        back = Graph().parse(data=skos.write(graph, ending), format=name)
        assert set(back) == set(graph)


@db
def test_who_has_it_is_not_sent_it_again(client: Client) -> None:
    load(STARTER.read_bytes(), apply=True)
    theme = Theme.objects.all()[0]
    for path in ("register.ttl", "releases/first.jsonld", "measures/LT-WRK-01.ttl"):
        first = client.get(f"/toms/{path}")
        again = client.get(f"/toms/{path}", headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        theme.description += "More. "
        theme.save()
        changed = client.get(f"/toms/{path}", headers={"If-None-Match": first["ETag"]})
        assert changed.status_code == 200


@db
def test_the_tag_stands_though_the_file_is_written_in_another_order(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(STARTER.read_bytes(), apply=True)
    first = client.get("/toms/register.jsonld")
    monkeypatch.setattr(skos, "write", lambda graph, ending: b"in another order")
    again = client.get("/toms/register.jsonld")
    assert again.content != first.content
    assert again["ETag"] == first["ETag"]
    assert client.get("/toms/register.ttl")["ETag"] != first["ETag"]


@db
@pytest.mark.parametrize(
    "path",
    [
        "releases/nowhere.ttl",
        "measures/LT-WRK-99.ttl",
        "measures/nonsense.jsonld",
        "measures/LT-WRK-0%D9%A1.ttl",
        f"measures/{'x' * 5_000}.ttl",
        "register.xml",
    ],
)
def test_what_is_not_there(client: Client, path: str) -> None:
    assert client.get(f"/toms/{path}").status_code == 404


@db
def test_forty_cost_the_queries_of_one(client: Client) -> None:
    counts = []
    for number in (1, 39):
        versions = [make_measure_version(number="1.0.0", state="adopted") for _ in range(number)]
        release = make_release(*versions)
        for version in versions:
            make_policy_link(version.measure)
        for path in ("register", f"releases/{release.slug}"):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(f"/toms/{path}.ttl").status_code == 200
            counts.append(len(queries))
    assert counts == [4, 5, 4, 5]
