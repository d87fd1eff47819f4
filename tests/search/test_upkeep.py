"""What is written to the index in the transaction of a change is what a rebuild would make."""

import datetime
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from providers import listing_index
from providers.cards import result_rows
from providers.listing_index import SCHEMA
from providers.models import Listing, ListingIndexRow
from tests.conftest import Cast
from tests.factories import make_claim, make_listing, make_organisation, make_term
from tests.search.brute import Brute, Wanted
from tests.search.snapshot import check_words, snapshot, state
from tests.search.town import build_town, change_town
from tslsv.search import rebuild
from tslsv.search.check import differences
from tslsv.search.query import Found, Search, find

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def everything(**asked: object) -> Found:
    return find(SCHEMA, Search(order="name", **asked), page=1, size=500)  # type: ignore[arg-type]


def found_ids(**asked: object) -> set[int]:
    return {hit.object_id for hit in everything(**asked).hits}


@pytest.mark.parametrize("small", [False, True], ids=["one chunk", "many chunks"])
def test_refreshing_makes_what_a_rebuild_makes(
    small: bool, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    if small:
        request.getfixturevalue("small_chunks")
    monkeypatch.setattr(rebuild, "BATCH", 17)
    town = build_town(5, organisations=40, listings=150)
    listing_index.refresh(listing.pk for listing in town.listings)
    refreshed = snapshot()
    listing_index.rebuild()
    assert refreshed == snapshot()
    check_words()
    for _ in range(2):
        listing_index.refresh(change_town(town))
        check_words()
        assert differences(SCHEMA) == []
        refreshed = snapshot()
        listing_index.rebuild()
        assert refreshed == snapshot()
        check_words()
    assert len(refreshed["rows"]) > 100
    assert len(refreshed["bits"]) > 50


def test_the_check_notices_what_is_wrong() -> None:
    town = build_town(6, organisations=10, listings=30)
    listing_index.rebuild()
    assert differences(SCHEMA) == []
    Listing.objects.filter(pk=town.listings[0].pk).update(title="Never told the index")
    listing_index.refresh([listing.pk for listing in town.listings[1:]])
    findable = {row.id for row in Brute(town.today).seen}
    assert bool(differences(SCHEMA)) == (town.listings[0].pk in findable)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {SCHEMA.table('bitmap')} SET bits = bits & ~bits WHERE value = "
            f"(SELECT id FROM {SCHEMA.table('value')} WHERE facet = 'price' AND value = 'ask')"
        )
    assert len(differences(SCHEMA)) >= 2


def test_the_check_changes_nothing() -> None:
    town = build_town(7, organisations=10, listings=30)
    listing_index.refresh(listing.pk for listing in town.listings)
    before = snapshot(), state().version, state().generation, state().next_ordinal
    differences(SCHEMA)
    assert before == (snapshot(), state().version, state().generation, state().next_ordinal)


def test_refreshing_again_changes_nothing_but_the_version(cast: Cast) -> None:
    before = snapshot()
    version, ordinal = state().version, state().next_ordinal
    listing_index.refresh([listing.pk for listing in cast.listings])
    assert snapshot() == before
    assert state().version == version + 1
    assert state().next_ordinal == ordinal


def test_refreshing_nothing_is_nothing(cast: Cast) -> None:
    version = state().version
    with CaptureQueriesContext(connection) as queries:
        listing_index.refresh([])
    assert len(queries) == 0
    assert state().version == version


def test_a_listing_is_found_at_once_and_gone_at_once(cast: Cast) -> None:
    new = make_listing(cast.hall, title="Rooftop garden")
    assert new.pk not in found_ids(text="rooftop")
    listing_index.refresh([new.pk])
    assert found_ids(text="rooftop") == {new.pk}
    new.state = Listing.State.PAUSED
    new.save()
    listing_index.refresh([new.pk])
    assert new.pk not in found_ids()
    assert found_ids() == {listing.pk for listing in cast.listings}


@pytest.mark.parametrize("kind", [s for s in Listing.State.values if s != "published"])
def test_only_published_listings_are_in_the_index(cast: Cast, kind: str) -> None:
    cast.posters.state = kind
    cast.posters.reference, cast.posters.submitted_at = "L-22222", timezone.now()
    cast.posters.save()
    listing_index.refresh([cast.posters.pk])
    assert cast.posters.pk not in found_ids()
    assert not ListingIndexRow.objects.filter(object_id=cast.posters.pk).exists()


def test_a_deleted_listing_leaves_the_index(cast: Cast) -> None:
    number = cast.posters.pk
    cast.posters.delete()
    listing_index.refresh([number])
    assert number not in found_ids()
    assert snapshot() == _rebuilt()


def _rebuilt() -> dict[str, object]:
    listing_index.rebuild()
    return snapshot()


