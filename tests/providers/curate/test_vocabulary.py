"""Curators look after the vocabulary, and search follows in the same second."""

from copy import deepcopy
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEvent, User
from accounts.refused import Refused
from accounts.services.people import make_person
from providers import content, listing_index
from providers import vocabulary as program
from providers.models import Claim, Listing, Synonym, Term
from providers.services import synonyms, term_merge
from providers.services import vocabulary as services
from providers.vocabulary import Vocabulary
from tests.conftest import Cast
from tests.factories import (
    make_claim,
    make_listing,
    make_listing_change,
    make_organisation,
    make_synonym,
    make_term,
    make_user,
)
from tests.providers.reading import words
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(lasting_cast: Cast, db: None) -> Cast:
    return deepcopy(lasting_cast)


@pytest.fixture
def curator() -> User:
    return make_person(email="carl@example.org", name="Carl", roles=("curator",))


@pytest.fixture
def desk(curator: User) -> Client:
    """A browser in which the curator has signed in."""
    return signed_in(curator)


def category(code: str) -> Term:
    return Term.objects.get(facet="category", code=code)


def ethos(code: str = "living-wage") -> Term:
    return Term.objects.get(facet="ethos", code=code)


def offers(client: Client, query: str) -> int:
    """How many the search page counts."""
    title = client.get(f"/providers/?{query}").text.split("<title>")[1]
    return int(title.removeprefix("Error: ").split(" ")[0])


def reword(term: Term, by: User, **changed: Any) -> int:
    given = {"label": term.label, "description": term.description, "parent": term.parent}
    seen = services.version_of_term(term)
    return services.reword_term(term=term, seen=seen, by=by, **(given | changed))


def merge(term: Term, into: Term, by: User) -> int:
    seen = services.version_of_term(term)
    return term_merge.merge_terms(term=term, into=into, seen=seen, by=by)


def form_of(term: Term, **changed: Any) -> dict[str, Any]:
    """What the browser sends from the term's page."""
    given = {
        "label": term.label,
        "description": term.description,
        "parent": term.parent_id or "",
        "seen": services.version_of_term(term),
    }
    return given | changed


def url(term: Term, act: str = "") -> str:
    return f"/curate/vocabulary/terms/{term.pk}/{f'{act}/' if act else ''}"


def events(verb: str) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(verb=verb))


@pytest.fixture(autouse=True)
def index_is_right() -> Any:
    """Whatever a test did, the index holds what a rebuild would make."""
    yield
    assert listing_index.differences() == []


# -- Looking --------------------------------------------------------------------------------------


def test_every_facet_has_its_terms_with_what_each_touches(desk: Client, cast: Cast) -> None:
    page = desk.get("/curate/vocabulary/")
    text = words(page.text)
    assert page.status_code == 200
    for legend in ("Category", "Ethos", "Led or owned by", "Serves", "Accreditation", "Access"):
        assert legend in text
    # Two of the kitchen's listings lie under catering, one of them is a buffet.
    assert "Food and drink for meetings, events, visits and daily meals. 2 listings" in text
    narrower = words(desk.get("/curate/vocabulary/?facet=category&under=catering").text)
    assert "Buffets and packed lunches Cold food to share" in narrower
    assert "Halls" not in narrower
    ethos_page = words(desk.get("/curate/vocabulary/?facet=ethos").text)
    assert "2 organisations, 3 listings" in ethos_page


def test_what_is_retired_stands_apart(desk: Client, curator: User, cast: Cast) -> None:
    merge(category("cakes-and-baking"), category("buffet-lunches"), curator)
    text = words(desk.get("/curate/vocabulary/").text)
    after = text[text.index("Retired Nobody can choose") :]
    assert "Merged into Buffets and packed lunches" in after


def test_pages_take_as_many_queries_for_many_terms(desk: Client, cast: Cast) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            desk.get("/curate/vocabulary/")
        return len(asked)

    queries()
    before = queries()
    for _ in range(20):
        make_listing(categories=[make_term(parent=category("catering"))])
    assert queries() == before < 15
    listing_index.refresh(Listing.objects.values_list("pk", flat=True))


