"""What the provider list forgets by itself: registrations that nobody finished."""

import datetime

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.models import AuditEvent, Organisation
from accounts.services.retention import retain
from providers.models import Claim, Listing, ListingChange, Photo, Registration
from tests.factories import (
    make_claim,
    make_identifier,
    make_listing,
    make_listing_change,
    make_membership,
    make_organisation,
    make_photo,
    make_problem_report,
    make_register_entry,
    make_registration,
    make_term,
)

pytestmark = pytest.mark.django_db


def forgotten() -> int:
    return retain(timezone.localdate())["providers"]


def old(registration: Registration, days: int = 61) -> Registration:
    """Nobody has answered anything for so long."""
    then = timezone.now() - datetime.timedelta(days=days)
    Registration.objects.filter(pk=registration.pk).update(modified=then)
    Listing.objects.filter(pk=registration.listing_id).update(modified=then)
    return registration


def full_listing(**fields: object) -> Listing:
    """A listing with everything that somebody who registers may have given."""
    organisation = make_organisation(email="sam@example.org", contact_name="Sam")
    listing = make_listing(
        organisation,
        **{
            "state": Listing.State.DRAFT,
            "published_at": None,
            "categories": [make_term()],
            "access_features": [make_term("access")],
            **fields,
        },
    )
    make_photo(listing)
    make_claim(organisation)
    make_identifier(organisation)
    AuditEvent.record(verb="started", target=listing, organisation=organisation)
    return listing


def test_an_unfinished_registration_goes_with_all_that_it_held() -> None:
    listing = full_listing()
    make_problem_report(listing.organisation)
    old(make_registration(listing))
    assert forgotten() > 0
    for model in (Registration, Listing, Organisation, Photo, Claim):
        assert not model._default_manager.exists(), model
    assert AuditEvent.objects.filter(verb="started").exists(), "the audit is for good"
    assert forgotten() == 0


def test_one_that_was_sent_in_and_never_confirmed_goes_too() -> None:
    listing = full_listing(state=Listing.State.SUBMITTED, reference="L-22222")
    make_listing_change(listing)
    old(make_registration(listing))
    assert forgotten() > 0
    assert not Listing.objects.exists()
    assert not ListingChange.objects.exists()


def test_a_confirmed_one_stays() -> None:
    listing = full_listing()
    membership = make_membership(listing.organisation)
    old(
        make_registration(
            listing,
            email_confirmed_at=timezone.now(),
            user=membership.user,
            email="sam@example.org",
        ),
        days=2000,
    )
    assert forgotten() == 0
    assert listing.photos.count() == listing.organisation.claims.count() == 1
    assert Registration.objects.get().email == "sam@example.org"


def test_one_that_somebody_still_writes_stays(settings: Settings) -> None:
    old(make_registration(full_listing()), days=59)
    assert forgotten() == 0
    settings.KEEP_REGISTRATIONS_DAYS = 58
    assert forgotten() > 0


def test_what_was_written_lately_keeps_an_old_registration() -> None:
    registration = old(make_registration(full_listing()))
    Listing.objects.filter(pk=registration.listing_id).update(modified=timezone.now())
    assert forgotten() == 0


def test_where_the_organisation_is_here_for_another_reason_only_the_address_goes() -> None:
    """A curator has let somebody in meanwhile, an import has found it, or it offers more."""
    acted_for, known, offering = full_listing(), full_listing(), full_listing()
    make_membership(acted_for.organisation)
    make_register_entry(known)
    make_listing(offering.organisation, origin=Listing.Origin.CURATOR)
    for listing in (acted_for, known, offering):
        old(make_registration(listing))
    assert forgotten() == 3
    assert not Registration.objects.exists()
    assert Organisation.objects.count() == 3
    assert Listing.objects.count() == 4
