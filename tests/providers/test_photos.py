"""Photos of a listing: the service, the address they are served at, and the listing's page."""

import re
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from accounts.refused import Overtaken, Refused
from providers import pictures
from providers.models import Listing, Photo
from providers.permissions import Author
from providers.pictures import Picture
from providers.services import photos
from providers.services.listing_edits import (
    accept_change,
    current_content,
    open_change,
    submit_change,
    withdraw_change,
)
from providers.services.locking import NOT_YOURS, version_of
from tests.accounts.racing import race
from tests.factories import make_listing, make_membership, make_photo, make_registration
from tests.providers import picture_files
from tests.providers.writers import OTHERS, WRITERS, author_of, curator, make_complete
from tests.signing_in import signed_in

db = pytest.mark.django_db
real_db = pytest.mark.django_db(transaction=True)


def picture(colour: str = "teal") -> Picture:
    data = picture_files.photo(colour=colour)
    return pictures.read(BytesIO(data), len(data))


def add(listing: Listing, author: Author, colour: str, alt: str = "") -> None:
    photos.add_photo(
        listing=listing, picture=picture(colour), alt=alt or f"A {colour} hall", author=author
    )


def shown(listing: Listing) -> list[str]:
    """The words of those that its writers see, in order."""
    row = Listing.objects.get(pk=listing.pk)
    return [photo["alt"] for photo in current_content(row, open_change(row))["photos"]]


def live(listing: Listing) -> list[str]:
    return [photo.alt for photo in listing.photos.live()]


def key(alt: str) -> int:
    return Photo.objects.get(alt=alt).pk


# -- Writing ----------------------------------------------------------------------------------


@db
@pytest.mark.parametrize("name", WRITERS)
def test_all_who_write_add_photos(name: str) -> None:
    listing = make_complete()
    author = author_of(name, listing)
    add(listing, author, "teal")
    photo = Photo.objects.get()
    assert (photo.alt, photo.position, photo.width, photo.height) == ("A teal hall", 0, 400, 300)
    assert Image.open(BytesIO(bytes(photo.large))).format == "WEBP"


@db
@pytest.mark.parametrize("name", OTHERS)
def test_others_add_none(name: str) -> None:
    listing = make_complete()
    author = author_of(name, listing)
    with pytest.raises(Refused, match=NOT_YOURS):
        add(listing, author, "teal")
    assert not Photo.objects.exists()


@db
@pytest.mark.parametrize("state", ["submitted", "archived"])
def test_what_rests_takes_no_photo(state: str) -> None:
    listing = make_complete(state)
    author = author_of("owner", listing)
    with pytest.raises(Refused):
        add(listing, author, "teal")
    assert not Photo.objects.exists()


@db
def test_four_is_as_many_as_there_are() -> None:
    listing = make_complete()
    author = author_of("owner", listing)
    for colour in ("red", "green", "blue", "teal"):
        add(listing, author, colour)
    with pytest.raises(Refused, match=photos.ENOUGH):
        add(listing, author, "pink")
    assert Photo.objects.count() == 4


@db
def test_the_same_photo_sent_twice_is_there_once_with_the_newer_words() -> None:
    listing = make_complete()
    author = author_of("owner", listing)
    add(listing, author, "red")
    add(listing, author, "teal")
    add(listing, author, "red", "A hall in red")
    assert live(listing) == ["A hall in red", "A teal hall"]


@db
def test_moving_describing_and_removing() -> None:
    listing = make_complete()
    author = author_of("owner", listing)
    for colour in ("red", "green", "blue"):
        add(listing, author, colour)
    blue = key("A blue hall")
    photos.move_photo(listing=listing, photo_id=blue, by=-1, author=author)
    assert live(listing) == ["A red hall", "A blue hall", "A green hall"]
    photos.move_photo(listing=listing, photo_id=blue, by=-1, author=author)
    photos.move_photo(listing=listing, photo_id=blue, by=-1, author=author)
    assert live(listing) == ["A blue hall", "A red hall", "A green hall"]
    photos.move_photo(listing=listing, photo_id=blue, by=1, author=author)
    photos.describe_photo(listing=listing, photo_id=blue, alt="Blue", author=author)
    assert live(listing) == ["A red hall", "Blue", "A green hall"]
    photos.remove_photo(listing=listing, photo_id=blue, author=author)
    assert live(listing) == ["A red hall", "A green hall"]
    assert Photo.objects.count() == 2
    with pytest.raises(Overtaken, match=photos.GONE):
        photos.remove_photo(listing=listing, photo_id=blue, author=author)


@db
def test_what_is_public_shows_its_photos_until_a_change_is_accepted() -> None:
    listing = make_complete("published")
    author = author_of("owner", listing)
    make_photo(listing, alt="Old")
    add(listing, author, "teal")
    photos.remove_photo(listing=listing, photo_id=key("Old"), author=author)
    assert live(listing) == ["Old"]
    assert shown(listing) == ["A teal hall"]
    change = submit_change(listing=listing, author=author)
    row = Listing.objects.get(pk=listing.pk)
    accept_change(change=change, by=curator(), seen=version_of(row, change))
    assert live(listing) == ["A teal hall"]
    assert Photo.objects.count() == 1