@pytest.mark.parametrize("under", ["nothing", "halls", "x%00", "women"])
def test_what_is_no_main_category_is_not_found(desk: Client, cast: Cast, under: str) -> None:
    assert desk.get(f"/curate/vocabulary/?under={under}").status_code == 404
    assert (
        desk.get(f"/curate/vocabulary/terms/new/?facet=category&under={under}").status_code == 200
    )


def test_a_term_is_added_where_the_curator_was(desk: Client, cast: Cast) -> None:
    page = desk.get("/curate/vocabulary/terms/new/?facet=category&under=catering").text
    assert f'<option value="{category("catering").pk}" selected' in page


@pytest.mark.parametrize("facet", ["nothing", "", "category%00", "x" * 9000])
def test_what_is_no_facet_is_not_found(desk: Client, facet: str) -> None:
    for page in ("", "terms/new/"):
        assert desk.get(f"/curate/vocabulary/{page}?facet={facet}").status_code in {400, 404}


# -- Adding ---------------------------------------------------------------------------------------


def test_a_new_term_can_be_chosen_at_once(desk: Client, cast: Cast, client: Client) -> None:
    catering = category("catering")
    response = desk.post(
        "/curate/vocabulary/terms/new/?facet=category",
        {"label": "Ice cream", "description": "Vans and tubs.", "parent": catering.pk},
    )
    made = Term.objects.get(code="ice-cream")
    assert (
        response["Location"] == f"/curate/vocabulary/?facet=category&under=catering#term-{made.pk}"
    )
    assert (made.parent, made.active) == (catering, True)
    assert made.position > category("buffet-lunches").position
    assert "Ice cream" in client.get("/providers/").text
    assert "Ice cream" in client.get("/providers/words/").text
    assert [event.object_id for event in events("added")] == [str(made.pk)]


def test_codes_are_made_once_and_are_free(curator: User, cast: Cast) -> None:
    def add(label: str) -> str:
        return services.add_term(
            facet=Term.Facet.ETHOS, label=label, description="x", parent=None, by=curator
        ).code

    assert add("Öko-Fair!") == "oko-fair"
    assert add("Oko fair") == "oko-fair-2"
    assert add("…") == "term"
    assert len(add("very long " * 8)) <= 60


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"label": ""}, "Enter what it is called."),
        ({"label": "x" * 81}, "Use at most 80 characters. This has 81."),
        ({"label": "catering"}, "There is a term called “Catering” already."),
        ({"description": ""}, "Say in one line what it means."),
        ({"description": "x" * 10_000}, "Use at most 240 characters."),
        ({"parent": "x"}, "Choose one of the list."),
        ({"parent": "9" * 40}, "Choose one of the list."),
        ({"label": "a\0b"}, "Null characters are not allowed."),
    ],
)
def test_mistakes_are_said_beside_the_field_and_what_was_typed_stays(
    desk: Client, cast: Cast, data: dict[str, str], says: str
) -> None:
    given = {"label": "Ice cream", "description": "Vans and tubs.", "parent": "", **data}
    page = desk.post("/curate/vocabulary/terms/new/?facet=category", given)
    assert page.status_code == 200
    assert words(page.text).count(says) == 2
    assert "<title>Error: " in page.text
    assert given["description"][:20] in page.text
    assert not Term.objects.filter(code="ice-cream").exists()


# -- Rewording ------------------------------------------------------------------------------------


def test_search_finds_the_new_word_at_once(desk: Client, client: Client, cast: Cast) -> None:
    term = category("buffet-lunches")
    assert offers(client, "q=smorgasbord") == 0
    page = desk.post(url(term), form_of(term, label="Smorgasbord"), follow=True)
    assert "Saved. 1 listing touched." in page.text
    assert offers(client, "q=smorgasbord") == 1
    assert "Smorgasbord" in client.get("/providers/").text
    term.refresh_from_db()
    assert term.code == "buffet-lunches"
    (event,) = events("reworded")
    assert event.fields == ["label"]


def test_a_wider_terms_word_reaches_the_listings_of_narrower_ones(
    curator: User, client: Client, cast: Cast
) -> None:
    assert reword(category("catering"), curator, label="Victuals") == 2
    assert offers(client, "q=victuals") == 2


