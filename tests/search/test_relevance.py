"""What comes first, and what a word that occurs nowhere was meant to be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers import listing_index
from providers.listing_index import SCHEMA
from providers.models import Listing
from tests.factories import make_listing, make_organisation, make_term
from tslsv.search import paging
from tslsv.search.query import Found, Search, find
from tslsv.search.words import MOST_ITEMS, Item, Words, fold, parse

db = pytest.mark.django_db


def relevant(text: str, page: int = 1, size: int = 50) -> Found:
    return find(SCHEMA, Search(text=text, order="relevance"), page=page, size=size)


def titles(text: str) -> list[str]:
    return [hit.card["title"] for hit in relevant(text).hits]


def index(*listings: Listing) -> None:
    listing_index.refresh(listing.pk for listing in listings)
    listing_index.rebuild()


@db
def test_title_before_category_before_summary_before_description() -> None:
    category = make_term("category", "lanterns", "Lanterns")
    index(
        make_listing(title="Last", description="We make lanterns."),
        make_listing(title="Third", summary="We make lanterns."),
        make_listing(title="Second", categories=[category]),
        make_listing(title="First lanterns"),
    )
    assert titles("lanterns") == ["First lanterns", "Second", "Third", "Last"]


@db
def test_an_organisations_name_weighs_as_much_as_a_title() -> None:
    named = make_organisation("Lantern Makers")
    index(
        make_listing(title="Lamps", summary="lantern lantern lantern"),
        make_listing(named, title="Repairs"),
    )
    assert titles("lantern") == ["Repairs", "Lamps"]


@db
@pytest.mark.parametrize("typed", ["Paper Café", "paper cafe", "  PAPER   CAFÉ "])
def test_a_name_that_is_the_query_comes_first(typed: str) -> None:
    index(
        make_listing(title="Paper café paper café", summary="Paper café"),
        make_listing(title="Café for paper", summary="paper café paper"),
        make_listing(title="Paper Café"),
        make_listing(make_organisation("Paper Café"), title="Zines"),
    )
    assert set(titles(typed)[:2]) == {"Paper Café", "Zines"}
    assert len(titles(typed)) == 4


@db
def test_equal_relevance_is_settled_by_name() -> None:
    index(*(make_listing(title=f"{letter} kites") for letter in "CADB"))
    assert titles("kites") == ["A kites", "B kites", "C kites", "D kites"]


@db
@pytest.mark.parametrize("query", ["copper", '"copper kettle"', "copper kettle", "copper or tin"])
def test_title_matches_are_ranked_however_many_others_there_are(
    monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    """More matches than are ranked must not push a title's own match to the end."""
    monkeypatch.setattr(paging, "RANKED", 5)
    others = [
        make_listing(title=f"Other {n:02}", description="A copper kettle for tea.")
        for n in range(30)
    ]
    wanted = make_listing(title="Zinc, or a copper kettle")
    index(*others, wanted)
    assert titles(query)[0] == wanted.title
    assert len(titles(query)) == 31


@db
def test_an_exact_name_is_first_however_many_others_there_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(paging, "RANKED", 5)
    others = [make_listing(title=f"Copper kettle {n:02}") for n in range(30)]
    wanted = make_listing(title="Copper kettle")
    index(*others, wanted)
    assert titles("copper kettle")[0] == "Copper kettle"


# -- Slips ------------------------------------------------------------------------------------


@db
@pytest.mark.parametrize(
    ("typed", "meant"),
    [("cattering", "catering"), ("caterign", "catering"), ("Sandwhiches", "sandwiches")],
)
def test_a_slip_is_corrected_and_said(typed: str, meant: str) -> None:
    index(make_listing(title="Catering"), make_listing(title="Sandwiches"))
    found = relevant(typed)
    assert dict(found.corrections) == {typed: meant}
    assert found.total == 1


@db
def test_one_wrong_word_among_right_ones() -> None:
    index(make_listing(title="Cargo bike courier"), make_listing(title="Cargo boat"))
    found = relevant("cargo corier")
    assert dict(found.corrections) == {"corier": "courier"}
    assert [hit.card["title"] for hit in found.hits] == ["Cargo bike courier"]


@db
@pytest.mark.parametrize("typed", ["xyzzyplugh", "zz", "1234567", "-cattering", "the"])
def test_nothing_is_corrected_where_nothing_is_close(typed: str) -> None:
    index(make_listing(title="Catering"))
    assert not relevant(typed).corrections


@db
def test_a_word_that_is_there_is_left_alone() -> None:
    index(make_listing(title="Hiring"), *(make_listing(title=f"Hire {n}") for n in range(3)))
    assert not relevant("hiring").corrections


# -- Reading a query --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "items"),
    [
        ("", ()),
        ("   ", ()),
        ("buffet lunch", (Item("buffet"), Item("lunch"))),
        ('"buffet lunch"', (Item("buffet lunch", phrase=True),)),
        ('-"buffet lunch" tea', (Item("buffet lunch", True, True), Item("tea"))),
        ("-tea", (Item("tea", barred=True),)),
        ("--", ()),
        ("-", ()),
        ('"', ()),
        ('""', ()),
        ('"open quote', (Item("open quote", phrase=True),)),
        ("(tea), coffee!", (Item("tea"), Item("coffee"))),
        ("or tea", (Item("or"), Item("tea"))),
        ("C++", (Item("C"),)),
    ],
)
def test_a_query_is_taken_apart(typed: str, items: tuple[Item, ...]) -> None:
    assert parse(typed) == Words(items)


@pytest.mark.parametrize("typed", ["tea or coffee", "tea OR coffee", "a " * (MOST_ITEMS + 1)])
def test_some_queries_are_left_to_postgresql(typed: str) -> None:
    assert parse(typed) == Words(whole=typed)


@given(st.text())
def test_no_text_is_too_odd_to_read(text: str) -> None:
    words = parse(text)
    assert len(words.items) <= MOST_ITEMS
    assert all(item.text.strip() for item in words.items)


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    folded = fold(text)
    assert folded == " ".join(folded.split())
    assert fold(folded) == folded


@pytest.mark.parametrize("text", ["Café Élan", "cafe  elan", "CAFÉ ÉLAN"])
def test_names_that_differ_by_case_and_accents_are_equal(text: str) -> None:
    assert fold(text) == "cafe elan"


@db
@pytest.mark.parametrize(
    "text",
    [
        "'", "''", "\\", "%", "_", ":*", "&", "|", "!", "<->", "(", ")", "a & b", "!a", "a:*",
        "'; DROP TABLE providers_listing; --", "\u202e", "😀", "𝔘𝔫𝔦", "ﬁ", "ß", "İ", "\ufffd",
        "a" * 3000, "tea " * 300, '"' * 51, "-" * 51, "or or or", "or", "tea or", "\"or\" tea or x",
    ],
)  # fmt: skip
def test_odd_words_find_something_or_nothing_but_never_fail(text: str) -> None:
    index(make_listing(title="Tea"))
    for order in ("relevance", "name"):
        found = find(SCHEMA, Search(text=text, order=order), page=1, size=10)
        assert found.total in (0, 1)
        assert len(found.hits) == found.total
