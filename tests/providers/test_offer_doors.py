"""Who comes in to write an offer, by which of the three doors."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Role
from providers.models import Listing, Registration
from tests.factories import (
    make_former_slug,
    make_listing,
    make_membership,
    make_organisation,
    make_registration,
    make_user,
)
from tests.providers.reading import words
from tests.providers.writers import curator, make_complete
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db


def holding(*registrations: Registration) -> Client:
    """A browser whose session holds these."""
    client = Client()
    session = client.session
    session["registrations"] = [registration.pk for registration in registrations]
    session.save()
    return client


# -- Members ----------------------------------------------------------------------------------


@pytest.mark.parametrize("role", Role.values)
def test_members_write(role: str) -> None:
    listing = make_complete()
    client = signed_in(make_membership(listing.organisation, role=role).user, second_factor=False)
    response = client.get(f"/my/kitchen/offers/{listing.pk}/")
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert '<meta name="robots" content="noindex">' in response.text


def test_an_offer_of_another_organisation_is_not_there() -> None:
    listing = make_complete()
    owner = make_membership(make_organisation(slug="theirs")).user
    client = signed_in(owner, second_factor=False)
    assert client.get(f"/my/theirs/offers/{listing.pk}/").status_code == 404
    assert client.get(f"/my/kitchen/offers/{listing.pk}/").status_code == 404
    assert client.get(f"/my/theirs/offers/{10**30}/").status_code == 404


def test_an_address_of_before_a_renaming_leads_on() -> None:
    listing = make_complete()
    make_former_slug(listing.organisation, "old-kitchen")
    client = signed_in(make_membership(listing.organisation).user, second_factor=False)
    old = f"/my/old-kitchen/offers/{listing.pk}/price/"
    assert client.get(old)["Location"] == f"/my/kitchen/offers/{listing.pk}/price/"
    # A form that was open then still works.
    response = client.post(old, {"pricing": "free", "seen": ""})
    assert response.status_code in {302, 409}


@pytest.mark.parametrize("section", ["nothing", "organisation", "seen"])
def test_a_section_that_is_none_is_not_there(section: str) -> None:
    listing = make_complete()
    client = signed_in(make_membership(listing.organisation).user, second_factor=False)
    assert client.get(f"/my/kitchen/offers/{listing.pk}/{section}/").status_code == 404


# -- Who registers ----------------------------------------------------------------------------


def test_who_holds_the_registration_writes_without_an_account() -> None:
    registration = make_registration(make_complete())
    client = holding(registration)
    response = client.get(f"/providers/join/{registration.listing_id}/")
    assert response.status_code == 200
    assert "Buffet lunches" in words(response.text)
    assert "no-store" in response["Cache-Control"]
    # Every link stays behind the same door.
    links = re.findall(r'(?:href|action)="(/(?:my|curate|providers/join)/[^"]*)"', response.text)
    assert links
    assert all(link.startswith("/providers/join/") for link in links)


def test_a_stranger_is_told_how_to_go_on_and_learns_nothing() -> None:
    listing = make_registration(make_complete()).listing
    nowhere = Client().get("/providers/join/999999/")
    there = Client().get(f"/providers/join/{listing.pk}/")
    for response in (nowhere, there):
        assert response.status_code == 404
        assert "Open the link in our newest mail" in words(response.text)
        assert "Buffet" not in response.text
    assert re.sub(r"\d+", "", nowhere.text) == re.sub(r"\d+", "", there.text)


def test_who_holds_another_registration_is_a_stranger() -> None:
    listing = make_registration(make_complete()).listing
    client = holding(make_registration(), make_registration())
    assert client.get(f"/providers/join/{listing.pk}/").status_code == 404
    assert client.post(f"/providers/join/{listing.pk}/send/").status_code == 404


def test_once_the_address_is_confirmed_its_owner_signs_in() -> None:
    registration = make_registration(make_complete(), email_confirmed_at=timezone.now())
    organisation = registration.listing.organisation
    client = holding(registration)
    response = client.get(f"/providers/join/{registration.listing_id}/")
    assert response.status_code == 403
    mine = f"/my/kitchen/offers/{registration.listing_id}/"
    assert f'href="/accounts/login/?next={mine}"' in response.text
    assert client.post(f"/providers/join/{registration.listing_id}/send/").status_code == 403
    owner = make_membership(organisation).user
    signed_in(owner, second_factor=False, client=client)
    session = client.session
    session["registrations"] = [registration.pk]
    session.save()
    assert client.get(f"/providers/join/{registration.listing_id}/")["Location"] == mine


@pytest.mark.parametrize("page", ["pause", "resume", "confirm"])
def test_who_registers_has_nothing_public_to_pause(page: str) -> None:
    registration = make_registration(make_complete())
    path = f"/providers/join/{registration.listing_id}/{page}/"
    assert holding(registration).post(path).status_code == 404


# -- Curators ---------------------------------------------------------------------------------


def test_a_curator_writes_for_somebody_on_the_telephone() -> None:
    listing = make_complete(origin="curator")
    client = signed_in(curator())
    response = client.get(f"/curate/offers/{listing.pk}/")
    assert response.status_code == 200
    assert "For Holbeck Kitchen, on the telephone" in words(response.text)
    said = client.get(f"/curate/offers/{listing.pk}/edi/")
    assert "Only an owner of Holbeck Kitchen can answer this." in words(said.text)


@pytest.mark.parametrize("why", ["its provider's", "somebody acts for it", "asleep", "no curator"])
def test_curators_write_nothing_else(why: str) -> None:
    listing = make_complete(origin="provider" if why == "its provider's" else "curator")
    if why == "somebody acts for it":
        make_membership(listing.organisation)
    user = make_user() if why == "no curator" else curator()
    client = signed_in(user, second_factor=why != "asleep")
    response = client.get(f"/curate/offers/{listing.pk}/")
    # Without a second factor the door is shut before anybody asks what lies behind.
    assert response.status_code == (302 if why == "asleep" else 404)


# -- Beginning --------------------------------------------------------------------------------


def test_add_an_offer_begins_a_draft_and_asks_the_first_page() -> None:
    organisation = make_organisation(slug="kitchen")
    client = signed_in(make_membership(organisation).user, second_factor=False)
    assert client.get("/my/kitchen/offers/new/").status_code == 405
    first, second = (client.post("/my/kitchen/offers/new/") for _ in range(2))
    listing = Listing.objects.get()
    assert first["Location"] == second["Location"] == f"/my/kitchen/offers/{listing.pk}/basics/"
    # The task list of a draft that nobody has written in is its first page.
    led = client.get(f"/my/kitchen/offers/{listing.pk}/")
    assert led["Location"] == first["Location"]


def test_an_entry_from_a_register_is_written_by_its_members() -> None:
    listing = make_listing(make_organisation(slug="bowls"), origin="register")
    client = signed_in(make_membership(listing.organisation).user, second_factor=False)
    assert client.get(f"/my/bowls/offers/{listing.pk}/").status_code == 200