@db
def test_a_photo_that_waited_goes_when_nobody_wants_it_any_more() -> None:
    listing = make_complete("published")
    author = author_of("owner", listing)
    add(listing, author, "teal")
    photos.remove_photo(listing=listing, photo_id=key("A teal hall"), author=author)
    assert not Photo.objects.exists()
    assert open_change(listing) is None
    add(listing, author, "teal")
    withdraw_change(listing=listing, author=author)
    assert not Photo.objects.exists()


@db
def test_a_live_photo_that_was_to_go_can_come_back() -> None:
    listing = make_complete("published")
    author = author_of("owner", listing)
    made = picture("teal")
    photo = make_photo(listing, alt="A teal hall", digest=made.digest)
    photos.remove_photo(listing=listing, photo_id=photo.pk, author=author)
    add(listing, author, "teal")
    assert open_change(listing) is None
    assert live(listing) == ["A teal hall"]


@real_db
def test_two_photos_at_once_are_both_there_and_never_five() -> None:
    listing = make_complete()
    author = Author(make_membership(listing.organisation).user)
    for colour in ("red", "green", "blue"):
        add(listing, author, colour)
    outcomes = race(
        listing,
        lambda: add(listing, author, "teal"),
        lambda: add(listing, author, "pink"),
    )
    assert len([outcome for outcome in outcomes if isinstance(outcome, Refused)]) == 1
    assert Photo.objects.count() == 4


# -- Served -----------------------------------------------------------------------------------


def url(photo: Photo, size: str = "large") -> str:
    return f"/providers/photos/{photo.digest}/{size}.webp"


@db
@pytest.mark.parametrize("size", ["large", "small"])
def test_a_live_photo_is_everybodys_and_kept_for_ever(client: Client, size: str) -> None:
    photo = make_photo(make_complete("published"))
    response = client.get(url(photo, size))
    assert (response.status_code, response.content) == (200, size.encode())
    assert response["Content-Type"] == "image/webp"
    assert response["Content-Disposition"] == 'attachment; filename="photo.webp"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Cookie" not in response.get("Vary", "")


@db
@pytest.mark.parametrize("state", ["draft", "submitted", "returned", "archived"])
def test_what_is_not_open_is_nobodys(client: Client, state: str) -> None:
    listing = make_complete(state)
    photo = make_photo(listing)
    assert client.get(url(photo)).status_code == 404
    stranger = make_membership().user
    assert signed_in(stranger).get(url(photo)).status_code == 404
    member = make_membership(listing.organisation).user
    response = signed_in(member, second_factor=False).get(url(photo))
    assert (response.status_code, response["Cache-Control"]) == (200, "private, no-store")


@db
def test_what_waits_to_be_shown_is_its_writers_and_the_curators(client: Client) -> None:
    photo = make_photo(make_complete("published"), position=None)
    assert client.get(url(photo)).status_code == 404
    assert signed_in(curator()).get(url(photo)).status_code == 200
    assert signed_in(curator(), second_factor=False).get(url(photo)).status_code == 404


@db
def test_who_registers_sees_their_own(client: Client) -> None:
    listing = make_complete()
    photo = make_photo(listing)
    session = client.session
    session["registrations"] = [make_registration(listing).pk]
    session.save()
    assert client.get(url(photo)).status_code == 200


@db
def test_one_photo_of_two_listings_is_public_when_one_of_them_is(client: Client) -> None:
    make_photo(make_listing(state="draft"), digest="a" * 64, large=b"draft")
    make_photo(make_complete("published"), digest="a" * 64, large=b"live")
    assert client.get(f"/providers/photos/{'a' * 64}/large.webp").content == b"live"


@db
@pytest.mark.parametrize(
    "path", ["zzz/large.webp", f"{'0' * 64}/huge.webp", f"{'0' * 64}/large.jpg", "%00/large.webp"]
)
def test_what_is_not_there_is_not_found(client: Client, path: str) -> None:
    make_photo(make_complete("published"), digest="0" * 64)
    assert client.get(f"/providers/photos/{path}").status_code in {400, 404}


@db
def test_the_page_shows_them_in_order_with_words_and_sizes(client: Client) -> None:
    listing = make_complete("published")
    make_photo(listing, alt='A "big" hall', position=1, width=1200, height=800)
    make_photo(listing, alt="A door", position=0, width=400, height=500)
    make_photo(listing, alt="Waits", position=None)
    html = client.get(listing.get_absolute_url()).text
    found = re.findall(r"<img [^>]*>", html)
    assert [re.search(r'alt="([^"]*)"', img)[1] for img in found] == [  # type: ignore[index]
        "A door",
        "A &quot;big&quot; hall",
    ]
    assert 'width="1200" height="800"' in found[1]
    assert "640w" in found[1]
    assert "1200w" in found[1]
    assert "400w" in found[0]
    assert all('loading="lazy"' in img for img in found)


@db
def test_the_pictures_themselves_are_read_for_nothing_else(client: Client) -> None:
    listing = make_complete("published")
    make_photo(listing)
    with CaptureQueriesContext(connection) as queries:
        client.get(listing.get_absolute_url())
    assert not [q for q in queries if '"large"' in q["sql"] or '"small"' in q["sql"]]