def test_a_claims_word_reaches_every_listing_of_who_claims_it(
    curator: User, client: Client, cast: Cast
) -> None:
    assert reword(ethos(), curator, label="Zonkwage") == 3
    assert offers(client, "q=zonkwage") == 3
    assert reword(ethos(), curator, description="Other words.") == 0
    assert "Other words." in client.get("/providers/words/").text


def test_a_category_is_put_under_another_one(desk: Client, client: Client, cast: Cast) -> None:
    term, space = category("buffet-lunches"), category("space-hire")
    desk.post(url(term), form_of(term, parent=space.pk))
    assert offers(client, "category=space-hire") == 2
    assert offers(client, "category=catering") == 1


def test_the_tree_has_two_levels(curator: User, cast: Cast) -> None:
    with pytest.raises(Refused, match="narrower terms itself"):
        reword(category("catering"), curator, parent=category("space-hire"))
    with pytest.raises(Refused, match="cannot have narrower"):
        reword(category("halls"), curator, parent=category("buffet-lunches"))


def test_the_second_of_two_curators_is_told_and_what_they_typed_stays(
    desk: Client, curator: User, cast: Cast
) -> None:
    term = category("buffet-lunches")
    mine = form_of(term, label="Mine", description="What I wrote.")
    reword(term, curator, label="Theirs")
    page = desk.post(url(term), mine)
    assert page.status_code == 409
    text = words(page.text)
    assert text.count("Somebody else changed this while you looked at it") == 2
    assert "What stands now Label Theirs" in text
    assert 'value="Mine"' in page.text
    assert "What I wrote." in page.text
    assert category("buffet-lunches").label == "Theirs"
    # And now they know: the same page saves it.
    seen = services.version_of_term(category("buffet-lunches"))
    assert f'value="{seen}"' in page.text
    assert desk.post(url(term), mine | {"seen": seen}).status_code == 302
    assert category("buffet-lunches").label == "Mine"


def test_saving_what_is_there_changes_nothing(desk: Client, cast: Cast) -> None:
    term = category("halls")
    for _ in range(2):
        assert desk.post(url(term), form_of(term)).status_code == 302
    assert events("reworded") == []


@pytest.mark.parametrize("act", ["", "move", "retire", "bring-back", "merge"])
def test_a_term_that_is_not_there_is_not_found(desk: Client, act: str) -> None:
    for pk in ("0", "9" * 30):
        path = f"/curate/vocabulary/terms/{pk}/{f'{act}/' if act else ''}"
        assert desk.get(path).status_code == desk.post(path).status_code == 404


# -- Order ----------------------------------------------------------------------------------------


def order_in(client: Client) -> list[str]:
    """The first two categories, as the public reads them."""
    text = client.get("/providers/words/").text
    return sorted(("space-hire", "catering"), key=lambda code: text.index(f'category={code}"'))


def test_up_and_down_by_button(desk: Client, client: Client, cast: Cast) -> None:
    assert order_in(client) == ["space-hire", "catering"]
    page = desk.get("/curate/vocabulary/").text
    seen = page.split('name="seen" value="')[1][:16]
    catering = category("catering")
    assert f'formaction="{url(catering, "move")}" name="place" value="1"' in page
    response = desk.post(url(catering, "move"), {"place": "1", "seen": seen})
    assert response["Location"] == f"/curate/vocabulary/?facet=category#term-{catering.pk}"
    assert order_in(client) == ["catering", "space-hire"]
    # The page that stood open is out of date now.
    again = desk.post(url(catering, "move"), {"place": "2", "seen": seen})
    assert again.status_code == 409
    assert "Somebody else changed this" in again.text
    assert order_in(client) == ["catering", "space-hire"]


def test_to_a_place_that_is_typed(desk: Client, cast: Cast) -> None:
    term = category("outdoor-space")
    page = desk.get(url(term, "move")).text
    assert "From 1, the first, to 7." in page
    seen = page.split('name="seen" value="')[1][:16]
    desk.post(url(term, "move"), {"place": "2", "seen": seen})
    near = services.neighbours(Term.objects.of("category"), category("outdoor-space"))
    assert [row.code for row in near][:3] == ["meeting-rooms", "outdoor-space", "halls"]


