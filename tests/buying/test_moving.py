"""Two organisations become one: what either asked, was asked, chose and wrote down stays."""

import pytest

from accounts import registry
from accounts.models import Organisation
from buying.models import BuyingRules, Choice, PurchaseFile, Recipient
from buying.part import BuyingPart
from tests.buying.factories import (
    make_blocked_asker,
    make_choice,
    make_considered,
    make_enquiry,
    make_filed,
    make_purchase_file,
    make_purchase_line,
    make_recipient,
    make_rules,
    make_version,
)
from tests.factories import make_listing, make_organisation

pytestmark = pytest.mark.django_db


@pytest.fixture
def keep() -> Organisation:
    return make_organisation("Holbeck Kitchen")


@pytest.fixture
def gone() -> Organisation:
    return make_organisation("Holbeck Kitchen CIC")


def merge(keep: Organisation, gone: Organisation) -> None:
    BuyingPart().merge(keep=keep, gone=gone)


def test_it_is_registered() -> None:
    assert any(isinstance(part, BuyingPart) for part in registry.parts())


def test_everything_moves(keep: Organisation, gone: Organisation) -> None:
    enquiry = make_enquiry(organisation=gone)
    asked = make_recipient(listing=make_listing(gone))
    block = make_blocked_asker(organisation=gone)
    rules = make_rules(gone)
    choice = make_choice(gone, own_reference="PO 1")
    filed = make_filed(choice, supplier=gone)
    considered = make_considered(make_version(), organisation=gone)
    file = make_purchase_file(gone)
    line = make_purchase_line(file, supplier=gone)
    merge(keep, gone)
    for row, name in (
        (enquiry, "organisation"),
        (asked, "organisation"),
        (block, "organisation"),
        (rules, "organisation"),
        (choice, "organisation"),
        (filed, "supplier"),
        (considered, "organisation"),
        (file, "organisation"),
        (line, "supplier"),
    ):
        row.refresh_from_db()
        assert getattr(row, name) == keep, row


def test_what_both_have_stays_apart_or_becomes_one(keep: Organisation, gone: Organisation) -> None:
    enquiry = make_enquiry()
    for provider in (keep, gone):
        make_recipient(enquiry, make_listing(provider))
        make_blocked_asker("Sam@example.org", organisation=provider)
        make_rules(provider, words=f"Rules of {provider}")
        make_choice(provider, own_reference="PO 1")
        make_purchase_file(provider, digest="same")
    merge(keep, gone)
    names = Recipient.objects.values_list("organisation_name", "organisation")
    assert set(names) == {("Holbeck Kitchen", keep.pk), ("Holbeck Kitchen CIC", None)}
    assert keep.blocked_askers.count() == 1
    assert not gone.blocked_askers.exists()
    assert BuyingRules.objects.get().words == "Rules of Holbeck Kitchen"
    references = Choice.objects.filter(organisation=keep).values_list("own_reference", flat=True)
    assert sorted(references) == ["", "PO 1"]
    assert PurchaseFile.objects.get().organisation == keep
