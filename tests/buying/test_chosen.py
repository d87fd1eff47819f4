"""What a provider and others learn of a choice: that it was chosen, if the buyer agrees."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEvent, Organisation, User
from accounts.services.people import make_person
from buying.models import ChoiceVersion
from buying.services.choice import begin_choice, begin_correction, file_version, void_choice
from tests.buying.factories import make_considered
from tests.factories import make_listing, make_membership, make_organisation
from tests.signing_in import signed_in
from tslsv.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db

SECRETS = ("7,654.32", "7654.32", "Because zebra", "Zebra picnic", "Zebra words")
"""What stands in the record and nobody but the buyer learns; nor does one who was considered learn
of another, though each is on the list by its name.
"""


@pytest.fixture
def buyer() -> Organisation:
    return make_organisation("Harehills Library", slug="harehills-library")


@pytest.fixture
def by(buyer: Organisation) -> User:
    return make_membership(buyer).user


@pytest.fixture
def kitchen() -> Organisation:
    return make_listing(make_organisation("Holbeck Kitchen", slug="kitchen")).organisation


@pytest.fixture
def seller(kitchen: Organisation) -> Client:
    return signed_in(make_membership(kitchen).user)


def draft_of(buyer: Organisation, by: User, supplier: Organisation, **fields: Any) -> ChoiceVersion:
    version = begin_choice(organisation=buyer, by=by)
    values = {
        "what": "Zebra picnic",
        "amount": Decimal("7654.32"),
        "decided_on": timezone.localdate().replace(month=1, day=6),
        "reason": "Because zebra",
        "supplier": supplier,
        "supplier_name": supplier.name,
        "tells_provider": True,
        **fields,
    }
    for name, value in values.items():
        setattr(version, name, value)
    version.save()
    loser = Organisation.objects.filter(slug="loser").first()
    loser = loser or make_listing(make_organisation("Loser Kitchen", slug="loser")).organisation
    make_considered(version, name=supplier.name, organisation=supplier, answer="yes", chosen=True)
    make_considered(version, name=loser.name, organisation=loser, words="Zebra words", answer="no")
    return version


def line(buyer: Organisation) -> str:
    return f"Harehills Library chose you, 6 January {timezone.localdate().year}"


def correct(version: ChoiceVersion, by: User, **fields: Any) -> ChoiceVersion:
    second = begin_correction(choice=version.choice, by=by)
    for name, value in {"correction": "Put right.", **fields}.items():
        setattr(second, name, value)
    second.save()
    return file_version(version=second, by=by)


def test_it_sees_that_it_was_chosen_and_gets_one_mail(
    buyer: Organisation, by: User, kitchen: Organisation, seller: Client
) -> None:
    version = file_version(version=draft_of(buyer, by, kitchen), by=by)
    assert line(buyer) in seller.get("/my/kitchen/").text
    (mail,) = OutgoingMail.objects.all()
    assert mail.subject == "Harehills Library chose Holbeck Kitchen"
    assert "6 January" in mail.text
    assert "/my/kitchen/" in mail.text
    correct(version, by, amount=Decimal(1))
    assert OutgoingMail.objects.count() == 1
    assert seller.get("/my/kitchen/").text.count(line(buyer)) == 1


def test_it_learns_nothing_unless_the_buyer_agrees(
    buyer: Organisation, by: User, kitchen: Organisation, seller: Client
) -> None:
    file_version(version=draft_of(buyer, by, kitchen, tells_provider=False), by=by)
    draft_of(buyer, by, kitchen)
    assert "Harehills" not in seller.get("/my/kitchen/").text
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize("change", ["withdrawn", "another", "never"])
def test_a_correction_takes_it_away(
    buyer: Organisation, by: User, kitchen: Organisation, seller: Client, change: str
) -> None:
    version = file_version(version=draft_of(buyer, by, kitchen), by=by)
    other = make_organisation("Another", slug="another", email="another@example.org")
    if change == "withdrawn":
        correct(version, by, tells_provider=False)
    elif change == "another":
        second = begin_correction(choice=version.choice, by=by)
        second.considered.all().delete()
        second.supplier, second.supplier_name, second.correction = other, other.name, "Wrong one."
        second.save()
        file_version(version=second, by=by)
    else:
        void_choice(choice=version.choice, reason="Called off.", by=by)
    assert "Harehills" not in seller.get("/my/kitchen/").text
    told = set(OutgoingMail.objects.values_list("to", flat=True)) - {
        row.user.email for row in kitchen.memberships.select_related("user")
    }
    assert told == ({"another@example.org"} if change == "another" else set())


def test_examples_and_real_ones_do_not_write_to_each_other(
    buyer: Organisation, by: User, kitchen: Organisation, seller: Client
) -> None:
    Organisation.objects.filter(pk=buyer.pk).update(is_example=True)
    file_version(version=draft_of(buyer, by, kitchen), by=by)
    assert not OutgoingMail.objects.exists()
    assert "Harehills" not in seller.get("/my/kitchen/").text


def test_nothing_else_of_it_reaches_anybody(
    buyer: Organisation, by: User, kitchen: Organisation, seller: Client
) -> None:
    """Each page that somebody else may open, and each mail."""
    version = file_version(version=draft_of(buyer, by, kitchen), by=by)
    correct(version, by, correction="Zebra words")
    loser = Organisation.objects.get(slug="loser")
    curator = signed_in(make_person(email="c@example.org", roles=("curator",)))
    root = make_person(email="root@example.org")
    User.objects.filter(pk=root.pk).update(is_staff=True, is_superuser=True)
    visitors = {
        "seller": seller,
        "loser": signed_in(make_membership(loser).user),
        "curator": curator,
        "superuser": signed_in(User.objects.get(pk=root.pk)),
        "anonymous": Client(),
    }
    paths = [
        "/", "/my/", "/my/kitchen/", "/my/kitchen/buying/", "/my/kitchen/buying/choices.csv",
        "/my/loser/", "/my/loser/buying/", "/providers/kitchen/", "/providers/loser/",
        "/providers/", "/buying/how-partners-choose/", f"/curate/organisations/{buyer.pk}/audit/",
        f"/curate/organisations/{kitchen.pk}/audit/", f"/curate/organisations/{buyer.pk}/",
        "/my/harehills-library/", "/my/harehills-library/buying/",
        "/my/harehills-library/buying/choices.csv", "/my/harehills-library/buying/rules/",
        f"/my/harehills-library/buying/choices/{version.choice_id}/",
        f"/my/kitchen/buying/choices/{version.choice_id}/", "/my/data/",
        f"/admin/accounts/organisation/{buyer.pk}/change/",
    ]  # fmt: skip
    for who, client in visitors.items():
        for path in paths:
            response = client.get(path)
            text = response.text if not response.streaming else ""
            private = path.startswith("/my/harehills-library/") and response.status_code == 200
            assert not private, (who, path)
            assert [secret for secret in SECRETS if secret in text] == [], (who, path)
    for path in ("/my/kitchen/", "/my/kitchen/buying/"):
        assert "Loser Kitchen" not in seller.get(path).text
    for mail in OutgoingMail.objects.all():
        assert [
            secret for secret in SECRETS if secret in mail.text + mail.html + mail.subject
        ] == []
    events = AuditEvent.objects.filter(organisation=buyer)
    assert [secret for secret in SECRETS if secret in str(list(events.values()))] == []


def test_curators_read_in_the_audit_that_something_was_filed_and_not_what(
    buyer: Organisation, by: User, kitchen: Organisation
) -> None:
    version = file_version(version=draft_of(buyer, by, kitchen), by=by)
    void_choice(choice=version.choice, reason="Zebra words", by=by)
    curator = signed_in(make_person(email="c@example.org", roles=("curator",)))
    text = curator.get(f"/curate/organisations/{buyer.pk}/audit/").text
    reference = version.choice.reference
    for did in (f"filed choice “{reference}”", f"said that choice “{reference}” never happened"):
        assert did in text
    assert "Holbeck" not in text