@pytest.mark.parametrize("place", ["", "0", "8", "x", "-1", "1.5", "9" * 40, "1\0"])
def test_what_is_no_place_is_said(desk: Client, cast: Cast, place: str) -> None:
    page = desk.post(url(category("halls"), "move"), {"place": place, "seen": ""})
    assert page.status_code == 200
    assert "has-error" in page.text


def test_equal_positions_are_told_apart(curator: User, cast: Cast) -> None:
    Term.objects.of("ethos").update(position=0)
    terms = list(Term.objects.of("ethos"))
    last = services.neighbours(terms, terms[0])[-1]
    services.move_term(term=last, place=1, seen=services.version_of_order(terms), by=curator)
    assert Term.objects.of("ethos").order_by("position").first() == last


# -- Retiring -------------------------------------------------------------------------------------


def test_retired_and_brought_back(desk: Client, client: Client, cast: Cast) -> None:
    term = category("halls")
    page = desk.get(url(term, "retire"))
    assert "What has it keeps it: 1 listing" in words(page.text)
    given = {"seen": services.version_of_term(term)}
    assert desk.post(url(term, "retire"), given).status_code == 302
    assert "is not one of the choices" in client.get("/providers/?category=halls").text
    assert "Retired" in words(desk.get(url(term)).text)
    assert "Halls" in client.get(cast.big_hall.get_absolute_url()).text
    # Sent twice, the second is told.
    assert desk.post(url(term, "retire"), given).status_code == 409
    given = {"seen": services.version_of_term(category("halls"))}
    assert desk.post(url(term, "bring-back"), given).status_code == 302
    assert offers(client, "category=halls") == 1
    assert [event.fields for event in events("retired") + events("brought back")] == [
        ["active"]
    ] * 2


def test_what_has_narrower_terms_is_not_retired(desk: Client, cast: Cast) -> None:
    term = category("catering")
    page = desk.post(url(term, "retire"), {"seen": services.version_of_term(term)})
    assert page.status_code == 409
    assert "It has narrower terms." in page.text
    assert category("catering").active


def test_a_label_that_was_given_away_does_not_come_back(curator: User, cast: Cast) -> None:
    term = ethos("plastic-free")
    services.retire_term(term=term, seen=services.version_of_term(term), by=curator)
    reword(ethos("fair-trade"), curator, label=term.label.upper())
    term.refresh_from_db()
    with pytest.raises(Refused, match="already"):
        services.bring_back_term(term=term, seen=services.version_of_term(term), by=curator)


# -- Merging --------------------------------------------------------------------------------------


def test_listings_move_and_the_old_code_means_the_new_term(
    desk: Client, client: Client, cast: Cast
) -> None:
    cakes, buffets = category("cakes-and-baking"), category("buffet-lunches")
    both = make_listing(cast.kitchen, title="Both", categories=[cakes, buffets])
    listing_index.refresh([both.pk])
    page = desk.post(
        url(cakes, "merge"),
        {"into": buffets.pk, "seen": services.version_of_term(cakes)},
        follow=True,
    )
    assert "2 listings touched." in words(page.text)
    assert {row.categories.get() for row in (both, cast.cakes)} == {buffets}
    assert offers(client, "category=cakes-and-baking") == 3
    assert offers(client, "category=cakes-and-baking&category=buffet-lunches") == 3
    text = client.get("/providers/?category=cakes-and-baking").text
    assert "is not one of the choices" not in text
    assert text.count('class="chip"') == 1
    chip = text.split('class="chip" href="')[1].split('"')[0]
    assert "category" not in chip, "the chip takes the filter away"
    assert 'value="cakes-and-baking"' not in text
    # What it was called finds the other one, as do its synonyms.
    assert offers(client, "q=cakes+and+baking") == offers(client, "q=bakery") == 3
    cakes.refresh_from_db()
    assert (cakes.active, cakes.successor) == (False, buffets)
    assert "Merged" in words(desk.get(url(cakes)).text)


