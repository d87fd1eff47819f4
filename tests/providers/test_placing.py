"""Placing organisations again when more is known of where postcodes are."""

import pytest
from django.core.management import call_command

from places import lookup
from places.models import Postcode, Ward
from places.services import load_builtin
from providers import listing_index
from providers.models import ListingIndexRow, ListingValue
from providers.services.placing import place_all_again
from tests.factories import make_listing, make_organisation

pytestmark = pytest.mark.django_db


def _wards_found() -> dict[int, list[str]]:
    names = dict(ListingValue.objects.filter(facet="ward").values_list("id", "value"))
    return {
        row.object_id: [names[value] for value in row.value_ids if value in names]
        for row in ListingIndexRow.objects.all()
    }


def test_a_loaded_postcode_moves_its_organisation_and_its_listings() -> None:
    load_builtin()
    lookup.forget()
    organisation = make_organisation(postcode="LS8 4AA")
    listing = make_listing(organisation=organisation)
    listing_index.refresh([listing.pk])
    armley = Ward.objects.get(name="Armley")
    Postcode.objects.create(unit="LS8 4AA", latitude=53.8, longitude=-1.6, ward=armley)

    assert place_all_again() == 1

    organisation.refresh_from_db()
    assert organisation.ward == armley
    assert (organisation.latitude, organisation.longitude) == (53.8, -1.6)
    assert (organisation.public_latitude, organisation.public_longitude) != (53.8, -1.6)
    assert _wards_found() == {listing.pk: [armley.code]}


def test_placing_twice_moves_nobody_the_second_time(capsys: pytest.CaptureFixture[str]) -> None:
    load_builtin()
    lookup.forget()
    make_organisation(postcode="LS8 4AA")
    place_all_again()

    call_command("place_organisations")

    assert capsys.readouterr().out.startswith("0 organisations")
