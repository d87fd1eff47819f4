"""The vocabulary's files are well formed, and loading them leaves curators' work alone."""

import re
from io import StringIO

import pytest
from django.core.management import call_command
from pytest_django import DjangoAssertNumQueries

from providers import vocabulary
from providers.models import Claim, Synonym, Term
from providers.vocabulary import Vocabulary
from tests.factories import make_organisation

FACETS = set(Term.Facet.values)


@pytest.fixture(scope="module")
def files() -> Vocabulary:
    return vocabulary.read()


def test_codes_are_unique_slugs(files: Vocabulary) -> None:
    keys = [(entry.facet, entry.code) for entry in files.entries]
    assert len(keys) == len(set(keys)) > 200
    assert {facet for facet, _ in keys} == FACETS
    assert [code for _, code in keys if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code)] == []
    assert not set(files.retired) & set(keys), "a retired code stands in the lists again"


def test_parents_exist_in_the_same_facet_and_stand_before_their_children(
    files: Vocabulary,
) -> None:
    seen: set[tuple[str, str]] = set()
    for entry in files.entries:
        assert not entry.parent or (entry.facet, entry.parent) in seen, entry
        seen.add((entry.facet, entry.code))
    tops = [e for e in files.entries if e.facet == Term.Facet.CATEGORY and not e.parent]
    assert 14 <= len(tops) <= 26
    assert all(any(e.parent == top.code for e in files.entries) for top in tops)


def test_labels_and_descriptions_read_well(files: Vocabulary) -> None:
    for entry in files.entries:
        assert re.fullmatch(r"[A-Z].*[^.\s]", entry.label), entry
        assert re.fullmatch(r"[A-Z].*\.", entry.description), entry
        assert "  " not in entry.label + entry.description, entry
        assert "'" not in entry.label + entry.description
    labels = [(entry.facet, entry.label) for entry in files.entries]
    assert len(labels) == len(set(labels))


def test_led_by_and_serves_keep_their_capitals(files: Vocabulary) -> None:
    """Claim.label makes the first letter small: "Led by people …", but never "Led by lGBTQ+"."""
    for entry in files.entries:
        if entry.facet in {Term.Facet.EDI_LED, Term.Facet.EDI_SERVES}:
            claim = Claim(term=Term(facet=entry.facet, label=entry.label))
            assert not re.search(r"\b[a-z][A-Z]", claim.label), claim.label


def test_synonyms_point_at_terms_that_exist(files: Vocabulary) -> None:
    keys = {(entry.facet, entry.code) for entry in files.entries}
    assert len(files.synonyms) > 150
    for words, targets in files.synonyms.items():
        assert words == " ".join(words.lower().split()), words
        assert 2 <= len(words) <= 60, words
        assert set(targets) <= keys, words
        assert len(targets) == len(set(targets)), words


def test_every_top_category_has_synonyms(files: Vocabulary) -> None:
    targets = {target for targets in files.synonyms.values() for target in targets}
    for entry in files.entries:
        if entry.facet == Term.Facet.CATEGORY:
            assert (entry.facet, entry.code) in targets, entry.code


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("lunch", "catering"),
        ("sandwich", "buffet-lunches"),
        ("venue", "space-hire"),
        ("hall", "halls"),
        ("translator", "translation"),
        ("bsl", "bsl-interpreting"),
        ("leaflet", "printing"),
        ("gardener", "gardening"),
        ("van", "removals-and-vans"),
        ("minutes", "minutes-and-admin"),
        ("laptop repair", "device-repair-and-reuse"),
    ],
)
def test_words_people_type(files: Vocabulary, words: str, code: str) -> None:
    assert ("category", code) in files.synonyms[words]


@pytest.mark.django_db
def test_all_of_it_is_valid_for_the_models(files: Vocabulary) -> None:
    report = vocabulary.load()
    assert (report.created, report.unchanged) == (len(files.entries), 0)
    assert report.synonyms == len(files.synonyms)
    for term in Term.objects.all():
        term.full_clean()
    for synonym in Synonym.objects.prefetch_related("terms"):
        synonym.full_clean()
        found = {(term.facet, term.code) for term in synonym.terms.all()}
        assert found == set(files.synonyms[synonym.words])


@pytest.mark.django_db
def test_the_tree_is_in_order() -> None:
    vocabulary.load()
    categories = list(Term.objects.of(Term.Facet.CATEGORY).order_by("position"))
    parent = None
    for term in categories:
        if term.parent_id is None:
            parent = term
        assert term.parent_id is None or term.parent == parent, term


@pytest.mark.django_db
def test_a_second_load_changes_nothing() -> None:
    first = vocabulary.load()
    before = list(Term.objects.order_by("pk").values())
    second = vocabulary.load()
    assert (second.created, second.retired, second.synonyms) == (0, 0, 0)
    assert second.unchanged == first.created
    assert list(Term.objects.order_by("pk").values()) == before


@pytest.mark.django_db
def test_curators_work_survives() -> None:
    vocabulary.load()
    Term.objects.filter(facet="ethos", code="plastic-free").update(
        label="No plastic", description="Ours.", position=1, active=False
    )
    own = Term.objects.create(
        facet="ethos", code="our-own", label="Our own", description="Added by a curator."
    )
    lunch = Synonym.objects.get(words="lunch")
    lunch.terms.clear()

    report = vocabulary.load()

    edited = Term.objects.get(facet="ethos", code="plastic-free")
    assert (edited.label, edited.description, edited.position) == ("No plastic", "Ours.", 1)
    assert not edited.active
    own.refresh_from_db()
    assert own.active
    assert not lunch.terms.exists()
    assert (report.created, report.retired, report.synonyms) == (0, 0, 0)


@pytest.mark.django_db
def test_a_new_release_adds_and_retires(files: Vocabulary) -> None:
    older = Vocabulary(
        entries=tuple(entry for entry in files.entries if entry.code != "crafts"),
        retired=(),
        synonyms={"lunch": (("category", "catering"),)},
    )
    vocabulary.load(older)
    claim = Claim.objects.create(
        organisation=make_organisation(), term=Term.objects.get(code="fair-trade")
    )
    newer = Vocabulary(
        entries=tuple(entry for entry in files.entries if entry.code != "fair-trade"),
        retired=(("ethos", "fair-trade"), ("ethos", "never-loaded")),
        synonyms={words: to for words, to in files.synonyms.items() if words != "fairtrade"},
    )

    report = vocabulary.load(newer)

    assert (report.created, report.retired) == (1, 1)
    crafts = Term.objects.get(code="crafts")
    assert crafts.parent == Term.objects.get(code="gifts-and-produce")
    retired = Term.objects.get(code="fair-trade")
    assert not retired.active
    assert Claim.objects.get().term == retired == claim.term
    assert vocabulary.load(newer).retired == 0


@pytest.mark.django_db
def test_the_command_says_what_it_did() -> None:
    out = StringIO()
    call_command("load_vocabulary", stdout=out)
    call_command("load_vocabulary", stdout=out)
    first, second = out.getvalue().splitlines()
    assert re.fullmatch(
        r"Vocabulary: \d{3} terms added, 0 already .*; \d{3,} synonyms added\.", first
    )
    assert re.fullmatch(r"Vocabulary: 0 terms added, \d{3} .* 0 retired; 0 syn.* added\.", second)


@pytest.mark.django_db
def test_it_takes_few_queries(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_max_num_queries(30):
        vocabulary.load()
    with django_assert_max_num_queries(4):
        vocabulary.load()