def test_exports_and_feeds_know_old_codes_too(curator: User, client: Client, cast: Cast) -> None:
    merge(category("halls"), category("meeting-rooms"), curator)
    feed = client.get("/providers/results.atom?category=halls")
    assert feed.status_code == 200
    assert "Big hall" in feed.text


def test_old_codes_lead_to_the_last_of_several_mergers(
    curator: User, client: Client, cast: Cast
) -> None:
    first, second, third = (category(c) for c in ("halls", "studios", "meeting-rooms"))
    merge(first, second, curator)
    merge(second, third, curator)
    assert offers(client, "category=halls") == offers(client, "category=studios") == 1
    third.refresh_from_db()
    services.retire_term(term=third, seen=services.version_of_term(third), by=curator)
    assert "is not one of the choices" in client.get("/providers/?category=halls").text


def test_claims_move_and_of_two_the_better_known_one_stands(
    curator: User, client: Client, cast: Cast
) -> None:
    wage, fair = ethos(), ethos("fair-trade")
    make_claim(cast.kitchen, fair)  # the kitchen's other one was checked
    both = make_organisation()
    make_claim(both, wage)
    better = make_claim(both, fair, level=Claim.Level.EVIDENCED)
    old = make_claim(cast.hall, fair, withdrawn_at="2026-01-01T00:00Z")
    assert merge(wage, fair, curator) == 3
    standing = Claim.objects.filter(withdrawn_at=None, term__facet="ethos")
    levels = {claim.organisation: claim.level for claim in standing}
    assert levels == {cast.kitchen: "checked", cast.hall: "evidenced", both: "evidenced"}
    assert set(standing.values_list("term__code", flat=True)) == {"fair-trade"}
    assert better in standing
    old.refresh_from_db()
    assert old.withdrawn_at is not None
    assert len(events("withdrew as a double")) == 2
    assert offers(client, "ethos=living-wage&checked=1") == 2


def test_changes_that_wait_mean_the_other_term(curator: User, cast: Cast) -> None:
    halls, rooms = category("halls"), category("meeting-rooms")
    change = make_listing_change(
        cast.big_hall,
        values={"categories": ["halls", "studios"], "title": "halls"},
        before={"categories": ["halls"], "title": "x"},
    )
    modified = change.modified
    merge(halls, rooms, curator)
    change.refresh_from_db()
    assert change.values == {"categories": ["meeting-rooms", "studios"], "title": "halls"}
    assert change.before == {"categories": ["meeting-rooms"], "title": "x"}
    assert change.modified == modified, "the curator who looks at it is not put off"
    # And a code that somebody still had in a form.
    assert content.terms(Term.Facet.CATEGORY, ["halls", "meeting-rooms"]) == [rooms]


def test_narrower_terms_go_along(curator: User, client: Client, cast: Cast) -> None:
    merge(category("catering"), category("space-hire"), curator)
    assert category("buffet-lunches").parent == category("space-hire")
    assert offers(client, "category=catering") == offers(client, "category=space-hire") == 3


def test_what_cannot_be_merged_is_said(desk: Client, curator: User, cast: Cast) -> None:
    catering, halls = category("catering"), category("halls")
    page = desk.post(
        url(catering, "merge"), {"into": halls.pk, "seen": services.version_of_term(catering)}
    )
    assert page.status_code == 200
    assert "has narrower terms, and" in page.text
    for into in ("", "x", catering.pk, ethos().pk, "9" * 30):
        page = desk.post(url(catering, "merge"), {"into": into})
        assert page.status_code == 200
        assert "has-error" in page.text
    for other in (catering, ethos()):
        with pytest.raises(Refused):
            merge(catering, other, curator)
    assert category("catering").active


def test_the_second_who_merges_is_told(desk: Client, curator: User, cast: Cast) -> None:
    halls, rooms = category("halls"), category("meeting-rooms")
    given = {"into": rooms.pk, "seen": services.version_of_term(halls)}
    merge(halls, category("studios"), curator)
    page = desk.post(url(halls, "merge"), given)
    assert page.status_code == 409
    assert f'<option value="{rooms.pk}" selected' in page.text
    halls.refresh_from_db()
    assert halls.successor == category("studios")


