"""What a listing says, as one value: read, written, compared and laid over."""

from typing import Any

import pytest

from accounts.models import AuditEvent
from providers import content
from providers.models import Listing, Photo
from tests.accounts.rows import snapshot
from tests.factories import make_listing, make_photo, make_term, make_ward

pytestmark = pytest.mark.django_db


@pytest.fixture
def listing() -> Listing:
    """One that says something in every field."""
    made = make_listing(
        title="Buffet lunches",
        summary="Cold platters.",
        description="Two mains.\n\nFruit.",
        categories=[make_term("category", "zz", "Buffets"), make_term("category", "aa", "Cakes")],
        access_features=[make_term("access", "ramp", "Ramp")],
        delivery="wards",
        delivery_wards=[
            make_ward("Armley", code="E05000002"),
            make_ward("Otley", code="E05000001"),
        ],
        pricing="priced",
        price_from="6.5",
        price_to="9",
        price_unit="head",
        notice_days=1,
        capacity=1200,
        payment=["po", "invoice"],
        contact_name="Sam",
        email="sam@example.org",
        phone="0113 496 0000",
        website="https://example.org",
    )
    make_photo(made, alt="A table", position=1)
    make_photo(made, alt="A hall", position=0)
    make_photo(made, alt="Waits", position=None)
    return Listing.objects.get(pk=made.pk)


def test_every_field_is_read_as_json_can_hold_it(listing: Listing) -> None:
    hall, table = listing.photos.live()
    assert content.read(listing) == {
        "title": "Buffet lunches",
        "categories": ["aa", "zz"],
        "summary": "Cold platters.",
        "description": "Two mains.\n\nFruit.",
        "pricing": "priced",
        "price_from": "6.50",
        "price_to": "9.00",
        "price_unit": "head",
        "notice_days": 1,
        "capacity": 1200,
        "payment": ["invoice", "po"],
        "delivery": "wards",
        "delivery_wards": ["E05000001", "E05000002"],
        "access_features": ["ramp"],
        "contact_name": "Sam",
        "email": "sam@example.org",
        "phone": "0113 496 0000",
        "website": "https://example.org",
        "photos": [{"id": hall.pk, "alt": "A hall"}, {"id": table.pk, "alt": "A table"}],
    }
    assert tuple(content.read(listing)) == content.FIELDS
    assert set(content.LABELS) == set(content.FIELDS)


def test_reading_takes_four_queries(listing: Listing, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(4):
        content.read(listing)


def test_what_was_read_can_be_written_to_another(listing: Listing) -> None:
    said = content.read(listing)
    other = make_listing()
    content.write(other, said | {"photos": []})
    assert content.read(Listing.objects.get(pk=other.pk)) == said | {"photos": []}


def test_writing_some_fields_leaves_the_others(listing: Listing) -> None:
    said = content.read(listing)
    new = {"title": "Teas", "price_to": "", "categories": ["aa"], "capacity": None}
    content.write(listing, new)
    now = content.read(Listing.objects.get(pk=listing.pk))
    assert content.changed(said, now) == new


def test_nothing_is_written_to_a_field_that_is_none(listing: Listing) -> None:
    with pytest.raises(KeyError, match="state"):
        content.write(listing, {"state": "published", "title": "Teas"})
    assert Listing.objects.get(pk=listing.pk).title == "Buffet lunches"


def test_photos_are_ordered_described_and_removed_by_writing(listing: Listing) -> None:
    hall, table = listing.photos.live()
    waiting = Photo.objects.get(alt="Waits")
    wanted = [{"id": table.pk, "alt": "A laid table"}, {"id": waiting.pk, "alt": "Shown"}]
    content.write(listing, {"photos": [*wanted, {"id": 10**9, "alt": "Gone"}]})
    assert [(photo.pk, photo.alt) for photo in listing.photos.live()] == [
        (table.pk, "A laid table"),
        (waiting.pk, "Shown"),
    ]
    assert not Photo.objects.filter(pk=hall.pk).exists()


def test_another_listings_photo_cannot_be_taken(listing: Listing) -> None:
    theirs = make_photo(make_listing())
    content.write(listing, {"photos": [{"id": theirs.pk, "alt": "Mine"}]})
    theirs.refresh_from_db()
    assert theirs.alt != "Mine"
    assert theirs.listing != listing


def test_differences_read_as_people_speak(listing: Listing) -> None:
    said = content.read(listing)
    found = content.differences(
        said,
        {
            "title": said["title"],
            "categories": ["aa"],
            "price_from": "",
            "price_unit": "hour",
            "notice_days": 2,
            "capacity": 1,
            "payment": [],
            "delivery": "leeds",
            "delivery_wards": [],
            "photos": [],
        },
    )
    assert [(row.label, row.before, row.after) for row in found] == [
        ("Category", "Buffets, Cakes", "Cakes"),
        ("Price from", "£6.50", ""),
        ("Price for", "a head", "an hour"),
        ("Notice needed", "1 day", "2 days"),
        ("Largest group", "1,200 people", "1 person"),
        ("How to pay", "Invoice or Purchase order", ""),
        ("Where", "In some wards", "All over Leeds"),
        ("Wards delivered to", "Armley, Otley", ""),
        ("Photos", "A hall\nA table", ""),
    ]


def test_nothing_differs_without_a_query(listing: Listing, django_assert_num_queries: Any) -> None:
    said = content.read(listing)
    with django_assert_num_queries(0):
        assert content.differences(said, said) == []


def test_everything_can_be_said_in_words(listing: Listing) -> None:
    said = content.in_words(content.read(listing))
    assert tuple(said) == content.FIELDS
    assert said["access_features"] == "Ramp"
    assert said["price_from"] == "£6.50"


def test_a_digest_is_of_what_it_names_alone(listing: Listing) -> None:
    said = content.read(listing)
    before = content.digest(said, ["title", "payment"])
    assert content.digest(said | {"summary": "New"}, ["payment", "title"]) == before
    assert content.digest(said | {"title": "New"}, ["title", "payment"]) != before
    assert len(before) == 16


def test_a_copy_says_what_is_laid_over_it_and_is_never_saved(listing: Listing) -> None:
    other = make_term("category", "teas", "Teas")
    said = content.read(listing) | {
        "title": "Teas",
        "categories": ["teas"],
        "delivery_wards": [],
        "access_features": [],
        "pricing": "free",
        "price_from": "",
        "price_to": "",
        "price_unit": "",
    }
    before = snapshot()
    laid = content.lay_over(listing, said)
    assert (laid.title, laid.price_text, laid.price_from) == ("Teas", "Free", None)
    assert list(laid.categories.all()) == [other]
    assert list(laid.delivery_wards.all()) == []
    assert listing.title == "Buffet lunches"
    assert listing.categories.count() == 2
    assert snapshot() == before
    assert not AuditEvent.objects.exists()
