"""What was done, in sentences: for curators alone, newest first, through mergers."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEvent, User
from accounts.services.merge import merge_organisations
from accounts.services.people import make_person
from providers.models import Listing
from tests.factories import (
    make_confirmed_user,
    make_listing,
    make_listing_change,
    make_organisation,
    make_photo,
    make_registration,
)
from tests.providers.reading import words
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def curator() -> User:
    return make_person(email="carl@example.org", name="Carl Curator", roles=("curator",))


@pytest.fixture
def desk(curator: User) -> Client:
    return signed_in(curator)


@pytest.fixture
def listing() -> Listing:
    return make_listing(make_organisation("Holbeck Kitchen"), title="Buffet", slug="buffet")


def note(verb: str, target: Any, **fields: Any) -> AuditEvent:
    return AuditEvent.record(verb=verb, target=target, **fields)


def page(desk: Client, row: Any, query: str = "") -> str:
    kind = "listings" if isinstance(row, Listing) else "organisations"
    return words(desk.get(f"/curate/{kind}/{row.pk}/audit/{query}").text)


def test_sentences_newest_first(desk: Client, listing: Listing) -> None:
    kitchen, olu = listing.organisation, make_confirmed_user(name="Olu")
    note("started", listing, organisation=kitchen)
    note("changed", listing, organisation=kitchen, actor_key=olu.audit_key, fields=["price_from"])
    text = page(desk, kitchen)
    first, second = "Olu changed listing “Buffet”: price from", "The site, or a visitor started"
    assert text.index(first) < text.index(second)
    assert "2 events, the newest first" in text
    assert page(desk, listing).count("listing “Buffet”") == 2


def test_a_listing_has_its_changes_photos_and_registration(desk: Client, listing: Listing) -> None:
    change, photo = make_listing_change(listing), make_photo(listing)
    registration = make_registration(listing)
    for verb, row in (
        ("submitted", change), ("added", photo), ("confirmed the address of", registration),
    ):  # fmt: skip
        note(verb, row, organisation=listing.organisation)
    note("changed", make_listing(listing.organisation), organisation=listing.organisation)
    note("submitted", make_listing_change(make_listing()))
    text = page(desk, listing)
    assert "3 events" in text
    assert "submitted listing change “Buffet”" in text
    assert f"added photo number {photo.pk}" in text
    assert f"confirmed the address of registration number {registration.pk}" in text


def test_what_happened_before_a_merger_is_read_together(
    desk: Client, curator: User, listing: Listing
) -> None:
    gone, keep = listing.organisation, make_organisation("Beeston Kitchen")
    note("paused", listing, organisation=gone)
    note("changed", gone, organisation=gone, fields=["name"])
    merge_organisations(keep=keep, gone=gone, by=curator)
    text = page(desk, keep)
    assert "paused listing “Buffet”" in text
    assert "Carl Curator merged in organisation number" in text
    assert "changed organisation number" in text
    assert "paused listing “Buffet”" in page(desk, listing)


def test_long_histories_are_paged(desk: Client, listing: Listing) -> None:
    for number in range(51):
        note(f"did {number} to", listing, organisation=listing.organisation)
    for row in (listing, listing.organisation):
        assert "did 50 to" in page(desk, row)
        assert "did 0 to" not in page(desk, row)
        assert "did 0 to" in page(desk, row, "?page=2")


@pytest.mark.parametrize("number", ["0", "3", "x", "-1", "²", "9" * 30, "1%00"])
@pytest.mark.parametrize("kind", ["listings", "organisations"])
def test_a_page_that_is_not_there_is_not_found(
    desk: Client, listing: Listing, kind: str, number: str
) -> None:
    pk = listing.pk if kind == "listings" else listing.organisation_id
    assert desk.get(f"/curate/{kind}/{pk}/audit/?page={number}").status_code == 404
    assert desk.get(f"/curate/{kind}/{'9' * 30}/audit/").status_code == 404
    assert desk.get(f"/curate/{kind}/0/audit/").status_code == 404


def test_many_events_take_as_many_queries_as_one(desk: Client, listing: Listing) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            page(desk, listing.organisation)
        return len(asked)

    key = make_confirmed_user(name="Olu").audit_key
    note("changed", listing, organisation=listing.organisation, actor_key=key)
    queries()
    before = queries()
    for _ in range(20):
        key = make_confirmed_user(name="Olu").audit_key
        note("changed", listing, organisation=listing.organisation, actor_key=key)
    assert queries() == before


def test_what_has_no_public_page_is_not_linked(desk: Client) -> None:
    draft = make_listing(state="draft")
    assert "Its public page" not in page(desk, draft)
    assert "Its public page" not in page(desk, draft.organisation)
    assert "Its public page" in page(desk, make_listing())


def test_nothing_yet(desk: Client, listing: Listing) -> None:
    assert "Nothing has been noted yet." in page(desk, listing)
