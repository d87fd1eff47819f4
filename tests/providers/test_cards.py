"""A card drawn once shows whatever changes by reader and by day, and nothing unescaped."""

import datetime
import threading
from itertools import count
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from providers import cards, listing_index
from providers.cards import drawn_cards, result_rows, standing_claims
from providers.listing_index import SCHEMA
from tests.conftest import Cast
from tests.factories import make_claim, make_term
from tests.providers.reading import words
from tslsv.search.paging import Hit
from tslsv.search.query import Search, find
from tslsv.ui import drawn as drawn_html

TODAY = datetime.date(2026, 11, 22)
DAY = datetime.timedelta(days=1)


def card(**fields: Any) -> dict[str, Any]:
    """A card as the index keeps it."""
    return {
        "title": "Buffet", "slug": "buffet", "summary": "", "organisation": "Kitchen",
        "organisation_slug": "kitchen", "sector": "", "legal_form": "", "ward": "Armley",
        "postcode": "LS12 1", "lat": 53.8, "lon": -1.6, "approximate": True, "categories": [],
        "access": [], "price": "Free", "notice": None, "capacity": None, "pay": [],
        "delivery": "At their address", "delivery_wards": [], "claims": [], "email": "",
        "phone": "", "website": "", "origin": "provider", "confirmed": TODAY.isoformat(),
        "published": "2026-01-01T00:00:00+00:00", "modified": "2026-01-01T00:00:00+00:00",
        "example": False, **fields,
    }  # fmt: skip


_versions = count(1)


def hit(
    number: int = 1, miles: float | None = None, version: int | None = None, **fields: Any
) -> Hit:
    """A result; of a new version of its listing, unless one is given."""
    key = (1, number, next(_versions) if version is None else -version)
    return Hit(object_id=number, key=key, card=card(**fields), miles=miles)


def drawn(*hits: Hit, day: datetime.date = TODAY, first: int = 1, numbered: bool = False) -> str:
    return str(result_rows(list(hits), day, first, numbered))


def test_rows_are_numbered_on_the_map_alone() -> None:
    html = drawn(hit(1), hit(2), first=21, numbered=True)
    assert 'id="result-21" value="21"' in html
    assert '<span class="result__n">22</span>' in html
    assert "result__n" not in drawn(hit(1))


@pytest.mark.parametrize(
    ("miles", "ward", "text"),
    [
        (None, "Armley", "Where Armley"),
        (1.26, "Armley", "Where 1.3 miles, Armley"),
        (0.04, "Armley", "Where less than 0.1 miles, Armley"),
        (3.0, "", "Where 3.0 miles"),
    ],
)
def test_a_kept_card_has_each_readers_own_distance(
    miles: float | None, ward: str, text: str
) -> None:
    drawn(hit(miles=99.0, ward=ward, version=1))
    html = words(drawn(hit(miles=miles, ward=ward, version=1)))
    assert text in html
    assert "99" not in html


def test_a_card_is_drawn_once_for_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[object] = []
    draw = cards._draw

    def counted(
        listing_id: int, made: dict[str, Any], day: datetime.date, *, embedded: bool
    ) -> str:
        calls.append(made)
        return draw(listing_id, made, day, embedded=embedded)

    monkeypatch.setattr(cards, "_draw", counted)
    drawn(hit(version=1))
    drawn(hit(miles=3.0, version=1), numbered=True)
    assert len(calls) == 1
    drawn(hit(version=1), day=TODAY + DAY)
    assert "Changed" in drawn(hit(version=2, title="Changed"))
    assert len(calls) == 3


def test_a_card_in_a_frame_is_drawn_apart_from_one_of_the_list() -> None:
    rows = [hit(version=1)]
    listed = str(result_rows(rows, TODAY, 1, numbered=False))
    framed = str(result_rows(rows, TODAY, 1, numbered=False, embedded=True))
    assert "target=" not in listed
    assert 'form="chosen"' in listed
    assert framed.count('target="_blank" rel="noopener"') == framed.count("<a ")
    assert 'form="chosen"' not in framed
    assert str(result_rows(rows, TODAY, 1, numbered=False)) == listed