def test_a_listing_moves_to_another_organisation(cast: Cast) -> None:
    listing_index.rebuild()
    assert everything().groups == 5
    cast.cakes.organisation = cast.hall
    cast.cakes.save()
    listing_index.refresh([cast.cakes.pk])
    found = everything()
    assert (found.total, found.groups) == (6, 5)
    cast.buffet.organisation = cast.hall
    cast.buffet.save()
    listing_index.refresh([cast.buffet.pk])
    found = everything()
    assert (found.total, found.groups) == (6, 4)
    assert everything(text="cakes").groups == 1
    assert snapshot() == _rebuilt()


def test_an_ordinal_is_never_given_out_twice(cast: Cast) -> None:
    for _ in range(3):
        cast.posters.state = Listing.State.PAUSED
        cast.posters.save()
        listing_index.refresh([cast.posters.pk])
        cast.posters.state = Listing.State.PUBLISHED
        cast.posters.save()
        before = state().next_ordinal
        listing_index.refresh([cast.posters.pk])
        assert ListingIndexRow.objects.get(object_id=cast.posters.pk).ordinal == before


def test_a_number_that_changes_moves_no_row_and_no_bitmap(cast: Cast) -> None:
    """What stays on its page is updated without a word to any index (PostgreSQL's HOT)."""
    listing_index.rebuild()
    before = _moved("row"), _moved("bitmap")
    cast.posters.notice_days = 13
    cast.posters.save()
    listing_index.refresh([cast.posters.pk])
    assert found_ids(numbers={"notice": 13}) != found_ids(numbers={"notice": 12})
    assert (_moved("row"), _moved("bitmap")) == before
    assert _moved("card") > 0