def test_a_merged_term_that_comes_back_has_its_code_again(
    curator: User, client: Client, cast: Cast
) -> None:
    halls = category("halls")
    merge(halls, category("studios"), curator)
    halls.refresh_from_db()
    services.bring_back_term(term=halls, seen=services.version_of_term(halls), by=curator)
    assert offers(client, "category=halls") == 0
    assert offers(client, "category=studios") == 1


# -- Synonyms -------------------------------------------------------------------------------------


def test_a_new_synonym_finds_at_once_and_a_removed_one_no_more(
    desk: Client, client: Client, cast: Cast
) -> None:
    halls = category("halls")
    assert offers(client, "q=hoedown") == 0
    page = desk.post(
        "/curate/vocabulary/synonyms/new/", {"words": "  HOEDOWN ", "term_0": halls.pk}, follow=True
    )
    assert "“hoedown” finds them from now on." in page.text
    assert offers(client, "q=hoedowns") == 1
    made = Synonym.objects.get(words="hoedown")
    path = f"/curate/vocabulary/synonyms/{made.pk}/"
    assert "Remove “hoedown”?" in desk.get(f"{path}remove/").text
    seen = synonyms.version_of_synonym(made)
    assert desk.post(f"{path}remove/", {"seen": seen}).status_code == 302
    assert offers(client, "q=hoedown") == 0
    assert desk.get(path).status_code == 404
    assert len(events("added")) == len(events("removed")) == 1
    # It can be added once more.
    desk.post("/curate/vocabulary/synonyms/new/", {"words": "hoedown", "term_0": halls.pk})
    assert offers(client, "q=hoedown") == 1


def test_words_and_meaning_change(desk: Client, client: Client, cast: Cast) -> None:
    synonym = make_synonym("hoedown", category("halls"))
    path = f"/curate/vocabulary/synonyms/{synonym.pk}/"
    given = {
        "words": "hoedown",
        "term_0": category("halls").pk,
        "term_1": category("buffet-lunches").pk,
    }
    desk.post(path, given | {"seen": synonyms.version_of_synonym(synonym)})
    assert offers(client, "q=hoedown") == 2
    desk.post(path, given | {"words": "hooley", "seen": synonyms.version_of_synonym(synonym)})
    assert offers(client, "q=hoedown") == 0
    assert offers(client, "q=hooley") == 2


def test_two_curators_and_one_synonym(desk: Client, curator: User, cast: Cast) -> None:
    synonym = make_synonym("hoedown", category("halls"))
    seen = synonyms.version_of_synonym(synonym)
    synonyms.change_synonym(
        synonym=synonym, words="hoedown", terms=[category("studios")], seen=seen, by=curator
    )
    path = f"/curate/vocabulary/synonyms/{synonym.pk}/"
    page = desk.post(path, {"words": "mine", "term_0": category("halls").pk, "seen": seen})
    assert page.status_code == 409
    assert "It means this now: Studios." in words(page.text)
    assert 'value="mine"' in page.text
    assert desk.post(f"{path}remove/", {"seen": seen}).status_code == 409
    assert synonym.terms.get() == category("studios")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"words": ""}, "Enter what people type."),
        ({"words": "x"}, "Use at least 2 letters."),
        ({"words": "x" * 61}, "Use at most 60 characters."),
        ({"words": "--"}, "Enter a word that has letters or digits."),
        ({"words": "the"}, "Search leaves these words out"),
        ({"words": "Lunch"}, "“lunch” means something already."),
        ({"words": "a\0b"}, "Null characters are not allowed."),
        ({"term_0": ""}, "Choose a term."),
        ({"term_0": "x"}, "Choose one of the list."),
        ({"term_1": "9" * 40}, "Choose one of the list."),
    ],
)
def test_mistakes_in_synonyms_are_said(
    desk: Client, cast: Cast, data: dict[str, str], says: str
) -> None:
    before = Synonym.objects.count()
    given = {"words": "hoedown", "term_0": category("halls").pk, **data}
    page = desk.post("/curate/vocabulary/synonyms/new/", given)
    assert page.status_code == 200
    assert says in words(page.text)
    assert Synonym.objects.count() == before