def test_each_card_can_be_chosen_by_its_own_number() -> None:
    html = drawn(hit(7, title="Soup"), hit(8, title="Cake"))
    for number, title in ((7, "Soup"), (8, "Cake")):
        assert f'name="listing" value="{number}" form="chosen"' in html
        assert f"Choose : {title}" in words(html)


def test_the_memory_of_cards_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawn_html, "KEPT", 3)
    for number in range(10):
        drawn(hit(number))
    assert len(drawn_cards) == 3


def test_threads_may_draw_the_same_cards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawn_html, "KEPT", 5)
    hits = [hit(number, version=1) for number in range(20)]
    answers: list[str] = []
    threads = [threading.Thread(target=lambda: answers.append(drawn(*hits))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(answers) == 8
    assert len(set(answers)) == 1


CLAIM = {"label": "Living wage", "level": "checked", "until": None}


@pytest.mark.parametrize(
    ("until", "stands"),
    [(None, True), ("2026-11-22", True), ("2026-11-21", False), ("2027-01-01", True)],
)
def test_a_claim_shows_until_its_last_day(until: str | None, stands: bool) -> None:
    made = card(claims=[{**CLAIM, "until": until}])
    assert bool(standing_claims(made, TODAY)) is stands
    assert ("Living wage" in drawn(hit(claims=made["claims"]))) is stands


@pytest.mark.parametrize(
    ("confirmed", "stale"), [("2026-02-22", False), ("2026-02-21", True), ("2026-11-22", False)]
)
def test_a_card_that_nobody_confirmed_for_nine_months_says_so(confirmed: str, stale: bool) -> None:
    html = drawn(hit(confirmed=confirmed))
    assert ("Not confirmed lately" in html) is stale
    assert "Confirmed" in html


def test_a_register_card_says_where_it_comes_from() -> None:
    html = words(drawn(hit(origin="register", confirmed="2020-01-01")))
    assert "From a public register, not yet confirmed" in html
    assert "2020" not in html
    assert "lately" not in html


def test_an_example_is_marked() -> None:
    assert "badge--example" in drawn(hit(example=True))
    assert "badge--example" not in drawn(hit())


# Whatever somebody can write; PostgreSQL holds no NUL and no surrogates.
texts = st.text(st.characters(exclude_characters="\x00", codec="utf-8"), max_size=30)


@given(texts, texts, texts, texts)
def test_no_text_becomes_markup(title: str, organisation: str, summary: str, label: str) -> None:
    plain = drawn(hit(claims=[{**CLAIM, "label": "x"}], summary="x", sector="x"))
    html = drawn(
        hit(
            title=title or "x", organisation=f"{organisation}.", ward=label or "x",
            sector=label or "x", summary=summary or "x", claims=[{**CLAIM, "label": label}],
            price=label or "x",
        )
    )  # fmt: skip
    assert html.count("<") == plain.count("<")
    assert html.count(">") == plain.count(">")


@pytest.mark.django_db
def test_a_saved_listing_is_drawn_anew(cast: Cast) -> None:
    def html() -> str:
        found = find(SCHEMA, Search(order="name"), page=1, size=20)
        return drawn(*found.hits, day=timezone.localdate())

    assert "Posters" in html()
    cast.posters.title = "Banners"
    cast.posters.save()
    listing_index.refresh([cast.posters.pk])
    assert "Banners" in html()
    assert "Posters" not in html()
    make_claim(cast.printers, make_term("ethos", "new", "Newly claimed"))
    listing_index.refresh([cast.posters.pk])
    assert "Newly claimed" in html()
    listing_index.rebuild()
    cast.posters.title = "Flags"
    cast.posters.save()
    listing_index.rebuild()
    assert "Flags" in html()