def _moved(part: str) -> int:
    """Rows of a table that this transaction changed, and could not keep as they were indexed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_stat_get_xact_tuples_updated(t) - pg_stat_get_xact_tuples_hot_updated(t) "
            "FROM (SELECT %s::regclass::oid) AS o(t)",
            [SCHEMA.table(part)],
        )
        ((number,),) = cursor.fetchall()
    return int(number)


def test_ordinals_are_given_out_without_gaps(cast: Cast) -> None:
    before = state().next_ordinal
    new = [make_listing(cast.hall, title=f"Attic {n}") for n in range(3)]
    cast.cakes.organisation = cast.hall
    cast.cakes.save()
    listing_index.refresh(Listing.objects.values_list("pk", flat=True))
    moved = [cast.cakes.pk, *(listing.pk for listing in new)]
    rows = ListingIndexRow.objects.filter(object_id__in=moved)
    assert sorted(row.ordinal for row in rows) == list(range(before, before + 4))
    assert state().next_ordinal == before + 4
    assert differences(SCHEMA) == []


def test_one_last_listing_leaves_and_the_index_is_empty(cast: Cast) -> None:
    Listing.objects.all().delete()
    listing_index.refresh(row.object_id for row in ListingIndexRow.objects.all())
    found = everything(counted=SCHEMA.facets)
    assert (found.total, found.groups, list(found.hits)) == (0, 0, [])
    assert not any(found.counts.values())
    assert listing_index.rebuild() == 0
    assert everything(text="hall", numbers={"capacity": 7}).total == 0


def test_a_rolled_back_change_leaves_no_trace(cast: Cast) -> None:
    before = snapshot(), state().version
    with transaction.atomic():
        cast.posters.title = "Something else"
        cast.posters.save()
        listing_index.refresh([cast.posters.pk])
        transaction.set_rollback(True)
    assert before == (snapshot(), state().version)


def test_an_organisation_without_a_place_has_no_distance(cast: Cast) -> None:
    row = ListingIndexRow.objects.get(object_id=cast.register_entry.pk)
    assert (row.x, row.y, row.z) == (None, None, None)


def test_the_index_knows_only_the_public_point(cast: Cast) -> None:
    """An address that is not public can be found neither in a card nor by distances."""
    card = {hit.object_id: hit.card for hit in everything().hits}[cast.buffet.pk]
    assert (card["lat"], card["lon"]) != (cast.kitchen.latitude, cast.kitchen.longitude)
    assert (card["lat"], card["lon"]) == (
        cast.kitchen.public_latitude,
        cast.kitchen.public_longitude,
    )
    assert "Secret Yard" not in str(card)
    assert card["postcode"] == "LS11 9"
    assert card["approximate"] is True


# -- What time does ---------------------------------------------------------------------------


def test_a_claim_runs_out(cast: Cast) -> None:
    today = timezone.localdate()
    term = make_term("accreditation", "gone-soon", "Gone soon")
    make_claim(cast.hall, term, valid_to=today)
    listing_index.refresh([cast.big_hall.pk])
    assert listing_index.refresh_due(today) == 0
    wanted = {"choices": {"accreditation": ["gone-soon"]}}
    assert found_ids(**wanted) == {cast.big_hall.pk}


def test_a_claim_is_gone_the_day_after_it_ran_out(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = timezone.localdate()
    term = make_term("accreditation", "gone-soon", "Gone soon")
    make_claim(cast.hall, term, valid_to=today)
    listing_index.refresh([cast.big_hall.pk])
    hits = [hit for hit in everything().hits if hit.object_id == cast.big_hall.pk]
    assert "Gone soon" in result_rows(hits, today, 1, False)
    # Before the daily work has run, the page looks at the date itself.
    assert "Gone soon" not in result_rows(hits, today + DAY, 1, False)
    monkeypatch.setattr(timezone, "localdate", _day_after(today))
    assert listing_index.refresh_due(today + DAY) == 1
    assert found_ids(choices={"accreditation": ["gone-soon"]}) == set()
    assert found_ids(text="gone") == set()
    assert cast.big_hall.pk in found_ids()
    assert listing_index.refresh_due(today + DAY) == 0


def _day_after(today: datetime.date) -> Callable[..., datetime.date]:
    original = timezone.localdate

    def localdate(value: datetime.datetime | None = None) -> datetime.date:
        return today + DAY if value is None else original(value)

    return localdate


def test_a_listing_is_hidden_after_twelve_months(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = timezone.localdate()
    # Confirmed on the last day that still counts.
    last = Listing.hidden_before(today)
    noon = timezone.make_aware(datetime.datetime.combine(last, datetime.time(12)))
    cast.posters.confirmed_at = noon
    cast.posters.save()
    listing_index.refresh([cast.posters.pk])
    assert listing_index.refresh_due(today) == 0
    assert cast.posters.pk in found_ids()
    monkeypatch.setattr(timezone, "localdate", _day_after(today))
    assert listing_index.refresh_due(today + DAY) >= 1
    assert cast.posters.pk not in found_ids()
    assert Listing.objects.filter(pk=cast.posters.pk).exists()


@pytest.mark.parametrize(
    "confirmed", ["2025-01-31", "2024-02-29", "2025-02-28", "2025-03-01", "2025-12-31"]
)
def test_the_day_of_hiding_is_the_first_day_that_hides(confirmed: str) -> None:
    day = datetime.date.fromisoformat(confirmed)
    hidden = listing_index.hidden_on(day)
    assert Listing.hidden_before(hidden) > day
    assert Listing.hidden_before(hidden - DAY) <= day
    assert 365 <= (hidden - day).days <= 367


def test_a_register_entry_is_never_hidden_by_time(cast: Cast) -> None:
    row = ListingIndexRow.objects.get(object_id=cast.register_entry.pk)
    assert row.due_on is None
    assert row.confirmed_on is None


def test_time_passes_for_a_whole_town(monkeypatch: pytest.MonkeyPatch) -> None:
    """The daily work alone keeps the index equal to a rebuild made on that day."""
    town = build_town(8, organisations=30, listings=100)
    listing_index.rebuild()
    monkeypatch.setattr(timezone, "localdate", _day_after(town.today + 8 * DAY))
    refreshed = listing_index.refresh_due(town.today + 9 * DAY)
    assert refreshed > 0
    left = snapshot()
    listing_index.rebuild()
    assert left == snapshot()
    brute = Brute(town.today + 9 * DAY)
    assert found_ids() == brute.search(Wanted()).ids


# -- What it costs ----------------------------------------------------------------------------


def test_upkeep_costs_the_same_number_of_statements_for_any_number() -> None:
    town = build_town(9, organisations=20, listings=60)
    listing_index.rebuild()
    with CaptureQueriesContext(connection) as one:
        listing_index.refresh([town.listings[0].pk])
    with CaptureQueriesContext(connection) as many:
        listing_index.refresh(listing.pk for listing in town.listings)
    assert len(many) <= len(one) + 1


def test_upkeep_is_planned_at_its_first_use(cast: Cast) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
        listing_index.refresh([cast.listings[0].pk])
        cursor.execute("SELECT count(*) FROM pg_prepared_statements")
        assert cursor.fetchone() == (2,)


def test_many_new_listings_of_one_organisation_are_one_provider(cast: Cast) -> None:
    listing_index.rebuild()
    organisation = make_organisation("Busy Bees")
    made = [make_listing(organisation, title=f"Honey {n}") for n in range(5)]
    listing_index.refresh(listing.pk for listing in made)
    found = everything(text="honey")
    assert (found.total, found.groups) == (5, 1)
    assert everything().groups == 6


def test_a_new_listing_of_a_known_organisation_is_no_new_provider(cast: Cast) -> None:
    listing_index.rebuild()
    new = make_listing(cast.kitchen, title="Soup")
    listing_index.refresh([new.pk])
    assert everything().groups == 5
    # Only the new one matches: then the organisation is counted by it.
    assert everything(text="soup").groups == 1