def test_the_list_is_searched_and_paged(desk: Client, cast: Cast) -> None:
    page = words(desk.get("/curate/vocabulary/synonyms/?q=sandwich").text)
    assert "sandwich Buffets and packed lunches" in page
    assert "Next page" in words(desk.get("/curate/vocabulary/synonyms/").text)
    assert desk.get("/curate/vocabulary/synonyms/?page=2").status_code == 200
    for wrong in ("0", "x", "999", "9" * 30, "²"):
        assert desk.get(f"/curate/vocabulary/synonyms/?page={wrong}").status_code == 404
    nothing = desk.get("/curate/vocabulary/synonyms/", {"q": "<script>\0"})
    assert nothing.status_code == 200
    assert "<script>" not in nothing.text.split("<main")[1]


def test_a_terms_page_offers_it_as_the_meaning(desk: Client, cast: Cast) -> None:
    halls = category("halls")
    page = desk.get(f"/curate/vocabulary/synonyms/new/?term={halls.pk}").text
    assert f'<option value="{halls.pk}" selected' in page
    for wrong in ("x", "²", "9" * 30, "%00"):
        assert desk.get(f"/curate/vocabulary/synonyms/new/?term={wrong}").status_code == 200


# -- The program's own words ----------------------------------------------------------------------


def test_the_next_start_leaves_curators_work_alone(curator: User, cast: Cast) -> None:
    halls, lunch = category("halls"), Synonym.objects.get(words="lunch")
    reword(halls, curator, label="Big rooms", description="Ours.")
    merge(category("studios"), category("meeting-rooms"), curator)
    synonyms.remove_synonym(synonym=lunch, seen=synonyms.version_of_synonym(lunch), by=curator)
    van = Synonym.objects.get(words="van")
    synonyms.change_synonym(
        synonym=van,
        words="lorry full",
        terms=list(van.terms.all()),
        seen=synonyms.version_of_synonym(van),
        by=curator,
    )
    before = list(Term.objects.order_by("pk").values())

    report = program.load()

    assert (report.created, report.retired, report.synonyms) == (0, 0, 0)
    assert list(Term.objects.order_by("pk").values()) == before
    assert category("halls").label == "Big rooms"
    assert not lunch.terms.exists()
    assert not Synonym.objects.get(words="van").terms.exists()


def test_what_a_curator_brought_back_is_not_retired_again(curator: User, cast: Cast) -> None:
    retiring = Vocabulary(entries=(), retired=(("ethos", "plastic-free"),), synonyms={})
    assert program.load(retiring).retired == 1
    term = ethos("plastic-free")
    services.bring_back_term(term=term, seen=services.version_of_term(term), by=curator)
    assert program.load(retiring).retired == 0
    assert ethos("plastic-free").active


def test_a_new_release_adds_synonyms_to_what_took_a_term_in(curator: User, cast: Cast) -> None:
    merge(category("halls"), category("meeting-rooms"), curator)
    newer = Vocabulary(
        entries=(),
        retired=(),
        synonyms={"hoedown": (("category", "halls"), ("category", "meeting-rooms"))},
    )
    assert program.load(newer).synonyms == 1
    assert Synonym.objects.get(words="hoedown").terms.get() == category("meeting-rooms")


# -- Who may --------------------------------------------------------------------------------------


def test_services_are_for_curators(cast: Cast) -> None:
    nobody, halls, lunch = make_user(), category("halls"), Synonym.objects.get(words="lunch")
    for refused in (
        lambda: reword(halls, nobody, label="Mine"),
        lambda: merge(halls, category("studios"), nobody),
        lambda: synonyms.remove_synonym(
            synonym=lunch, seen=synonyms.version_of_synonym(lunch), by=nobody
        ),
        lambda: synonyms.add_synonym(words="hoedown", terms=[halls], by=nobody),
    ):
        with pytest.raises(Refused, match="Only a curator"):
            refused()
    assert not AuditEvent.objects.exists()
