"""The form with what an organisation says of itself, and the one that adds an organisation."""

import html as htmllib
from typing import Any

import pytest
from django.test import Client

from accounts.models import Membership, Organisation
from accounts.services.organisation import DETAILS
from tests.factories import make_confirmed_user, make_membership, make_organisation

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(client: Client) -> Membership:
    row = make_membership(make_organisation("Holbeck Kitchen", slug="kitchen"))
    client.force_login(row.user)
    return row


def sent(organisation: Organisation, **changes: Any) -> dict[str, Any]:
    """What the form sends as it stands, but for the changes."""
    values = {name: getattr(organisation, name) for name in DETAILS}
    if not values.pop("address_public"):
        values.pop("address_public", None)
    return {**values, "seen": organisation.modified.isoformat(), **changes}


def test_the_form_says_beside_each_field_what_is_public(client: Client, mine: Membership) -> None:
    page = client.get("/my/kitchen/details/").text
    for name in DETAILS:
        assert f'id="id_{name}_helptext"' in page, name
    assert page.count("Public.") + page.count("Not public") >= len(DETAILS) - 1


def test_saving_writes_and_leads_to_the_new_address(client: Client, mine: Membership) -> None:
    data = sent(mine.organisation, name="Beeston Kitchen", summary="Line one\r\nline two")
    response = client.post("/my/kitchen/details/", data)
    assert (response.status_code, response["Location"]) == (302, "/my/beeston-kitchen/")
    saved = Organisation.objects.get()
    assert saved.summary == "Line one\nline two"
    # The back button, and the same form once more under its old address.
    assert client.post("/my/kitchen/details/", data)["Location"] == "/my/beeston-kitchen/"
    assert client.get("/my/kitchen/details/").status_code == 302


def test_somebody_elses_words_are_shown_beside_ones_own(client: Client, mine: Membership) -> None:
    data = sent(mine.organisation, phone="0113 2", sector="private", summary="Mine")
    organisation = mine.organisation
    organisation.phone, organisation.summary = "0113 1", "Theirs <b>"
    organisation.save()
    response = client.post("/my/kitchen/details/", data)
    assert response.status_code == 409
    page = htmllib.unescape(response.text)
    assert "<title>Error:" in page
    assert "Saved meanwhile: “0113 1”" in page
    assert "Saved meanwhile: “Theirs <b>”" in page
    assert "“Theirs &lt;b&gt;”" in response.text
    assert 'value="0113 2"' in page
    assert ">\nMine</textarea>" in page or ">Mine</textarea>" in page
    organisation.refresh_from_db()
    assert organisation.phone == "0113 1"
    # Saving again, with what the page now holds, puts one's own in place.
    again = client.post("/my/kitchen/details/", data | {"seen": organisation.modified.isoformat()})
    assert again.status_code == 302
    organisation.refresh_from_db()
    assert (organisation.phone, organisation.summary) == ("0113 2", "Mine")


@pytest.mark.parametrize("seen", ["", "nonsense", "2026-13-45T00:00", "2026-01-01T00:00", "\x00"])
def test_a_stamp_that_means_nothing_overwrites_nobody(
    client: Client, mine: Membership, seen: str
) -> None:
    response = client.post("/my/kitchen/details/", sent(mine.organisation, phone="1", seen=seen))
    assert response.status_code in {200, 400, 409}
    mine.organisation.refresh_from_db()
    assert mine.organisation.phone == ""


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("name", "", "Enter the organisation’s name."),
        ("name", "x" * 201, "at most 200 characters"),
        ("website", "javascript:alert(1)", "Enter a web address"),
        ("email", "not an address", "Enter an email address"),
        ("sector", "nonsense", "Choose from the list."),
        ("name", "\u200b", "Enter the organisation’s name."),
        ("postcode", "nonsense", "postcode"),
        ("postcode", "x" * 10_000, "Enter the postcode, such as LS8 4AA."),
        ("summary", "x" * 1001, "Use at most 1000 characters. You have written 1001."),
        ("phone", "1" * 31, "Use at most 30 characters. You have written 31."),
        ("address_public", "on", "Enter the address"),
    ],
)
def test_bad_input_gets_words_and_keeps_what_was_typed(
    client: Client, mine: Membership, name: str, value: str, words: str
) -> None:
    data = sent(mine.organisation, contact_name="Typed <i>") | {name: value}
    response = client.post("/my/kitchen/details/", data)
    assert response.status_code == 200
    assert "<title>Error:" in response.text
    assert words in htmllib.unescape(response.text)
    assert "Typed &lt;i&gt;" in response.text
    mine.organisation.refresh_from_db()
    assert mine.organisation.contact_name == ""


def test_what_members_may_not_write_is_not_written(client: Client, mine: Membership) -> None:
    data = sent(mine.organisation, phone="1", trusted="on", is_example="on", slug="mine", ward="x")
    assert client.post("/my/kitchen/details/", data).status_code == 302
    saved = Organisation.objects.get()
    assert (saved.phone, saved.slug) == ("1", "kitchen")
    assert not saved.trusted
    assert not saved.is_example


# -- Adding one -------------------------------------------------------------------------------


def test_adding_an_organisation_twice_by_the_back_button_makes_one(client: Client) -> None:
    client.force_login(make_confirmed_user())
    for _ in range(2):
        response = client.post(
            "/my/organisations/new/", {"name": "Holbeck Kitchen", "postcode": ""}
        )
        assert response["Location"] == "/my/holbeck-kitchen/"
    assert Organisation.objects.count() == 1


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"name": "   "},
        {"name": "x" * 10_000},
        {"name": "Kitchen", "postcode": "nonsense"},
        {"name": "Kitchen", "postcode": "🍰"},
    ],
)
def test_a_bad_beginning_makes_nothing(client: Client, data: dict[str, str]) -> None:
    client.force_login(make_confirmed_user())
    response = client.post("/my/organisations/new/", data)
    assert response.status_code == 200
    assert "<title>Error:" in response.text
    assert not Organisation.objects.exists()
