"""Curators, and one thing of every kind that waits for them."""

import datetime
import re
from dataclasses import dataclass

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Organisation, User
from accounts.services.people import make_person
from providers import listing_index
from providers.models import Claim, EntryRequest, Listing, ListingChange, ProblemReport
from tests.factories import (
    make_claim,
    make_entry_request,
    make_listing,
    make_listing_change,
    make_membership,
    make_organisation,
    make_problem_report,
    make_registration,
    make_term,
    make_user,
)
from tests.signing_in import signed_in


def make_curator(email: str = "cora@example.org", name: str = "Cora") -> User:
    return make_person(email=email, name=name, roles=("curator",))


@pytest.fixture
def curator(db: None) -> User:
    return make_curator()


@pytest.fixture
def other_curator(db: None) -> User:
    return make_curator("dan@example.org", "Dan")


@pytest.fixture
def browser(curator: User) -> Client:
    """Signed in as the curator."""
    return signed_in(curator)


@pytest.fixture
def other_browser(other_curator: User) -> Client:
    return signed_in(other_curator)


@dataclass(frozen=True, slots=True)
class Waits:
    """One of every kind, the first the oldest; ``late`` waits for its address to be confirmed."""

    kitchen: Organisation
    double: Organisation
    listing: Listing
    edit: ListingChange
    asked: EntryRequest
    proof: Claim
    report: ProblemReport
    expiring: Claim
    stale: Listing
    late: Listing

    @property
    def urls(self) -> list[str]:
        """Of their pages, in the order of the queue."""
        one, other = sorted((self.kitchen.pk, self.double.pk))
        return [
            f"/curate/unconfirmed/{self.stale.pk}/",
            f"/curate/expiring/{self.expiring.pk}/",
            f"/curate/listings/{self.listing.pk}/",
            f"/curate/edits/{self.edit.pk}/",
            f"/curate/requests/{self.asked.pk}/",
            f"/curate/proofs/{self.proof.pk}/",
            f"/curate/problems/{self.report.pk}/",
            f"/curate/doubles/{one}/{other}/",
            f"/curate/listings/{self.late.pk}/",
        ]


def seen(html: str) -> str:
    """What the page's form says that its reader has looked at."""
    found = re.search(r'name="seen" value="(\w+)"', html)
    assert found
    return found[1]


def ago(**span: float) -> datetime.datetime:
    return timezone.now() - datetime.timedelta(**span)


@pytest.fixture
def waits(db: None) -> Waits:
    kitchen = make_organisation("Holbeck Kitchen", slug="kitchen", email="hello@kitchen.example")
    make_membership(kitchen, make_user("olu@example.org", name="Olu"))
    listing = make_listing(
        kitchen, title="Soups", state="submitted", published_at=None, submitted_at=ago(days=9)
    )
    stale = make_listing(kitchen, title="Old buns", confirmed_at=ago(days=290))
    bread = make_listing(kitchen, title="Bread")
    edit = make_listing_change(bread, submitted_at=ago(days=8))
    bowls = make_listing(title="Bowls", origin="register").organisation
    asked = make_entry_request(bowls)
    proof = make_claim(kitchen, reference="LW 123")
    report = make_problem_report(kitchen, email="reader@example.org", listing=bread)
    today = timezone.localdate()
    expiring = make_claim(
        kitchen, make_term("accreditation"), valid_to=today + datetime.timedelta(days=20)
    )
    double = make_organisation("Holbeck kitchen!", slug="kitchen-2")
    late = make_listing(
        title="Late", state="submitted", published_at=None, submitted_at=ago(days=30)
    )
    make_registration(late)
    EntryRequest.objects.filter(pk=asked.pk).update(created=ago(days=7))
    Claim.objects.filter(pk=proof.pk).update(made_at=ago(days=6))
    ProblemReport.objects.filter(pk=report.pk).update(created=ago(days=5))
    Organisation.objects.filter(pk=double.pk).update(created=ago(days=4))
    Organisation.objects.filter(pk=kitchen.pk).update(created=ago(days=50))
    listing_index.refresh(Listing.objects.values_list("pk", flat=True))
    return Waits(kitchen, double, listing, edit, asked, proof, report, expiring, stale, late)
