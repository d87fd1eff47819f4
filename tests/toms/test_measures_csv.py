"""The register as CSV: what goes out comes back the same."""

import csv
import io

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.toms.factories import make_measure, make_measure_version, make_release
from toms import measure_index
from toms.exchange.columns import COLUMNS, guard, row_of, unguard
from toms.exchange.described import listed_versions
from toms.exchange.read_csv import parse
from toms.exchange.write_csv import as_csv
from toms.models import Measure, MeasureVersion, Release
from toms.services.loading import STARTER, Became, load

pytestmark = pytest.mark.usefixtures("no_lazy_loading")
db = pytest.mark.django_db

TEXTS = st.text(
    st.one_of(st.sampled_from("=+-@'\"\n\r\t,;|£é–漢 "), st.characters(codec="utf-8")), max_size=40
)
# As forms and files give texts: without white space around them, and without control characters.
KEPT = TEXTS.map(
    lambda text: "".join(c for c in text if c in "\n\r\t" or c.isprintable()).strip()
).filter(bool)


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@given(TEXTS)
def test_what_is_guarded_is_no_formula_and_comes_back(text: str) -> None:
    guarded = guard(text)
    assert guarded.lstrip()[:1] not in {*"=+-@"}
    assert guarded[:1] not in {"\t", "\r"} or not guarded.strip()
    assert unguard(guarded) == text


def test_a_formula_is_text_in_the_file() -> None:
    assert [guard(text) for text in ("=1", "-5 tonnes", "\n@x", "'=1", "'tis", "a=1")] == [
        "'=1",
        "'-5 tonnes",
        "'\n@x",
        "''=1",
        "'tis",
        "a=1",
    ]


class RoundTrip(TestCase):
    """Hypothesis with rows: everything that a field can hold."""

    @given(title=KEPT, counts=KEPT, evidence=KEPT, example=st.one_of(st.just(""), KEPT))
    def test_any_text_is_unchanged_when_it_comes_back(
        self, title: str, counts: str, evidence: str, example: str
    ) -> None:
        version = make_measure_version(
            title=title, what_counts=counts, evidence=evidence, example=example
        )
        release = make_release(version)
        versions = list(listed_versions(release))
        content = as_csv(versions)
        (entry,) = parse(content).entries
        assert entry.cells == row_of(versions[0])
        report = load(content, release=release.slug, apply=True)
        assert [line.became for line in report.lines] == [Became.UNCHANGED], report


@db
def test_the_whole_register_comes_back_unchanged(client: Client) -> None:
    load(STARTER.read_bytes(), apply=True)
    response = client.get("/toms/measures.csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="leeds-toms.csv"'
    found = rows(response.content)
    assert list(found[0]) == [column.name for column in COLUMNS]
    with STARTER.open(encoding="utf-8", newline="") as file:
        loaded = list(csv.DictReader(file))
    by_code = {row["code"]: {name: row[name] for name in loaded[0]} for row in found}
    assert by_code == {row["code"]: row for row in loaded}
    before = list(MeasureVersion.objects.values())
    report = load(response.content, apply=True)
    assert (report.count(Became.UNCHANGED), report.applied) == (40, True)
    assert list(MeasureVersion.objects.values()) == before
    of_release = client.get("/toms/releases/first/measures.csv")
    assert 'filename="leeds-toms-first.csv"' in of_release["Content-Disposition"]
    assert of_release.content == response.content


@db
def test_what_is_adopted_comes_back_unchanged_though_a_draft_follows_it(client: Client) -> None:
    measure = make_measure()
    adopted = make_measure_version(measure, "1.0.0", state="adopted")
    draft = make_measure_version(measure, "1.1.0", title="Hours given")
    first, second = make_release(adopted), make_release(draft)
    measure_index.refresh([measure.pk])
    content = client.get("/toms/measures.csv").content
    assert [(row["version"], row["status"]) for row in rows(content)] == [("1.0.0", "adopted")]
    report = load(content, release=second.slug, apply=True)
    assert [line.became for line in report.lines] == [Became.UNCHANGED]
    assert [item.version_id for item in second.items.all()] == [draft.pk]
    (row,) = rows(client.get(f"/toms/releases/{second.slug}/measures.csv").content)
    assert (row["version"], row["title"]) == ("1.1.0", "Hours given")
    (row,) = rows(client.get(f"/toms/releases/{first.slug}/measures.csv").content)
    assert row["version"] == "1.0.0"


@db
def test_it_holds_exactly_the_view_in_its_order(client: Client) -> None:
    load(STARTER.read_bytes(), apply=True)
    found = rows(client.get("/toms/measures.csv?theme=WRK&theme=RES&baseline=yes").content)
    assert [row["code"] for row in found] == ["LT-WRK-01", "LT-WRK-02", "LT-RES-01"]
    titles = [row["title"] for row in rows(client.get("/toms/measures.csv?sort=title").content)]
    assert titles == sorted(titles, key=str.casefold)


@db
def test_a_curators_notes_are_not_in_it(client: Client) -> None:
    hidden = make_measure_version(title="Not yet")
    measure_index.refresh([hidden.measure_id])
    assert rows(client.get("/toms/measures.csv").content) == []


@db
def test_who_has_it_is_not_sent_it_again(client: Client) -> None:
    load(STARTER.read_bytes(), apply=True)
    for path in ("/toms/measures.csv", "/toms/releases/first/measures.csv"):
        first = client.get(path)
        again = client.get(path, headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert again["Access-Control-Allow-Origin"] == "*"
        version = MeasureVersion.objects.order_by("?")[0]
        version.example += "One more."
        version.save()
        assert client.get(path, headers={"If-None-Match": first["ETag"]}).status_code == 200


@db
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/toms/measures.csv?theme=zzz", 400),
        ("/toms/measures.csv?theme=%00&level=%ED%A0%80&sort=x", 400),
        ("/toms/measures.csv?q=" + "x" * 10_000, 400),
        ("/toms/releases/nowhere/measures.csv", 404),
        ("/toms/releases/" + "x" * 5_000 + "/measures.csv", 404),
    ],
)
def test_a_bad_question_is_answered_in_words(client: Client, path: str, status: int) -> None:
    response = client.get(path)
    assert response.status_code == status
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert len(response.content) > 20


@db
def test_a_hundred_times_as_many_cost_the_same_queries(client: Client) -> None:
    release = Release.objects.create(slug="many", title="Many")
    paths = ("/toms/measures.csv", "/toms/releases/many/measures.csv")
    counts = []
    for number in (1, 40):
        for position in range(number):
            version = make_measure_version()
            release.items.create(version=version, position=position)
        measure_index.refresh(Measure.objects.values_list("pk", flat=True))
        for path in paths:
            client.get(path)
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert client.get(path).status_code == 200
            counts.append(len(queries))
    assert counts[:2] == counts[2:]
