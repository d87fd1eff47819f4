"""Taking a listing down for somebody who rings up."""

import pytest
from django.test import Client

from accounts.models import AuditEvent, Organisation, User
from accounts.refused import Refused
from providers.models import Listing
from providers.permissions import Author
from providers.services.listing_edits import save_content
from providers.services.listing_states import submit
from providers.services.telephone import Caller, take_down
from tests.factories import (
    make_identifier,
    make_listing,
    make_membership,
    make_organisation,
    make_term,
    make_user,
)
from tests.providers.curate.conftest import seen
from tests.providers.reading import words

pytestmark = pytest.mark.django_db

URL = "/curate/telephone/"
GOOD = {
    "name": " Armley  Choir ", "postcode": "ls12 3aa", "scheme": "GB-CHC", "number": "123 4567",
    "phone": "0113 496 0199", "email": "choir@example.org",
}  # fmt: skip


def test_a_new_organisation_with_a_draft_that_the_curator_writes(
    browser: Client, curator: User
) -> None:
    response = browser.post(URL, GOOD)
    assert response.status_code == 302
    choir = Organisation.objects.get()
    assert (choir.name, choir.postcode, choir.phone) == ("Armley Choir", "LS12 3AA", GOOD["phone"])
    assert not choir.memberships.exists()
    assert choir.identifiers.get().value == "1234567"
    listing = Listing.objects.get()
    assert (listing.origin, listing.state) == ("curator", "draft")
    here = browser.get(f"/curate/organisations/{choir.pk}/").text
    assert f'href="/curate/offers/{listing.pk}/"' in here
    make_membership(choir)
    here = browser.get(f"/curate/organisations/{choir.pk}/").text
    assert f'href="/curate/offers/{listing.pk}/"' not in here
    took = AuditEvent.objects.get(verb="took down")
    assert took.actor_key == curator.audit_key


def test_written_sent_in_and_published_without_anybody_acting_for_it(
    browser: Client, curator: User
) -> None:
    browser.post(URL, GOOD)
    listing, author = Listing.objects.get(), Author(curator)
    category = make_term("category")
    save_content(
        listing=listing,
        values={"title": "Carols", "summary": "We sing.", "categories": [category.code]},
        author=author,
    )
    submit(listing=listing, author=author)
    url = f"/curate/listings/{listing.pk}/"
    page = browser.get(url).text
    browser.post(url, {"decision": "publish", "seen": seen(page)})
    listing.refresh_from_db()
    assert listing.state == "published"
    assert "Carols" in browser.get("/providers/?q=carols").text


def test_doubles_are_looked_for_first(browser: Client) -> None:
    known = make_organisation("The Armley Choir", postcode="LS12 3AA")
    response = browser.post(URL, GOOD)
    assert response.status_code == 200
    text = words(response.text)
    assert "Is it one of these? The Armley Choir" in text
    assert f'href="/curate/organisations/{known.pk}/"' in response.text
    assert 'value="choir@example.org"' in response.text
    assert Organisation.objects.count() == 1
    assert browser.post(URL, {**GOOD, "decision": "new"}).status_code == 302
    assert Organisation.objects.count() == 2


def test_a_number_that_somebody_has_ends_there(browser: Client) -> None:
    known = make_organisation("Somebody")
    make_identifier(known, value="1234567")
    for decision in ("look", "new"):
        response = browser.post(URL, {**GOOD, "decision": decision})
        assert response.status_code == 200
        assert "Somebody has this number and is on the list already." in response.text
    assert Organisation.objects.count() == 1


def test_name_alone_is_enough(browser: Client) -> None:
    assert browser.post(URL, {"name": "Armley Choir"}).status_code == 302


@pytest.mark.parametrize(
    "fields",
    [
        {"name": ""},
        {"name": "x" * 201},
        {"name": "nul \0"},
        {"postcode": "nonsense"},
        {"number": "12"},
        {"scheme": ""},
        {"scheme": "nonsense"},
        {"email": "nobody"},
        {"phone": "1" * 31},
    ],
)
def test_bad_values_are_errors_beside_their_fields(browser: Client, fields: dict[str, str]) -> None:
    response = browser.post(URL, {**GOOD, **fields})
    assert response.status_code == 200
    assert "has-error" in response.text
    assert "<title>Error: " in response.text
    assert not Organisation.objects.exists()


def test_for_one_that_is_here_already(browser: Client) -> None:
    bowls = make_listing(make_organisation("Bowls"), origin="register").organisation
    url = f"/curate/organisations/{bowls.pk}/offer/"
    assert browser.post(url).status_code == 302
    assert Listing.objects.get(origin="curator").organisation == bowls
    make_membership(bowls)
    browser.post(url)
    assert Listing.objects.filter(origin="curator").count() == 1
    assert "write its listings themselves" in words(
        browser.get(f"/curate/organisations/{bowls.pk}/").text
    )


def test_only_a_curator_takes_down() -> None:
    with pytest.raises(Refused):
        take_down(caller=Caller(name="Armley Choir"), by=make_user())
